"""Rows of numbers on a screen of their own: the context, the cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.paint.lines import Page, Span, clip_middle, span, spread
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk

Painter = Callable[[int], Page]


class NumbersScreen(GardenScreen):
    """What a painter gives, under a title."""

    BINDINGS: ClassVar = bindings_for("numbers")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("numbers", "app")
    AUTO_FOCUS = "#numbers"

    def __init__(self, desk: Desk, vital: Vital, name: str, painter: Painter) -> None:
        super().__init__(desk, vital)
        self._name_shown = name
        self._painter = painter

    def compose_body(self) -> Iterable[Widget]:
        """The rows."""
        yield LineView(id="numbers")

    def on_mount(self) -> None:
        """Draw them."""
        self.query_one("#numbers", LineView).show(self._painter)

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """What they are of."""
        root = clip_middle(span(self.vital.root).text, width - 12)
        return [spread((span(self._name_shown, "title"),), (span(root, "quiet"),), width)]

    def action_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()
