"""The matcher table, clause by clause, and the bounds that keep it quick."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.errors import RuleFaultError
from pmagent.hooks.events import EVENTS
from pmagent.hooks.match import fault_of, matches, matches_if, watched_names


@pytest.mark.parametrize(
    ("matcher", "tool", "is_for_it"),
    [
        ("", "Write", True),
        ("*", "Write", True),
        ("Write", "Write", True),
        ("Write", "write", False),
        ("Write", "TodoWrite", False),
        ("Write|Edit", "Edit", True),
        ("Write, Edit", "Edit", True),
        ("Write | Edit", "Write", True),
        ("Write|Edit", "Read", False),
        ("Notebook.*", "NotebookEdit", True),
        ("Edit.*", "NotebookEdit", True),
        ("^Edit$", "NotebookEdit", False),
        ("mcp__memory", "mcp__memory__get", False),
        ("mcp__memory__.*", "mcp__memory__get", True),
        ("mcp__.*__write", "mcp__files__write_all", True),
        ("mcp__my-server__do", "mcp__my-server__do", True),
        ("^(?!Read$|Grep$).*", "Write", True),
        ("^(?!Read$|Grep$).*", "Read", False),
        ("(?<verb>Ed)it", "Edit", True),
        ("MultiEdit", "Edit", True),
        ("Task", "Agent", True),
        ("Agent", "Agent", True),
        ("LS|NotebookRead", "Read", True),
        ("TodoWrite", "TaskUpdate", True),
        ("SlashCommand", "Skill", True),
        ("KillShell|BashOutput", "TaskStop", True),
        ("^Task$", "Agent", True),
    ],
)
def test_a_tool_is_matched_exactly_or_by_expression(
    matcher: str, tool: str, is_for_it: bool
) -> None:
    assert matches(EVENTS["PreToolUse"], matcher, tool) is is_for_it


@pytest.mark.parametrize(
    ("event", "matcher", "value", "is_for_it"),
    [
        ("SessionStart", "startup|resume", "resume", True),
        ("SessionStart", "startup", "clear", False),
        ("Notification", "permission_prompt", "permission_prompt", True),
        ("SubagentStop", "code-reviewer", "code-reviewer", True),
        ("Stop", "anything", "", True),
        ("UserPromptSubmit", "anything", "", True),
        ("FileChanged", ".env|.envrc", "/g/sub/.env", True),
        ("FileChanged", ".env|.envrc", "/g/sub/notes.md", False),
        ("FileChanged", "Makefile", "/g/Makefile", True),
        ("FileChanged", "Makefile", "/Makefile/x", False),
        ("FileChanged", "\\.md$", f"/g/{'long ' * 40}.md", True),
        ("FileChanged", ".*\\.md$", f"/g/{'long ' * 40}.md", True),
        ("SubagentStart", "Task", "Agent", False),
    ],
)
def test_other_events_match_on_their_own_field(
    event: str, matcher: str, value: str, is_for_it: bool
) -> None:
    assert matches(EVENTS[event], matcher, value) is is_for_it


def test_a_narrow_event_takes_blanks_and_hyphens_as_an_expression() -> None:
    assert matches(EVENTS["StopFailure"], "rate-limit", "x rate-limit y")
    assert not matches(EVENTS["SessionEnd"], "log-out", "x log-out y")


def test_the_names_to_watch_are_split_at_the_bars() -> None:
    assert watched_names(".env|.envrc|") == (".env", ".envrc")


BOMBS = [
    ".*.*.*\\d", "a?a?.*.*.*\\d", ".*.*.*.*\\d", "a?a?a?a?a?a?a?a?\\d", "a?a?a?a?.*.*\\d",
    ".*a?a?\\d", ".*.*\\d", "(a|a|a|a|a|a|a|a)" * 10 + "b", "(a|aa)(a|aa)(a|aa)(a|aa).*.*b",
    "(a+)+$", "(a|a)*$", "(a*)*b", "((a?){30}){30}b", "(a|aa)+$", "(?:a+)+b", "(x+x+)+y",
    "a*a*a*a*a*a*b", "(.*a){20}", "(a?a?a?a?)" * 8 + "b", "([a-z]+)*\\d", "(a|b|ab)*c{2}",
    "(" * 150 + ")" * 150, "a{1,100}" * 6 + "b", "(a{0,99}){0,99}b",
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_expression_that_never_ends_is_refused_at_once_and_a_guard_then_runs(bomb: str) -> None:
    began = time.process_time()

    for name in ("a" * 64, "a" * 512, "a" * 63 + "!", "mcp__" + "a" * 100_000):
        matches(EVENTS["PreToolUse"], bomb, name)

    assert time.process_time() - began < 2


def test_a_matcher_that_cannot_be_used_never_switches_a_guard_off() -> None:
    for broken in ("Bash(", "(a+)+$", "x*" * 200, "[z-a]"):
        assert matches(EVENTS["PreToolUse"], broken, "Write")
        assert not matches(EVENTS["PostToolUse"], broken, "Write")
        assert "it matches everything" in fault_of(EVENTS["PreToolUse"], broken)
        assert "it matches nothing" in fault_of(EVENTS["PostToolUse"], broken)


def test_ordinary_matchers_have_no_fault() -> None:
    for usual in (
        "", "*", "Bash", "Edit|Write|MultiEdit", "mcp__.*", "mcp__memory__.*", "^(Edit|Write)$",
        "^(?!Read$).*", "Notebook.*", "mcp__.*__(write|create|delete).*", "(Read|Edit)?", "\\w+",
    ):  # fmt: skip
        assert fault_of(EVENTS["PreToolUse"], usual) == ""


@given(st.text(alphabet="ab()|*+?[]{}1,\\^$.<!=:", max_size=40), st.text(max_size=40))
def test_any_matcher_gives_an_answer(matcher: str, value: str) -> None:
    assert matches(EVENTS["PreToolUse"], matcher, value) in {True, False}


def test_if_asks_for_the_rule_and_lets_run_what_it_cannot_understand() -> None:
    payload = {"tool_name": "Bash", "tool_input": {"command": "git push"}}
    asked: list[object] = []

    def rule(text: str, tool: str, given: object) -> bool:
        asked.append((text, tool, given))
        if text == "broken(":
            raise RuleFaultError("it does not end")
        return text == "Bash(git *)"

    pre = EVENTS["PreToolUse"]
    assert matches_if(pre, "", payload, rule)
    assert matches_if(pre, "Bash(git *)", payload, rule)
    assert not matches_if(pre, "Bash(rm *)", payload, rule)
    assert matches_if(pre, "broken(", payload, rule)
    assert not matches_if(EVENTS["Stop"], "Bash(git *)", {}, rule)
    assert asked[0] == ("Bash(git *)", "Bash", {"command": "git push"})
