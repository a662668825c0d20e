"""What the screens of a kit and of a check share: a list, a pane beside it, a line to type on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from pmagent.tui.actions import ACTIONS, Scope
from pmagent.tui.messages import Failed, OpenReader
from pmagent.tui.paint.lines import Span, span, spread
from pmagent.tui.paint.said import Source
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.asking import AskingScreen
from pmagent.tui.widgets.composer import Composer
from pmagent.tui.widgets.lines import Lines, LineView
from pmagent.tui.work import Desk

_LONG_S = 2
"""From when on it is told how long something takes."""


class JobScreen(AskingScreen):
    """Its keys rest while the person types on its line or answers a card."""

    OWN: ClassVar[tuple[Scope, ...]] = ()
    """The scopes whose keys rest then."""

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self._then: Callable[[str], None] | None = None
        self._asked = ""
        self._resting = {
            action.run.partition("(")[0] for action in ACTIONS if action.scope in self.OWN
        } - {"back"}
        self.doing = ""
        """What runs, such as `writing`; nothing where nothing does."""
        self._began_s = 0.0
        self._ticker: Timer | None = None

    def compose_line(self) -> Iterable[Widget]:
        """What is asked for, and the line for it; both hidden."""
        yield Lines(self._paint_asked, id="job-asked")
        yield Composer(id="job-line")

    @property
    def view(self) -> LineView:
        """The list."""
        return self.query_one("#items", LineView)

    @property
    def line(self) -> Composer:
        """Where words are typed."""
        return self.query_one("#job-line", Composer)

    @property
    def is_typing(self) -> bool:
        """Whether the line is open."""
        return self._then is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key means what the table says: not while it is typed or answered with."""
        del parameters
        has_card = self.card is not None and self.card.has_focus_within
        return action not in self._resting or not (self.is_typing or has_card)

    def type_words(self, words: str, asked: str, then: Callable[[str], None]) -> None:
        """Open the line with `words` on it; `then` is given what stands there at Enter."""
        self._then, self._asked = then, asked
        self.query_one("#job-asked", Lines).refresh_lines()
        self.line.put(words)
        self.line.add_class("-open")
        # At once: what is typed next belongs to the line already.
        self.set_focus(self.line)

    def stop_typing(self) -> None:
        """Close the line and forget what is on it."""
        self._then, self._asked = None, ""
        self.query_one("#job-asked", Lines).refresh_lines()
        self.line.remove_class("-open")
        self.set_focus(self.view)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what it was typed for."""
        event.stop()
        then = self._then
        if then is not None:
            self.stop_typing()
            then(event.value)

    def take_keys_back(self) -> None:
        """To the list."""
        self.set_focus(self.view)

    def start_doing(self, what: str) -> bool:
        """Say what begins; False where something runs already."""
        if self.doing:
            self.notify_person(f"it is {self.doing}: wait for that", is_error=True)
            return False
        self.doing, self._began_s = what, time.monotonic()
        self._ticker = self.set_interval(1.0, self.show_heading)
        self.show_heading()
        return True

    @property
    def doing_words(self) -> str:
        """`writing…`, and since when, once that is long."""
        if not self.doing:
            return ""
        seconds = int(time.monotonic() - self._began_s)
        return f"{self.doing}… {seconds} s" if seconds >= _LONG_S else f"{self.doing}…"

    def done(self) -> None:
        """Nothing runs any more."""
        self.doing = ""
        if self._ticker is not None:
            self._ticker.stop()
        self.show_heading()

    def open_source(self, source: Source | None) -> None:
        """The lines of a source on a screen of their own."""
        if source is None:
            self.notify_person("no single place says that", is_error=True)
        else:
            self.post_message(OpenReader((source,), 0))

    def show_failure(self, message: Failed) -> None:
        """Say it; what failed runs no more."""
        if message.during.startswith("job"):
            self.done()
        super().show_failure(message)

    def _paint_asked(self, width: int) -> list[tuple[Span, ...]]:
        if not self._asked:
            return []
        keys = (span("Enter", "key"), span(" keeps it   ", "quiet"), span("Esc", "key"))
        return [spread((span(self._asked, "note"),), (*keys, span(" leaves it", "quiet")), width)]
