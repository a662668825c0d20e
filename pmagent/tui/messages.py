"""What the desk hands back and what screens ask of the application.

Plain classes: seventeen dataclasses would be a tenth of the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pmagent.tui.paint.said import Source
    from pmagent.tui.ports import Survey
    from pmagent.types import Abstention, Map, Progress, Query, Reading, Status


class Opened(Message):
    """The garden is open."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self.root = root


class Suggested(Message):
    """Questions that the garden can answer."""

    def __init__(self, suggestions: tuple[str, ...]) -> None:
        super().__init__()
        self.suggestions = suggestions


class Failed(Message):
    """A call did not end well: what happened and what to do. `during` is the call's group."""

    def __init__(self, during: str, message: str, hint: str = "") -> None:
        super().__init__()
        self.during = during
        self.message = message
        self.hint = hint


class Mapped(Message):
    """A where-map of `query`; `is_last` where no closer look follows."""

    def __init__(self, query: Query, drawn: Map | Abstention, *, is_last: bool = False) -> None:
        super().__init__()
        self.is_last = is_last
        self.query = query
        self.drawn = drawn


class HasRead(Message):
    """Lines of a file around what was asked for."""

    def __init__(self, source: Source, reading: Reading) -> None:
        super().__init__()
        self.source = source
        self.reading = reading


class StatusTold(Message):
    """The state of every file, and how long the garden took to tell."""

    def __init__(self, status: Status, took_s: float) -> None:
        super().__init__()
        self.status = status
        self.took_s = took_s


class ProgressTold(Message):
    """The indexer's latest report; None while none runs."""

    def __init__(self, progress: Progress | None) -> None:
        super().__init__()
        self.progress = progress


class Surveyed(Message):
    """What a folder holds that could be read."""

    def __init__(self, survey: Survey) -> None:
        super().__init__()
        self.survey = survey


class Copied(Message):
    """Text was copied; `how` says by what, or where it is kept instead."""

    def __init__(self, what: str, how: str) -> None:
        super().__init__()
        self.what = what
        self.how = how


class Do(Message):
    """Run an action of the application."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action


class OpenMap(Message):
    """Show a where-map: of a query, or one that was drawn before."""

    def __init__(self, query: Query, drawn: Map | Abstention | None = None) -> None:
        super().__init__()
        self.query = query
        self.drawn = drawn


class MapDrawn(Message):
    """A where-map was looked at; the conversation keeps a line of it."""

    def __init__(self, drawn: Map | Abstention) -> None:
        super().__init__()
        self.drawn = drawn


class OpenReader(Message):
    """Show the passage at `position` of `sources`."""

    def __init__(self, sources: tuple[Source, ...], position: int) -> None:
        super().__init__()
        self.sources = sources
        self.position = position


class CopyText(Message):
    """Put text on the clipboard; `what` names it."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what


class EditAt(Message):
    """Open a file of the garden in the person's editor."""

    def __init__(self, path: str, line: int) -> None:
        super().__init__()
        self.path = path
        self.line = line


class Begin(Message):
    """Open a garden from the first run: `index` this folder, or the `sample`."""

    def __init__(self, choice: str) -> None:
        super().__init__()
        self.choice = choice
