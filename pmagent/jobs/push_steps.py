"""What a push hands to the outbox, card by card: each step an effect of one of Trello's kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from pmagent.jobs.push_records import CARD, LABEL, MOVE, about
from pmagent.tasks.board.comparing import Compared, Terms, said_of, text_of
from pmagent.tasks.board.writing import one_line
from pmagent.types.actions import Json
from pmagent.types.pushes import FieldName, TheirCard

Step = dict[str, Json]
_SAID: dict[FieldName, str] = {"title": "name", "text": "text", "due": "due"}


def steps_of(one: Compared, terms: Terms) -> Iterator[Step]:
    """The effects that bring a card there to what this board has changed of it, in their order."""
    if one.there is None:
        yield _step(one, CARD, _made(one, terms))
        return
    if set(one.writes) & _SAID.keys():
        yield _step(one, CARD, _changed(one, one.there, terms))
    if "list" in one.writes and one.list is not None:
        move: Step = {"card": one.there.id, "list": one.list.id, "before": one.there.list,
                      "to": one.list.name, "seen": one.there.changed or None}  # fmt: skip
        yield _step(one, MOVE, move)
    for label in one.labels:
        yield _step(one, LABEL, {"card": one.there.id, "name": label}, label)


def _step(one: Compared, kind: str, payload: Mapping[str, Json], label: str = "") -> Step:
    return {
        "card": one.card.id, "title": one.card.title, "kind": kind, "url": one.push.url,
        "about": about(one.card.id, label), "payload": payload,
    }  # fmt: skip


def _made(one: Compared, terms: Terms) -> Step:
    card = one.card
    return {
        "list": one.list.id if one.list is not None else "",
        "name": one_line(card.title),
        "text": text_of(card),
        "due": _moment(card.due, terms),
        "labels": list(one.labels),
    }


def _changed(one: Compared, there: TheirCard, terms: Terms) -> Step:
    """The card with the fields that are written, and the others as they last were agreed on.

    What both have the same stands there as it is, whatever the hour of its day. What only they have
    changed is given as it was before, so that it stays and goes on to be known as theirs.
    """
    base, stays = one.record.base, one.agreed
    due = there.due.isoformat() if there.due is not None else None
    seen: Step = {"name": there.name, "text": there.text, "due": due}
    ours: Step = {"name": one_line(one.card.title), "text": text_of(one.card),
                  "due": _moment(one.card.due, terms)}  # fmt: skip
    wanted, before = dict(ours), dict(seen)
    for name, said in _SAID.items():
        if said_of(name, stays) is not None:
            wanted[said] = seen[said]
        elif name not in one.writes:
            before[said] = ours[said]
    return {
        **wanted,
        "list": base.list or there.list,
        "labels": sorted(one.record.labels),
        "before": before,
        "seen": there.changed or None,
    }


def _moment(day: date | None, terms: Terms) -> str | None:
    return terms.due_at(day).isoformat() if day is not None else None
