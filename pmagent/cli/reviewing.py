"""Reviews and standings as the command line shows them: lines for a person, fields for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pmagent.cli.output import Output, columns, shorten, table, with_garden
from pmagent.cli.run_ends import RunDesk, end_of, state_words, what_now
from pmagent.cli.run_values import tell
from pmagent.records.reviews import decided_by
from pmagent.reviews.asking import holds_run
from pmagent.reviews.queue import ALLOWED
from pmagent.reviews.typed import shown_text
from pmagent.safe_text import safe_text, spell_out
from pmagent.types.reviews import Review, Standing
from pmagent.types.runs import RunEvent

_TITLE = 30
"""Characters of a title that are shown on the narrowest screen."""
_COMMANDS = {
    "accept": "accept {id}",
    "edit": "edit {id} {name}",
    "answer": "answer {id}",
    "reject": "reject {id} --note WHY",
    "take": "take {id}",
}
_SAYS = {
    "accept": {"dead": "tries it again", "handoff": "it is dealt with"},
    "edit": {"": "opens it in your editor; NAME=@FILE takes a file"},
    "answer": {"": "opens your editor; a value or @FILE behind it is taken as it is"},
    "reject": {"dead": "it is never sent", "": "nothing of it is sent"},
    "take": {"": "you do the rest yourself"},
}
"""What a command does, by the kind of review where kinds differ."""


class RunsGoingOn(RunDesk, Protocol):
    """Runs that can be gone on with."""

    def resume(self, run_id: str) -> Iterator[RunEvent]:
        """Go on, event by event, until it waits again or ends."""
        ...


def list_lines(reviews: Sequence[Review], now: datetime) -> list[str]:
    """One line each: id, kind, risk, age, command, title."""
    heads = table([
        (one.id, one.kind, one.risk, age_of(one, now), f"/{safe_text(one.command)}", "|")
        for one in reviews
    ])
    room = max(_TITLE, columns() - max(map(len, heads), default=0))
    titles = (shorten(safe_text(one.title), room) for one in reviews)
    return [f"{head[:-1]}{title}" for head, title in zip(heads, titles, strict=True)]


def show_lines(review: Review, output: Output, *, is_asked: bool = False) -> Iterator[str]:
    """All of one: the question, every value, the evidence, the exact text that would leave.

    `is_asked`: the decision is asked for below it, and no command is named that takes one.
    """
    yield output.style(review.title, "bold")
    about = [f"/{review.command}", f"run {review.run}" if review.run else "", review.kind]
    yield output.style(", ".join(filter(None, (*about, f"risk {review.risk}"))))
    yield from (output.style(line) for line in review.reason.split("\n") if line)
    if review.shape:
        yield output.style(f"wanted: {review.shape}")
    for name, value in review.shown.items():
        yield ""
        yield output.style(name, "bold")
        yield from (f"  {output.style(line)}" for line in shown_text(value).splitlines())
    if review.evidence:
        yield ""
        yield output.style("evidence", "bold")
        yield from (f"  {output.style(place)}" for place in review.evidence)
    if review.compared:
        yield ""
        yield output.style("a yes puts yours in the place of what is there", "bold")
        yield from (f"  {spell_out(line)}" for line in review.compared.split("\n"))
    for sending in review.sendings:
        yield ""
        words = f"{sending.get('function')} to {sending.get('target')}"
        yield output.style(words if review.kind == "dead" else f"a yes sends: {words}", "bold")
        # Character for character: what cannot be seen is spelled out.
        yield from (f"  {spell_out(line)}" for line in str(sending.get("outgoing", "")).split("\n"))
    if not is_asked:
        yield ""
        yield from _decision_lines(review, output.garden)


def review_fields(review: Review) -> dict[str, object]:
    """A review in JSON."""
    return {
        "id": review.id,
        "kind": review.kind,
        "command": review.command,
        "title": review.title,
        "run": review.run,
        "address": review.address,
        "risk": review.risk,
        "reason": review.reason,
        "made": review.made.isoformat(),
        "due": review.due.isoformat() if review.due else None,
        "snoozed": review.snoozed.isoformat() if review.snoozed else None,
        "shown": dict(review.shown),
        "evidence": list(review.evidence),
        "sendings": [dict(one) for one in review.sendings],
        "shape": review.shape,
        "effect": review.effect,
        "compared": review.compared,
        "state": review.state,
        "decision": review.decision,
        "codes": list(review.codes),
        "note": review.note,
        "edits": dict(review.edits),
        "answer": review.answer,
        "by": review.by,
        "decided": review.decided.isoformat() if review.decided else None,
    }


def standing_fields(standing: Standing) -> dict[str, object]:
    """A standing in JSON."""
    return {
        "command": standing.command,
        "risk": standing.risk,
        "level": standing.level,
        "looked_at_percent": standing.rate,
        "reviews": standing.reviews,
        "agreed": standing.agreed,
        "bound": standing.bound,
        "target": standing.target,
        "missing": standing.missing,
        "says": standing.says,
    }


def standing_lines(standings: Sequence[Standing]) -> list[str]:
    """One line each, then what each is missing."""
    return table([
        (
            f"/{safe_text(one.command)}",
            one.level,
            f"{one.rate} % seen",
            f"{one.agreed} of {one.reviews} agreed",
            f"at least {one.bound:.0%}, wants {one.target:.0%}",
            one.says,
        )
        for one in standings
    ])


def go_on(runs: RunsGoingOn, review: Review, output: Output) -> Mapping[str, object] | None:
    """Go on with the run that waits for a decision, and say how it stands then."""
    if not holds_run(review):
        return None
    last = tell(output, runs.resume(review.run))
    output.finish()
    if last is None:
        return None
    told = end_of(last, runs)
    if last.state != "done":
        output.say(state_words(told))
    for line in what_now(told):
        output.say(with_garden(line, output.garden))
    return {
        "id": last.id,
        "state": last.state,
        "waits_for": last.waits_for,
        "reason": last.reason,
        "review": told.review.id if told.review is not None else None,
        "places": list(told.places),
    }


def age_of(review: Review, now: datetime) -> str:
    """`3 min`, `2 h` or `5 d`."""
    seconds = max((now - review.made).total_seconds(), 0)
    if seconds < 5400:
        return f"{seconds // 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} d"


def _decision_lines(review: Review, garden: str) -> Iterator[str]:
    if review.state != "open":
        words = f"{decided_by(review)}: {review.note}" if review.note else decided_by(review)
        yield safe_text(words)
        return
    allowed = ALLOWED[review.kind]
    name = next(iter(review.shown)) if len(review.shown) == 1 else "NAME"
    rows: list[tuple[str, str]] = []
    for decision, words in _COMMANDS.items():
        if decision not in allowed or (decision == "edit" and not review.shown):
            continue
        kinds = _SAYS[decision]
        typed = words.format(id=review.id, name=safe_text(name))
        does = kinds.get(review.kind, kinds.get("", "yes"))
        rows.append((with_garden(f"pmagent review {typed}", garden), does))
    yield from table(rows)
