"""The plans that a person has kept, a row for each week: what a new plan moves as little as it can.

The files below `drafts/plans/` are for people and calendars. What was kept is on record here, the
latest few of each week, each with a digest of the calendar file that it wrote. What stands is what
the file on disk says: where an undo brings an older file back, the plan of that file stands again,
and where it takes the file away none does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from pmagent.store import faults, open_database, transaction
from pmagent.types.tasks import Block, WeekPlan

FILE = "plans.db"
MIGRATIONS = (
    """CREATE TABLE plans (week TEXT PRIMARY KEY, plan TEXT NOT NULL) STRICT""",
    """CREATE TABLE kept (
         number INTEGER PRIMARY KEY, week TEXT NOT NULL, plan TEXT NOT NULL, digest TEXT NOT NULL
       ) STRICT;
       CREATE INDEX kept_week ON kept (week, number);
       INSERT INTO kept (week, plan, digest) SELECT week, plan, '' FROM plans ORDER BY week;
       DROP TABLE plans""",
)
MOST_KEPT = 12
"""Plans of one week on record: as far back as an undo is of use."""


@dataclass(frozen=True, kw_only=True)
class KeptWeek:
    """What stands of one week."""

    week: str
    """`2026-W06`."""
    plan: WeekPlan
    dropped: tuple[Block, ...] = ()
    """Blocks that an earlier file had, as they stood: calendars are told that they are gone."""
    stamp: datetime
    """When its calendar file was written."""
    stamps: tuple[tuple[str, datetime], ...] = ()
    """By block, when it was last changed; for one that is not named, `stamp`."""


_KEPT = TypeAdapter(KeptWeek)


def week_of(day: date) -> str:
    """The week that a day is in: `2026-W06`."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02d}"


def weeks_of(first: date, last: date) -> Sequence[str]:
    """The weeks of some days, in order."""
    days = ((first + timedelta(days=n)) for n in range((last - first).days + 1))
    return tuple(dict.fromkeys(week_of(day) for day in days))


@dataclass(frozen=True, kw_only=True)
class Record:
    """What stands, and what calendars may know beside it."""

    standing: tuple[KeptWeek, ...]
    """One for each week, in order."""
    gone: tuple[Block, ...]
    """Blocks of files that were written and stand no more, as they stood."""


