"""A plan as files below `drafts/plans/`: for each week a calendar of blocks, and a page a day."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from pmagent.jobs.plans import KeptWeek, week_of
from pmagent.tasks.calendar.write import write_blocks
from pmagent.tasks.planner import day_page, is_day_filled
from pmagent.tasks.planner.minutes import days_between
from pmagent.types.tasks import WeekPlan, WeekTask
from pmagent.types.week import FileDiff

FOLDER = "drafts/plans"
CALENDAR = "blocks.ics"


def plan_files(
    task: WeekTask,
    plan: WeekPlan,
    weeks: Sequence[KeptWeek],
    *,
    today: date,
    is_there: Callable[[str], bool],
) -> Mapping[str, str]:
    """The text of each file by its path.

    Days that are over keep the page they have, and a day with nothing on it needs none; `is_there`
    says whether it has one already.
    """
    files: dict[str, str] = {}
    zone = task.habits.zone
    for one in weeks:
        data = write_blocks(
            one.plan.blocks, zone, one.stamp, dropped=one.dropped, stamps=dict(one.stamps)
        )
        files[calendar_path(one.week)] = data.decode("utf-8")
    for day in days_between(plan.first, plan.last):
        path = page_path(day)
        if day >= today and (is_day_filled(task, plan, day) or is_there(path)):
            files[path] = day_page(task, plan, day)
    return files


def calendar_path(week: str) -> str:
    """Where the blocks of a week stand."""
    return f"{FOLDER}/{week}/{CALENDAR}"


def page_path(day: date) -> str:
    """Where a day's page stands."""
    return f"{FOLDER}/{week_of(day)}/{day.isoformat()}.md"


def diff_of(path: str, before: str | None, after: str) -> FileDiff:
    """What a file's writing changes, as `diff -u` says it."""
    rows = difflib.unified_diff(
        _rows(before or ""), _rows(after), "/dev/null" if before is None else path, path
    )
    return FileDiff(path=path, diff="".join(_ended(rows)), is_new=before is None)


def _rows(text: str) -> list[str]:
    """Lines without a carriage return: calendars have one in each, and it says nothing."""
    return text.replace("\r\n", "\n").splitlines(keepends=True)


def _ended(rows: Iterator[str]) -> Iterator[str]:
    for row in rows:
        yield row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n"
