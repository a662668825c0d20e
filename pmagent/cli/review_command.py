"""`pmagent review`: what waits for a person, shown whole, and decided."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import cast

import click

from pmagent.agent.moment import utc_now
from pmagent.cli import codes
from pmagent.cli.output import Output, common_options, make_output
from pmagent.cli.pressing import require_person
from pmagent.cli.review_values import edited_values, typed_answer
from pmagent.cli.reviewing import go_on, list_lines, review_fields, show_lines
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.nlp.counted import counted
from pmagent.reviews.queue import BATCHED
from pmagent.reviews.typed import CODES, read_until
from pmagent.runs.answers import read_fitting
from pmagent.types.actions import Json
from pmagent.types.reviews import Review, ReviewCode, Ruling


class _Reviews(click.Group):
    """A group whose first command may be left out: `pmagent review` lists, with an id it shows."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with `list` or `show` put before what is no command."""
        is_named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        meant = "list" if not args or args[0].startswith("-") else "show"
        return super().parse_args(ctx, args if is_named else [meant, *args])


_note = click.option("--note", default="", help="Why, for whoever reads it later.")
_code = click.option(
    "--code", "codes_named", multiple=True, type=click.Choice(CODES),
    help="What is wrong with it; fact, invent and perm take the command back a level.",
)  # fmt: skip


@click.group(cls=_Reviews, short_help="What waits for you: list, show, accept, edit, reject.")
def command() -> None:
    """Approvals, questions, hand-offs, dead letters and samples, by what is lost while they wait.

    The beginning of an ID will do; `pmagent review ID` shows that one. What a run waits for lets it
    go on at once.
    """


@command.command("list", short_help="What waits, the most pressing first.")
@click.option("--snoozed", is_flag=True, help="Also what is put off.")
@common_options
def list_reviews(snoozed: bool, **flags: object) -> int:
    """List what waits; with code 1 where nothing does."""
    output = make_output("review", flags)
    with Garden.find(str(flags["garden"])) as garden:
        found = garden.reviews.open(with_snoozed=snoozed)
    if output.as_json:
        output.envelope({"reviews": [review_fields(one) for one in found]}, ok=bool(found))
    else:
        for line in list_lines(found, utc_now()):
            output.line(line)
        if not found:
            output.say("nothing waits for you")
    return codes.OK if found else codes.NONE


@command.command(short_help="All of one, with the exact text that would leave.")
@click.argument("review")
@common_options
def show(review: str, **flags: object) -> int:
    """Show the review whose id begins with REVIEW."""
    output = make_output("review-show", flags)
    with Garden.find(str(flags["garden"])) as garden:
        found = garden.reviews.get(review)
    if output.as_json:
        output.envelope(review_fields(found))
    else:
        for line in show_lines(found, output):
            output.line(line)
    return codes.OK


@command.command(short_help="Yes, as it is.")
@click.argument("review", required=False)
@click.option("--all-kind", type=click.Choice(sorted(BATCHED)), help="All of this kind.")
@_code
@_note
@common_options
def accept(review: str | None, all_kind: str | None, **flags: object) -> int:
    """Accept REVIEW, or with --all-kind all of a kind but what cannot be taken back.

    A dead letter is tried again. What leaves this computer needs your key at a terminal.
    """
    output = make_output("review-accept", flags)
    if (review is None) == (all_kind is None):
        raise UsageError("name one review, or one kind with --all-kind")
    with Garden.find(str(flags["garden"])) as garden:
        if review is not None:
            chosen = [garden.reviews.get(review)]
        else:
            waiting = garden.reviews.open()
            chosen = [one for one in waiting if one.kind == all_kind and one.risk != "irreversible"]
        if not chosen:
            output.say("nothing of that kind waits for you")
            return codes.NONE
        _press(chosen, output)
        ruling = _ruling("accept", flags)
        return _decide_all(garden, output, [(one, ruling) for one in chosen])


@command.command(short_help="Yes, with other values.")
@click.argument("review")
@click.argument("values", nargs=-1, metavar="[NAME | NAME=@FILE]...")
@_code
@_note
@common_options
def edit(review: str, values: tuple[str, ...], **flags: object) -> int:
    """Accept REVIEW with values of yours: notes=@notes.md, or notes="a text"; @- is stdin.

    A name alone opens your editor for that value, and needs no name where there is one value.
    Text is taken as it is, a list of texts is one to a line, all else is JSON.
    """
    output = make_output("review-edit", flags)
    with Garden.find(str(flags["garden"])) as garden:
        found = garden.reviews.get(review)
        edits = edited_values(found, values)
        if not edits:
            output.say("nothing is changed, and nothing is decided")
            return codes.NONE
        _press([found], output)
        return _decide_all(garden, output, [(found, _ruling("edit", flags, edits=dict(edits)))])


