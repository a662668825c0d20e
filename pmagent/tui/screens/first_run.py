"""A folder that is no garden yet: what may be read, and three things to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import Begin, Do, Failed, Surveyed
from pmagent.tui.paint.first_run import Choice, Prospect, paint_first_run
from pmagent.tui.paint.lines import Span, span, spread
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk


class FirstRunScreen(GardenScreen):
    """Nothing is read or written before a key is pressed here."""

    BINDINGS: ClassVar = bindings_for("first run")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("first run", "app")
    AUTO_FOCUS = "#choices"

    def __init__(self, desk: Desk, vital: Vital, prospect: Prospect) -> None:
        super().__init__(desk, vital)
        self._prospect = prospect

    def compose_body(self) -> Iterable[Widget]:
        """One page."""
        yield LineView(id="choices", keeps_cursor=True)

    def on_mount(self) -> None:
        """Draw what is known."""
        self._draw(cursor=0)

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """The product's name."""
        return [spread((span("pmagent", "title"),), (span("first run", "quiet"),), width)]

    def on_surveyed(self, message: Surveyed) -> None:
        """The count is there."""
        self._prospect = replace(self._prospect, survey=message.survey)
        self._draw(cursor=0)

    def show_failure(self, message: Failed) -> None:
        """Say what did not work; the choices stay."""
        self._prospect = replace(self._prospect, problem=message.message, hint=message.hint)
        self._draw()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Do it."""
        match event.value:
            case Choice(id="index"):
                self.action_index_here()
            case Choice(id="sample"):
                self.action_sample()
            case Choice(id="quit"):
                self.post_message(Do("leave"))
            case _:
                pass

    def action_index_here(self) -> None:
        """Make the folder a garden."""
        self.post_message(Begin("index"))

    def action_sample(self) -> None:
        """Open the sample garden."""
        self.post_message(Begin("sample"))

    def _draw(self, cursor: int | None = None) -> None:
        prospect = self._prospect
        view = self.query_one("#choices", LineView)
        view.show(lambda width: paint_first_run(prospect, width), cursor=cursor)
