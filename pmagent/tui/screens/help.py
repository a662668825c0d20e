"""Every command and every key, from the one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.paint.help import paint_help
from pmagent.tui.paint.lines import Span, span
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk


class HelpScreen(GardenScreen):
    """A page to scroll through."""

    BINDINGS: ClassVar = bindings_for("help")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("help",)
    AUTO_FOCUS = "#help"

    def __init__(self, desk: Desk, vital: Vital, first: Sequence[Scope] = ()) -> None:
        super().__init__(desk, vital)
        self._first = tuple(first)
        """Whose keys the page begins with."""

    def compose_body(self) -> Iterable[Widget]:
        """The page."""
        yield LineView(id="help")

    def on_mount(self) -> None:
        """Draw it."""
        self.query_one("#help", LineView).show(lambda width: paint_help(width, self._first))

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """What it is."""
        del width
        return [(span("Keys and commands", "title"),)]

    def action_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()
