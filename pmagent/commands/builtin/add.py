"""`/add`: a card on the board, with the marks in its words."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import told_change
from pmagent.errors import UsageError
from pmagent.types.turns import TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """What came of it; the write is asked for like any other."""
    if not argument.strip():
        raise UsageError("the card has no words", "write /add Ring Ruth due:2026-02-06 est:1h")
    yield from told_change(bench.garden.week.add(argument.strip()))


builtin = Builtin(
    name="add",
    group="Plan",
    summary="Put a card on the board",
    argument_hint="WORDS [due:DAY] [est:TIME] [#p1] [+PROJECT]",
    details=(
        "Marks are read as the Obsidian Kanban and Tasks plugins write them: `due:2026-02-06`, "
        "`est:1h`, `#p1`, `+project`, `waiting:Gil`; typed, `due:friday` and `p:1` are read too. "
        "What is not understood stays in the words, and is said."
    ),
    run=run,
)