class Plans:
    """The record of one garden. Each call opens it anew: they are few, and far between.

    `digest_of` is given a week, and gives the digest of its calendar file as that is now; empty
    where there is none.
    """

    def __init__(self, data_dir: Path, digest_of: Callable[[str], str]) -> None:
        self._path = data_dir / FILE
        self._digest_of = digest_of

    def of(self, weeks: Sequence[str], zone: str) -> Sequence[KeptWeek]:
        """What stands of these weeks, in order; moments are in `zone`."""
        return self.all(zone, weeks=weeks).standing

    def all(self, zone: str, *, weeks: Sequence[str] | None = None) -> Record:
        """Every week that was planned, or those of them that are named."""
        if not self._path.exists():
            return Record(standing=(), gone=())
        database = open_database(self._path, MIGRATIONS, is_durable=True)
        try:
            with faults(self._path):
                return self._read(database, ZoneInfo(zone), weeks)
        finally:
            database.close()

    def _read(self, database: Connection, here: ZoneInfo, weeks: Sequence[str] | None) -> Record:
        standing: list[KeptWeek] = []
        gone: list[Block] = []
        for week, rows in _numbers(database, weeks).items():
            digest = self._digest_of(week)
            # Where a person has written in the file, what was kept last stands.
            fits = next((place for place, (_, mark) in enumerate(rows) if mark == digest), 0)
            place = fits if digest else len(rows)
            for number, _ in rows[:place]:
                gone += _kept(database, number, here).plan.blocks
            if place < len(rows):
                standing.append(_kept(database, rows[place][0], here))
                gone += standing[-1].dropped
        return Record(standing=tuple(standing), gone=tuple(gone))

    def put(self, weeks: Sequence[KeptWeek], texts: Mapping[str, str]) -> None:
        """Let these stand; `texts` has the calendar file of each week."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = open_database(self._path, MIGRATIONS, is_durable=True)
        try:
            with faults(self._path), transaction(database):
                for one in weeks:
                    database.execute(
                        "INSERT INTO kept (week, plan, digest) VALUES (?, ?, ?)",
                        (one.week, _KEPT.dump_json(one).decode(), digest_of(texts[one.week])),
                    )
                    database.execute(
                        "DELETE FROM kept WHERE week = ? AND number NOT IN"
                        " (SELECT number FROM kept WHERE week = ? ORDER BY number DESC LIMIT ?)",
                        (one.week, one.week, MOST_KEPT),
                    )
        finally:
            database.close()


def _numbers(
    database: Connection, weeks: Sequence[str] | None
) -> Mapping[str, Sequence[tuple[int, str]]]:
    """By week in order, the number and the digest of each plan, the latest first."""
    found: dict[str, list[tuple[int, str]]] = {}
    rows = database.execute("SELECT week, number, digest FROM kept ORDER BY week, number DESC")
    for week, number, digest in rows:
        if weeks is None or str(week) in weeks:
            found.setdefault(str(week), []).append((int(number), str(digest)))
    return found


def _kept(database: Connection, number: int, here: ZoneInfo) -> KeptWeek:
    row = database.execute("SELECT plan FROM kept WHERE number = ?", (number,)).fetchone()
    return _placed(_KEPT.validate_json(str(row[0])), here)


def digest_of(text: str) -> str:
    """What a calendar file is known by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def joined(kept: Sequence[KeptWeek], first: date, last: date) -> WeekPlan | None:
    """What stands of some days as one plan; None where nothing was planned for any of them."""
    found = [one.plan for one in kept if one.plan.first <= last and first <= one.plan.last]
    if not found:
        return None
    blocks = tuple(
        block for one in found for block in one.blocks if first <= block.start.date() <= last
    )
    newest = found[-1]
    return replace(
        newest,
        first=max(first, min(one.first for one in found)),
        last=min(last, max(one.last for one in found)),
        blocks=blocks,
        planned=sum(int((block.end - block.start).total_seconds() // 60) for block in blocks),
        free=sum(one.free for one in found),
    )


def kept_after(
    before: Sequence[KeptWeek], plan: WeekPlan, zone: str, stamp: datetime
) -> Sequence[KeptWeek]:
    """The weeks as they stand once `plan` is kept; where no block is another the stamp stays."""
    here = ZoneInfo(zone)
    known = {one.week: one for one in before}
    blocks = [
        replace(one, start=one.start.astimezone(here), end=one.end.astimezone(here))
        for one in plan.blocks
    ]
    return tuple(
        _week_after(week, known.get(week), replace(plan, blocks=tuple(blocks)), stamp)
        for week in weeks_of(plan.first, plan.last)
    )


def _week_after(week: str, before: KeptWeek | None, plan: WeekPlan, stamp: datetime) -> KeptWeek:
    monday = date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
    first, last = max(plan.first, monday), min(plan.last, monday + timedelta(days=6))
    own = [block for block in plan.blocks if first <= block.start.date() <= last]
    old = before.plan.blocks if before is not None else ()
    own += [block for block in old if not first <= block.start.date() <= last]
    own.sort(key=lambda block: (block.start, block.id))
    ids = {block.id for block in own}
    gone = {block.id: block for block in (before.dropped if before is not None else ())}
    gone.update({block.id: block for block in old})
    dropped = tuple(gone[id_] for id_ in sorted(gone) if id_ not in ids)
    if before is not None:
        first, last = min(first, before.plan.first), max(last, before.plan.last)
    stamps = _stamps(before, own, dropped, stamp)
    is_same = before is not None and _shown(before.plan.blocks, before.dropped) == _shown(
        own, dropped
    )
    return KeptWeek(
        week=week,
        plan=replace(plan, first=first, last=last, blocks=tuple(own), moves=()),
        dropped=dropped,
        stamp=before.stamp if before is not None and is_same else stamp,
        stamps=stamps,
    )


def _stamps(
    before: KeptWeek | None, own: Sequence[Block], dropped: Sequence[Block], stamp: datetime
) -> tuple[tuple[str, datetime], ...]:
    """When each block was last changed: `stamp` where it is not as it was before."""
    told = dict(before.stamps) if before is not None else {}
    plans = (before.plan.blocks, before.dropped) if before is not None else ((), ())
    found: list[tuple[str, datetime]] = []
    for had, has in zip(plans, (own, dropped), strict=True):
        known = {one.id: replace(one, is_fixed=False) for one in had}
        for block in has:
            is_same = known.get(block.id) == replace(block, is_fixed=False)
            since = told.get(block.id, before.stamp) if before is not None and is_same else stamp
            found.append((block.id, since))
    return tuple(sorted(found))


def _shown(blocks: Sequence[Block], dropped: Sequence[Block]) -> object:
    """What a calendar file has of them: that a block has begun is not in it."""
    return [replace(one, is_fixed=False) for one in blocks], list(dropped)


def _placed(kept: KeptWeek, zone: ZoneInfo) -> KeptWeek:
    """With its moments by the clock of the person: a record has them by their distance to UTC."""

    def place(blocks: Sequence[Block]) -> tuple[Block, ...]:
        return tuple(
            replace(one, start=one.start.astimezone(zone), end=one.end.astimezone(zone))
            for one in blocks
        )

    plan = replace(kept.plan, blocks=place(kept.plan.blocks))
    return replace(kept, plan=plan, dropped=place(kept.dropped))
