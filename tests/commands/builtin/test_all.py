"""What holds for every built-in, whichever there are."""

from __future__ import annotations

import re

import pytest

from pmagent.commands.bench import Builtin, builtins
from pmagent.errors import PmagentError, UsageError
from pmagent.safe_text import safe_text
from pmagent.types.turns import Found, Noted, Said, Screen
from tests.commands.builtin.conftest import SmallBench, run, text_of

ARGUMENTS = {"where": "pricing", "ask": "what did the lighthouse customers want",
             "read": "notes/pricing.md:9", "rename": "pricing talk",
             "index": "words", "kit": "ep-041", "titles": "ep-041", "description": "ep-041",
             "chapters": "ep-041", "show-notes": "ep-041", "mentions": "ep-041",
             "check": "notes/pricing.md",
             "add": "Ring Ruth est:1h", "done": "Ring Ruth"}  # fmt: skip
WANTED = {
    "where", "ask", "read", "why", "context", "compact", "model", "cost", "permissions", "hooks",
    "agents", "resume", "rewind", "undo", "export", "copy", "status", "doctor", "theme", "help",
    "clear", "rename", "fork", "memory", "skills", "index", "audit", "quit", "kit", "titles",
    "description", "chapters", "show-notes", "mentions", "check", "lint-archive", "runs", "trace",
    "review", "plan", "today", "week", "tasks", "add", "done", "triage", "standup", "look-back",
}  # fmt: skip
SCREENS = {
    "map", "reader", "status", "help", "garden", "audit", "undo", "model", "context", "agents",
    "hooks", "sessions", "why", "quit", "clear", "theme", "copy", "kit", "check", "runs", "trace",
    "review", "week", "board",
}  # fmt: skip
BOARD = "## Now\n\n- [ ] Ring Ruth\n"
EACH = pytest.mark.parametrize("one", builtins(), ids=lambda one: one.name)


@pytest.fixture
def bench(bench: SmallBench) -> SmallBench:
    (bench.garden.root / "board.md").write_text(BOARD, encoding="utf-8")
    return bench


def line_of(one: Builtin) -> str:
    return f"/{one.name} {ARGUMENTS.get(one.name, '')}".strip()


def test_every_command_that_people_expect_is_there_once() -> None:
    names = [name for one in builtins() for name in (one.name, *one.aliases)]

    assert set(names) >= WANTED
    assert len(names) == len(set(names))


@EACH
def test_it_says_something_in_events_of_its_own_and_opens_known_screens(
    one: Builtin, bench: SmallBench
) -> None:
    events = run(bench, line_of(one))

    assert all(isinstance(event, Found | Said | Screen | Noted) for event in events)
    assert {event.name for event in events if isinstance(event, Screen)} <= SCREENS
    assert text_of(events).strip()


@EACH
def test_its_words_fit_80_columns_and_are_the_same_bytes_twice(
    one: Builtin, bench: SmallBench
) -> None:
    first = text_of(run(bench, line_of(one)))
    again = text_of(run(bench, line_of(one)))

    # A name that is longer than a line is never broken.
    wide = [line for line in first.split("\n") if len(line) > 80 and " " in line.strip("-|> `")]
    # A page is Markdown: who shows it folds it, and a table or a citation may not be broken.
    if one.group != "Publish":
        assert [line for line in wide if max(map(len, line.split())) < 60] == []
    if one.name not in {"rename", "fork", "clear", "index", "resume", "quit"}:
        assert again == first


@EACH
def test_it_leaves_the_files_as_they_are(one: Builtin, bench: SmallBench) -> None:
    def files() -> dict[str, bytes]:
        root = bench.garden.root
        return {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    before = files()
    run(bench, line_of(one))

    assert files() == before


@EACH
def test_words_without_meaning_are_refused_in_a_sentence_or_searched_for(
    one: Builtin, bench: SmallBench
) -> None:
    try:
        shown = text_of(run(bench, f"/{one.name} zz \x1b[31m [x](y) --since"))
    except PmagentError as exc:
        shown = safe_text(exc.message)  # as every front end shows it

    assert shown
    assert not re.search("[\x1b\x07]", shown)


def test_a_summary_is_one_line_without_a_stop() -> None:
    for one in builtins():
        assert "\n" not in one.summary
        assert not one.summary.endswith(".")


@pytest.mark.parametrize("line", ["/where", "/ask --since 2024", "/read", "/rename  ", "/rewind x"])
def test_what_is_missing_is_said_with_an_example(line: str, bench: SmallBench) -> None:
    with pytest.raises(UsageError) as caught:
        run(bench, line)

    assert caught.value.hint
