"""`pmagent tasks`: the board from the command line. What is mined or imported waits for a yes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click
from click.core import ParameterSource

from pmagent.cli import codes
from pmagent.cli.asking import make_asker
from pmagent.cli.output import Output, columns, common_options, make_output, shorten
from pmagent.cli.pushing import push
from pmagent.cli.tool_command import show_outcome
from pmagent.cli.week_values import card_values, proposed_values
from pmagent.errors import ReadError, UsageError
from pmagent.garden import Garden
from pmagent.paths import reason_of
from pmagent.tasks.board.efforts import format_effort, parse_minutes
from pmagent.tasks.board.importing import MOST_BYTES
from pmagent.types.actions import Done
from pmagent.types.tasks import Card, ProposedCard
from pmagent.types.week import CardChange, ExportForm, Proposal


@click.group(invoke_without_command=True, short_help="The board: list, add, done, take, push …")
@click.option("--list", "lane", metavar="LIST", default="", help="Only this list of the board.")
@common_options
@click.pass_context
def command(context: click.Context, lane: str, **flags: object) -> None:
    """Read and change the board, one Markdown file. Without a word it is listed.

    A flag before the word holds for it as well as one behind it.
    """
    if context.invoked_subcommand is None:
        context.exit(context.invoke(list_, lane=lane, **flags))
    said = {
        name: value
        for name, value in {**flags, "lane": lane}.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    context.default_map = dict.fromkeys(command.commands, said)


@command.command(name="list")
@click.option("--list", "lane", metavar="LIST", default="", help="Only this list of the board.")
@common_options
def list_(lane: str, **flags: object) -> int:
    """List the cards by list. Exit code 1 when there is none."""
    output = make_output("tasks", flags)
    with Garden.find(str(flags["garden"])) as garden:
        board = garden.week.board()
    lanes = [one for one in board.lanes if not lane or one.title.casefold() == lane.casefold()]
    if lane and not lanes:
        listed = ", ".join(f'"{one.title}"' for one in board.lanes)
        raise UsageError(f'there is no list "{lane}"', f"there are {listed}")
    for note in board.notes:
        output.note(note)
    if output.as_json:
        rows = [
            {"list": one.title, "cards": [card_values(card) for card in one.cards]} for one in lanes
        ]
        output.envelope({"board": board.path, "lists": rows})
    for one in () if output.as_json else lanes:
        output.line(output.style(f"{one.title} ({len(one.cards)})", "bold"))
        for card in one.cards:
            output.line(output.style(card_line(card)))
    return codes.OK if any(one.cards for one in lanes) else codes.NONE


@command.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--list", "lane", metavar="LIST", default="", help="Which list; else Inbox, or the first."
)
@common_options
def add(words: tuple[str, ...], lane: str, **flags: object) -> int:
    """Put a card on the board: pmagent tasks add "Ring Ruth due:friday est:1h p:1"."""
    output = make_output("tasks", flags)
    with _opened(output) as garden:
        return _told(output, garden.week.add(" ".join(words), lane=lane))


@command.command()
@click.argument("name", nargs=-1, required=True)
@click.option("--spent", metavar="TIME", default="", help="How long it took, such as 45m or 2h.")
@common_options
def done(name: tuple[str, ...], spent: str, **flags: object) -> int:
    """Finish a card, by its id or words of its title."""
    output = make_output("tasks", flags)
    minutes = parse_minutes(spent) if spent else None
    if spent and minutes is None:
        raise UsageError(f'--spent "{spent}" is no time', "write 45m, 2h or 2h30m")
    with _opened(output) as garden:
        return _told(output, garden.week.done(" ".join(name), spent=minutes))


@command.command()
@click.argument("files", nargs=-1)
@common_options
def propose(files: tuple[str, ...], **flags: object) -> int:
    """Show the promises and action items of FILES as cards; writes nothing. Take them by "take".

    Without FILES the newest transcripts are read. Exit code 1 when there is none.
    """
    output = make_output("tasks", flags)
    with Garden.find(str(flags["garden"])) as garden:
        return _show_proposal(output, garden.week.propose(files))


@command.command()
@click.argument("ids", nargs=-1)
@click.option("--from", "files", multiple=True, metavar="FILE", help="The documents they are of.")
@click.option("--all", "is_all", is_flag=True, help="All that are proposed.")
@click.option("--list", "lane", metavar="LIST", default="", help="Which list; else Inbox.")
@common_options
def take(
    ids: tuple[str, ...], files: tuple[str, ...], is_all: bool, lane: str, **flags: object
) -> int:
    """Put proposed cards on the board, by their IDS as "propose" shows them."""
    output = make_output("tasks", flags)
    with _opened(output) as garden:
        found = garden.week.propose(files)
        chosen = _chosen(found.cards, ids, is_all=is_all)
        return _told(output, garden.week.take(chosen, lane=lane))


@command.command(name="import")
@click.argument("file")
@click.option("--all", "is_all", is_flag=True, help="Put all on the board.")
@click.option("--take", "ids", multiple=True, metavar="ID", help="Put this one on the board.")
@click.option("--list", "lane", metavar="LIST", default="", help="Which list; else their own.")
@common_options
def import_(file: str, ids: tuple[str, ...], is_all: bool, lane: str, **flags: object) -> int:
    """Show the cards of an export of Trello (JSON), Taskwarrior or todo.txt; or take them."""
    output = make_output("tasks", flags)
    data = _read(Path(file))
    with _opened(output) as garden:
        found = garden.week.import_bytes(Path(file).name, data)
        if not is_all and not ids:
            return _show_proposal(output, found)
        for note in found.notes:
            output.note(note)
        chosen = _chosen(found.cards, ids, is_all=is_all)
        return _told(output, garden.week.take(chosen, lane=lane))


@command.command()
@click.argument("form", type=click.Choice(get_args(ExportForm)))
@common_options
def export(form: ExportForm, **flags: object) -> int:
    """Write the cards to stdout in the format of another program."""
    output = make_output("tasks", flags)
    with Garden.find(str(flags["garden"])) as garden:
        text = garden.week.export(form)
    if output.as_json:
        output.envelope({"format": form, "text": text})
    else:
        click.echo(text, nl=False)
    return codes.OK if text else codes.NONE


@command.command()
@common_options
def triage(**flags: object) -> int:
    """List open cards without effort, day or priority, overdue, or waiting too long."""
    output = make_output("tasks", flags)
    with Garden.find(str(flags["garden"])) as garden:
        rows = garden.week.triage()
        has_cards = any(lane.cards for lane in garden.week.board().lanes)
    if output.as_json:
        values = [{"card": card_values(row.card), "reasons": row.reasons} for row in rows]
        output.envelope({"cards": values})
    for row in () if output.as_json else rows:
        output.line(output.style(shorten(row.card.title, columns())))
        output.line(output.style(f"    {row.card.id}: {', '.join(row.reasons)}", "dim"))
    if not has_cards:
        output.note('there is no card yet: "pmagent tasks add WORDS" puts one on the board')
    elif not rows:
        output.note("every open card says how long, by when and how urgent")
    return codes.OK if rows else codes.NONE


command.add_command(push)


def card_line(card: Card) -> str:
    """A card on one line: ticked or not, its words, how long, by when."""
    tail = marks_of(card)
    room = max(20, columns() - len(tail) - 9)
    words = shorten(card.title, room)
    return f"  [{'x' if card.is_done else ' '}] {words}" + (f"  {tail}" if tail else "")


def marks_of(card: Card) -> str:
    """What a card says beside its words: `2h · due 2026-02-06 · p1`."""
    marks = [
        format_effort(card.effort) if card.effort is not None else "",
        f"due {card.due}" if card.due is not None else "",
        f"p{card.priority}" if card.priority is not None else "",
        f"waits for {card.waiting_for}" if card.waiting_for else "",
    ]
    return " · ".join(mark for mark in marks if mark)


def _opened(output: Output) -> Garden:
    garden = Garden.find(output.garden)
    garden.set_asker(make_asker(output))
    return garden


def _show_proposal(output: Output, found: Proposal) -> int:
    for note in found.notes:
        output.note(note)
    if output.as_json:
        output.envelope({"proposed": [proposed_values(one) for one in found.cards]})
        return codes.OK if found.cards else codes.NONE
    for one in found.cards:
        output.line(output.style(f"{one.card.id}  {one.card.title}", "bold"))
        who = f"{one.who}: " if one.who else ""
        for link in one.card.links:
            at = f" {link.at}" if link.at else ""
            output.line(output.style(f"    {link.place}{at} {who}“{link.quote}”"))
        marks = marks_of(one.card)
        if marks:
            output.line(output.style(f"    {marks}"))
        same = f"; the board has it as {one.duplicate_of}" if one.duplicate_of else ""
        output.line(output.style(f"    {one.kind}: {one.reason}{same}", "dim"))
    if found.cards:
        output.say('nothing is on the board yet: "pmagent tasks take ID", or "--all"')
    return codes.OK if found.cards else codes.NONE


def _chosen(
    cards: Sequence[ProposedCard], ids: Sequence[str], *, is_all: bool
) -> Sequence[ProposedCard]:
    if is_all:
        return cards
    by_id = {one.card.id: one for one in cards}
    missing = [one for one in ids if one not in by_id]
    if missing or not ids:
        listed = ", ".join(by_id) or "none"
        what = f'"{missing[0]}" is not proposed' if missing else "no card is named"
        raise UsageError(what, f"proposed are: {listed}; or --all")
    return [by_id[one] for one in ids]


def _told(output: Output, made: CardChange) -> int:
    for note in made.notes:
        output.note(note)
    if not isinstance(made.outcome, Done):
        return show_outcome(output, made.outcome)
    if output.as_json:
        cards = [card_values(card) for card in made.cards]
        undo = made.outcome.checkpoint
        output.envelope({"board": made.path, "cards": cards, "undo": undo})
    for card in () if output.as_json else made.cards:
        output.line(output.style(f"{card.id}  {card.title} ({card.lane})"))
    if made.outcome.checkpoint:
        output.say(f'undo it with "pmagent undo {made.outcome.checkpoint}"')
    return codes.OK


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as exc:
        raise ReadError(f'cannot read "{path}": {reason_of(exc)}') from exc
