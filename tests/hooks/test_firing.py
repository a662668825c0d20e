"""Which hooks run, together, with what, and what holds when one of them fails."""

from __future__ import annotations

import json
import time

import pytest

from pmagent.errors import UsageError
from pmagent.hooks.command import Place
from pmagent.hooks.read import Origin, read_hooks
from pmagent.hooks.run import MOST_AT_ONCE, MOST_UNWAITED, Hooks
from pmagent.hooks.verdict import MAX_CONTINUED, Verdict, after_stop
from pmagent.types.actions import Json, Source
from tests.hooks.conftest import Ended, Lab
from tests.hooks.test_answers import permission, says

WRITE: dict[str, Json] = {"tool_name": "Write", "tool_input": {"file_path": "a.md"}}


def test_the_strictest_of_several_decisions_holds(lab: Lab) -> None:
    ladder = ["allow", "ask", "defer", "deny"]
    for last in range(1, len(ladder) + 1):
        verdict = lab.fire(*(says(permission(word)) for word in ladder[:last]))
        assert verdict.decision == ladder[last - 1]


def test_two_hooks_that_disagree_are_decided_by_the_no_and_its_reason(lab: Lab) -> None:
    verdict = lab.fire(
        says(permission("allow", permissionDecisionReason="fine")),
        says(permission("deny", permissionDecisionReason="never on Fridays")),
    )

    assert (verdict.decision, verdict.reason) == ("deny", "never on Fridays")


def test_two_hooks_that_rewrite_differently_make_it_a_question(lab: Lab) -> None:
    one, other = (
        permission("allow", updatedInput={"a": 1}),
        permission("allow", updatedInput={"a": 2}),
    )

    verdict = lab.fire(says(one), says(other))

    assert (verdict.decision, verdict.updated_input) == ("ask", None)
    assert "rewrite the input differently" in verdict.reason


def test_two_hooks_that_rewrite_alike_are_of_one_mind(lab: Lab) -> None:
    same = permission("allow", updatedInput={"a": 1})

    verdict = lab.fire(says(same), "sleep 0.01; " + says(same))

    assert (verdict.decision, verdict.updated_input) == ("allow", {"a": 1})


def test_a_refused_call_is_not_rewritten(lab: Lab) -> None:
    verdict = lab.fire(says(permission("allow", updatedInput={"a": 1})), "exit 2")

    assert (verdict.decision, verdict.updated_input) == ("deny", None)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("sleep 60", "within 0.3 seconds"),
        ("kill -9 $$", "signal 9"),
        ("no-such-program-here", "could not be started"),
        ("./gone.sh", "there is no file"),
        ("python3 gone.py", "there is no file"),
        ('sh "$CLAUDE_PROJECT_DIR"/gone.sh', "there is no file"),
        ("true && python3 gone.py", "can't open file"),
        ("true && sh gone.sh", "could not be started"),
        ("head -c 3000000 /dev/zero", "more than can be read"),
    ],
)
def test_a_guard_that_gives_no_answer_makes_the_call_a_question(
    lab: Lab, command: str, why: str
) -> None:
    allow = says(permission("allow"))

    verdict = lab.fire({"type": "command", "command": command, "timeout": 0.3}, allow)

    assert (verdict.decision, verdict.is_broken, verdict.blocks) == ("ask", True, False)
    [failure] = verdict.failures
    assert why in failure.what
    assert failure.handler.name in failure.what


def test_a_guard_program_without_a_shell_that_is_not_there_is_broken_too(lab: Lab) -> None:
    entry = {"type": "command", "command": "no-such-program-here", "args": ["x"]}

    verdict = lab.fire(entry)

    assert (verdict.decision, verdict.is_broken) == ("ask", True)


def test_a_broken_guard_denies_where_it_says_so_and_is_let_pass_where_it_says_so(lab: Lab) -> None:
    gone = {"type": "command", "command": "./gone.sh"}

    blocked = lab.fire({**gone, "onFailure": "block"})
    passed = lab.fire({**gone, "onFailure": "continue"})

    assert (blocked.decision, blocked.blocks, blocked.is_broken) == ("deny", True, True)
    assert (passed.decision, passed.blocks, passed.is_broken) == (None, False, False)
    assert len(passed.failures) == 1


def test_a_broken_guard_never_weakens_the_no_of_another(lab: Lab) -> None:
    assert lab.fire("./gone.sh", "exit 2").decision == "deny"


def test_a_prompt_whose_guard_is_broken_is_a_question(lab: Lab) -> None:
    verdict = lab.fire("./gone.sh", event="UserPromptSubmit", payload={"prompt": "x"})

    assert (verdict.decision, verdict.is_broken, verdict.blocks) == ("ask", True, False)


