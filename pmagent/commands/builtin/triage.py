"""`/triage`: open cards that say too little, are overdue, or have waited too long."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import items, page, plain
from pmagent.types.turns import Said, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """Each card with what it lacks, the overdue first."""
    words = plain(argument).casefold()
    rows = [
        f"{plain(row.card.title)}: {plain(', '.join(row.reasons))}"
        for row in bench.garden.week.triage()
        if words in row.card.title.casefold()
    ]
    has_cards = any(lane.cards for lane in bench.garden.week.board().lanes)
    nothing = "No open card wants a word." if has_cards else "There is no card yet: `/add WORDS`."
    none = f'No card with "{words}" wants a word.' if words else nothing
    yield Said(text=page("# Triage", items(rows) or none))


builtin = Builtin(
    name="triage",
    group="Plan",
    summary="Open cards without effort, day or priority, overdue, or waiting too long",
    argument_hint="[WORDS]",
    run=run,
)
