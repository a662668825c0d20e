"""`pmagent doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output
from pmagent.doctor import examine
from pmagent.errors import GardenError
from pmagent.garden import Garden
from pmagent.types import Check


@click.command(short_help="Check this machine and this garden.")
@common_options
def command(**flags: object) -> int:
    """Check Python, packages, folders, the embedder and, inside a garden, its index and walls.

    The sandbox is tried: some twenty ways out of it are attempted, and any that works is named.

    Exit code 1 when something does not work.
    """
    output = make_output("doctor", flags)
    start = str(flags["garden"])
    checks = [*examine(Path(start)), *_of_the_walls(start)]
    if output.as_json:
        output.envelope(
            {
                "checks": [
                    {"id": item.id, "ok": item.is_ok, "says": item.says, "fix": item.fix}
                    for item in checks
                ]
            },
            ok=all(item.is_ok for item in checks),
        )
    else:
        for item in checks:
            mark = "ok" if item.is_ok else "no"
            output.line(f"{mark:<4}{item.id:<12} {output.style(item.says)}")
            if not item.is_ok and item.fix:
                output.line(f"    fix: {output.style(item.fix)}")
    return codes.OK if all(item.is_ok for item in checks) else codes.NONE


def _of_the_walls(start: str) -> Sequence[Check]:
    try:
        garden = Garden.find(start)
    except GardenError:
        return ()  # `examine` has said so
    with garden:
        return tuple(garden.gatehouse.checks())
