from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.permissions.book import RuleBook
from pmagent.types.actions import Mode, Request, TrustLevel
from tests.permissions.small_book import (
    bash,
    edit,
    fetch,
    other,
    policy,
    read,
    rename,
    rule,
    target,
)


@pytest.mark.parametrize(
    ("request_", "effect"),
    [
        (read("notes/a.md"), "allow"),
        (read("notes", tool="Glob"), "allow"),
        (read("notes", tool="Grep"), "allow"),
        (other("Search"), "allow"),
        (other("Where"), "allow"),
        (read("/etc/passwd"), "deny"),
        (read("../outside/secret.txt"), "deny"),
        (read("notes/../../outside/secret.txt"), "deny"),
        (read("/home/ana/garden-evil/x"), "deny"),
        (read("/home/ana/garden/notes/a.md"), "allow"),
        (read("notes/../b.md"), "allow"),
        (read("notes/./a.md"), "allow"),
        (read("link.md", "/home/ana/outside/x"), "deny"),
        (edit("../outside/new.md"), "deny"),
        (edit("/home/ana/.local/state/audit.jsonl"), "deny"),
        (edit("notes/a.md"), "ask"),
        (edit("notes/a.md", tool="Edit"), "ask"),
        (edit("notes/a.md", tool="Delete"), "ask"),
        (rename("notes/a.md", "notes/b.md"), "ask"),
        (edit("imported/x.md", tool="Import"), "ask"),
        (bash("npm test"), "ask"),
        (bash("ls notes"), "allow"),
        (fetch("docs.test"), "ask"),
        (other("Publish"), "ask"),
        (other("mcp__board__move"), "ask"),
        (other("Unheard"), "ask"),
    ],
)
def test_without_rules_the_garden_is_read_and_everything_else_asked_or_refused(
    request_: Request, effect: str
) -> None:
    assert policy().decide(request_).effect == effect


def test_deny_beats_ask_beats_allow_in_every_order_of_the_rules() -> None:
    rules = ["allow Edit(**)", "ask Edit(notes/**)", "deny Edit(notes/private/**)"]

    for order in permutations(rules):
        decide = policy(*order).decide
        assert decide(edit("notes/private/k.md")).effect == "deny"
        assert decide(edit("notes/a.md")).effect == "ask"
        assert decide(edit("a.md")).effect == "allow"


def test_a_narrower_allow_does_not_open_a_wider_deny() -> None:
    decide = policy("deny Read(private/**)", "allow Read(private/k.md)").decide

    assert decide(read("private/k.md")).effect == "deny"


def test_a_deny_of_the_person_beats_an_allow_of_the_folder_and_the_other_way_round() -> None:
    own = rule("deny Read(//home/ana/garden/private/**)", layer="user")
    shared = rule("allow Read(private/**)", layer="project")
    assert policy(own, shared).decide(read("private/k.md")).effect == "deny"

    own = rule("allow Edit(//home/ana/garden/private/**)", layer="user")
    shared = rule("deny Edit(private/**)", layer="project")
    assert policy(own, shared).decide(edit("private/k.md")).effect == "deny"


def test_the_slash_of_a_rule_is_the_folder_of_its_settings_file() -> None:
    own, shared = rule("deny Read(/x/**)", layer="user"), rule("deny Read(/x/**)", layer="local")

    assert policy(own).decide(read("x/a")).effect == "allow"
    assert policy(shared).decide(read("x/a")).effect == "deny"
    own = rule("deny Read(/../garden/x/**)", layer="user")
    assert policy(own).decide(read("x/a")).effect == "deny"


def test_what_may_not_be_read_may_not_be_changed_and_what_may_not_be_changed_is_read() -> None:
    assert policy("deny Read(private/**)").decide(edit("private/k.md")).effect == "deny"
    assert policy("deny Edit(private/**)").decide(read("private/k.md")).effect == "allow"


def test_what_may_be_changed_may_be_read_in_another_granted_folder() -> None:
    book = RuleBook(
        rules=(rule("allow Edit(//srv/team/**)"),), additional_directories=(Path("/srv/team"),)
    )
    decide = policy(book=book).decide

    assert decide(edit("/srv/team/a.md")).effect == "allow"
    assert decide(read("/srv/team/a.md")).effect == "allow"
    assert decide(read("/srv/teamwork/a.md")).effect == "deny"
    assert decide(edit("/srv/other/a.md")).effect == "deny"


