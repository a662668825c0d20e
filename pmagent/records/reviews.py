"""Reviews on record: what waits for a person, and what one has decided. Nothing is ever erased."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from pmagent.errors import UsageError
from pmagent.records.tables import Tables, moment, stamp
from pmagent.types.actions import Json
from pmagent.types.reviews import Review, Ruling

_COLUMNS = "id, kind, command, run, address, risk, state, decision, made, decided, body"
_OWN = frozenset(_COLUMNS.replace("body", "").replace(" ", "").split(","))
_MOMENTS = ("due", "snoozed")
_TUPLES = ("evidence", "sendings", "codes")
_VERBS = {
    "accept": "accepted",
    "edit": "edited",
    "reject": "rejected",
    "escalate": "handed on",
    "answer": "answered",
    "take": "taken over",
}


class ReviewRows:
    """The rows of one garden."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, review: Review) -> Review:
        """Put it on record; the one that is there already where it asks the same.

        Of one run, address and kind one review is open at a time; a dead letter has one for each
        effect. A question that was decided is asked again only where what it shows has changed.
        """
        with self._tables.written() as database:
            for there in self._alike(database, review):
                if there.state == "open" or (review.kind != "dead" and _asks(there, review)):
                    return there
            kept = replace(review, id=_free_id(database, review.id))
            _put(database, kept)
            return kept

    def get(self, name: str) -> Review:
        """The one whose id is `name`, or begins so.

        Raises:
            UsageError: none does, or several do.
        """
        with self._tables.held() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM reviews WHERE id = ? OR substr(id, 1, ?) = ? "
                "ORDER BY id != ?, id LIMIT 2",
                (name, len(name), name, name),
            ).fetchall()
        if rows and (len(rows) == 1 or rows[0][0] == name) and name:
            return _review(rows[0])
        says = "several reviews begin with" if len(rows) > 1 else "there is no review"
        raise UsageError(f'{says} "{name}"', '"pmagent review" lists what waits')

    def open(self) -> tuple[Review, ...]:
        """All that nobody has decided, the oldest first; also what is put off."""
        return self._select("state = 'open' ORDER BY made, id", ())

    def count_open(self, now: datetime) -> int:
        """How many wait now; not what is put off."""
        with self._tables.held() as database:
            rows = database.execute("SELECT body FROM reviews WHERE state = 'open'").fetchall()
        until = (json.loads(body).get("snoozed") for (body,) in rows)
        return sum(not kept or moment(kept) <= now for kept in until)

    def of_run(self, run: str) -> tuple[Review, ...]:
        """All of one run, the oldest first."""
        return self._select("run = ? ORDER BY made, id", (run,))

    def decided(self, command: str, risk: str) -> tuple[Review, ...]:
        """What was decided of a command, in the order of the decisions."""
        return self._select(
            "state = 'decided' AND command = ? AND risk = ? ORDER BY decided, id", (command, risk)
        )

    def commands(self) -> tuple[str, ...]:
        """Every command that anything was reviewed of, sorted."""
        with self._tables.held() as database:
            rows = database.execute("SELECT DISTINCT command FROM reviews ORDER BY 1").fetchall()
        return tuple(name for (name,) in rows if name)

    def decide(self, review_id: str, ruling: Ruling, now: datetime) -> Review:
        """Keep what a person decides. It is decided once.

        Raises:
            UsageError: it is decided already; the message says by whom, and how.
        """
        with self._tables.written() as database:
            review = self.get(review_id)
            _check_open(review)
            decided = replace(
                review,
                state="decided",
                decision=ruling.decision,
                note=ruling.note,
                edits=dict(ruling.edits),
                answer=ruling.answer,
                codes=ruling.codes,
                by=ruling.by,
                minutes=ruling.minutes,
                decided=now,
            )
            _put(database, decided)
            return decided

    def drop(self, review_id: str, reason: str, now: datetime) -> Review:
        """It asks nothing any more: its run has ended another way. It counts for nothing.

        Raises:
            UsageError: it is decided already.
        """
        with self._tables.written() as database:
            review = self.get(review_id)
            _check_open(review)
            dropped = replace(review, state="dropped", note=reason, decided=now)
            _put(database, dropped)
            return dropped

    def snooze(self, review_id: str, until: datetime) -> Review:
        """Put it off.

        Raises:
            UsageError: it is decided already.
        """
        with self._tables.written() as database:
            review = self.get(review_id)
            _check_open(review)
            later = replace(review, snoozed=until)
            _put(database, later)
            return later

    def _alike(self, database: sqlite3.Connection, review: Review) -> list[Review]:
        """Those of the same run, address and kind; of a dead letter those of the same effect."""
        rows = database.execute(
            f"SELECT {_COLUMNS} FROM reviews WHERE run = ? AND address = ? AND kind = ? "
            "ORDER BY made DESC, id",
            (review.run, review.address, review.kind),
        ).fetchall()
        # What belongs to no run, such as an effect that a person wished, is told apart by itself.
        found = [_review(row) for row in rows]
        if review.kind == "dead" or not review.run:
            return [one for one in found if one.effect == review.effect and _names(one, review)]
        return found

    def _select(self, where: str, values: Sequence[str]) -> tuple[Review, ...]:
        with self._tables.held() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM reviews WHERE {where}",
                values,
            ).fetchall()
        return tuple(_review(row) for row in rows)


