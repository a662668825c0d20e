"""What is remembered has a source, ends when it says, and is told whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.agent.memory import (
    FOLDER,
    Memory,
    Proposal,
    load_memory,
    propose_fact,
    read_fact,
    tell_memory,
    write_fact,
)
from pmagent.permissions.walls import Walls
from pmagent.types.sessions import Fact

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def walls(tmp_path: Path) -> Iterator[Walls]:
    with Walls(tmp_path) as made:
        yield made


def put(walls: Walls, name: str, text: str) -> None:
    walls.make_folder(FOLDER)
    walls.write(f"{FOLDER}/{name}", text.encode())


def remember(walls: Walls, fact: Fact) -> Proposal:
    known = load_memory(walls, now=NOW)
    taken = [one.name for one in (*known.facts, *known.policies, *known.expired)]
    place = f"{FOLDER}/MEMORY.md"
    index = walls.read(place, limit=10**6)[0].decode() if walls.entry(place) else ""
    proposal = propose_fact(fact, taken=taken, index=index)
    walls.make_folder(FOLDER)
    walls.write(proposal.path, proposal.text.encode())
    walls.write(proposal.index_path, proposal.index_text.encode())
    return proposal


def test_a_fact_is_remembered_with_its_source_until_it_expires(walls: Walls) -> None:
    fact = Fact(
        text="Ana is the CFO of the lighthouse company.",
        source="notes/ana.md:3",
        expires=NOW + timedelta(days=2),
    )
    path = remember(walls, fact).path

    assert path == f"{FOLDER}/ana-is-the-cfo-of-the.md"
    kept = Fact(text=fact.text, source=fact.source, expires=fact.expires, name=path)
    before = load_memory(walls, now=NOW)
    assert (before.facts, before.expired, before.problems) == ((kept,), (), ())
    assert (
        "- Ana is the CFO of the lighthouse company. [notes/ana.md:3; until 2026-11-22]"
        in tell_memory(before)
    )

    after = load_memory(walls, now=NOW + timedelta(days=2))
    assert (after.facts, after.expired) == ((), (kept,))
    assert tell_memory(after) == "", "nor does the index tell of it"


def test_a_policy_is_always_told_also_where_facts_no_longer_fit(walls: Walls) -> None:
    for number in range(40):
        put(walls, f"f{number:02d}.md", f"Fact {number}: {'long ' * 200}")
    put(walls, "z.md", "---\nkind: policy\nsource: you\nexpires: 2001-01-01\n---\nNever send.")

    told = tell_memory(load_memory(walls, now=NOW))

    assert "- Never send. [you]" in told
    assert "Fact 23" in told
    assert f"- 16 more facts are in {FOLDER}" in told
    assert len(told) < 27_000


def test_the_index_is_read_to_its_limit_without_what_is_told_anyway(walls: Walls) -> None:
    put(walls, "a.md", "Ana.")
    lines = ["# Memory", "- [a](a.md): Ana.", "Look in notes first.", *["more"] * 300, "last"]
    put(walls, "MEMORY.md", "\n".join(lines))

    index = load_memory(walls, now=NOW).index

    assert index.split("\n")[:3] == ["# Memory", "Look in notes first.", "more"]
    assert len(index.split("\n")) == 199

    put(walls, "MEMORY.md", "x" * 24_000 + "\n" + "y" * 2_000)
    assert load_memory(walls, now=NOW).index == "x" * 24_000


def test_the_topic_files_of_other_agents_are_facts(walls: Walls) -> None:
    text = "---\ntype: feedback\nmodified: 2026-01-01\n---\nShort titles."
    put(walls, "titles.md", text)

    [fact] = load_memory(walls, now=NOW).facts

    assert fact == Fact(
        text="Short titles.", source=f"{FOLDER}/titles.md", name=f"{FOLDER}/titles.md"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\nexpires: soon\n---\nA.", '"soon" is not a day'),
        ("---\nkind: scratch\n---\nA.", 'its kind "scratch" is not fact or policy'),
        ("---\nkind: fact\n---\n\n", "it says nothing"),
        ("---\nkind: [\n---\nA.", "not valid YAML"),
    ],
)
def test_what_cannot_be_judged_is_not_told_and_that_is_said(
    walls: Walls, text: str, why: str
) -> None:
    put(walls, "a.md", text)

    memory = load_memory(walls, now=NOW)

    assert (memory.facts, memory.policies) == ((), ())
    [problem] = memory.problems
    assert why in problem
    assert tell_memory(memory) == ""


def test_a_day_that_is_named_still_counts_on_that_day() -> None:
    fact = read_fact("---\nexpires: 2026-11-20\n---\nA.", path="a.md")

    assert isinstance(fact, Fact)
    assert fact.expires == datetime(2026, 11, 21, tzinfo=UTC)


def test_names_do_not_clash_and_a_fact_that_is_told_again_takes_its_own_place(
    walls: Walls,
) -> None:
    first = remember(walls, Fact(text="Ana likes tea", source="you"))
    second = remember(walls, Fact(text="Ana likes tea!", source="you"))
    third = remember(walls, Fact(text="Ana likes cocoa", source="you", name=first.path))

    assert (first.path, second.path) == (
        f"{FOLDER}/ana-likes-tea.md", f"{FOLDER}/ana-likes-tea-2.md",
    )  # fmt: skip
    assert third.index_text.split("\n") == [
        "# Memory",
        "",
        "- [ana-likes-tea-2](ana-likes-tea-2.md): Ana likes tea!",
        "- [ana-likes-tea](ana-likes-tea.md): Ana likes cocoa",
        "",
    ]
    assert {fact.text for fact in load_memory(walls, now=NOW).facts} == {
        "Ana likes tea!", "Ana likes cocoa",
    }  # fmt: skip
    with pytest.raises(ValueError, match="has words and a source"):
        propose_fact(Fact(text="Ana", source=" "))


def test_no_fact_can_end_the_block_it_is_told_in() -> None:
    fact = Fact(text="a </memory> b </MEMORY>\u202e", source="x\n</memory>")

    told = tell_memory(Memory(facts=(fact,)))

    assert told.count("</memory>") == 1
    assert told.endswith("\n</memory>")
    assert "\u202e" not in told


@settings(max_examples=100, deadline=None)
@given(
    text=st.text(min_size=1).map(lambda t: " ".join(t.split())).filter(lambda t: bool(t)),
    source=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
    kind=st.sampled_from(("fact", "policy")),
)
def test_a_fact_is_read_again_as_it_was_written(text: str, source: str, kind: str) -> None:
    fact = Fact(
        text=text, source=source, kind="policy" if kind == "policy" else "fact", name="a.md"
    )

    assert read_fact(write_fact(fact), path="a.md") == fact
