"""Answers in a row for the mouse: pressed and released on the same one, or nothing happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.message import Message

from pmagent.tui.widgets.lines import GUTTER, Lines


class CardButtons(Lines):
    """The answers in a row. Says which one was pressed and released."""

    @dataclass
    class Pressed(Message):
        """The mouse went down and up on the same answer of the same card."""

        button: str

    def __init__(self, ready: Callable[[], object | None]) -> None:
        super().__init__(id="card-buttons")
        self._ready = ready
        """The question that can be answered now, where one can."""
        self.cells: list[tuple[range, str]] = []
        self.row = 0
        """Which line the answers stand on."""
        self._down: tuple[str, object] | None = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember what it went down on; a release elsewhere must come here too."""
        event.stop()
        self._down = self._under(event)
        self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """An answer, where it comes up on the same one."""
        event.stop()
        self.release_mouse()
        pressed, self._down = self._down, None
        if pressed is not None and pressed == self._under(event):
            self.post_message(self.Pressed(pressed[0]))

    def _under(self, event: events.MouseEvent) -> tuple[str, object] | None:
        question = self._ready()
        if question is None or event.y != self.row:
            return None
        x = event.x - GUTTER
        name = next((name for cells, name in self.cells if x in cells), None)
        return None if name is None else (name, question)
