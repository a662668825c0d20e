"""The review queue of the small garden: none by default, else a real one; runs that end at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pmagent.errors import UsageError
from pmagent.types.review_calls import ReviewCalls
from pmagent.types.reviews import CaseFile, Review, Ruling, Standing
from pmagent.types.runs import Run, RunChanged, RunEvent
from tests.reviews.made import World


class NoReviews:
    """Nothing waits."""

    def open(self, *, with_snoozed: bool = False) -> Sequence[Review]:
        del with_snoozed
        return ()

    def count(self) -> int:
        return 0

    def get(self, name: str) -> Review:
        raise UsageError(f'there is no review "{name}"')

    def decide(self, review_id: str, ruling: Ruling) -> Review:
        del ruling
        return self.get(review_id)

    def holds_run(self, review: Review) -> bool:
        del review
        return False

    def snooze(self, review_id: str, until: datetime) -> Review:
        del until
        return self.get(review_id)

    def test_case(self, review_id: str, name: str = "") -> CaseFile:
        del name
        raise UsageError(f'there is no review "{review_id}"')

    def standing(self, command: str) -> Standing:
        raise UsageError(f'there is no command "/{command}"')

    def standings(self) -> Sequence[Standing]:
        return ()

    def check_promotion(self, command: str, *, is_forced: bool = False) -> None:
        del is_forced
        self.standing(command)

    def promote(self, command: str, *, is_forced: bool = False, by: str = "person") -> Standing:
        del is_forced, by
        return self.standing(command)


class SmallRuns:
    """Each run that waits is done once it is resumed."""

    def __init__(self, here: World | None = None) -> None:
        self._here = here
        self.resumed: list[str] = []

    def resume(self, run_id: str) -> Iterator[RunEvent]:
        self.resumed.append(run_id)
        record = self._here.runs.get(run_id) if self._here is not None else None
        if record is None:
            raise UsageError(f'there is no run "{run_id}"')
        run: Run = replace(record.run, state="done", waits_for="", reason="left as a draft")
        yield RunChanged(run=run)


NO_REVIEWS: ReviewCalls = NoReviews()
