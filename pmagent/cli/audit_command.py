"""`pmagent audit`: the trail of every decision, and whether it is whole."""

from __future__ import annotations

from datetime import UTC, datetime, time

import click

from pmagent.cli import as_json, codes
from pmagent.cli.output import common_options, make_output, shorten, table
from pmagent.cli.pressing import require_person
from pmagent.days import parse_day
from pmagent.garden import Garden
from pmagent.safe_text import safe_text


@click.command(short_help="What was asked, allowed, denied and done.")
@click.option("--verify", is_flag=True, help="Check the chain and nothing else.")
@click.option("--set-aside", is_flag=True, help="Put a damaged trail away and begin a new one.")
@click.option("--since", metavar="DATE", help="From this day on.")
@click.option("--path", metavar="TEXT", help="Only what touched a path with this in it.")
@click.option("--agent", metavar="NAME", help="Only what this one did: person, agent, hook.")
@click.option("-n", "--limit", type=click.IntRange(1), default=200, help="The latest so many.")
@common_options
def command(**flags: object) -> int:
    """List the trail, oldest first; with --verify say whether it is whole (code 1 if not)."""
    output = make_output("audit", flags)
    with Garden.find(str(flags["garden"])) as garden:
        if flags["set_aside"]:
            require_person("the trail will be put away, and a new one begun that says so")
            aside = garden.gatehouse.trail.set_aside(by="person", reason="asked for by a person")
            output.say(f'kept as "{aside}"')
            return codes.OK
        state, says = garden.audit_state()
        entries = ()
        if not flags["verify"]:
            since = str(flags["since"] or "")
            entries = garden.audit(
                limit=flags["limit"] if isinstance(flags["limit"], int) else 200,
                path=str(flags["path"]) if flags["path"] else None,
                agent=str(flags["agent"]) if flags["agent"] else None,
                since=_start(since) if since else None,
            )
    is_whole = state in {"ok", "empty"}
    if output.as_json:
        rows = [as_json.audit_entry(entry) for entry in entries]
        output.envelope({"state": state, "says": says, "entries": rows}, ok=is_whole)
        return codes.OK if is_whole else codes.NONE
    shown = [
        (
            entry.at.astimezone().strftime("%d %b %H:%M:%S"),
            safe_text(entry.by),
            safe_text(entry.tool),
            entry.verdict,
            shorten(safe_text(entry.subject), 50),
            shorten(safe_text(entry.rule or entry.reason), 60),
        )
        for entry in entries
    ]
    for line in table(shown):
        output.line(line)
    (output.line if flags["verify"] else output.say)(f"trail {state}: {safe_text(says)}")
    return codes.OK if is_whole else codes.NONE


def _start(day: str) -> datetime:
    return datetime.combine(parse_day(day, is_end=False, flag="--since"), time(), tzinfo=UTC)
