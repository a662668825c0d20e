"""What the desk hands back about the board and the plan of a week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pmagent.tui.paint.week import Week
    from pmagent.types.actions import Checkpoint
    from pmagent.types.jobs import Saved
    from pmagent.types.tasks import ProposedCard
    from pmagent.types.week import CardChange, FileDiff, Proposal


class WeekTold(Message):
    """The board, the calendar and a plan of both; `says` is what was done before."""

    def __init__(self, week: Week, says: str = "") -> None:
        super().__init__()
        self.week = week
        self.says = says


class CardChanged(Message):
    """What came of a change of the board; `says` is what was wanted, such as `moved to DONE`."""

    def __init__(self, change: CardChange, says: str, taken: Sequence[ProposedCard] = ()) -> None:
        super().__init__()
        self.change = change
        self.says = says
        self.taken = tuple(taken)
        """The cards that were found and are on the board now."""


class PlanPreviewed(Message):
    """What keeping the plan would write."""

    def __init__(self, files: Sequence[FileDiff]) -> None:
        super().__init__()
        self.files = tuple(files)


class PlanKept(Message):
    """What came of writing the plan."""

    def __init__(self, files: Sequence[Saved]) -> None:
        super().__init__()
        self.files = tuple(files)


class CardsFound(Message):
    """Cards that transcripts and notes ask for; they are on no board."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__()
        self.proposal = proposal


class ChangeUndone(Message):
    """What was done last was taken back."""

    def __init__(self, point: Checkpoint) -> None:
        super().__init__()
        self.point = point


class StandupTold(Message):
    """A day in words, as Markdown."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.markdown = markdown
