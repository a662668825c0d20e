"""Exit codes, text and JSON: what a hook says is what is decided."""

from __future__ import annotations

import json
import shlex

import pytest

from tests.hooks.conftest import Lab


def says(answer: object, *, status: int = 0, stderr: str = "") -> str:
    """A shell text that prints `answer` and ends with `status`."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    error = f"printf '%s\\n' {shlex.quote(stderr)} >&2; " if stderr else ""
    return f"printf '%s' {shlex.quote(text)}; {error}exit {status}"


def permission(decision: str, **rest: object) -> dict[str, object]:
    fields = {"hookEventName": "PreToolUse", "permissionDecision": decision, **rest}
    return {"hookSpecificOutput": fields}


def test_a_hook_that_ends_well_and_says_nothing_has_no_opinion(lab: Lab) -> None:
    verdict = lab.fire("true")

    assert (verdict.decision, verdict.blocks, verdict.is_broken) == (None, False, False)
    assert verdict.failures == ()


def test_status_1_does_not_block_and_is_said(lab: Lab) -> None:
    verdict = lab.fire("echo oh dear >&2; exit 1")

    assert (verdict.decision, verdict.blocks, verdict.is_broken) == (None, False, False)
    [failure] = verdict.failures
    assert "ended with status 1: oh dear" in failure.what


def test_status_2_denies_with_the_words_on_stderr(lab: Lab) -> None:
    verdict = lab.fire("echo not today >&2; exit 2")

    assert (verdict.decision, verdict.blocks, verdict.reason) == ("deny", True, "not today")
    assert "settings.json" in verdict.by


@pytest.mark.parametrize("decision", ["allow", "ask", "deny", "defer"])
def test_a_permission_decision_is_taken_with_its_reason(lab: Lab, decision: str) -> None:
    verdict = lab.fire(says(permission(decision, permissionDecisionReason="because")))

    assert (verdict.decision, verdict.reason) == (decision, "because")


@pytest.mark.parametrize(("old", "new"), [("approve", "allow"), ("block", "deny")])
def test_the_older_top_level_decision_still_counts(lab: Lab, old: str, new: str) -> None:
    verdict = lab.fire(says({"decision": old, "reason": "older"}))

    assert (verdict.decision, verdict.reason) == (new, "older")


def test_json_is_read_whatever_the_status_but_a_failed_hook_consents_to_nothing(lab: Lab) -> None:
    assert lab.fire(says(permission("deny"), status=1)).decision == "deny"
    assert lab.fire(says(permission("ask"), status=3)).decision == "ask"
    assert lab.fire(says(permission("allow"), status=1)).decision is None
    assert lab.fire(says(permission("allow"), status=2, stderr="no")).decision == "deny"


@pytest.mark.parametrize(
    "broken",
    [
        {"decision": "allow"},
        {"decision": "allow", "updatedInput": {"path": "private/k.md"}},
        {"continue": "no"},
        {"hookSpecificOutput": {"permissionDecision": "allow"}},
        {"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "yes"}},
        {"hookSpecificOutput": {"hookEventName": "PostToolUse", "additionalContext": "x"}},
        {"hookSpecificOutput": {"hookEventName": "PreToolUse", "updatedInput": "all"}},
        {"hookSpecificOutput": ["allow"]},
        {"systemMessage": 7},
    ],
)
def test_json_that_breaks_the_schema_is_an_error_and_no_opinion(lab: Lab, broken: object) -> None:
    for status in (0, 1):
        verdict = lab.fire(says(broken, status=status))
        assert (verdict.decision, verdict.updated_input, verdict.blocks) == (None, None, False)
        assert verdict.stops is False
        assert "JSON" in verdict.failures[0].what

    assert lab.fire(says(broken, status=2, stderr="no")).decision == "deny"


@pytest.mark.parametrize("text", ["not-json", '{"decision":', "{allow}", '"allow"', "[1]", ""])
def test_text_is_never_a_decision(lab: Lab, text: str) -> None:
    verdict = lab.fire(says(text))

    assert (verdict.decision, verdict.updated_input, verdict.context) == (None, None, ())
    assert verdict.failures == ()


def test_json_that_never_ends_is_refused_and_nothing_crashes(lab: Lab) -> None:
    deep = '{"systemMessage":' + "[" * 100_000

    verdict = lab.fire("cat", event="SessionStart", payload={})
    assert verdict.failures == ()
    program = lab.script("deep.sh", f'#!/bin/sh\nhead -c {len(deep)} "$0.json"\n')
    (lab.root / "deep.sh.json").write_text(deep)

    assert lab.fire(program).decision is None


def test_text_at_the_start_of_a_session_reaches_the_context(lab: Lab) -> None:
    verdict = lab.fire("echo we call it tier, not plan", event="SessionStart", payload={})

    assert verdict.context == ("we call it tier, not plan",)


@pytest.mark.parametrize("event", ["SessionStart", "UserPromptSubmit", "UserPromptExpansion"])
def test_additional_context_of_all_hooks_is_joined_in_order(lab: Lab, event: str) -> None:
    first = {"hookSpecificOutput": {"hookEventName": event, "additionalContext": "one"}}

    verdict = lab.fire(says(first), "sleep 0.05; echo two", event=event, payload={})

    assert verdict.context == ("one", "two")


def test_text_of_other_events_is_no_context(lab: Lab) -> None:
    assert lab.fire("echo chatter", event="PostToolUse").context == ()
    assert lab.fire("echo chatter; exit 1", event="SessionStart", payload={}).context == ()


def test_a_prompt_is_refused_by_status_2_and_by_a_block(lab: Lab) -> None:
    for command in (
        "echo secret inside >&2; exit 2",
        says({"decision": "block", "reason": "secret inside"}),
    ):
        verdict = lab.fire(command, event="UserPromptSubmit", payload={"prompt": "x"})
        assert (verdict.blocks, verdict.reason) == (True, "secret inside")


def test_after_a_tool_status_2_speaks_to_the_model(lab: Lab) -> None:
    verdict = lab.fire("echo the links are broken >&2; exit 2", event="PostToolUse")

    assert verdict.context == ("the links are broken",)


def test_after_a_tool_a_block_adds_its_reason(lab: Lab) -> None:
    verdict = lab.fire(says({"decision": "block", "reason": "lint it"}), event="PostToolUse")

    assert (verdict.blocks, verdict.reason) == (True, "lint it")


def test_continue_false_stops_everything_with_its_reason(lab: Lab) -> None:
    verdict = lab.fire(says({"continue": False, "stopReason": "the disk is full"}), "true")

    assert (verdict.stops, verdict.stop_reason) == (True, "the disk is full")


@pytest.mark.parametrize("behavior", ["allow", "deny"])
def test_a_request_for_permission_is_answered(lab: Lab, behavior: str) -> None:
    fields = {
        "hookEventName": "PermissionRequest",
        "decision": {"behavior": behavior, "message": "as ever"},
    }

    verdict = lab.fire(says({"hookSpecificOutput": fields}), event="PermissionRequest")

    assert (verdict.decision, verdict.reason) == (behavior, "as ever")


def test_a_hook_cannot_give_itself_lasting_permissions(lab: Lab) -> None:
    wish = [{"type": "setMode", "mode": "bypassPermissions", "destination": "session"}]
    decision = {"behavior": "allow", "updatedPermissions": wish}
    fields = {"hookEventName": "PermissionRequest", "decision": decision}

    verdict = lab.fire(says({"hookSpecificOutput": fields}), event="PermissionRequest")

    assert verdict.decision == "allow"
    assert "only a person" in verdict.failures[0].what


def test_the_whole_new_input_is_handed_on(lab: Lab) -> None:
    new = {"file_path": "/g/a.md", "content": "x"}

    verdict = lab.fire(says(permission("allow", updatedInput=new)), "true")

    assert (verdict.decision, verdict.updated_input) == ("allow", new)


@pytest.mark.parametrize(
    ("sequence", "is_sent"),
    [
        ("\a", True),
        ("\x1b]9;done\a", True),
        ("\x1b]777;notify;pmagent;done\x1b\\", True),
        ("\x1b]0;title\a\a", True),
        ("\x1b]52;c;aGk=\a", False),
        ("\x1b]9;done\a\x1b[2J", False),
        ("\x1b]9;a\x1b[31mb\a", False),
        ("\x1b]8;;https://e.example\a", False),
        ("\x1b]9;never ended", False),
        ("plain", False),
        ("\x9d9;x\x9c", False),
    ],
)
def test_only_titles_notifications_and_bells_get_to_the_terminal(
    lab: Lab, sequence: str, is_sent: bool
) -> None:
    verdict = lab.fire(says({"terminalSequence": sequence}), event="Notification", payload={})

    assert verdict.terminal_sequences == ((sequence,) if is_sent else ())
    assert bool(verdict.failures) is not is_sent


def test_a_long_text_is_cut_and_kept_whole_elsewhere(lab: Lab) -> None:
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return "hooks/1.txt"

    handlers = lab.handlers("head -c 25000 /dev/zero | tr '\\0' x", event="SessionStart")
    verdict = lab.hooks(handlers, keep=keep).fire("SessionStart", {})

    [text] = verdict.context
    assert len(text) == 10_000
    assert text.endswith('[cut: 25,000 characters; all of it is in "hooks/1.txt"]')
    assert kept == ["x" * 25_000]