@pytest.mark.parametrize(
    ("source", "to", "effect"),
    [
        ("notes/a.md", "notes/b.md", "allow"),
        ("private/k.md", "notes/b.md", "deny"),
        ("notes/a.md", "private/b.md", "deny"),
        ("notes/a.md", "locked/b.md", "deny"),
        ("locked/a.md", "notes/b.md", "deny"),
        ("notes/a.md", "else/b.md", "ask"),
        ("else/a.md", "notes/b.md", "ask"),
        ("notes/x.md", ".git/hooks/pre-commit", "ask"),
    ],
)
def test_a_rename_needs_both_ends(source: str, to: str, effect: str) -> None:
    rules = ("allow Edit(notes/**)", "deny Read(private/**)", "deny Edit(locked/**)")

    assert policy(*rules).decide(rename(source, to)).effect == effect


@pytest.mark.parametrize(
    ("asked", "resolved", "denied", "allowed"),
    [
        ("notes/a.md", "notes/a.md", False, True),
        ("link.md", "private/k.md", True, False),
        ("private/link.md", "notes/a.md", True, False),
        ("link.md", "notes/a.md", False, False),
        ("notes/link.md", "else/a.md", False, False),
    ],
)
def test_a_link_is_refused_by_either_name_and_allowed_by_both(
    asked: str, resolved: str, denied: bool, allowed: bool
) -> None:
    decide = policy("deny Read(private/**)", "allow Edit(notes/**)").decide

    assert (decide(read(asked, resolved)).effect == "deny") == denied
    assert (decide(edit(asked, resolved)).effect == "allow") == allowed


def test_a_question_about_either_name_of_a_link_is_asked() -> None:
    decide = policy("ask Read(inbox/**)").decide

    assert decide(read("inbox/l.md", "notes/a.md")).effect == "ask"
    assert decide(read("l.md", "inbox/a.md")).effect == "ask"


def test_a_folder_none_of_whose_files_may_be_read_is_not_listed() -> None:
    folder = Request(
        tool="Glob", input={}, targets=(target("read", "private", is_folder=True, links=4),)
    )

    assert policy("deny Read(private/**)").decide(folder).effect == "deny"
    assert policy().decide(folder).effect == "allow"


def test_one_refused_file_among_many_refuses_the_call() -> None:
    many = Request(
        tool="Read",
        input={},
        targets=(target("read", "notes/a.md"), target("read", "private/k.md")),
    )

    assert policy("deny Read(private/**)").decide(many).effect == "deny"


@pytest.mark.parametrize("rules", [[], ["allow Read"], ["allow Edit", "allow Read(**)"]])
def test_a_file_with_other_hard_links_is_asked_about_each_time(rules: list[str]) -> None:
    linked = Request(tool="Read", input={}, targets=(target("read", "h.md", links=2),))

    decision = policy(*rules, mode="bypassPermissions").decide(linked, hook="allow")

    assert (decision.effect, decision.can_be_remembered) == ("ask", False)


def test_a_bare_deny_takes_the_tool_away() -> None:
    without = policy("deny WebFetch", "deny Read(private/**)")

    assert without.is_removed("WebFetch")
    assert not without.is_removed("Read")
    assert without.decide(fetch("docs.test")).effect == "deny"


def test_a_bare_deny_of_reading_takes_what_reads_and_what_changes() -> None:
    without = policy("deny Read")

    for request in (read("a.md"), read(".", tool="Grep"), edit("a.md"), other("Search")):
        assert without.decide(request).effect == "deny"
    assert without.decide(bash("npm test")).effect == "ask"


def test_an_allowed_edit_covers_each_tool_that_changes_files() -> None:
    decide = policy("allow Edit(notes/**)").decide

    for tool in ("Edit", "Write", "NotebookEdit", "Delete", "MultiEdit"):
        assert decide(edit("notes/a.md", tool=tool)).effect == "allow"
    assert decide(edit("notes/a.md", tool="Unheard")).effect == "ask"


@pytest.mark.parametrize("mode", ["default", "acceptEdits", "bypassPermissions"])
def test_an_ask_rule_asks_whatever_the_mode_the_hook_the_level_and_the_grants_say(
    mode: Mode,
) -> None:
    grants = (rule("allow Edit(notes/**)", layer="grant"),)
    asking = policy("ask Edit(notes/**)", mode=mode, level=TrustLevel.SEND, grants=grants)

    assert asking.decide(edit("notes/a.md"), hook="allow").effect == "ask"


