"""Reads from the record what metrics and reports are made of."""

from __future__ import annotations

from datetime import datetime

from pmagent.errors import UsageError
from pmagent.records.effects import Effects
from pmagent.records.reviews import ReviewRows
from pmagent.records.runs import RunRecords
from pmagent.records.spans import SpanRows
from pmagent.records.tables import Tables
from pmagent.traces.gathered import Gathered
from pmagent.types.runs import Run

MOST = 100_000
"""Runs that are looked at, the latest."""
_SHOWN = 3


def gather(tables: Tables, since: datetime | None = None) -> Gathered:
    """All that belongs to the runs that began at `since` or later; to all runs for None."""
    runs = tuple(
        run for run in RunRecords(tables).list(MOST) if since is None or run.began >= since
    )
    rows, records, reviews = SpanRows(tables), RunRecords(tables), ReviewRows(tables)
    ids = {run.id for run in runs}
    first_ns = int(min((run.began.timestamp() for run in runs), default=0)) * 1_000_000_000
    return Gathered(
        runs=runs,
        steps=tuple(row for run in runs for row in records.steps(run.id)),
        spans=tuple(span for span in rows.from_ns(first_ns) if span.run in ids),
        events=rows.events_from_ns(first_ns),
        reviews=tuple(review for run in runs for review in reviews.of_run(run.id)),
        effects=tuple(e for e in Effects(tables).listed(limit=MOST) if e.run in ids),
    )


def find_run(tables: Tables, name: str) -> Run:
    """The run of this id, or the only one whose id begins so; `last` is the latest.

    Raises:
        UsageError: there is none, or there are several.
    """
    records = RunRecords(tables)
    if (run := records.get(name)) is not None:
        return run
    latest = records.list(MOST)
    fitting = latest[:1] if name == "last" else [run for run in latest if run.id.startswith(name)]
    if len(fitting) == 1 and name:
        return fitting[0]
    if fitting:
        few = ", ".join(run.id for run in fitting[:_SHOWN])
        raise UsageError(f'several runs begin with "{name}"', f"such as {few}")
    raise UsageError(f'there is no run "{name}"', '"pmagent runs" lists them')
