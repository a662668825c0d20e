"""`/theme`: other colours, where there are any."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import wrap
from pmagent.types.turns import Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The wish for another theme; a front end with colours fulfils it."""
    del bench
    yield Screen(
        name="theme",
        argument=argument.strip(),
        text=wrap(
            "There are no colours here. Type `/theme` in the application, which `pmagent` opens "
            "in a terminal; the theme is remembered."
        ),
    )


builtin = Builtin(
    name="theme",
    group="Application",
    summary="Other colours: the next theme, or one by name",
    argument_hint="[NAME]",
    run=run,
)
