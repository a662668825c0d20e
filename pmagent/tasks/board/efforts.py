"""How long a card takes, as people write it: `3d`, `90m`, `2h 30m`, `2h-4h`. In minutes."""

from __future__ import annotations

import re

from pmagent.types.tasks import Effort

HOURS_A_DAY = 6
"""Of a working day's eight hours two go to what no plan holds. A day of effort is these six."""
DAYS_A_WEEK = 5
MOST_MINUTES = 260 * HOURS_A_DAY * 60
"""A working year: what is longer is no card."""
_A_DAY = HOURS_A_DAY * 60
_MINUTES = {"w": DAYS_A_WEEK * _A_DAY, "d": _A_DAY, "h": 60, "m": 1}
_UNIT = r"(?:w(?:eeks?|ks?)?|d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?)"
_PART = re.compile(rf"(?i)(\d{{1,4}}(?:[.,]\d{{1,2}})?)\s?({_UNIT})(?![^\W\d_])\s*")
DURATION = rf"(?:\d{{1,4}}(?:[.,]\d{{1,2}})?\s?{_UNIT}(?![^\W\d_])(?:\s?(?=\d{{1,4}}\s?[hm]))?)+"
"""A pattern of one duration, for marks; case is the caller's."""
_SPOKEN_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
                   "seven": 7, "eight": 8, "nine": 9, "ten": 10, "half": 0.5}  # fmt: skip
_SPOKEN = re.compile(
    r"(?i)\b(?:(?:takes?|needs?|costs?|cost)(?:\s+(?:me|us|you))?(?:\s+(?:about|around|roughly))?"
    r"|about|around|roughly|estimate:?)\s+"
    rf"(?P<count>half\s+an?|\d{{1,3}}(?:[.,]\d)?|{'|'.join(list(_SPOKEN_NUMBERS)[:-1])})\s+"
    r"(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?)\b"
    r"(?!\s+(?:ago|later|long|late|old|away|into|in|of|off|per|each|every|before|after|from|a)\b)"
)
_RANGE = re.compile(r"\s*(?:-|–|—|\.\.|\bto\b)\s*")
_BARE = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?")


def parse_effort(text: str) -> Effort | None:
    """The effort; of a range the middle is likely. None where it is none, or beyond all bounds."""
    sides = _RANGE.split(text.strip())
    if len(sides) == 2 and _BARE.fullmatch(sides[0]):
        found = _PART.match(sides[1])  # "2-4h" means hours both times
        sides[0] += found[2] if found else ""
    minutes = [parse_minutes(side) for side in sides]
    match minutes:
        case [int(likely)]:
            return Effort(likely=likely)
        case [int(least), int(most)] if least <= most:
            return Effort(likely=(least + most + 1) // 2, least=least, most=most)
        case _:
            return None


def parse_minutes(text: str) -> int | None:
    """The minutes of one duration; None where it is none."""
    rest, total = text.strip(), 0.0
    while rest:
        found = _PART.match(rest)
        if found is None:
            return None
        total += float(found[1].replace(",", ".")) * _MINUTES[found[2][0].lower()]
        rest = rest[found.end() :]
    minutes = round(total)
    return minutes if 1 <= minutes <= MOST_MINUTES else None


def find_effort(said: str) -> Effort | None:
    """How long a sentence says that something takes: "takes about three hours"; None where none.

    A time that is told for its own sake, such as "three hours of tape", is none.
    """
    found = _SPOKEN.search(said)
    if found is None:
        return None
    count = found["count"].casefold().split()[0]
    number = _SPOKEN_NUMBERS.get(count) or float(count.replace(",", "."))
    minutes = round(number * _MINUTES[found["unit"][0].casefold()])
    return Effort(likely=minutes) if 1 <= minutes <= MOST_MINUTES else None


def format_effort(effort: Effort) -> str:
    """As `parse_effort` reads it: a range as its two ends, else what is likely."""
    if effort.least is not None and effort.most is not None and effort.least < effort.most:
        return f"{format_minutes(effort.least)}-{format_minutes(effort.most)}"
    return format_minutes(effort.likely)


def format_minutes(minutes: int) -> str:
    """`3d`, `2h`, `2h30m`, `45m`: whole days where it comes out even."""
    if minutes >= _A_DAY and minutes % _A_DAY == 0:
        return f"{minutes // _A_DAY}d"
    hours, rest = divmod(minutes, 60)
    return f"{hours}h{rest}m" if hours and rest else f"{hours}h" if hours else f"{rest}m"
