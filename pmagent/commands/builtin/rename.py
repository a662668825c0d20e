"""`/rename`: another name for this conversation."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import plain, wrap
from pmagent.errors import UsageError
from pmagent.types.turns import Said, TurnEvent

LONGEST = 100


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """Name it, and say both names."""
    name = plain(argument)
    if not name:
        raise UsageError("no name is given", "write /rename pricing talk")
    if len(name) > LONGEST:
        raise UsageError(f"the name is longer than {LONGEST} characters", "take a shorter one")
    before = plain(bench.talk.session.name)
    bench.talk.rename(name)
    was = f', before "{before}"' if before and before != name else ""
    yield Said(text=wrap(f'This conversation is called "{name}"{was}.'))


builtin = Builtin(
    name="rename",
    group="Conversation",
    summary="Give this conversation a name",
    argument_hint="NAME",
    run=run,
)
