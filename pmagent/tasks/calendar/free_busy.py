"""The times that a VFREEBUSY says are taken, without a word about by what (RFC 5545, 3.6.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from pmagent.tasks.calendar.entries import EntryReader
from pmagent.tasks.calendar.lines import Part
from pmagent.tasks.calendar.values import Moment

_KINDS = {"BUSY": "", "BUSY-UNAVAILABLE": "", "BUSY-TENTATIVE": "TENTATIVE"}
"""Status by FBTYPE. Kinds that are not known count as busy (RFC 5545, 3.2.9)."""


@dataclass(frozen=True, kw_only=True)
class BusyTime:
    """One period that is taken."""

    start: Moment
    end: Moment
    status: str = ""


def read_busy(part: Part, reader: EntryReader) -> Iterator[BusyTime]:
    """The periods of one VFREEBUSY that are not free; `reader` keeps what cannot be read."""
    for one in part.properties.get("FREEBUSY", ()):
        kind = one.params.get("FBTYPE", "BUSY").upper()
        if kind == "FREE":
            continue
        for extra in reader.periods(one):
            if extra.length:
                end = extra.start + max(extra.length, timedelta())
                yield BusyTime(start=extra.start, end=end, status=_KINDS.get(kind, ""))
