"""Reviews and standings as the command line shows them: lines for a person, fields for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pmagent.cli.output import Output, shorten, table
from pmagent.records.reviews import decided_by
from pmagent.reviews.asking import holds_run
from pmagent.reviews.queue import ALLOWED
from pmagent.reviews.typed import editable
from pmagent.safe_text import safe_text, spell_out
from pmagent.types.review_calls import RunCalls
from pmagent.types.reviews import Review, Standing
from pmagent.types.runs import Run, RunChanged, StepBegan

_TITLE = 60
_COMMANDS = {
    "accept": "accept {id}",
    "edit": "edit {id} NAME=@FILE",
    "reject": "reject {id} --note WHY",
    "answer": "answer {id} VALUE",
    "take": "take {id}",
}


def list_lines(reviews: Sequence[Review], now: datetime) -> list[str]:
    """One line each: id, kind, risk, age, command, title."""
    return table([
        (
            one.id,
            one.kind,
            one.risk,
            age_of(one, now),
            f"/{safe_text(one.command)}",
            shorten(safe_text(one.title), _TITLE),
        )
        for one in reviews
    ])


def show_lines(review: Review, output: Output) -> Iterator[str]:
    """All of one: the question, every value, the evidence, the exact text that would leave."""
    yield output.style(review.title, "bold")
    about = [f"/{review.command}", f"run {review.run}" if review.run else "", review.kind]
    yield output.style(", ".join(filter(None, (*about, f"risk {review.risk}"))))
    if review.reason:
        yield output.style(review.reason)
    for name, value in review.shown.items():
        yield ""
        yield output.style(name, "bold")
        yield from (f"  {output.style(line)}" for line in editable(value)[0].splitlines())
    if review.evidence:
        yield ""
        yield output.style("evidence", "bold")
        yield from (f"  {output.style(place)}" for place in review.evidence)
    for sending in review.sendings:
        yield ""
        words = f"{sending.get('function')} to {sending.get('target')}"
        yield output.style(words if review.kind == "dead" else f"a yes sends: {words}", "bold")
        # Character for character: what cannot be seen is spelled out.
        yield from (f"  {spell_out(line)}" for line in str(sending.get("outgoing", "")).split("\n"))
    yield ""
    yield from _decision_lines(review)


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


def go_on(runs: RunCalls, review: Review, output: Output) -> Mapping[str, object] | None:
    """Go on with the run that waits for a decision, and say how it stands then."""
    if not holds_run(review):
        return None
    last: Run | None = None
    for event in runs.resume(review.run):
        match event:
            case StepBegan():
                output.step(f"{event.address} {event.verb}")
            case RunChanged():
                last = event.run
            case _:
                continue
    output.finish()
    if last is None:
        return None
    why = f": {last.reason}" if last.reason else ""
    output.say(f"run {last.id} is {last.state.replace('_', ' ')}{why}")
    return {"id": last.id, "state": last.state, "waits_for": last.waits_for, "reason": last.reason}


def age_of(review: Review, now: datetime) -> str:
    """`3 min`, `2 h` or `5 d`."""
    seconds = max((now - review.made).total_seconds(), 0)
    if seconds < 5400:
        return f"{seconds // 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} d"


def _decision_lines(review: Review) -> Iterator[str]:
    if review.state != "open":
        words = f"{decided_by(review)}: {review.note}" if review.note else decided_by(review)
        yield safe_text(words)
        return
    allowed = ALLOWED[review.kind]
    for decision, words in _COMMANDS.items():
        if decision in allowed:
            yield f"pmagent review {words.format(id=review.id)}"
