"""A number with what it counts, as English says it."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """`1 passage`, `1,204 passages`; `many` where that is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
