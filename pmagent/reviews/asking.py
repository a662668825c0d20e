"""What a run, the outbox and a draw put into the queue, and what a decision says to the run. Pure.

What is shown is shown whole, with the exact text that would leave, so that a yes is to that.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pmagent.types.actions import Json
from pmagent.types.outbox import Effect
from pmagent.types.procedures import Risk
from pmagent.types.reviews import Review
from pmagent.types.runs import Answered, Approved, Question, Rejected, Reply, Run, TakenOver

_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
"""No vowels, so that no word comes of it; nothing that reads like another."""
_ID_LENGTH = 8
_CITED = re.compile(r"\[\^([^\[\]\s]{1,400}?:\d{1,7}(?:-\d{1,7})?)\]")
_HOLDING = frozenset({"approve", "answer", "human", "dead"})


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a review is about beside its question."""

    now: datetime
    risk: Risk = "internal"
    reason: str = ""
    """Why it is here, in one sentence."""
    digest: str = ""
    """Of the procedure, the models and the embedder."""
    due: datetime | None = None


def review_of_question(
    question: Question, setting: Setting, *, is_triggered: bool = False
) -> Review:
    """What a run asks. `is_triggered`: it is an extra look, and estimates nothing."""
    title, _, more = question.text.strip().partition("\n")
    return Review(
        id=short_id(question.run, question.address, question.kind, question.text),
        kind="triggered" if is_triggered else question.kind,
        command=question.command,
        title=title,
        made=setting.now,
        run=question.run,
        address=question.address,
        risk=setting.risk,
        reason=setting.reason or "\n".join(_reasons(question, more)),
        shown=dict(question.shown),
        evidence=evidence_in(question.shown),
        shape=question.shape,
        sendings=tuple(
            {
                "function": one.function,
                "target": one.target,
                "outgoing": one.outgoing,
                "digest": one.digest,
            }
            for one in question.sendings
        ),
        due=setting.due,
        digest=setting.digest,
    )


def review_of_hand_off(run: Run, shown: Mapping[str, Json], setting: Setting) -> Review:
    """A run that stopped for a person to go on; nothing waits for the decision."""
    return Review(
        id=short_id(run.id, "handoff"),
        kind="handoff",
        command=run.command,
        title=run.reason or f"/{run.command} was handed over",
        made=setting.now,
        run=run.id,
        address="handoff",
        risk=setting.risk,
        reason=setting.reason or "\n".join(run.notes),
        shown=dict(shown),
        evidence=evidence_in(shown),
        due=setting.due,
        digest=setting.digest,
    )


def review_of_sample(run: Run, setting: Setting, shown: Mapping[str, Json] | None = None) -> Review:
    """A run that went alone, drawn to be looked at afterwards."""
    values = dict(shown) if shown is not None else {"result": run.result}
    return Review(
        id=short_id(run.id, "sample"),
        kind="sample",
        command=run.command,
        title=f"/{run.command} {run.key}".rstrip(),
        made=setting.now,
        run=run.id,
        address="sample",
        risk=setting.risk,
        reason=setting.reason or "it went alone, and was drawn to be looked at",
        shown=values,
        evidence=evidence_in(values),
        due=setting.due,
        digest=setting.digest,
    )


def review_of_dead(effect: Effect, command: str, setting: Setting, compared: str = "") -> Review:
    """An effect that will not be tried again by itself; `compared` are its versions."""
    cause = f"{effect.error}; {effect.hint}" if effect.hint else effect.error
    return Review(
        id=short_id(effect.key, "dead"),
        kind="dead",
        command=command,
        title=f"{effect.kind} was not done: {effect.error or 'no reason is known'}",
        made=setting.now,
        run=effect.run,
        address=effect.address,
        risk=setting.risk,
        reason=setting.reason or cause,
        shown=dict(effect.payload),
        sendings=(
            {"function": effect.kind, "target": effect.target, "outgoing": "", "digest": ""},
        ),
        effect=effect.key,
        compared=compared,
        due=setting.due,
        digest=setting.digest,
    )


def holds_run(review: Review) -> bool:
    """Whether a run waits for what is decided of it; of a dead letter, the one that sent it."""
    is_asked = review.kind in _HOLDING or (review.kind == "triggered" and bool(review.sendings))
    return bool(review.run) and is_asked


def reply_of(review: Review) -> Reply | None:
    """What the decision says to the run that asked; None while there is none."""
    if review.state != "decided":
        return None
    match review.decision:
        case "accept":
            return Approved(by=review.by)
        case "edit":
            return Approved(edits=dict(review.edits), by=review.by)
        case "reject":
            return Rejected(note=review.note, by=review.by)
        case "answer":
            return Answered(value=review.answer, by=review.by)
        case "take" | "escalate":
            return TakenOver(note=review.note, by=review.by)
        case "":
            return None


def evidence_in(shown: Mapping[str, Json]) -> tuple[str, ...]:
    """The places that values cite, and the documents among them; each once, in order."""
    return tuple(dict.fromkeys(place for value in shown.values() for place in _places(value)))


def short_id(*parts: str) -> str:
    """Eight letters and digits, the same for the same parts; the first few will do to type.

    Among 10,000 of them two are the same once in some 5,000 gardens.
    """
    number = int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8], "big")
    letters: list[str] = []
    for _ in range(_ID_LENGTH):
        number, at = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[at])
    return "".join(letters)


def _reasons(question: Question, more: str) -> Iterator[str]:
    """Why it is asked: what was wrong with the reply before, and who could not make the value."""
    if question.problems:
        yield f"the reply before does not fit: {'; '.join(question.problems)}"
    if more.strip():
        yield more.strip()
    if question.reasons:
        yield f"why a person is asked: {'; '.join(question.reasons)}"


def _places(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield from _CITED.findall(value)
        case Mapping():
            path = value.get("path")
            if value.get("kind") == "document" and isinstance(path, str):
                yield path
                return
            for one in value.values():
                yield from _places(one)
        case list() | tuple():
            for one in cast("list[Json]", value):
                yield from _places(one)
        case _:
            return
