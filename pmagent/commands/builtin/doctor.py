"""`/doctor`: what works on this machine and in this garden, and what to do about what does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import items, page, plain, wrap
from pmagent.nlp.counted import counted
from pmagent.types import Check
from pmagent.types.turns import Said, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """Every check; what fails stands first, with its remedy."""
    del argument
    yield Said(text=checks_markdown(bench.checks()))


def checks_markdown(checks: Iterable[Check]) -> str:
    """What does not work, then what does."""
    held = list(checks)
    failed = [check for check in held if not check.is_ok]
    well = [f"{check.id}: {plain(check.says)}" for check in held if check.is_ok]
    bad = [
        f"{check.id}: {plain(check.says)}" + (f". To do: {plain(check.fix)}" if check.fix else "")
        for check in failed
    ]
    head = (
        f"{counted(len(failed), 'thing')} to look at, {len(well)} in order."
        if failed
        else f"All {len(held)} checks are in order."
    )
    return page(
        "# Doctor",
        wrap(head),
        f"## To look at\n\n{items(bad)}" if bad else "",
        f"## In order\n\n{items(well)}" if well else "",
    )


builtin = Builtin(
    name="doctor",
    group="Garden",
    summary="Check this machine, this garden and its walls; what to do about what fails",
    run=run,
)
