from __future__ import annotations

import random

import pytest

from pmagent.commands.complete import Known, PassageHint, complete
from pmagent.commands.path_index import PathIndex
from pmagent.types.commands import CommandRow, Completion


def row(name: str, summary: str = "", hint: str = "", aliases: tuple[str, ...] = ()) -> CommandRow:
    return CommandRow(
        name=name, aliases=aliases, summary=summary, argument_hint=hint, origin="shipped"
    )


ROWS = (
    row("where", "Where this was said before", "QUESTION"),
    row("show-notes", "Notes for one transcript", "TRANSCRIPT"),
    row("git:commit", "Keep what changed", aliases=("commit",)),
    row("cost", "What was spent"),
    row("context", "What the model is sent"),
)
PATHS = ("notes/pricing.md", "notes/seat pricing.md", "ep-041.vtt", "old/pricing.md", "specs/a.md")


def known(*recent: str) -> Known:
    hints = [
        PassageHint(place="ep-041.vtt#12:44", text="A promise"),
        PassageHint(place="ep-041.vtt#13:02", text="A number"),
    ]
    return Known(
        rows=lambda: ROWS,
        paths=lambda: PathIndex(PATHS),
        passages=lambda path: hints if path == "ep-041.vtt" else (),
        recent=lambda: recent,
    )


def labels(line: str, *recent: str) -> list[str]:
    return [item.label for item in complete(line, known(*recent))]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/wh", ["/where"]),
        ("/WH", ["/where"]),
        ("/no", ["/show-notes"]),
        ("/commit", ["/git:commit"]),
        ("/spent", ["/cost"]),
        ("/shn", ["/show-notes"]),
        ("/zzz", []),
        ("no slash", []),
        ("/unknown /wh", []),
        ("/cost /wh", ["/where"]),
    ],
)
def test_commands_are_found_by_name_alias_and_description(line: str, found: list[str]) -> None:
    assert labels(line) == found


def test_what_was_used_lately_comes_first() -> None:
    assert labels("/co") == ["/git:commit", "/cost", "/context"]
    assert labels("/co", "context") == ["/context", "/git:commit", "/cost"]
    assert labels("/", "cost", "where")[:2] == ["/cost", "/where"]


def test_a_completion_is_the_whole_line_with_its_hint() -> None:
    assert complete("/cost /wh", known()) == [
        Completion(
            insert="/cost /where ",
            label="/where",
            hint="QUESTION",
            summary="Where this was said before",
            origin="shipped",
        )
    ]


def test_a_command_typed_whole_shows_what_it_takes() -> None:
    [shown] = complete("/where ", known())

    assert (shown.insert, shown.hint) == ("/where ", "QUESTION")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("see @pric", ["old/pricing.md", "notes/pricing.md", "notes/seat pricing.md"]),
        ("@notes/pr", ["notes/pricing.md", "notes/seat pricing.md"]),
        ("@ntsprc", ["notes/pricing.md", "notes/seat pricing.md"]),
        ("@EP-0", ["ep-041.vtt"]),
        ("@zzz", []),
        ("me@pric", []),
        ('@"seat p', ["notes/seat pricing.md"]),
    ],
)
def test_files_are_found_by_a_few_letters(line: str, found: list[str]) -> None:
    assert labels(line) == found


def test_a_path_with_blanks_is_quoted() -> None:
    [found] = complete("see @seat", known())

    assert found.insert == 'see @"notes/seat pricing.md" '


def test_passages_are_found_behind_the_file() -> None:
    assert labels("@ep-041#") == ["ep-041.vtt#12:44", "ep-041.vtt#13:02"]
    assert complete("quote @ep#13", known()) == [
        Completion(insert="quote @ep-041.vtt#13:02 ", label="ep-041.vtt#13:02", hint="A number")
    ]


def test_no_more_than_a_dozen_are_offered() -> None:
    paths = PathIndex([f"a{n}.md" for n in range(50)])

    assert len(paths.find("a", limit=12)) == 12


def test_whatever_is_found_holds_the_letters_in_order() -> None:
    rng = random.Random(4)
    paths = ["/".join("".join(rng.choices("abcde-é", k=4)) for _ in range(3)) for _ in range(2_000)]
    index = PathIndex(paths)

    for length in range(1, 7):
        typed = "".join(rng.choices("abcde", k=length))
        found = index.find(typed, limit=5_000)
        meant = [path for path in paths if _holds(path, typed)]
        assert set(found) <= set(meant)
        assert len(set(found)) == len(found)
        assert bool(found) == bool(meant)


def test_nothing_is_found_in_nothing() -> None:
    assert PathIndex([]).find("a", limit=5) == []


def _holds(path: str, typed: str) -> bool:
    letters = iter(path)
    return all(letter in letters for letter in typed)
