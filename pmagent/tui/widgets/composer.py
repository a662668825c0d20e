"""The line a person types on."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from pmagent.safe_text import safe_text

SHORTCUTS = "123456789?"
"""Keys that are shortcuts as long as the line is empty."""
CONTROLS = "p-+"
"""Keys that are shortcuts too while a turn runs, unless a word follows at once."""
HELD_S = 0.35
"""How long a control waits for a second key, which makes it the first letter of a word."""
LINE_END = "↵"
"""How a line end is shown on the one line there is."""
MANY_LINES = 20
"""A paste of more lines is shown as its number alone."""


class Composer(Input):
    """One line of text, in which `↵` stands for a line end and a long paste for itself."""

    @dataclass
    class Shortcut(Message):
        """One of `SHORTCUTS` or `CONTROLS` was pressed on the empty line."""

        key: str

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(placeholder=placeholder, id=id, compact=True)
        self.cursor_blink = False
        self.has_shortcuts = True
        self.keeps_lines = False
        """Whether a paste keeps its line ends."""
        self.has_controls = False
        """Whether a turn runs, which the controls are for."""
        self._chips: dict[str, str] = {}
        self._held = ""
        self._hold_timer: Timer | None = None

    @property
    def full_text(self) -> str:
        """What was typed, with its line ends and with what was pasted."""
        text = self.value.replace(LINE_END, "\n")
        for chip, pasted in self._chips.items():
            text = text.replace(chip, pasted)
        return text

    def put(self, text: str) -> None:
        """Replace the text, with the cursor at its end."""
        self.value = LINE_END.join(text.split("\n")) if self.keeps_lines else text
        self.cursor_position = len(self.value)

    def add_line_end(self) -> None:
        """Go on in another line."""
        self.insert_text_at_cursor(LINE_END)

    def validate_value(self, value: str) -> str:
        """Only text that is safe to show: a paste may hold anything."""
        return safe_text(value)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is text. With Alt it is not, though terminals send its letter along."""
        return not key.startswith("alt+") and super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        if event.key.startswith("alt+"):
            event.prevent_default()
            return
        # Textual calls `Input._on_key` after this one, unless the default is prevented.
        character = event.character or " "
        if self._held:
            held, self._held = self._held, ""
            if event.is_printable:
                self.put(held + self.value)
            else:
                self.post_message(self.Shortcut(held))
            return
        if not self.has_shortcuts or self.value:
            return
        if character in SHORTCUTS:
            event.stop()
            event.prevent_default()
            self.post_message(self.Shortcut(character))
        elif self.has_controls and character in CONTROLS:
            event.stop()
            event.prevent_default()
            self._held = character
            self._hold_timer = self.set_timer(HELD_S, self._release)

    def _release(self) -> None:
        """Nothing followed: it was a control."""
        held, self._held = self._held, ""
        if held:
            self.post_message(self.Shortcut(held))

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if not self.keeps_lines:
            self.insert_text_at_cursor(safe_text(" ".join(event.text.split())))
            return
        text = safe_text(event.text, newlines=True).strip("\n")
        lines = [" ".join(line.split()) for line in text.split("\n")]
        if len(lines) > MANY_LINES:
            chip = f"[paste {len(self._chips) + 1}: {len(lines):,} lines]"
            self._chips[chip] = text
            self.insert_text_at_cursor(chip)
        else:
            self.insert_text_at_cursor(LINE_END.join(lines))
