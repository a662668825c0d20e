"""Times as transcripts write them, and the marks of them inside what is said."""

from __future__ import annotations

import re
from collections.abc import Sequence

TIME = r"(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?"
"""`12:34`, `01:02:03`, `1:02:03.5` or `00:00:16,154`."""

_PLACE = "\ufdd0"
"""Stands where a mark stood while markup around it is removed; decoded text never holds it."""
_MARK = re.compile(
    r"\\?\[[ ]*(?P<words>[A-Za-z][A-Za-z/ ]{0,30})?"
    r"(?P<time>\d{1,3}:\d{2}(?::[ ]?\d{1,2})?(?:[.,:][ ]?\d{1,3})?)[ ]*\\?\]"
)


def read_time(text: str) -> int | None:
    """Milliseconds of `12:34`, `01:02:03` or `01:02:03.5`; a fourth number is frames, left out."""
    clock, _, fraction = text.replace(",", ".").replace(" ", "").partition(".")
    parts = clock.split(":")
    if not 2 <= len(parts) <= 4 or not all(part.isdecimal() for part in parts):
        return None
    seconds = 0
    for part in parts[:3]:
        seconds = seconds * 60 + int(part)
    return seconds * 1000 + (int(fraction[:3].ljust(3, "0")) if fraction.isdecimal() else 0)


def lift_marks(text: str) -> tuple[str, list[int]]:
    r"""`text` with a placeholder for each time mark, and the marks' milliseconds.

    `\[12:34\]` goes whole; `[unintelligible 00:47:22.17]` keeps its word.
    """
    times: list[int] = []

    def place(match: re.Match[str]) -> str:
        milliseconds = read_time(match["time"])
        if milliseconds is None:
            return match.group()
        times.append(milliseconds)
        words = (match["words"] or "").strip()
        return f"{_PLACE}[{words}]" if words else _PLACE

    return _MARK.sub(place, text) if "[" in text else text, times


def settle_marks(text: str, times: Sequence[int]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """`text` without placeholders, and (offset, milliseconds) of those that rise."""
    parts = text.split(_PLACE)
    # Markup that is dropped whole may take a mark along; then no mark can be told from another.
    known = times if len(parts) == len(times) + 1 else ()
    marks: list[tuple[int, int]] = []
    kept = [parts[0]]
    length, last = len(parts[0]), parts[0][-1:]
    for index, part in enumerate(parts[1:]):
        if last in {"", " ", "\n"}:
            part = part.removeprefix(" ")
        if known and (not marks or known[index] > marks[-1][1]):
            marks.append((length, known[index]))
        kept.append(part)
        length, last = length + len(part), part[-1:] or last
    return "".join(kept), tuple(marks)
