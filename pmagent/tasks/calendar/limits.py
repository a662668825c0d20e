"""How much of a calendar is read at most: counted, never timed, so each reading ends alike."""

from __future__ import annotations

from pmagent.errors import ReadError

MOST_BYTES = 32 * 1024 * 1024
"""Of one file. Ten busy years of one person are about a fifth of it."""
MOST_PARTS = 50_000
"""Events, to-dos and zones of one file."""
MOST_DEPTH = 16
"""Parts within parts. A calendar has three levels."""
LONGEST_LINE = 256 * 1024
"""Characters of one property, after its folded lines are joined."""
MOST_DATES = 5_000
"""Extra or excluded dates of one event."""
MOST_STEPS = 100_000
"""Days or moments that are looked at for one rule."""
MOST_STEPS_IN_ALL = 1_000_000
"""The same, over all rules of one window: a few seconds."""
MOST_INSTANCES = 5_000
"""Of one event in one window."""
MOST_OCCURRENCES = 50_000
"""In one window."""
LONGEST_DAYS = 366 * 100
"""Of one event. Longer ones are a mistake, or meant to break the reader."""


class StepLimitError(ReadError):
    """A rule takes more steps than are allowed."""


class Steps:
    """The steps that are left: for one rule, and for all of a window."""

    def __init__(self, *, in_all: int = MOST_STEPS_IN_ALL) -> None:
        self._in_all = in_all
        self._left = 0

    def begin(self, most: int = MOST_STEPS) -> None:
        """Allow `most` steps to the next rule, or what is left of all."""
        self._left = min(most, self._in_all)

    def take(self, number: int) -> None:
        """Take `number` of them.

        Raises:
            StepLimitError: there are not as many left.
        """
        self._left -= number
        self._in_all -= number
        if self._left < 0:
            raise StepLimitError("it takes too many steps to find when it repeats")
