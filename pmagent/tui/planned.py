"""What the desk hands back about the board and the plan of a week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pmagent.tui.paint.week_values import Week
    from pmagent.tui.widgets.diff import PagesPainter
    from pmagent.types.actions import Checkpoint
    from pmagent.types.jobs import Saved
    from pmagent.types.pushes import PushDiff, PushResult
    from pmagent.types.tasks import Board, ProposedCard
    from pmagent.types.week import CardChange, FileDiff, Proposal


class WeekTold(Message):
    """The board, the calendar and a plan of both; `says` is what was done before."""

    def __init__(self, week: Week, says: str = "") -> None:
        super().__init__()
        self.week = week
        self.says = says


class BoardSeen(Message):
    """The board as its file is, which somebody else may have changed."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board


class CardChanged(Message):
    """What came of a change of the board; `says` is what was wanted, such as `moved to DONE`."""

    def __init__(
        self,
        change: CardChange,
        says: str,
        taken: Sequence[ProposedCard] = (),
        *,
        is_planned: bool = False,
    ) -> None:
        super().__init__()
        self.change = change
        self.is_planned = is_planned
        """Whether the week is to be planned anew at once."""
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
    """What one key wrote was taken back."""

    def __init__(self, points: Sequence[Checkpoint]) -> None:
        super().__init__()
        self.paths = {path for point in points for path in point.paths}
        """The files that are as they were."""


class StandupTold(Message):
    """A day in words, as Markdown."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.markdown = markdown


class OpenKeep(Message):
    """Show what would be written, in full, and do `then` if the person says yes to it."""

    def __init__(self, painter: PagesPainter, question: str, then: Callable[[], None]) -> None:
        super().__init__()
        self.painter = painter
        self.question = question
        self.then = then


class OpenPush(Message):
    """Show what a board elsewhere would be told."""


class PushCompared(Message):
    """What differs between this board and the one elsewhere."""

    def __init__(self, diff: PushDiff) -> None:
        super().__init__()
        self.diff = diff


class PushEnded(Message):
    """What came of a push: a result, or one sentence that says why there is none."""

    def __init__(self, result: PushResult | str) -> None:
        super().__init__()
        self.result = result
