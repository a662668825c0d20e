"""`/read`: the lines of a file around a place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.replies import reading_markdown
from pmagent.errors import UsageError
from pmagent.types.turns import Screen, TurnEvent

CONTEXT = 5
_CONTEXT_FLAG = re.compile(r"\s+(?:-C|--context)[ =]?(\d{1,5})\s*$")


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The reader at the place."""
    found = _CONTEXT_FLAG.search(argument)
    context = int(found[1]) if found else CONTEXT
    place = (argument[: found.start()] if found else argument).strip().strip("\"'").lstrip("@")
    if not place:
        raise UsageError("no place is named", "write /read notes/pricing.md:42")
    reading = bench.garden.read(place, context=context)
    yield Screen(
        name="reader",
        argument=f"{reading.path}:{reading.cited[0]}",
        text=reading_markdown(reading),
    )


builtin = Builtin(
    name="read",
    aliases=("open",),
    group="Ask",
    summary="The lines of a file around a place, as they are now",
    argument_hint="PLACE [-C LINES]",
    details=(
        "A place is `notes/pricing.md:42`, `pricing.md:42-50`, `ep-041.vtt#12:44`, or a file. "
        "Part of a name is enough where only one file has it."
    ),
    run=run,
)
