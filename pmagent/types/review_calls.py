"""The review queue of a garden, and the runs that wait for it, as every front end calls them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from pmagent.types.traces import RunViews

if TYPE_CHECKING:
    from pmagent.types.reviews import CaseFile, Review, Ruling, Standing
    from pmagent.types.runs import RunEvent


class RunCalls(RunViews, Protocol):
    """Runs, to be looked at and gone on with."""

    def resume(self, run_id: str) -> Iterator[RunEvent]:
        """Go on with a run that waits, event by event, until it waits again or ends."""
        ...


class ReviewCalls(Protocol):
    """What waits for a person, and how far commands go by themselves."""

    def open(self, *, with_snoozed: bool = False) -> Sequence[Review]:
        """What waits, by expected loss; without what is put off."""
        ...

    def count(self) -> int:
        """How many wait. Cheap: it is asked for every few seconds."""
        ...

    def get(self, name: str) -> Review:
        """One of them, by its id or the beginning of it. Raises UsageError."""
        ...

    def decide(self, review_id: str, ruling: Ruling) -> Review:
        """Keep a decision, which is made once.

        Raises:
            UsageError: it is made already, or has no meaning for such a review.
        """
        ...

    def holds_run(self, review: Review) -> bool:
        """Whether a run goes on once it is decided."""
        ...

    def snooze(self, review_id: str, until: datetime) -> Review:
        """Put it off."""
        ...

    def test_case(self, review_id: str, name: str = "") -> CaseFile:
        """A simulation of the run it is about, to be written through the gate.

        Raises:
            UsageError: nothing of that run is on record.
        """
        ...

    def standing(self, command: str) -> Standing:
        """How far a command goes. Raises UsageError where there is none of that name."""
        ...

    def standings(self) -> Sequence[Standing]:
        """The same of all that ever were reviewed or run, by name."""
        ...

    def check_promotion(self, command: str, *, is_forced: bool = False) -> None:
        """Raises UsageError with the reason, where it may not be taken further."""
        ...

    def promote(self, command: str, *, is_forced: bool = False, by: str = "person") -> Standing:
        """Take it a level further, on the trail. Raises UsageError with the reason it may not."""
        ...
