"""Days, times and durations as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pmagent.days import day_name
from pmagent.safe_text import safe_text
from pmagent.tasks.planner.minutes import hours_on
from pmagent.types.tasks import Habits


def quoted(title: str, most: int = 60) -> str:
    """A title in double quotes, on one line, cut where it is long."""
    line = safe_text(title).strip() or "untitled"
    return f'"{line if len(line) <= most else line[: most - 1].rstrip() + "…"}"'


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day that a moment is on, on the person's own calendar."""
    return moment.astimezone(zone).date()


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """`Mon 23 Nov 09:30`."""
    local = moment.astimezone(zone)
    return f"{day_name(local.date())} {local:%H:%M}"


def duration(minutes: int) -> str:
    """`45 min`, `2 h`, `1 h 30`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def hours_text(habits: Habits, day: date) -> str:
    """`09:00–12:00, 13:00–17:00`; empty on a day off."""
    return ", ".join(f"{one.start:%H:%M}–{one.end:%H:%M}" for one in hours_on(habits, day))


def listed(words: Sequence[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and 2 more`."""
    shown = list(words[:most])
    if len(words) > most:
        shown[-1] = f"{len(words) - most + 1} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
