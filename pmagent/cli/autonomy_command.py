"""`pmagent autonomy`: how far each command goes by itself, and what is missing for more."""

from __future__ import annotations

import os

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output
from pmagent.cli.pressing import require_person
from pmagent.cli.reviewing import standing_fields, standing_lines
from pmagent.garden import Garden


class _Autonomy(click.Group):
    """A group whose first command may be left out: `pmagent autonomy publish-episode` shows."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with `show` put before what is no command."""
        is_named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_named else ["show", *args])


@click.group(cls=_Autonomy, short_help="How far commands go by themselves, and what is missing.")
def command() -> None:
    """Levels go shadow, assist, canary, auto. Agreement in reviews earns them; mistakes cost them.

    What cannot be taken back is always asked about.
    """


@command.command(short_help="The standing of one command, or of all.")
@click.argument("name", required=False)
@common_options
def show(name: str | None, **flags: object) -> int:
    """Show how far NAME goes, or every command that was reviewed."""
    output = make_output("autonomy", flags)
    with Garden.find(str(flags["garden"])) as garden:
        found = [garden.reviews.standing(name)] if name else garden.reviews.standings()
    if output.as_json:
        fields = [standing_fields(one) for one in found]
        output.envelope({"standings": fields}, ok=bool(found))
        return codes.OK if found else codes.NONE
    for line in standing_lines(found):
        output.line(line)
    if not found:
        output.say("nothing was reviewed yet: every effect is asked about")
        return codes.NONE
    return codes.OK


@command.command(short_help="Let a command go a level further.")
@click.argument("name")
@click.option("--force", is_flag=True, help="Without the reviews it needs; the trail says so.")
@common_options
def promote(name: str, force: bool, **flags: object) -> int:
    """Take NAME to the next level; refused, with the reason, where it is not earned.

    Never above what its file allows. It needs your key at a terminal.
    """
    output = make_output("autonomy-promote", flags)
    with Garden.find(str(flags["garden"])) as garden:
        garden.reviews.check_promotion(name, is_forced=force)
        before = garden.reviews.standing(name)
        require_person(f'"/{name}" is at {before.level}, and would go further unasked')
        after = garden.reviews.promote(name, is_forced=force, by=os.environ.get("USER") or "person")
    if output.as_json:
        output.envelope(standing_fields(after))
    output.say(f'"/{name}" is at {after.level}, {after.rate} % of its runs are looked at')
    return codes.OK
