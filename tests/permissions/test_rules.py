from __future__ import annotations

import pytest

from pmagent.errors import RuleFaultError
from pmagent.permissions.rules import parse_rule
from pmagent.types.actions import Rule, Source
from tests.permissions.small_book import (
    bash,
    closed_book,
    edit,
    other,
    policy,
    read,
    rule,
)

AT = Source(path=".claude/settings.json", line=12)


def parse(text: str, effect: str = "deny") -> Rule:
    return rule(f"{effect} {text}")


@pytest.mark.parametrize("text", ["Read", "Read(*)", "Read( * )", " Read "])
def test_a_star_in_brackets_is_no_brackets(text: str) -> None:
    assert (parse(text).tool, parse(text).spec) == ("Read", None)


def test_a_rule_is_kept_as_it_is_written() -> None:
    assert str(parse("Bash(git commit -m \\(x\\):*)")) == "Bash(git commit -m (x):*)"
    assert str(parse("Write(notes/**)", "allow")) == "Write(notes/**)"


@pytest.mark.parametrize(
    "text",
    [
        "", "Read(", "Read)", "Read()", "Read(  )", "Read (x)", "Read(x) y", "(x)", "Re ad", "é(x)",
        "Read(private/[)", "Edit([z-a])", "Read(!x)", "Read(x\\)", "WebFetch(domain:)",
        "WebFetch(domain:a b)", "WebFetch(domain:http://a.test)", "WebFetch(domain:a.test/x)",
        "Grep(private/[)", "*(private/[)",
    ],
)  # fmt: skip
def test_a_rule_without_meaning_is_a_fault_that_names_file_and_line(text: str) -> None:
    with pytest.raises(RuleFaultError, match=r'at "\.claude/settings\.json:12"'):
        parse_rule(text, effect="deny", layer="project", source=AT)


def test_while_a_rule_is_not_understood_everything_is_refused_and_the_place_is_named() -> None:
    closed = policy(book=closed_book())

    for request in (read("notes/a.md"), edit("notes/a.md"), bash("ls"), other("Search")):
        decision = closed.decide(request, hook="allow")
        assert decision.effect == "deny"
        assert "~/.claude/settings.json:7" in decision.reason
    refusal = closed.denial("read", "notes/a.md")
    assert refusal is not None
    assert refusal.effect == "deny"


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("Task", "Agent"), ("LS", "Glob"), ("NotebookRead", "Read"), ("KillShell", "TaskStop"),
        ("BashOutput", "TaskOutput"), ("TodoWrite", "TaskCreate"), ("TodoWrite", "TaskUpdate"),
        ("MultiEdit", "Edit"), ("SlashCommand", "Skill"),
    ],
)  # fmt: skip
def test_the_older_name_of_a_tool_means_the_tool(written: str, used: str) -> None:
    assert policy(f"deny {written}").decide(other(used)).effect == "deny"
    assert policy(f"deny {used}").decide(other(written)).effect == "deny"
    assert policy(f"allow {written}").decide(other(used)).effect == "allow"


@pytest.mark.parametrize(
    ("written", "tool", "is_meant"),
    [
        ("mcp__memory", "mcp__memory__store", True),
        ("mcp__memory", "mcp__memory2__store", False),
        ("mcp__memory__*", "mcp__memory__store", True),
        ("mcp__*", "mcp__memory__store", True),
        ("mcp__*__get_*", "mcp__notes__get_all", True),
        ("*", "Anything", True),
        ("Web*", "WebSearch", True),
        ("Web*", "Search", False),
        ("mcp__memory__store", "mcp__memory__store", True),
        ("mcp__memory__store", "mcp__memory__store2", False),
    ],
)
@pytest.mark.parametrize("effect", ["deny", "ask"])
def test_a_refusing_rule_may_stand_for_many_tools(
    written: str, tool: str, is_meant: bool, effect: str
) -> None:
    # What no rule refuses is allowed here, so that a rule that is not about the tool shows.
    decision = policy(f"{effect} {written}", f"allow {tool}").decide(other(tool))

    assert decision.effect == (effect if is_meant else "allow")


@pytest.mark.parametrize(
    ("written", "tool", "effect"),
    [
        ("mcp__memory__*", "mcp__memory__store", "allow"),
        ("mcp__memory__get_*", "mcp__memory__store", "ask"),
        ("mcp__memory", "mcp__memory__store", "allow"),
        ("mcp__*", "mcp__memory__store", "ask"),
        ("mcp__mem*", "mcp__memory__store", "ask"),
        ("*", "Publish", "ask"),
        ("Pub*", "Publish", "ask"),
    ],
)
def test_an_allow_rule_names_its_tool_or_the_server_of_its_tools(
    written: str, tool: str, effect: str
) -> None:
    assert policy(f"allow {written}").decide(other(tool)).effect == effect


