"""`/quit`: leave pmagent."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, wrap
from pmagent.types.turns import Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The wish to leave; the front end does it."""
    del argument
    again = code(f"pmagent --plain --resume {bench.talk.session.id}")
    yield Screen(name="quit", text=wrap(f"To go on with this conversation: {again}"))


builtin = Builtin(
    name="quit",
    aliases=("exit", "q"),
    group="Application",
    summary="Leave pmagent; the conversation is kept",
    run=run,
)
