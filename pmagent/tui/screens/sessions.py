"""Earlier conversations: find one, go on with it, or with a copy of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget
from textual.widgets import Input

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import Do
from pmagent.tui.paint.lines import Span, span, spread
from pmagent.tui.paint.sessions import paint_sessions
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.told import SessionsTold
from pmagent.tui.widgets.composer import Composer
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types.sessions import SessionRow

if TYPE_CHECKING:
    from pmagent.tui.ports import Conversation


class SessionsScreen(GardenScreen):
    """A list, and a line to search with."""

    CSS_PATH = "sessions.tcss"
    BINDINGS: ClassVar = bindings_for("sessions")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("sessions", "app")
    AUTO_FOCUS = "#sessions"

    def __init__(self, desk: Desk, vital: Vital, conversation: Conversation) -> None:
        super().__init__(desk, vital)
        self._conversation = conversation
        self._words = ""
        self._number: int | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The list, and the line (hidden)."""
        yield LineView(id="sessions", keeps_cursor=True)
        yield Composer("words that were said in it", id="sessions-line")

    def on_mount(self) -> None:
        """Look for all of them."""
        self.line.has_shortcuts = False
        self._look()

    @property
    def view(self) -> LineView:
        """The list."""
        return self.query_one("#sessions", LineView)

    @property
    def line(self) -> Composer:
        """Where words are typed."""
        return self.query_one("#sessions-line", Composer)

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """How many, and by which words."""
        number = "looking…" if self._number is None else f"{self._number:,}, latest first"
        about = f"that speak of “{self._words}”" if self._words else ""
        title = (span("Conversations  ", "title"), span(number, "quiet"))
        return [spread(title, (span(about, "quiet"),), width)]

    def on_sessions_told(self, message: SessionsTold) -> None:
        """Draw them, if these are still wanted."""
        if message.words != self._words:
            return
        rows, now = tuple(message.rows), self._conversation.session.id
        self._number = len(rows)
        self.show_heading()
        self.view.show(lambda width: paint_sessions(rows, now, width), cursor=0)
        if not rows:
            self.notify_person("no conversation speaks of that")

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Go on with it."""
        if isinstance(row := event.value, SessionRow):
            self._open(row, fork=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Only those that speak of what was typed."""
        event.stop()
        self._words = event.value.strip()
        self._stop_typing()
        self._look()

    def action_open(self) -> None:
        """Go on with the one under the bar."""
        if isinstance(row := self.view.value, SessionRow):
            self._open(row, fork=False)

    def action_fork(self) -> None:
        """Go on with a copy of it."""
        if isinstance(row := self.view.value, SessionRow):
            self._open(row, fork=True)

    def action_search(self) -> None:
        """Type words."""
        self.line.put(self._words)
        self.line.add_class("-open")
        self.set_focus(self.line)

    def action_back(self) -> None:
        """From the words to the list, from there to where it was opened."""
        if self.line.has_class("-open"):
            self._stop_typing()
        else:
            self.dismiss()

    def _stop_typing(self) -> None:
        self.line.remove_class("-open")
        self.set_focus(self.view)

    def _open(self, row: SessionRow, *, fork: bool) -> None:
        self.post_message(Do(f"open_session({row.id!r}, {fork!r})"))
        self.dismiss()

    def _look(self) -> None:
        words, conversation = self._words, self._conversation
        self._number = None
        self.show_heading()

        def look() -> None:
            self.post_message(SessionsTold(words, conversation.sessions(words)))

        self.run_worker(look, thread=True, group="sessions", exclusive=True, exit_on_error=False)
