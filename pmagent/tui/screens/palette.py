"""Find a command by its name or by what it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from pmagent.tui.actions import Action, bindings_for, match_commands
from pmagent.tui.paint.help import paint_commands
from pmagent.tui.widgets.composer import Composer
from pmagent.tui.widgets.lines import LineView


class PaletteScreen(ModalScreen[Action | None]):
    """Gives the action that was chosen, or None."""

    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar = bindings_for("palette")
    AUTO_FOCUS = "Composer"

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__()
        self._actions = actions

    def compose(self) -> ComposeResult:
        """A line to type on, and what fits it."""
        with Vertical(id="palette"):
            yield Composer("Find a command", id="palette-query")
            yield LineView(keeps_cursor=True, id="palette-commands")

    def on_mount(self) -> None:
        """All of them."""
        self.query_one(Composer).has_shortcuts = False
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Those that fit."""
        self._show(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The one under the bar."""
        event.stop()
        value = self._list.value
        self.dismiss(value if isinstance(value, Action) else None)

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """The one that was clicked."""
        event.stop()
        self.dismiss(event.value if isinstance(event.value, Action) else None)

    def action_up(self) -> None:
        """The one above."""
        self._list.action_up()

    def action_down(self) -> None:
        """The one below."""
        self._list.action_down()

    def action_back(self) -> None:
        """None of them."""
        self.dismiss(None)

    @property
    def _list(self) -> LineView:
        return self.query_one("#palette-commands", LineView)

    def _show(self, typed: str) -> None:
        fitting = match_commands(typed.strip().removeprefix("/"), self._actions)
        self._list.show(lambda width: paint_commands(fitting, width), cursor=0)
