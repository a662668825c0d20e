"""What an application knows of its garden: counts, pace, rights, who asks; and who is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, overload

from textual.app import App
from textual.message import Message

from pmagent.tui.messages import ProgressTold, StatusTold, Suggested
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.asking import AskingScreen
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.work import Desk

if TYPE_CHECKING:
    from pmagent.tui.asks import Asks
    from pmagent.tui.told import OpenPages, RightsTold
    from pmagent.tui.widgets.card import PermissionCard
    from pmagent.types import Status
    from pmagent.types.actions import Ask, AskReply

STDIN = 0
POLL_S = 0.25
STATUS_S = 2.0
"""While the index grows; a status walks the whole garden."""

S = TypeVar("S", bound=GardenScreen)


class WatchingApp(App[int]):
    """Polls the indexer through the desk, and tells every open screen."""

    def __init__(
        self,
        *,
        ansi_color: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(ansi_color=ansi_color)
        self.desk = Desk()
        self.asks: Asks | None = None
        """The questions that wait for the person; made when a garden is opened."""
        self._clock = clock
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

    def asker(self) -> Callable[[Ask], AskReply]:
        """What a garden asks the person through: it waits for the answer in the caller's thread."""
        if self.asks is None:
            from pmagent.tui.asks import Asks  # noqa: PLC0415 - after the first frame
            from pmagent.tui.told import AsksChanged  # noqa: PLC0415 - after the first frame

            def told() -> None:
                # An application that has ended hears nothing; what waits is let go by the desk.
                with suppress(RuntimeError):
                    self.post_message(AsksChanged())

            self.asks = Asks(told, clock=self._clock)
            self.desk.before_closing = self.asks.close
        return self.asks.ask

    async def on_asks_changed(self) -> None:
        """Show the question that has waited longest, and everywhere how many there are."""
        if self.asks is None:
            return
        self.set_vital(replace(self.vital, asks=len(self.asks.waiting)))
        for screen in self.open_screens(AskingScreen):
            await screen.show_asks(self.asks)

    def on_permission_card_answered(self, event: PermissionCard.Answered) -> None:
        """Let the call go on that has asked."""
        if self.asks is not None:
            self.asks.answer(event.pending, event.reply)

    def on_permission_card_stopped(self, event: PermissionCard.Stopped) -> None:
        """No to all that the agent asks."""
        if self.asks is not None:
            number = self.asks.stop(event.pending)
            self.tell_person(f"no to {event.pending.ask.call.by}, {number} asked")

    def on_permission_card_left(self) -> None:
        """The keys go back to where they were."""
        if isinstance(self.screen, AskingScreen):
            self.screen.take_keys_back()

    def on_permission_card_wants_whole(self, event: PermissionCard.WantsWhole) -> None:
        """All that is asked, on a screen of its own; its end, once seen, allows a lasting yes."""
        from pmagent.tui.paint.card import paint_whole, paint_whole_head  # noqa: PLC0415 - first frame
        from pmagent.tui.told import OpenPages  # noqa: PLC0415 - after the first frame

        pending = event.pending

        def seen() -> None:
            for screen in self.open_screens(AskingScreen):
                if screen.card is not None:
                    screen.card.note_seen(pending)

        title = paint_whole_head(pending.ask)
        self.post_message(OpenPages(title, paint_whole(pending), seen))

    def on_open_pages(self, message: OpenPages) -> None:
        """Show pages on a screen of their own."""
        from pmagent.tui.screens.diff import DiffScreen  # noqa: PLC0415 - after the first frame

        screen = DiffScreen(
            self.desk, self.vital, title=message.title, painter=message.painter, seen=message.seen
        )
        self.push_screen(screen)

    def action_answer(self) -> None:
        """Give the keys to the card that asks: from another screen, come to it first."""
        if not self.vital.asks:
            self.tell_person("nothing asks")
            return
        if isinstance(self.screen, AskingScreen):
            self.screen.answer()
            return
        while len(self.screen_stack) > 1 and not isinstance(self.screen, AskingScreen):
            self.pop_screen()

    def read_rights(self) -> None:
        """Ask for what is allowed now."""
        self.desk.ask(self, "rights", _read_rights)

    def on_rights_told(self, message: RightsTold) -> None:
        """The level of trust stands in the status line of every screen."""
        self.set_vital(replace(self.vital, trust=message.rights.level.name.lower()))

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
        if not self.is_headless and self._is_alone():
            # Nobody can see or type anything any more, and reading from nothing would never rest.
            self.exit(0)
            return
        self._polls += 1
        # An indexer that has nothing to do is looked at once a second.
        is_due = self._was_indexing or self._polls % 4 == 0
        if not self.desk.has_garden or not is_due:
            return
        self.desk.ask(self, "progress", lambda garden: ProgressTold(garden.indexer_progress()))

    @staticmethod
    def _is_alone() -> bool:
        from pmagent.tui.outside import is_hung_up  # noqa: PLC0415 - after the first frame

        return is_hung_up(STDIN)

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


def _read_rights(garden: GardenPort) -> Message:
    from pmagent.tui.told import RightsTold  # noqa: PLC0415 - after the first frame

    return RightsTold(garden.grants())


def _suggest(garden: GardenPort) -> Suggested:
    return Suggested(tuple(garden.suggestions())[:3])


def _count_files(garden: GardenPort) -> StatusTold:
    began = time.perf_counter()
    return StatusTold(garden.status(), time.perf_counter() - began)