def test_a_broken_hook_after_the_fact_is_said_and_decides_nothing(lab: Lab) -> None:
    verdict = lab.fire("./gone.sh", event="PostToolUse")

    assert (verdict.decision, verdict.is_broken) == (None, False)
    assert len(verdict.failures) == 1


def test_a_reason_that_quotes_a_strangers_text_stays_a_no(lab: Lab) -> None:
    quoted = "python3: can't open file '/x/gone.py': [Errno 2] No such file or directory"

    guard = lab.script("guard.sh", "#!/bin/sh\ncat quoted.txt >&2; exit 2\n")
    for reason in (quoted, f"found a secret in:\n{quoted}"):
        (lab.root / "quoted.txt").write_text(reason)
        assert lab.fire(guard).decision == "deny"


def test_hooks_run_at_the_same_time(lab: Lab) -> None:
    meet = (
        "touch here-{0}; n=0; while [ ! -e here-{1} ] && [ $n -lt 200 ]; do sleep 0.01; "
        "n=$((n+1)); done; [ -e here-{1} ] && exit 2; exit 0"
    )

    verdict = lab.fire(meet.format("a", "b"), meet.format("b", "a"))

    assert verdict.decision == "deny"
    assert all(run.completed and run.completed.status == 2 for run in verdict.runs)


def test_identical_handlers_run_once(lab: Lab) -> None:
    count = "echo x >> count.txt"
    section = {
        "PreToolUse": [
            {"matcher": "Write", "hooks": [{"type": "command", "command": count}] * 2},
            {"matcher": "*", "hooks": [{"type": "command", "command": count, "timeout": 5}]},
        ]
    }
    origin = Origin(layer="user", source=Source(path="s.json"))

    lab.hooks(read_hooks(section, origin).handlers).fire("PreToolUse", WRITE)

    assert (lab.root / "count.txt").read_text() == "x\n"


@pytest.mark.parametrize("layer", ["project", "local", "plugin"])
def test_what_came_with_a_folder_does_not_run_until_it_is_trusted(lab: Lab, layer: str) -> None:
    handlers = lab.handlers("touch pwned; exit 2", layer=layer)  # type: ignore[arg-type]

    untrusted = lab.hooks(handlers).fire("PreToolUse", WRITE)
    assert untrusted.decision is None
    assert not (lab.root / "pwned").exists()

    trusted = lab.hooks(handlers, trusted=lambda _: True).fire("PreToolUse", WRITE)
    assert trusted.decision == "deny"


def test_an_untrusted_twin_does_not_silence_the_persons_own_hook(lab: Lab) -> None:
    mine, theirs = (lab.handlers("exit 2", layer=layer) for layer in ("user", "project"))  # type: ignore[arg-type]

    assert lab.hooks((*theirs, *mine)).fire("PreToolUse", WRITE).decision == "deny"


def test_if_lets_a_hook_run_only_for_calls_under_its_rule(lab: Lab) -> None:
    entry = {"type": "command", "command": "exit 2", "if": "Bash(git *)"}
    hooks = lab.hooks(lab.handlers(entry))

    assert hooks.fire("PreToolUse", {"tool_name": "Bash", "tool_input": {}}).decision == "deny"
    assert hooks.fire("PreToolUse", WRITE).decision is None


def test_a_skills_hook_with_once_runs_once(lab: Lab) -> None:
    origin = Origin(layer="user", source=Source(path="SKILL.md"), written="skill")
    entry = {"type": "command", "command": "echo hello", "once": "yes"}
    section = {"UserPromptSubmit": [{"hooks": [entry]}]}
    hooks = lab.hooks(read_hooks(section, origin).handlers)

    assert hooks.fire("UserPromptSubmit", {}).context == ("hello",)
    assert hooks.fire("UserPromptSubmit", {}).context == ()


def test_nobody_waits_for_an_unwaited_hook_and_it_may_speak_later(lab: Lab) -> None:
    quiet = {"type": "command", "command": "cat go; exit 2", "async": True}
    wakes = {"type": "command", "command": "cat go; echo late >&2; exit 2", "asyncRewake": True}
    hooks = lab.hooks(lab.handlers(quiet, wakes))

    assert hooks.fire("PreToolUse", WRITE).decision is None
    deadline = time.monotonic() + 5
    heard: list[str] = []
    while not heard and time.monotonic() < deadline:
        heard += hooks.take_late()
        time.sleep(0.01)

    assert [text.splitlines()[-1] for text in heard] == ["late"]


