"""What a board's own settings say of its dates: the plugin lets a person choose how they look."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, cast

_PARTS = {"YYYY": r"(?P<y>\d{4})", "MM": r"(?P<m>\d\d)", "M": r"(?P<m>\d{1,2})",
          "DD": r"(?P<d>\d\d)", "D": r"(?P<d>\d{1,2})"}  # fmt: skip
_TOKEN = re.compile(r"YYYY|MM|DD|M(?!M)|D(?!D)")
_LONGEST = 1_000_000


@dataclass(frozen=True, kw_only=True)
class BoardSettings:
    """The few of its settings that change how a card is read or written."""

    date_trigger: str = "@"
    time_trigger: str = "@@"
    date_format: str = "YYYY-MM-DD"
    is_kanban: bool = False
    """Whether the plugin has made it: cards are then written with its own marks."""

    def patterns(self) -> Sequence[tuple[re.Pattern[str], Literal["due", "at"]]]:
        """What finds times and days, times first: their trigger begins as that of a day does."""
        return _patterns(self.date_trigger, self.time_trigger)

    def read_day(self, said: str) -> date | None:
        """A day in the board's own format; None where it is none, or the format is not known."""
        found = _day_pattern(self.date_format)
        parts = found.fullmatch(said) if found is not None else None
        if parts is None:
            return None
        try:
            return date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
        except ValueError:
            return None

    def write_day(self, day: date) -> str:
        """A day in the board's own format, or as ISO has it where that is not known."""
        if _day_pattern(self.date_format) is None:
            return day.isoformat()
        told = {"YYYY": f"{day.year:04d}", "MM": f"{day.month:02d}", "M": str(day.month),
                "DD": f"{day.day:02d}", "D": str(day.day)}  # fmt: skip
        return _TOKEN.sub(lambda found: told[found[0]], self.date_format)


def read_settings(trailer: str, *, is_kanban: bool) -> BoardSettings:
    """The settings in a board's trailer; the plugin's own defaults where it says nothing."""
    found = re.search(r"\{.*\}", trailer[:_LONGEST], re.DOTALL)
    try:
        said: object = json.loads(found[0]) if found is not None else None
    except (ValueError, RecursionError):
        said = None
    values = cast("dict[str, object]", said if isinstance(said, dict) else {})
    plain = BoardSettings()

    def text(name: str, otherwise: str) -> str:
        value = values.get(name)
        return value if isinstance(value, str) and 0 < len(value) <= 40 else otherwise

    return BoardSettings(
        date_trigger=text("date-trigger", plain.date_trigger),
        time_trigger=text("time-trigger", plain.time_trigger),
        date_format=text("date-format", plain.date_format),
        is_kanban=is_kanban,
    )


@lru_cache(maxsize=16)
def _patterns(day: str, clock: str) -> tuple[tuple[re.Pattern[str], Literal["due", "at"]], ...]:
    time_of = re.compile(rf"(?<!\S){re.escape(clock)}\{{(?P<value>[^{{}}]*)\}}")
    day_of = re.compile(rf"(?<!\S){re.escape(day)}\{{(?P<value>[^{{}}]*)\}}")
    linked = re.compile(rf"(?<!\S){re.escape(day)}\[\[(?P<value>[^\[\]]*)\]\]")
    return (time_of, "at"), (day_of, "due"), (linked, "due")


@lru_cache(maxsize=16)
def _day_pattern(form: str) -> re.Pattern[str] | None:
    """None where the format names the months, or leaves a part of the day out."""
    names = [found[0] for found in _TOKEN.finditer(form)]
    if sorted(name[0] for name in names) != ["D", "M", "Y"]:
        return None
    rest = _TOKEN.sub("", form)
    if any(char.isalpha() for char in rest):
        return None
    pieces: list[str] = []
    at = 0
    for found in _TOKEN.finditer(form):
        pieces += [re.escape(form[at : found.start()]), _PARTS[found[0]]]
        at = found.end()
    return re.compile("".join([*pieces, re.escape(form[at:])]))