@pytest.mark.parametrize(
    ("mode", "reads", "edits", "runs", "fetches"),
    [
        ("default", "allow", "ask", "ask", "ask"),
        ("acceptEdits", "allow", "allow", "ask", "ask"),
        ("plan", "allow", "deny", "ask", "ask"),
        ("dontAsk", "allow", "deny", "deny", "deny"),
        ("bypassPermissions", "allow", "allow", "allow", "allow"),
    ],
)
def test_each_mode_runs_unasked_what_it_says(
    mode: Mode, reads: str, edits: str, runs: str, fetches: str
) -> None:
    decide = policy(mode=mode).decide

    assert decide(read("notes/a.md")).effect == reads
    assert decide(edit("notes/a.md")).effect == edits
    assert decide(bash("npm test")).effect == runs
    assert decide(fetch("docs.test")).effect == fetches


@pytest.mark.parametrize("mode", ["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"])
def test_deny_rules_hold_in_every_mode(mode: Mode) -> None:
    decide = policy("deny Read(private/**)", mode=mode, level=TrustLevel.SEND).decide

    assert decide(read("private/k.md"), hook="allow").effect == "deny"
    assert decide(edit("private/k.md"), hook="allow").effect == "deny"


def test_the_mode_that_asks_nothing_can_be_switched_off() -> None:
    switched_off = policy(book=RuleBook(is_bypass_off=True), mode="bypassPermissions")

    assert switched_off.mode == "default"
    assert switched_off.decide(edit("notes/a.md")).effect == "ask"


def test_what_asks_a_person_asks_in_every_mode() -> None:
    decide = policy(mode="bypassPermissions").decide

    assert decide(other("AskUserQuestion")).effect == "ask"


def test_in_the_mode_that_never_asks_allow_rules_still_allow() -> None:
    decide = policy("allow Edit(notes/**)", mode="dontAsk").decide

    assert decide(edit("notes/a.md")).effect == "allow"
    assert "asks nothing" in decide(edit("else.md")).reason


@pytest.mark.parametrize(
    ("level", "draft", "note", "runs"),
    [
        (TrustLevel.LOOK, "ask", "ask", "ask"),
        (TrustLevel.DRAFT, "allow", "ask", "ask"),
        (TrustLevel.EDIT, "allow", "allow", "ask"),
        (TrustLevel.ACT, "allow", "allow", "allow"),
        (TrustLevel.SEND, "allow", "allow", "allow"),
    ],
)
def test_each_level_of_trust_includes_the_one_before(
    level: TrustLevel, draft: str, note: str, runs: str
) -> None:
    decide = policy(level=level).decide

    assert decide(edit("drafts/d.md")).effect == draft
    assert decide(edit("notes/a.md")).effect == note
    assert decide(bash("npm test")).effect == runs
    assert decide(fetch("docs.test")).effect == "ask"
    assert decide(other("Publish")).effect == "ask"
    assert decide(edit(".git/config")).effect == "ask"
    assert decide(read("/etc/passwd")).effect == "deny"


def test_drafts_are_only_what_lies_there_by_both_names() -> None:
    decide = policy(level=TrustLevel.DRAFT).decide

    assert decide(edit("drafts/../notes/a.md")).effect == "ask"
    assert decide(edit("drafts/l.md", "notes/a.md")).effect == "ask"
    assert decide(edit("draftsy/a.md")).effect == "ask"
    assert decide(rename("drafts/a.md", "drafts/b.md")).effect == "allow"
    assert decide(rename("notes/a.md", "drafts/b.md")).effect == "ask"


def test_a_granted_host_is_reached_and_no_other() -> None:
    grants = (rule("allow WebFetch(domain:docs.test)", layer="grant"),)
    decide = policy(grants=grants).decide

    assert decide(fetch("docs.test")).effect == "allow"
    other_host = decide(fetch("x.docs.test"))
    assert (other_host.effect, other_host.can_be_remembered) == ("ask", False)


def test_a_denied_host_is_denied_whatever_is_allowed() -> None:
    decide = policy("allow WebFetch", "deny WebFetch(domain:evil.test)").decide

    assert decide(fetch("evil.test")).effect == "deny"
    assert decide(fetch("EVIL.test.")).effect == "deny"
    assert decide(fetch("docs.test")).effect == "allow"
    publish = Request(tool="Publish", input={}, host="evil.test", is_outward=True)
    assert decide(publish).effect == "deny"


def test_a_host_that_is_none_is_refused() -> None:
    assert policy("allow WebFetch").decide(other("WebFetch")).effect == "deny"
    assert policy("allow WebFetch").decide(fetch("a b\0.docs.test")).effect == "deny"


def test_an_allow_rule_for_a_host_does_not_let_another_tool_send() -> None:
    publish = Request(tool="Publish", input={}, host="docs.test", is_outward=True)

    assert policy("allow WebFetch(domain:docs.test)").decide(publish).effect == "ask"