def decided_by(review: Review) -> str:
    """`accepted by nell on 2026-11-20 14:05 UTC`; nothing while it is open."""
    if review.state == "dropped":
        return "dropped"
    if review.state == "open" or review.decided is None:
        return ""
    verb = _VERBS.get(review.decision, review.decision)
    return f"{verb} by {review.by or 'a person'} on {stamp(review.decided)[:16]}".replace("T", " ")


def _names(one: Review, other: Review) -> bool:
    return bool(one.effect) or (one.command, one.title) == (other.command, other.title)


def _asks(one: Review, other: Review) -> bool:
    """Whether both ask the same about the same bytes."""
    return _asked(one) == _asked(other)


def _asked(review: Review) -> str:
    return _canonical([review.title, review.shown, review.shape, review.sendings])


def _check_open(review: Review) -> None:
    if review.state != "open":
        raise UsageError(
            f'review "{review.id}" is {decided_by(review)}', '"pmagent review" lists what waits'
        )


def _free_id(database: sqlite3.Connection, wanted: str) -> str:
    """`k3f9`, or `k3f9-2` where another has it."""
    name, number = wanted, 1
    while database.execute("SELECT 1 FROM reviews WHERE id = ?", (name,)).fetchone():
        number += 1
        name = f"{wanted}-{number}"
    return name


def _put(database: sqlite3.Connection, review: Review) -> None:
    body = {name: value for name, value in asdict(review).items() if name not in _OWN}
    for name in _MOMENTS:
        at = body[name]
        body[name] = stamp(at) if at is not None else None
    decided = stamp(review.decided) if review.decided is not None else None
    database.execute(
        f"INSERT INTO reviews ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT(id) DO UPDATE SET state = excluded.state, decision = excluded.decision, "
        "decided = excluded.decided, body = excluded.body",
        (
            review.id, review.kind, review.command, review.run, review.address, review.risk,
            review.state, review.decision, stamp(review.made), decided, _json(body),
        ),
    )  # fmt: skip


def _review(row: tuple[Any, ...]) -> Review:
    kept = dict(zip(_COLUMNS.split(", "), row, strict=True))
    body: dict[str, Any] = json.loads(kept.pop("body"))
    for name in _MOMENTS:
        body[name] = moment(body[name]) if body.get(name) else None
    for name in _TUPLES:
        body[name] = tuple(body[name])
    kept["made"] = moment(kept["made"])
    kept["decided"] = moment(kept["decided"]) if kept["decided"] else None
    return Review(**kept, **body)


def _canonical(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _json(value: Mapping[str, Any]) -> str:
    """In its own order: the values are shown in the order they were named."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
