"""`pmagent tasks push`: what the board elsewhere would be told; sent only with `--send`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import click

from pmagent.cli import as_json, codes
from pmagent.cli.asking import make_asker
from pmagent.cli.output import Output, common_options, make_output
from pmagent.cli.tool_command import show_outcome
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.nlp.counted import counted
from pmagent.tasks.board.push_text import count_line, push_lines
from pmagent.types.actions import Done
from pmagent.types.pushes import PushDiff, PushResult

_STATES = ("new", "changed", "conflict", "kept", "left")


@click.command(short_help="What your Trello board would be told; --send tells it.")
@click.option("--send", "is_sent", is_flag=True, help="Send it, once the gate lets it.")
@click.option("--ours", multiple=True, metavar="ID", help="Of a conflict: write this board's card.")
@click.option("--theirs", multiple=True, metavar="ID", help="Of a conflict: take the other's here.")
@common_options
def push(is_sent: bool, ours: tuple[str, ...], theirs: tuple[str, ...], **flags: object) -> int:
    """Compare the board with your Trello board, and show every card and field that differs.

    Nothing is written anywhere without --send. A card is made once, then changed; what was changed
    there alone stays, and nothing there is ever deleted or archived. Exit code 1 when nothing
    differs, 10 when something waits in the outbox. "pmagent trello connect" sets the board up.
    """
    output = make_output("tasks-push", flags)
    if (ours or theirs) and not is_sent:
        raise UsageError("--ours and --theirs decide what is sent", "add --send")
    with Garden.find(output.garden) as garden:
        garden.set_asker(make_asker(output))
        diff = garden.week.push_diff()
        for note in diff.notes:
            output.note(note)
        if not is_sent:
            return _show(output, diff)
        names = [[one.removeprefix("^") for one in chosen] for chosen in (ours, theirs)]
        return _tell(output, diff, garden.week.push(diff, ours=names[0], theirs=names[1]))


def _show(output: Output, diff: PushDiff) -> int:
    if output.as_json:
        output.envelope({**_diff_values(diff), "sent": False})
        return codes.OK if diff.cards else codes.NONE
    output.line(f"{output.style(diff.title, 'bold')}  {output.style(diff.target)}")
    for line in push_lines(diff.cards):
        output.line(output.style(line))
    output.line(output.style(count_line(diff)))
    if diff.to_send:
        output.say('nothing is sent; "pmagent tasks push --send" sends it')
    if any(card.state == "conflict" for card in diff.cards):
        output.say("of a conflict, add --ours ID to write it there, --theirs ID to take it here")
    return codes.OK if diff.cards else codes.NONE


def _tell(output: Output, diff: PushDiff, result: PushResult) -> int:
    if not isinstance(result.outcome, Done) and not result.cards:
        return show_outcome(output, result.outcome)
    if output.as_json:
        values = {
            **_diff_values(diff),
            "sent": True,
            "outcome": as_json.outcome(result.outcome),
            "results": [asdict(one) for one in result.cards],
            "taken": list(result.taken),
        }
        output.envelope(values, ok=_code(result) == codes.OK)
        return _code(result)
    for one in result.cards:
        rest = one.why or one.url
        output.line(output.style(f"{one.state:<8} {one.title}  {rest}".rstrip()))
    for name in result.taken:
        output.line(output.style(f"taken    {name}"))
    if not result.cards and not result.taken:
        output.say("nothing is to be sent")
    if any(one.state == "waiting" for one in result.cards):
        output.say('what waits goes with "pmagent outbox run", or with the next push')
    open_ = [c for c in diff.cards if c.state == "conflict"]
    decided = {one.card for one in result.cards} | set(result.taken)
    if left := [card for card in open_ if card.card not in decided]:
        output.note(f"{counted(len(left), 'card')} in conflict, left as they are in both places")
    if isinstance(result.outcome, Done) and result.outcome.checkpoint:
        output.say(f'undo what was taken with "pmagent undo {result.outcome.checkpoint}"')
    if not isinstance(result.outcome, Done):
        show_outcome(output, result.outcome)
    return _code(result)


def _code(result: PushResult) -> int:
    states = {one.state for one in result.cards}
    if "failed" in states or not isinstance(result.outcome, Done):
        return codes.PARTIAL
    return codes.WAITING if "waiting" in states else codes.OK


def _diff_values(diff: PushDiff) -> Mapping[str, object]:
    states: Sequence[str] = [card.state for card in diff.cards]
    counts = {state: states.count(state) for state in _STATES}
    return {**asdict(diff), "counts": counts}