@command.command(short_help="No; a dead letter is dropped.")
@click.argument("review")
@_code
@_note
@common_options
def reject(review: str, **flags: object) -> int:
    """Reject REVIEW. Nothing of it is sent."""
    output = make_output("review-reject", flags)
    with Garden.find(str(flags["garden"])) as garden:
        found = garden.reviews.get(review)
        return _decide_all(garden, output, [(found, _ruling("reject", flags))])


@command.command(short_help="The value that a run asks for.")
@click.argument("review")
@click.argument("value", required=False)
@_note
@common_options
def answer(review: str, value: str | None, **flags: object) -> int:
    """Answer REVIEW with VALUE, of the type it asks for; @FILE reads it from a file.

    Without VALUE your editor is opened for it.
    """
    output = make_output("review-answer", flags)
    with Garden.find(str(flags["garden"])) as garden:
        found = garden.reviews.get(review)
        typed = typed_answer(found, value, output)
        if value is None and not typed.strip():
            output.say(f"nothing was written: {found.id} still waits")
            return codes.NONE
        ruling = _ruling("answer", flags, answer=read_fitting(typed, found.shape))
        return _decide_all(garden, output, [(found, ruling)])


@command.command(short_help="You do the rest yourself.")
@click.argument("review")
@_note
@common_options
def take(review: str, **flags: object) -> int:
    """Take REVIEW over: its run stops, and leaves what it has to you."""
    output = make_output("review-take", flags)
    with Garden.find(str(flags["garden"])) as garden:
        found = garden.reviews.get(review)
        return _decide_all(garden, output, [(found, _ruling("take", flags))])


@command.command(short_help="Put it off.")
@click.argument("review")
@click.option("--until", default="1d", show_default=True, help="3h, 2d, 1w or a date.")
@common_options
def snooze(review: str, until: str, **flags: object) -> int:
    """Show REVIEW again later."""
    output = make_output("review-snooze", flags)
    with Garden.find(str(flags["garden"])) as garden:
        moment = read_until(until, utc_now().astimezone())
        found = garden.reviews.snooze(review, moment)
    if output.as_json:
        output.envelope(review_fields(found))
    output.say(f"put off until {moment.astimezone():%Y-%m-%d %H:%M}")
    return codes.OK


@command.command("test", short_help="Make a simulation of it.")
@click.argument("review")
@click.option("--name", default="", help="The file's name; else the decision and the id.")
@common_options
def make_test(review: str, name: str, **flags: object) -> int:
    """Write what REVIEW is about to simulations/, by the garden's rules."""
    # Late: the question at a terminal is needed only where something is written.
    from pmagent.cli.asking import make_asker  # noqa: PLC0415
    from pmagent.types.actions import Done  # noqa: PLC0415

    output = make_output("review-test", flags)
    with Garden.find(str(flags["garden"])) as garden:
        garden.set_asker(make_asker(output))
        case = garden.reviews.test_case(review, name)
        wanted = {"file_path": case.path, "content": case.text}
        outcome = garden.perform("Write", wanted, why="a person makes a test of a review")
    is_written = isinstance(outcome, Done)
    if output.as_json:
        output.envelope({"path": case.path, "written": is_written}, ok=is_written)
    output.say(f"{'wrote' if is_written else 'did not write'} {case.path}")
    return codes.OK if is_written else codes.DENIED


def _press(reviews: Sequence[Review], output: Output) -> None:
    """What leaves this computer is let go by a person's key, after it was shown whole."""
    outward = [one for one in reviews if one.sendings and one.state == "open"]
    if not outward:
        return
    for one in outward:
        for line in show_lines(one, output, is_asked=True):
            output.say(line)
    require_person(f"{counted(len(outward), 'yes', 'times yes')}, to exactly what is above")


def _decide_all(garden: Garden, output: Output, rulings: Sequence[tuple[Review, Ruling]]) -> int:
    decided: list[dict[str, object]] = []
    has_failed = False
    for review, ruling in rulings:
        kept = garden.reviews.decide(review.id, ruling)
        output.say(f"{kept.id} {kept.title}: {ruling.decision}")
        if kept.kind == "dead" and not kept.run and ruling.decision != "reject":
            # No run waits for it that would send it.
            garden.outbox.deliver_due()
        now = go_on(garden.runs, kept, output)
        has_failed |= now is not None and now["state"] == "failed"
        decided.append({**review_fields(kept), "run_now": now})
    if output.as_json:
        output.envelope({"reviews": decided}, ok=not has_failed)
    return codes.NONE if has_failed else codes.OK


def _ruling(
    decision: str, flags: dict[str, object], *, edits: dict[str, Json] | None = None,
    answer: Json = None,
) -> Ruling:  # fmt: skip
    named = cast("tuple[ReviewCode, ...]", flags.get("codes_named") or ())
    return Ruling(
        decision=decision,  # pyright: ignore[reportArgumentType] - one of the commands above
        note=str(flags.get("note") or ""),
        edits=edits or {},
        answer=answer,
        codes=named,
        by=os.environ.get("USER") or "person",
    )
