"""`/done`: a card is finished, and how long it took."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import told_change
from pmagent.errors import UsageError
from pmagent.tasks.board.efforts import parse_minutes
from pmagent.types.turns import TurnEvent

_SPENT = re.compile(r"(?:^|\s)--spent[= ]+(\S+)")


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """What came of it; the write is asked for like any other."""
    found = _SPENT.search(argument)
    minutes = parse_minutes(found[1]) if found else None
    if found and minutes is None:
        raise UsageError("--spent is no time", "write /done Ring Ruth --spent 45m")
    name = _SPENT.sub("", argument).strip()
    if not name:
        raise UsageError("no card is named", "write /done Ring Ruth --spent 45m")
    yield from told_change(bench.garden.week.done(name, spent=minutes))


builtin = Builtin(
    name="done",
    group="Plan",
    summary="Finish a card, and say how long it took",
    argument_hint="CARD [--spent 45m]",
    run=run,
)
