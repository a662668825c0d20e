"""What the commands share that draft one part of a kit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.errors import UsageError
from pmagent.types.publishing import Kit
from pmagent.types.turns import Noted, Said, TurnEvent

USAGE = "FILE"


def kit_of(argument: str, bench: Bench, name: str) -> Kit:
    """The kit of the document that is named.

    Raises:
        UsageError: none is named, or none fits.
    """
    wanted = argument.strip().strip("\"'")
    if not wanted:
        raise UsageError("no transcript is named", f"write /{name} ep-041")
    return bench.jobs.kit(wanted)


def part_command(name: str, part: str, summary: str, *aliases: str) -> Builtin:
    """A command that shows one part of a kit, as the page `part` of the formats."""

    def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
        kit = kit_of(argument, bench, name)
        yield Said(text=bench.jobs.page(kit, part))
        for remark in kit.remarks:
            yield Noted(text=remark)

    return _builtin(name, summary, run, aliases)


def _builtin(
    name: str,
    summary: str,
    run: Callable[[str, Bench], Iterator[TurnEvent]],
    aliases: tuple[str, ...],
) -> Builtin:
    return Builtin(
        name=name,
        aliases=aliases,
        group="Publish",
        summary=summary,
        argument_hint=USAGE,
        details="Every line says where it stands. `/kit FILE` has all parts, to edit and to save.",
        run=run,
    )
