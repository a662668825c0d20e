"""`/where`: a map of every mention: themes, time, sources."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._shared import notes_of
from pmagent.commands.query_text import parse_query
from pmagent.types.turns import Found, TurnEvent

HITS = 24


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The map, or an abstention with what came nearest: at once, then looked at closely."""
    garden = bench.garden
    found = garden.search(parse_query(argument, limit=HITS))
    yield Found(reply=garden.where(found), is_first=True)
    found = garden.refine(found)
    yield from notes_of(garden)
    yield Found(reply=garden.where(found))


builtin = Builtin(
    name="where",
    aliases=("w", "map"),
    group="Ask",
    summary="Where have I said this before? Every mention by theme and time, cited",
    argument_hint="QUESTION [--since DAY] [--until DAY] [--speaker NAME] [--in GLOB]",
    details=(
        "Flags stand last: `/where seat pricing --since 2024 --speaker Ana --in notes/*`. "
        "A day is `2024`, `2024-03` or `2024-03-14`."
    ),
    run=run,
)
