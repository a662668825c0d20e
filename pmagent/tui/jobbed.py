"""What the desk hands back about kits and checks, and what is kept of a kit between two looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from textual.message import Message

from pmagent.publish.editing import Edits, Part
from pmagent.types.actions import Checkpoint, Outcome
from pmagent.types.checking import CheckReport, Leave
from pmagent.types.jobs import Saved
from pmagent.types.publishing import Kit


@dataclass(kw_only=True)
class OpenKit:
    """A kit with the changes a person has made, as long as the application runs."""

    edits: Edits
    more: float = 1.0
    """The number of chapters asked for, against what the method would choose."""
    written: Kit | None = None
    """The kit as it was written last."""
    files: tuple[Saved, ...] = field(default=())
    """What that gave."""


class KitMade(Message):
    """A kit was drafted. `part` is what is wanted of it; None for all."""

    def __init__(self, kit: Kit, part: Part | None, more: float) -> None:
        super().__init__()
        self.kit = kit
        self.part: Part | None = part
        self.more = more


class KitShown(Message):
    """A kit's post, as Markdown."""

    def __init__(self, kit: Kit, markdown: str) -> None:
        super().__init__()
        self.kit = kit
        self.markdown = markdown


class KitWritten(Message):
    """What came of writing a kit; `then` is what was wanted next: `page` or nothing."""

    def __init__(self, kit: Kit, files: Sequence[Saved], then: str) -> None:
        super().__init__()
        self.kit = kit
        self.files = tuple(files)
        self.then = then


class CheckGoesOn(Message):
    """More claims are checked."""


class Checked(Message):
    """A report, what holds its draft back, and which claims a person lets stand.

    `says` is what was done before, where anything was.
    """

    def __init__(
        self, report: CheckReport, leave: Leave, kept: Sequence[int], says: str = ""
    ) -> None:
        super().__init__()
        self.report = report
        self.leave = leave
        self.kept = frozenset(kept)
        self.says = says


class ClaimFixed(Message):
    """What came of putting a correction into a draft."""

    def __init__(self, number: int, outcome: Outcome) -> None:
        super().__init__()
        self.number = number
        self.outcome = outcome


class FixUndone(Message):
    """A correction was taken back."""

    def __init__(self, number: int, point: Checkpoint) -> None:
        super().__init__()
        self.number = number
        self.point = point


class Recorded(Message):
    """What came of writing a check beside its draft."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class OpenPage(Message):
    """Open a file of the garden in the person's browser."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