def test_a_runner_that_overruns_its_limit_is_not_waited_for(lab: Lab) -> None:
    def never_in_time(argv: object, **rest: object) -> Ended:
        time.sleep(2.5)
        return Ended(stdout="", stderr="", status=0)

    hooks = Hooks(
        lab.handlers({"type": "command", "command": "true", "timeout": 0.01}),
        runner=never_in_time,
        place=Place(root=str(lab.root)),
        trusted=lambda _: False,
        matches_rule=lambda *_: True,
    )

    assert hooks.fire("PreToolUse", WRITE).is_broken


def test_the_end_of_a_session_shares_one_short_limit(lab: Lab) -> None:
    limits: list[float] = []

    def note(argv: object, *, timeout_s: float, **rest: object) -> Ended:
        limits.append(timeout_s)
        return Ended(stdout="", stderr="", status=0)

    def end(*timeouts: float | None) -> list[float]:
        limits.clear()
        entries = [
            {"type": "command", "command": f"echo {n}", **({"timeout": t} if t else {})}
            for n, t in enumerate(timeouts)
        ]
        handlers = lab.handlers(*entries, event="SessionEnd")
        place = Place(root=str(lab.root))
        hooks = Hooks(
            handlers,
            runner=note,
            place=place,
            trusted=lambda _: False,
            matches_rule=lambda *_: True,
        )
        hooks.fire("SessionEnd", {"reason": "other"})
        return sorted(limits)

    assert end(None, None) == [1.5, 1.5]
    assert end(None, 5) == [5, 5]
    assert end(600) == [60]


def test_a_hook_that_names_no_limit_does_not_make_a_person_wait_for_minutes(lab: Lab) -> None:
    limits: dict[str, float] = {}

    def note(argv: object, *, timeout_s: float, environment: object, stdin: bytes) -> Ended:
        limits[json.loads(stdin)["hook_event_name"]] = timeout_s
        return Ended(stdout="", stderr="", status=0)

    for event in ("PreToolUse", "UserPromptSubmit", "PostToolUse", "Stop"):
        hooks = Hooks(
            lab.handlers("true", event=event), runner=note, place=Place(root=str(lab.root)),
            trusted=lambda _: False, matches_rule=lambda *_: True,
        )  # fmt: skip
        hooks.fire(event, WRITE)

    assert limits == {"PreToolUse": 30, "UserPromptSubmit": 30, "PostToolUse": 600, "Stop": 600}


def test_an_event_that_is_not_one_is_refused_by_name(lab: Lab) -> None:
    with pytest.raises(UsageError) as caught:
        lab.hooks(()).fire("PreToolUsed", {})

    assert caught.value.hint == 'did you mean "PreToolUse"?'


def test_a_turn_goes_on_eight_times_in_a_row_and_no_more(lab: Lab) -> None:
    hooks = lab.hooks(lab.handlers("echo not done >&2; exit 2", event="Stop"))
    verdict = hooks.fire("Stop", {"stop_hook_active": False})

    in_a_row = turns = 0
    while (step := after_stop(verdict, in_a_row)).goes_on:
        in_a_row, turns = step.in_a_row, turns + 1

    assert turns == MAX_CONTINUED == 8
    assert "stopped after 8 continuations" in step.note
    assert after_stop(Verdict(), 3) == after_stop(Verdict(), 0)
    assert after_stop(Verdict(context=("go on",)), 0).goes_on
    assert not after_stop(Verdict(blocks=True, stops=True), 0).goes_on


def test_new_settings_hold_for_the_next_event(lab: Lab) -> None:
    hooks = lab.hooks(lab.handlers("exit 2"))
    assert hooks.fire("PreToolUse", WRITE).decision == "deny"

    hooks.use(lab.handlers("true"))

    assert hooks.fire("PreToolUse", WRITE).decision is None


def test_unwaited_hooks_do_not_pile_up(lab: Lab) -> None:
    entries = [
        {"type": "command", "command": f"sleep 1; echo {n}", "async": True}
        for n in range(MOST_UNWAITED + 2)
    ]

    verdict = lab.hooks(lab.handlers(*entries)).fire("PreToolUse", WRITE)

    assert len(verdict.failures) == 2
    assert "left out" in verdict.failures[0].what
    assert (verdict.decision, verdict.is_broken) == (None, False)


def test_more_hooks_than_run_at_once_all_answer(lab: Lab) -> None:
    names = [f"echo {n} >&2; exit 2" for n in range(MOST_AT_ONCE + 3)]

    verdict = lab.fire(*names)

    assert len(verdict.runs) == len(verdict.reason.splitlines()) == MOST_AT_ONCE + 3
