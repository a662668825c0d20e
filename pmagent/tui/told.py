"""What the desk hands back about the garden's walls: rights, asks, calls, the trail, undo points.

Apart from `messages.py`, because the first frame needs none of these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pmagent.tui.paint.diff import FileDiff
    from pmagent.tui.paint.lines import Span
    from pmagent.tui.paint.vital import TalkFacts
    from pmagent.tui.ports import StatusLine
    from pmagent.tui.widgets.diff import PagesPainter
    from pmagent.types.actions import AuditEntry, Checkpoint, Decision, Outcome
    from pmagent.types.rights import GardenRights
    from pmagent.types.sessions import SessionRow


class AsksChanged(Message):
    """Another question waits for the person, or one fewer."""


class RightsTold(Message):
    """What is allowed now; `says` what was done to it, where anything was."""

    def __init__(self, rights: GardenRights, says: str = "") -> None:
        super().__init__()
        self.rights = rights
        self.says = says


class RuleTested(Message):
    """What would be decided about a use of a tool."""

    def __init__(self, tool: str, subject: str, decision: Decision) -> None:
        super().__init__()
        self.tool = tool
        self.subject = subject
        self.decision = decision


class TrailTold(Message):
    """Entries of the audit trail, and whether it is whole."""

    def __init__(self, entries: Sequence[AuditEntry], state: tuple[str, str], limit: int) -> None:
        super().__init__()
        self.entries = entries
        self.state = state
        self.limit = limit


class PointsTold(Message):
    """The undo points; `undone` is the one that was made by an undo, where there was one."""

    def __init__(self, points: Sequence[Checkpoint], undone: Checkpoint | None = None) -> None:
        super().__init__()
        self.points = points
        self.undone = undone


class UndoPreviewed(Message):
    """What an undo would change, and the paths that have changed since."""

    def __init__(
        self,
        point: Checkpoint,
        *,
        rewind: bool,
        diffs: Sequence[FileDiff],
        conflicts: Sequence[str],
    ) -> None:
        super().__init__()
        self.point = point
        self.rewind = rewind
        self.diffs = tuple(diffs)
        self.conflicts = tuple(conflicts)


class Performed(Message):
    """What came of a command of the shell, for the exchange it was typed in."""

    def __init__(self, exchange: int, outcome: Outcome) -> None:
        super().__init__()
        self.exchange = exchange
        self.outcome = outcome


class OpenPages(Message):
    """Show pages on a screen of their own; `seen` is called once their end was on screen."""

    def __init__(
        self, title: tuple[Span, ...], painter: PagesPainter, seen: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self.title = title
        self.painter = painter
        self.seen = seen


class OpenUndo(Message):
    """Show the undo points, at the one named; with `rewind`, ready to take back all since."""

    def __init__(self, point_id: str = "", *, rewind: bool = False) -> None:
        super().__init__()
        self.point_id = point_id
        self.rewind = rewind


class TalkTold(Message):
    """The numbers of the conversation."""

    def __init__(self, facts: TalkFacts) -> None:
        super().__init__()
        self.facts = facts


class LineSet(Message):
    """How the person's own status line is to be shown; None where they have none."""

    def __init__(self, setting: StatusLine | None) -> None:
        super().__init__()
        self.setting = setting


class Exported(Message):
    """What came of writing the conversation to a file."""

    def __init__(self, path: str, outcome: Outcome) -> None:
        super().__init__()
        self.path = path
        self.outcome = outcome


class SessionsTold(Message):
    """The sessions that speak of some words."""

    def __init__(self, words: str, rows: Sequence[SessionRow]) -> None:
        super().__init__()
        self.words = words
        self.rows = tuple(rows)