@pytest.mark.parametrize(
    ("written", "inputs", "is_meant"),
    [
        ("Agent(model:opus)", {"model": "opus"}, True),
        ("Agent(model:opus)", {"model": "haiku"}, False),
        ("Agent(run_in_background:true)", {"run_in_background": True}, True),
        ("Agent(depth:3)", {"depth": 3}, True),
        ("Agent(model:op*)", {"model": "OPUS"}, True),
        ("Agent(Explore)", {"subagent_type": "Explore"}, True),
        ("Agent(Explore)", {"subagent_type": "Plan"}, False),
        ("Skill(deploy *)", {"skill": "deploy", "args": "now"}, True),
        ("Skill(deploy *)", {"skill": "deploy"}, True),
        ("Skill(deploy *)", {"skill": "deployer"}, False),
        ("Skill(shop:deploy)", {"skill": "shop:deploy"}, True),
        ("mcp__board__move(list:Done)", {"list": "Done"}, True),
    ],
)
def test_a_refusing_rule_may_be_about_one_input(
    written: str, inputs: dict[str, bool | int | str], is_meant: bool
) -> None:
    tool = written.partition("(")[0]
    decision = policy(f"deny {written}", f"allow {tool}").decide(other(tool, inputs))

    assert decision.effect == ("deny" if is_meant else "allow")


@pytest.mark.parametrize("tool", ["Agent", "Skill", "Task"])
def test_what_only_leads_to_other_calls_is_not_asked_about_but_may_be_refused(tool: str) -> None:
    call = other(tool, {"subagent_type": "writer", "skill": "writer"})

    assert policy().decide(call).effect == "allow"
    assert policy(f"ask {tool}").decide(call).effect == "ask"
    assert policy(f"deny {tool}(writer)").decide(call).effect == "deny"


@pytest.mark.parametrize(
    ("written", "inputs", "effect"),
    [
        ("Agent(Explore)", {"subagent_type": "Explore"}, "allow"),
        ("Publish(ghost)", {"target": "Ghost"}, "ask"),
        ("Skill(deploy *)", {"skill": "deploy", "args": "x"}, "allow"),
        ("Skill(shop:deploy)", {"skill": "shop:deploy"}, "allow"),
        ("Publish(list:ghost)", {"list": "ghost"}, "ask"),
        ("Publish(ghost)", {"target": "ghost"}, "allow"),
    ],
)
def test_an_allow_rule_takes_the_first_input_of_a_tool_and_no_other(
    written: str, inputs: dict[str, str], effect: str
) -> None:
    tool = written.partition("(")[0]

    assert policy(f"allow {written}").decide(other(tool, inputs)).effect == effect


@pytest.mark.parametrize("tool", ["Write", "MultiEdit", "NotebookEdit", "Rename", "Delete"])
def test_path_rules_of_the_tools_that_change_files_refuse_as_edit_rules_and_allow_nothing(
    tool: str,
) -> None:
    denying, allowing = policy(f"deny {tool}(notes/**)"), policy(f"allow {tool}(notes/**)")

    assert denying.decide(edit("notes/a.md", tool="Edit")).effect == "deny"
    assert denying.decide(read("notes/a.md")).effect == "allow"
    assert allowing.decide(edit("notes/a.md")).effect == "ask"
    [(dead, reason)] = allowing.dead_rules()
    assert str(dead) == f"{tool}(notes/**)"
    assert '"Edit(notes/**)"' in reason


@pytest.mark.parametrize("tool", ["Glob", "Grep", "LS", "NotebookRead"])
def test_path_rules_of_the_tools_that_look_refuse_as_read_rules_and_allow_nothing(
    tool: str,
) -> None:
    denying = policy(f"deny {tool}(private/**)")

    assert denying.decide(read("private/k.md")).effect == "deny"
    [(_, reason)] = policy(f"allow {tool}(private/**)").dead_rules()
    assert '"Read(private/**)"' in reason


def test_a_star_for_the_tool_with_a_path_refuses_reading_and_changing_it() -> None:
    denying = policy("deny *(private/**)")

    assert denying.decide(read("private/k.md")).effect == "deny"
    assert denying.decide(edit("private/k.md")).effect == "deny"
    assert denying.decide(read("notes/a.md")).effect == "allow"


@pytest.mark.parametrize(
    ("rules", "dead"),
    [
        (["allow Bash(npm test && npm run x)"], ["Bash(npm test && npm run x)"]),
        (["allow Bash(watch *)", "allow Bash(watch ls)"], ["Bash(watch *)"]),
        (["allow Read(private/**)", "deny Read(private/**)"], ["Read(private/**)"]),
        (["allow Bash(ls *)", "deny Bash"], ["Bash(ls *)"]),
        (["allow Write", "deny *"], ["Write"]),
        (["allow Edit(.git/**)"], ["Edit(.git/**)"]),
        (["allow Edit(//etc/**)"], ["Edit(//etc/**)"]),
        (["allow Web*"], ["Web*"]),
        (["allow WebFetch(https://a.test/*)"], ["WebFetch(https://a.test/*)"]),
        (["allow Mystery(x)"], ["Mystery(x)"]),
        (["allow Edit(notes/**)", "ask Edit(drafts/**)", "allow Bash(npm *)", "deny Web*"], []),
        (["allow Edit(//home/**)", "allow Read(**)"], []),
    ],
)
def test_rules_that_never_count_are_known(rules: list[str], dead: list[str]) -> None:
    assert [str(rule) for rule, _ in policy(*rules).dead_rules()] == dead
