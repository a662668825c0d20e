"""`/clear`: an empty conversation; the one before is kept."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, wrap
from pmagent.types.turns import Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """Begin anew, and say how to come back."""
    del argument
    before = bench.talk.session
    now = bench.begin_session()
    back = code(f"/resume {before.id}")
    yield Screen(
        name="clear",
        argument=now.id,
        text=wrap(f"An empty conversation. The one before is kept: {back}"),
    )


builtin = Builtin(
    name="clear",
    aliases=("new",),
    group="Conversation",
    summary="Begin an empty conversation; this one is kept",
    run=run,
)