def test_a_hook_may_ask_or_allow_but_not_against_a_rule_that_refuses() -> None:
    decide = policy("deny Read(private/**)", "allow Edit(notes/**)").decide

    assert decide(read("private/k.md"), hook="allow").effect == "deny"
    assert decide(edit("else.md"), hook="allow").effect == "allow"
    assert decide(edit("notes/a.md"), hook="ask").effect == "ask"
    assert decide(edit(".git/config"), hook="allow").effect == "ask"
    assert decide(read("../x"), hook="allow").effect == "deny"


@pytest.mark.parametrize("path", [".git/hooks/x", ".pmagent/settings.json", "AGENTS.md", "hooks/x"])
@pytest.mark.parametrize("mode", ["default", "acceptEdits", "bypassPermissions"])
def test_no_rule_mode_level_or_hook_covers_a_protected_name(path: str, mode: Mode) -> None:
    decide = policy("allow Edit(**)", "allow Write", mode=mode, level=TrustLevel.SEND).decide

    decision = decide(edit(path), hook="allow")

    assert (decision.effect, decision.can_be_remembered) == ("ask", False)
    assert decide(edit("notes/l", path), hook="allow").effect == "ask"
    assert decide(read(path)).effect == "allow"


def test_the_denial_of_a_file_is_the_deny_rule_that_takes_it() -> None:
    rules = policy("deny Read(private/**)", "deny Edit(locked/**)", "ask Read(inbox/**)")

    refusal = rules.denial("read", "PRIVATE/k.md")
    assert refusal is not None
    assert str(refusal.rule) == "Read(private/**)"
    assert rules.denial("edit", "private/k.md") is not None
    assert rules.denial("edit", "locked/a.md") is not None
    assert rules.denial("read", "locked/a.md") is None
    assert rules.denial("read", "inbox/a.md") is None


def test_an_explanation_names_the_rule_its_file_and_its_line() -> None:
    rules = policy("allow Edit(notes/**)", "deny Read(private/**)")

    assert rules.explain(read("private/k.md")).reason == (
        'Read is refused: "private/k.md" falls under "Read(private/**)"'
        " (deny Read(private/**) at .claude/settings.json:2 decides)"
    )
    assert rules.explain(edit("notes/a.md")).reason.endswith(
        "(allow Edit(notes/**) at .claude/settings.json:1 decides)"
    )
    assert rules.explain(edit("else.md")).reason.endswith("(no rule decides)")


paths = st.sampled_from(["notes/a.md", "private/k.md", "drafts/d.md", "AGENTS.md", "../x", "a/b"])
requests = st.one_of(
    st.builds(read, paths),
    st.builds(edit, paths),
    st.builds(rename, paths, paths),
    st.sampled_from(["ls", "rm x", "cat private/k.md", "echo x > notes/a.md"]).map(bash),
    st.just(fetch("docs.test")),
    st.just(other("Unheard")),
)
rule_texts = st.lists(
    st.tuples(
        st.sampled_from(["allow", "ask", "deny"]),
        st.sampled_from(
            ["Read", "Edit", "Bash", "Read(private/**)", "Edit(**)", "Edit(notes/**)", "WebFetch",
             "Bash(rm *)", "Read(**)", "WebFetch(domain:*.test)", "Unheard", "Write"]
        ),
    ).map(" ".join),
    max_size=5,
)  # fmt: skip
RANK = {"deny": 0, "ask": 1, "allow": 2}


@given(requests, rule_texts, rule_texts)
def test_more_refusing_rules_never_let_more_run(
    request_: Request, rules: list[str], more: list[str]
) -> None:
    refusing = [text for text in more if not text.startswith("allow")]

    before, after = policy(*rules).decide(request_), policy(*rules, *refusing).decide(request_)

    assert RANK[after.effect] <= RANK[before.effect]


@given(requests, rule_texts)
def test_the_order_of_the_rules_never_matters(request_: Request, rules: list[str]) -> None:
    turned = rules[::-1]

    assert policy(*rules).decide(request_).effect == policy(*turned).decide(request_).effect


@given(requests, rule_texts, st.sampled_from(["default", "acceptEdits", "bypassPermissions"]))
def test_nothing_outside_or_protected_is_ever_let_through(
    request_: Request, rules: list[str], mode: Mode
) -> None:
    decision = policy(*rules, mode=mode, level=TrustLevel.SEND).decide(request_, hook="allow")

    edited = {each.asked for each in request_.targets if each.access == "edit"}
    touched = {each.asked for each in request_.targets}
    if "AGENTS.md" in edited or "../x" in touched:
        assert decision.effect != "allow"
