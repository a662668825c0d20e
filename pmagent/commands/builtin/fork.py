"""`/fork`: a copy of this conversation to go on with; the first stays as it is."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, plain, wrap
from pmagent.nlp.counted import counted
from pmagent.types.turns import Said, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """Copy it, and give the copy a name where one is given."""
    talk = bench.talk
    before = talk.session
    row = talk.open_session(before.id, fork=True)
    name = argument.strip()
    if name:
        talk.rename(name)
    called = f' named "{plain(name)}"' if name else ""
    yield Said(
        text=wrap(
            f"You are in a copy{called} ({code(row.id)}, {counted(row.turns, 'turn')}). The first "
            f"is kept as it was: {code(f'/resume {before.id}')}"
        )
    )


builtin = Builtin(
    name="fork",
    aliases=("branch",),
    group="Conversation",
    summary="Go on in a copy of this conversation",
    argument_hint="[NAME]",
    run=run,
)
