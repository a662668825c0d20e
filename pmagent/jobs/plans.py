"""The plans that a person has kept, a row for each week: what a new plan moves as little as it can.

The files below `drafts/plans/` are for people and calendars. What stands is on record here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from pmagent.store import faults, open_database, transaction
from pmagent.types.tasks import Block, WeekPlan

FILE = "plans.db"
MIGRATIONS = ("""CREATE TABLE plans (week TEXT PRIMARY KEY, plan TEXT NOT NULL) STRICT""",)


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


_KEPT = TypeAdapter(KeptWeek)


def week_of(day: date) -> str:
    """The week that a day is in: `2026-W06`."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02d}"


def weeks_of(first: date, last: date) -> Sequence[str]:
    """The weeks of some days, in order."""
    days = ((first + timedelta(days=n)) for n in range((last - first).days + 1))
    return tuple(dict.fromkeys(week_of(day) for day in days))


class Plans:
    """The record of one garden. Each call opens it anew: they are few, and far between."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def of(self, weeks: Sequence[str], zone: str) -> Sequence[KeptWeek]:
        """What stands of these weeks, in order; moments are in `zone`."""
        return tuple(one for one in self.all(zone) if one.week in set(weeks))

    def all(self, zone: str) -> Sequence[KeptWeek]:
        """Every week that was planned, in order."""
        if not self._path.exists():
            return ()
        database = open_database(self._path, MIGRATIONS, is_durable=True)
        try:
            with faults(self._path):
                rows = database.execute("SELECT plan FROM plans ORDER BY week").fetchall()
        finally:
            database.close()
        here = ZoneInfo(zone)
        return tuple(_placed(_KEPT.validate_json(str(row[0])), here) for row in rows)

    def put(self, weeks: Sequence[KeptWeek]) -> None:
        """Let these stand, in place of what stood of the same weeks."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = open_database(self._path, MIGRATIONS, is_durable=True)
        try:
            with faults(self._path), transaction(database):
                for one in weeks:
                    database.execute(
                        "INSERT OR REPLACE INTO plans VALUES (?, ?)",
                        (one.week, _KEPT.dump_json(one).decode()),
                    )
        finally:
            database.close()


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
    is_same = before is not None and (before.plan.blocks, before.dropped) == (tuple(own), dropped)
    return KeptWeek(
        week=week,
        plan=replace(plan, first=first, last=last, blocks=tuple(own), moves=()),
        dropped=dropped,
        stamp=before.stamp if before is not None and is_same else stamp,
    )


def _placed(kept: KeptWeek, zone: ZoneInfo) -> KeptWeek:
    """With its moments by the clock of the person: a record has them by their distance to UTC."""

    def place(blocks: Sequence[Block]) -> tuple[Block, ...]:
        return tuple(
            replace(one, start=one.start.astimezone(zone), end=one.end.astimezone(zone))
            for one in blocks
        )

    plan = replace(kept.plan, blocks=place(kept.plan.blocks))
    return replace(kept, plan=plan, dropped=place(kept.dropped))
