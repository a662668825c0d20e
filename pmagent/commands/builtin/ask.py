"""`/ask`: a short answer whose every sentence stands in a file."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._shared import notes_of
from pmagent.commands.query_text import parse_query
from pmagent.types.turns import Found, TurnEvent

HITS = 10


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The answer, or an abstention with what came nearest: at once, then looked at closely."""
    garden = bench.garden
    found = garden.search(parse_query(argument, limit=HITS))
    yield Found(reply=garden.ask(found), is_first=True)
    found = garden.refine(found)
    yield from notes_of(garden)
    yield Found(reply=garden.ask(found))


builtin = Builtin(
    name="ask",
    group="Ask",
    summary="A short answer in the archive's own sentences, each cited and verified",
    argument_hint="QUESTION [--since DAY] [--until DAY] [--speaker NAME] [--in GLOB]",
    details=(
        "No model writes any of it. Where the archive does not say it, that is said, with what "
        "came nearest. Flags are those of `/where`."
    ),
    run=run,
)
