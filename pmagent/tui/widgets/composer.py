"""The line a person types on."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import Input

from pmagent.safe_text import safe_text

SHORTCUTS = "123456789?"
"""Keys that are shortcuts as long as the line is empty."""


class Composer(Input):
    """One line of text; a paste of several lines becomes one."""

    @dataclass
    class Shortcut(Message):
        """One of `SHORTCUTS` was pressed on the empty line."""

        key: str

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(placeholder=placeholder, id=id, compact=True)
        self.cursor_blink = False
        self.has_shortcuts = True

    def put(self, text: str) -> None:
        """Replace the text, with the cursor at its end."""
        self.value = text
        self.cursor_position = len(self.value)

    def validate_value(self, value: str) -> str:
        """Only text that is safe to show: a paste may hold anything."""
        return safe_text(value)

    async def _on_key(self, event: events.Key) -> None:
        # Textual calls `Input._on_key` after this one, unless the default is prevented.
        if self.has_shortcuts and not self.value and (event.character or " ") in SHORTCUTS:
            event.stop()
            event.prevent_default()
            self.post_message(self.Shortcut(event.character or ""))

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(safe_text(" ".join(event.text.split())))
