"""What an application knows of its garden's index: counts, pace, and who on screen is told."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, overload

from textual.app import App

from pmagent.tui.messages import ProgressTold, StatusTold, Suggested
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.work import Desk

if TYPE_CHECKING:
    from pmagent.types import Status

POLL_S = 0.25
STATUS_S = 2.0
"""While the index grows; a status walks the whole garden."""

S = TypeVar("S", bound=GardenScreen)


class WatchingApp(App[int]):
    """Polls the indexer through the desk, and tells every open screen."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.desk = Desk()
        self.vital = Vital()
        self.status: Status | None = None
        self._status_took_s = 0.0
        self._rounds = 0
        self._polls = 0
        self._was_indexing = False

    def begin_watching(self) -> None:
        """Poll from now on."""
        self.set_interval(POLL_S, self._poll)
        self.set_interval(STATUS_S, self._recount)

    def start_indexer(self) -> None:
        """Keep the index fresh, and count what there is."""
        self.count_files()
        self.desk.ask(self, "indexer", _start_indexer)

    def on_status_told(self, message: StatusTold) -> None:
        """The numbers of the status line."""
        from pmagent.tui.paint.status import count  # noqa: PLC0415 - after the first frame

        counts = count(message.status)
        had_none = self.vital.counts is None or not self.vital.counts.indexed
        self.set_vital(replace(self.vital, counts=counts))
        self.status, self._status_took_s = message.status, message.took_s
        for screen in self.open_screens():
            screen.show_status(message.status)
        if counts.indexed and had_none:
            self.desk.ask(self, "suggest", _suggest)

    def on_progress_told(self, message: ProgressTold) -> None:
        """The indexer's pace; a last look at the numbers when it is done."""
        progress = message.progress
        is_indexing = progress is not None and progress.stage != "ready"
        if progress != self.vital.progress:
            self.set_vital(replace(self.vital, progress=progress))
        if self._was_indexing and not is_indexing:
            self.count_files()
        self._was_indexing = is_indexing

    def set_vital(self, vital: Vital) -> None:
        """Show other numbers on every screen."""
        self.vital = vital
        for screen in self.open_screens():
            screen.show_vital(vital)

    def tell_person(self, text: str, *, is_error: bool = False) -> None:
        """Say something on the screen that is in front."""
        for screen in reversed(self.open_screens()):
            screen.notify_person(text, is_error=is_error)
            return

    @overload
    def open_screens(self) -> list[GardenScreen]: ...
    @overload
    def open_screens(self, kind: type[S]) -> list[S]: ...
    def open_screens(self, kind: type[GardenScreen] = GardenScreen) -> list[Any]:
        """The open screens of a kind, the first below; none while the application ends."""
        return [screen for screen in self.screen_stack if isinstance(screen, kind)]

    def _poll(self) -> None:
        self._polls += 1
        # An indexer that has nothing to do is looked at once a second.
        is_due = self._was_indexing or self._polls % 4 == 0
        if not self.desk.has_garden or not is_due:
            return
        self.desk.ask(self, "progress", lambda garden: ProgressTold(garden.indexer_progress()))

    def _recount(self) -> None:
        self._rounds += 1
        # A status walks the whole garden: in a large one it is asked for less often.
        if self._was_indexing and self._rounds * STATUS_S > self._status_took_s * 20:
            self.count_files()

    def count_files(self) -> None:
        """Ask for the state of every file."""
        self._rounds = 0
        self.desk.ask(self, "vital", _count_files)


def _start_indexer(garden: GardenPort) -> ProgressTold:
    garden.start_indexer()
    return ProgressTold(garden.indexer_progress())


def _suggest(garden: GardenPort) -> Suggested:
    return Suggested(tuple(garden.suggestions())[:3])


def _count_files(garden: GardenPort) -> StatusTold:
    began = time.perf_counter()
    return StatusTold(garden.status(), time.perf_counter() - began)
