"""`pmagent sessions`: what was said before, found again, shown, written out, named and copied."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Literal, cast

import click

from pmagent.agent.moment import utc_now
from pmagent.agent.session_export import turn_fields
from pmagent.agent.session_store import SessionStore
from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output, shorten, table
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.nlp.counted import counted
from pmagent.safe_text import safe_text
from pmagent.secrets import Redactor, secret_values
from pmagent.types.sessions import SessionRow, TurnRow


class _Sessions(click.Group):
    """A group whose first command may be left out: `pmagent sessions pricing` lists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with `list` put before what is no command."""
        is_named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_named else ["list", *args])


@click.group(cls=_Sessions, short_help="Earlier conversations: list, show, export, rename, fork.")
def command() -> None:
    """Every conversation is kept until you take it away. A name, a part of one or an id will do.

    Words instead of a command list the sessions that speak of them.
    """


@command.command("list", short_help="The sessions, or those that speak of WORDS.")
@click.argument("words", nargs=-1)
@common_options
def list_sessions(words: tuple[str, ...], **flags: object) -> int:
    """List the sessions, the latest first; with WORDS those that speak of them."""
    output = make_output("sessions", flags)
    with _store(flags) as store:
        rows = store.rows(" ".join(words))
    if output.as_json:
        output.envelope({"sessions": [_row_fields(row) for row in rows]}, ok=bool(rows))
        return codes.OK if rows else codes.NONE
    for line in table([_cells(row) for row in rows]):
        output.line(line)
    if not rows:
        output.say(f'no session speaks of "{" ".join(words)}"' if words else "no session yet")
        return codes.NONE
    return codes.OK


@command.command("show", short_help="The turns of one session.")
@click.argument("name")
@common_options
def show_session(name: str, **flags: object) -> int:
    """Show what was asked and answered in the session NAME, oldest first."""
    output = make_output("sessions-show", flags)
    with _store(flags) as store:
        row = store.find(name)
        turns = store.turns(row.id)
    if output.as_json:
        shown = [turn_fields(turn) for turn in turns]
        output.envelope({"session": _row_fields(row), "turns": shown})
        return codes.OK
    output.line(output.style(row.name, "bold"))
    for number, turn in enumerate(turns, start=1):
        output.line()
        output.line(output.style(f"{number}. {_time(turn.at)}  turn {turn.turn}", "dim"))
        output.line(output.style(f"you: {' '.join(turn.typed.split())}", "bold"))
        for line in turn.shown.splitlines():
            output.line(output.style(line))
        if foot := _foot(turn):
            output.line(output.style(foot, "dim"))
    if row.draft:
        output.line()
        output.line(f"typed and not sent: {output.style(row.draft)}")
    return codes.OK


@command.command("export", short_help="One session as Markdown or JSON.")
@click.argument("name")
@click.option("--md", "form", flag_value="markdown", default="markdown", help="As Markdown.")
@click.option("--json", "form", flag_value="json", help="As JSON, with every record.")
@click.option("--garden", metavar="DIR", default=".", help="The garden; else the one here.")
def export_session(name: str, form: str, **flags: object) -> int:
    """Write the session NAME to stdout. Secrets are hidden."""
    with _store(flags) as store:
        text = store.export(store.find(name).id, cast("Literal['markdown', 'json']", form))
    click.echo(text, nl=False)
    return codes.OK


@command.command("rename", short_help="Give a session a name.")
@click.argument("name")
@click.argument("new_name")
@common_options
def rename_session(name: str, new_name: str, **flags: object) -> int:
    """Give the session NAME the name NEW_NAME."""
    output = make_output("sessions-rename", flags)
    with _store(flags) as store:
        session = store.find(name).id
        store.give_name(session, new_name)
        row = store.find(session)
    if output.as_json:
        output.envelope({"session": _row_fields(row)})
    else:
        output.say(f'session {row.id} is now called "{row.name}"')
    return codes.OK


@command.command("fork", short_help="Begin a session with a copy of another.")
@click.argument("name")
@click.option("--at", metavar="TURN", default="", help="The last turn to copy: a number or an id.")
@common_options
def fork_session(name: str, at: str, **flags: object) -> int:
    """Begin a session with the complete turns of NAME, up to --at."""
    output = make_output("sessions-fork", flags)
    with _store(flags) as store:
        source = store.find(name)
        through = _turn_id(at, [turn.turn for turn in store.turns(source.id)])
        with store.fork(source.id, through=through) as copy:
            row = copy.row
    if output.as_json:
        output.envelope({"session": _row_fields(row)})
    else:
        output.line(row.id)
        output.say(f'a copy of "{safe_text(source.name)}" with {counted(row.turns, "turn")}')
    return codes.OK


@contextmanager
def _store(flags: Mapping[str, object]) -> Generator[SessionStore]:
    redact = Redactor(secret_values(os.environ)).redact
    with (
        Garden.find(str(flags["garden"])) as garden,
        SessionStore(garden.data_dir, now=utc_now, redact=redact) as store,
    ):
        yield store


def _turn_id(given: str, turns: list[str]) -> str:
    if given in turns or not given:
        return given
    if given.isdecimal() and 1 <= int(given) <= len(turns):
        return turns[int(given) - 1]
    raise UsageError(f'the session has no turn "{given}"', f"it has {counted(len(turns), 'turn')}")


def _cells(row: SessionRow) -> tuple[str, ...]:
    more = row.excerpt or (f"(not sent) {row.draft}" if row.draft else "")
    found = f"found: {', '.join(row.found)}" if row.found else ""
    return (
        row.id,
        _time(row.last),
        counted(row.turns, "turn"),
        shorten(safe_text(row.name or "(no name)"), 40),
        "  ".join(part for part in (safe_text(found), shorten(safe_text(more), 80)) if part),
    )


def _foot(turn: TurnRow) -> str:
    ends = {"done": "", "killed": "cut off: the program was ended here", "running": "still runs"}
    parts = [ends.get(turn.reason, f"ended early: {turn.reason}")]
    if turn.checkpoints:
        parts.append(f"undo points: {', '.join(turn.checkpoints)}")
    return "  ".join(part for part in parts if part)


def _row_fields(row: SessionRow) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "began": row.began.isoformat(),
        "last": row.last.isoformat(),
        "turns": row.turns,
        "forked_from": row.forked_from,
        "draft": row.draft,
        "found": list(row.found),
        "excerpt": row.excerpt,
    }


def _time(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
