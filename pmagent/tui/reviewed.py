"""What the desk hands back about the review queue, and what a review asks of the application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pmagent.types.actions import Outcome
    from pmagent.types.reviews import Review, Standing
    from pmagent.types.runs import Run


class ReviewsCounted(Message):
    """How much waits."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class QueueTold(Message):
    """What waits, and how the commands of it stand; `says` is what was done before."""

    def __init__(
        self, reviews: Sequence[Review], standings: Sequence[Standing], says: str = ""
    ) -> None:
        super().__init__()
        self.reviews = tuple(reviews)
        self.standings = {one.command: one for one in standings}
        self.says = says


class RulingKept(Message):
    """A decision is on record; `run` is how the run stands that waited for it."""

    def __init__(self, reviews: Sequence[Review], run: Run | None) -> None:
        super().__init__()
        self.reviews = tuple(reviews)
        self.run = run


class CaseWritten(Message):
    """What came of writing a test case."""

    def __init__(self, path: str, outcome: Outcome) -> None:
        super().__init__()
        self.path = path
        self.outcome = outcome


class EditText(Message):
    """Open a text in the person's editor; `then` is given what they leave there."""

    def __init__(self, text: str, suffix: str, then: Callable[[str], None]) -> None:
        super().__init__()
        self.text = text
        self.suffix = suffix
        self.then = then
