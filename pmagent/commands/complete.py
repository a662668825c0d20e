"""Ways to go on with what is typed: commands after `/`, files and passages after `@`.

Pure: what there is comes from callables that must answer from memory, for this runs at every key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pmagent.commands.path_index import PathIndex
from pmagent.types.commands import CommandRow, Completion

MOST = 12
_LAST = re.compile(r"(?:^|(?<=\s))(?P<mark>[/@])(?P<typed>\"[^\"]*|\S*)$")
_NONE = 9


@dataclass(frozen=True, kw_only=True)
class PassageHint:
    """One passage of a file, as it can be named."""

    place: str
    """`ep-041.vtt#12:44`, `notes/pricing.md:42`."""
    text: str
    """Its first words."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What can be completed."""

    rows: Callable[[], Sequence[CommandRow]]
    paths: Callable[[], PathIndex]
    passages: Callable[[str], Sequence[PassageHint]]
    """Those of one file, in order."""
    recent: Callable[[], Sequence[str]]
    """The names of the commands used lately, the latest first."""


def complete(line: str, known: Known, *, limit: int = MOST) -> Sequence[Completion]:
    """Ways to go on with `line`, best first; none where it ends in neither `/` nor `@`."""
    if hint := _hint_for(line, known.rows()):
        return [hint]
    found = _LAST.search(line)
    if found is None:
        return ()
    before, typed = line[: found.start("mark")], found["typed"]
    if found["mark"] == "@":
        return _places(before, typed.removeprefix('"'), known, limit)
    if not _are_commands(before, known.rows()):
        return ()
    ranked = rank_commands(typed, known.rows(), known.recent())
    return [_of_row(before, row) for row in ranked[:limit]]


def rank_commands(
    typed: str, rows: Sequence[CommandRow], recent: Sequence[str]
) -> Sequence[CommandRow]:
    """The commands that `typed` may mean: by how well it fits, then by how lately each was used."""
    wanted = typed.lower()
    lately = {name: place for place, name in enumerate(recent)}
    scored = [
        (_fit(wanted, row), lately.get(row.name, len(lately)), place)
        for place, row in enumerate(rows)
    ]
    return [rows[place] for fit, _, place in sorted(scored) if fit < _NONE]


def _fit(wanted: str, row: CommandRow) -> int:
    """0 for the very name, more the looser; `_NONE` where it does not fit at all."""
    if not wanted:
        return 0
    names = [name.lower() for name in (row.name, *row.aliases)]
    parts = [part for name in names for part in re.split(r"[:\-_ ]", name)]
    tests = (
        any(name == wanted for name in names),
        any(name.startswith(wanted) for name in names),
        any(part.startswith(wanted) for part in parts),
        any(wanted in name for name in names),
        any(_holds_in_order(name, wanted) for name in names),
        len(wanted) > 2 and wanted in row.summary.lower(),
    )
    return next((place for place, fits in enumerate(tests) if fits), _NONE)


def _holds_in_order(name: str, wanted: str) -> bool:
    letters = iter(name)
    return name[:1] == wanted[:1] and all(letter in letters for letter in wanted)


def _of_row(before: str, row: CommandRow) -> Completion:
    return Completion(
        insert=f"{before}/{row.name} ",
        label=f"/{row.name}",
        hint=row.argument_hint,
        summary=row.summary,
        origin=row.origin,
    )


def _hint_for(line: str, rows: Sequence[CommandRow]) -> Completion | None:
    """The argument hint of a command that is typed whole, with a blank behind it."""
    if not line.startswith("/") or not line.endswith(" ") or " " in line[:-1]:
        return None
    name = line[1:-1]
    row = next((row for row in rows if name in {row.name, *row.aliases}), None)
    if row is None or not row.argument_hint:
        return None
    return Completion(insert=line, label=line.strip(), hint=row.argument_hint, summary=row.summary)


def _are_commands(before: str, rows: Sequence[CommandRow]) -> bool:
    """Whether only commands stand before a slash, so that it can begin another."""
    names = {name for row in rows for name in (row.name, *row.aliases)}
    return all(word[:1] == "/" and word[1:] in names for word in before.split())


def _places(before: str, typed: str, known: Known, limit: int) -> Sequence[Completion]:
    name, mark, rest = _split_place(typed)
    if not mark:
        found = known.paths().find(typed, limit=limit)
        return [_of_place(before, path, path, "") for path in found]
    paths = known.paths().find(name, limit=1)
    if not paths:
        return ()
    hints = [
        hint for hint in known.passages(paths[0]) if _split_place(hint.place)[2].startswith(rest)
    ]
    return [_of_place(before, hint.place, hint.place, hint.text) for hint in hints[:limit]]


def _split_place(typed: str) -> tuple[str, str, str]:
    """A file's name, the sign behind it and the time or line that follows."""
    if "#" in typed:
        return typed.partition("#")
    found = re.search(r":(\d*(?:-\d*)?)$", typed)
    return (typed[: found.start()], ":", found[1]) if found else (typed, "", "")


def _of_place(before: str, place: str, label: str, text: str) -> Completion:
    written = f'@"{place}"' if re.search(r"\s", place) else f"@{place}"
    return Completion(insert=f"{before}{written} ", label=label, hint=text)
