"""Settings, front matter and plugins are read as they are; what is wrong is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.hooks.events import EVENTS
from pmagent.hooks.listing import listing, try_hook
from pmagent.hooks.read import (
    Handler,
    HookSet,
    Origin,
    Plugin,
    merge,
    read_hooks,
    read_plugin_hooks,
    read_settings_hooks,
)
from pmagent.types.actions import Layer, Source
from tests.hooks.conftest import Lab

USER = Origin(layer="user", source=Source(path="~/.claude/settings.json"))


def one(entry: object, *, event: str = "PreToolUse", origin: Origin = USER) -> HookSet:
    return read_hooks({event: [{"matcher": "Bash", "hooks": [entry]}]}, origin)


def command(text: str, **rest: object) -> dict[str, object]:
    return {"type": "command", "command": text, **rest}


def test_every_field_of_a_handler_is_read() -> None:
    entry = command(
        "./check.sh", args=["--fast"], timeout=12, shell="bash", statusMessage="checking",
        onFailure="block", asyncRewake=True, once=True, **{"if": "Bash(git *)"},
    )  # fmt: skip

    [handler] = one(entry).handlers

    assert handler == Handler(
        event="PreToolUse",
        matcher="Bash",
        kind="command",
        command="./check.sh",
        args=("--fast",),
        shell="bash",
        timeout_s=12.0,
        if_rule="Bash(git *)",
        once=False,
        on_failure="block",
        is_async=True,
        wakes=True,
        status_message="checking",
        source=Source(path="~/.claude/settings.json"),
        layer="user",
    )


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("http", {"url": "http://localhost/hook"}),
        ("mcp_tool", {"server": "s", "tool": "t"}),
        ("prompt", {"prompt": "is it safe? $ARGUMENTS"}),
        ("agent", {"prompt": "look around"}),
    ],
)
def test_other_kinds_are_read_and_listed_but_not_run(
    lab: Lab, kind: str, fields: dict[str, str]
) -> None:
    found = one({"type": kind, **fields})
    assert found.faults == ()

    [row] = listing(found.handlers, trusted=lambda _: True)

    assert (row.state, row.runs) == ("not run in this version", False)
    assert lab.hooks(found.handlers).fire("PreToolUse", {"tool_name": "Bash"}).runs == ()


@pytest.mark.parametrize(
    "broken",
    [
        "x",
        {"command": "x"},
        {"type": "shell", "command": "x"},
        {"type": "command"},
        {"type": "command", "command": ["x"]},
        {"type": "command", "command": "a\0b"},
        command("x", timeout="10"),
        command("x", timeout=0),
        command("x", timeout=True),
        command("x", timeout=float("nan")),
        command("x", args="a b"),
        command("x", args=[1]),
        command("x", shell="fish"),
        command("x", onFailure="stop"),
        command("x", **{"if": ["Bash"]}),
        command("x", **{"async": "perhaps"}),
        {"type": "http"},
    ],
)
def test_a_malformed_handler_is_named_and_the_others_live(broken: object) -> None:
    section = {"PreToolUse": [{"matcher": "Bash", "hooks": [broken, command("good")]}]}

    found = read_hooks(section, USER)

    assert [handler.command for handler in found.handlers] == ["good"]
    [fault] = found.faults
    assert fault.event == "PreToolUse"
    assert "handler 1 of entry 1" in fault.what


@pytest.mark.parametrize(
    "section",
    [
        [], "x", 3,
        {"PreToolUse": {}}, {"PreToolUse": "x"}, {"PreToolUse": [3]},
        {"PreToolUse": [{"hooks": "x"}]}, {"PreToolUse": [{"command": "x"}]},
        {"PreToolUse": [{"matcher": 3, "hooks": []}]},
        {"PreToolUsed": [{"hooks": []}]},
    ],
)  # fmt: skip
def test_a_malformed_section_is_named_and_nothing_breaks(section: object) -> None:
    found = read_hooks(section, USER)

    assert found.handlers == ()
    assert len(found.faults) == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "command", "hooks", "matcher", "timeout"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*EVENTS, "x"]), json_values, max_size=3))
def test_whatever_stands_there_is_read_without_an_exception(section: dict[str, object]) -> None:
    found = read_settings_hooks({"hooks": section, "disableAllHooks": section.get("x")}, USER)

    assert all(handler.command for handler in found.handlers)


def test_all_33_events_parse_and_those_that_never_fire_are_listed_so() -> None:
    names = [name for name, event in EVENTS.items() if not event.is_ours]
    found = read_hooks({name: [{"hooks": [command("x")]}] for name in names}, USER)

    rows = listing(found.handlers, trusted=lambda _: True)

    assert len(names) == 33
    assert found.faults == ()
    assert {row.event for row in rows if row.runs} == {
        "SessionStart", "SessionEnd", "UserPromptSubmit", "UserPromptExpansion", "PreToolUse",
        "PermissionRequest", "PostToolUse", "PostToolUseFailure", "Notification", "Stop",
        "SubagentStart", "SubagentStop", "PreCompact", "PostCompact", "TaskCreated",
        "TaskCompleted", "FileChanged", "ConfigChange", "InstructionsLoaded", "PreModelSwitch",
    }  # fmt: skip
    assert {row.state for row in rows} == {"runs", "never fires here"}


def test_our_own_events_do_not_belong_in_a_shared_file() -> None:
    ours = Origin(layer="project", source=Source(path=".pmagent/settings.json"))

    assert one(command("x"), event="PrePublish", origin=ours).faults == ()
    assert ".pmagent/settings.json" in one(command("x"), event="PrePublish").faults[0].what


def test_a_plugins_file_is_read_with_and_without_its_wrapper() -> None:
    plugin = Plugin(name="p", root="/plugins/p")
    origin = Origin(layer="plugin", source=Source(path="p"), plugin=plugin)
    events = {"Stop": [{"hooks": [command("${CLAUDE_PLUGIN_ROOT}/stop.sh")]}]}

    wrapped = read_plugin_hooks({"description": "d", "hooks": events}, origin)
    bare = read_plugin_hooks(events, origin)

    assert wrapped == bare
    assert [handler.plugin for handler in bare.handlers] == [plugin]


def test_front_matter_gives_texts_for_numbers_and_truths() -> None:
    origin = Origin(layer="project", source=Source(path="SKILL.md"), written="skill")

    [handler] = one(command("x", timeout="10", once="yes"), origin=origin).handlers

    assert (handler.timeout_s, handler.once) == (10.0, True)


def test_an_agents_stop_is_the_stop_of_a_subagent() -> None:
    origin = Origin(layer="user", source=Source(path="a.md"), written="agent")

    [handler] = one(command("x"), event="Stop", origin=origin).handlers

    assert handler.event == "SubagentStop"


def test_a_subagents_hook_may_still_call_its_event_stop(lab: Lab) -> None:
    said = json.dumps({"hookSpecificOutput": {"hookEventName": "Stop", "additionalContext": "on"}})

    verdict = lab.fire(f"echo '{said}'", event="SubagentStop", payload={})

    assert verdict.context == ("on",)


def test_if_on_an_event_without_a_tool_is_said_never_to_run(lab: Lab) -> None:
    found = one(command("exit 2", **{"if": "Bash"}), event="Stop")

    assert "never runs" in found.faults[0].what
    assert not listing(found.handlers, trusted=lambda _: True)[0].runs
    assert lab.hooks(found.handlers).fire("Stop", {}).blocks is False


def test_a_matcher_that_names_a_whole_server_is_said_to_match_nothing() -> None:
    found = read_hooks({"PreToolUse": [{"matcher": "mcp__memory", "hooks": [command("x")]}]}, USER)

    assert 'all of a server are "mcp__memory__.*"' in found.faults[0].what


def switched_off(layer: Layer) -> HookSet:
    return read_settings_hooks(
        {"disableAllHooks": True}, Origin(layer=layer, source=Source(path=f"{layer}.json"))
    )


@pytest.mark.parametrize(
    ("by", "left"),
    [
        ("managed", []),
        ("user", ["managed"]),
        ("project", ["managed", "user", "plugin", "shipped"]),
        ("local", ["managed", "user", "plugin", "shipped"]),
    ],
)
def test_a_folder_cannot_switch_off_the_guards_of_its_visitor(by: Layer, left: list[Layer]) -> None:
    layers: list[Layer] = ["shipped", "plugin", "project", "local", "user", "managed"]
    sets = [
        one(command(layer), origin=Origin(layer=layer, source=Source(path="s"))) for layer in layers
    ]

    merged = merge([*sets, switched_off(by)])

    assert [handler.layer for handler in merged.handlers] == left
    assert "are off: disableAllHooks" in merged.faults[0].what


def test_a_hook_is_tried_by_hand_on_an_input_of_ones_own(lab: Lab) -> None:
    hooks = lab.hooks(lab.handlers("cat >&2; exit 2", matcher="Bash"))

    verdict = try_hook(hooks, "PreToolUse", tool="Bash", given={"command": "ls"})

    assert verdict.decision == "deny"
    told = json.loads(verdict.reason)
    assert (told["tool_name"], told["tool_input"]) == ("Bash", {"command": "ls"})
    assert try_hook(hooks, "PreToolUse", tool="Read").decision is None


def test_a_row_says_what_a_person_needs_to_know_of_a_hook() -> None:
    entry = command("${CLAUDE_PROJECT_DIR}/a b.sh", args=["x y"])
    origin = Origin(layer="project", source=Source(path=".claude/settings.json", line=4))

    [row] = listing(one(entry, origin=origin).handlers, trusted=lambda _: False)

    assert (row.event, row.matcher, row.name) == ("PreToolUse", "Bash", "a b.sh")
    assert row.command == "'${CLAUDE_PROJECT_DIR}/a b.sh' 'x y'"
    assert (row.layer, row.source) == ("project", ".claude/settings.json:4")
    assert (row.state, row.runs) == ("waits for your trust", False)
