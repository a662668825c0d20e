"""Pages to look through: the changes of files, the whole of a question, one entry in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.paint.lines import Span, clip, span, spread
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.widgets.diff import DiffView, PagesPainter
from pmagent.tui.work import Desk


class DiffScreen(GardenScreen):
    """One view over the whole screen; `n` and `p` go from part to part."""

    BINDINGS: ClassVar = bindings_for("diff")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("diff", "app")
    AUTO_FOCUS = "#diff"

    def __init__(
        self,
        desk: Desk,
        vital: Vital,
        *,
        title: tuple[Span, ...],
        painter: PagesPainter,
        seen: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(desk, vital)
        self._title_spans = title
        self._painter = painter
        self._seen = seen
        """Called once the last line was on screen."""

    def compose_body(self) -> Iterable[Widget]:
        """The view."""
        yield DiffView(id="diff")

    def on_mount(self) -> None:
        """Draw it, and follow its scrolling in the heading."""
        self.view.show_pages(self._painter)
        self.watch(self.view, "scroll_y", self.show_heading, init=False)
        self.call_after_refresh(self.show_heading)

    @property
    def view(self) -> DiffView:
        """The lines."""
        return self.query_one(DiffView)

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """What it is, and where in it one is."""
        if not self.is_mounted:
            return [clip(self._title_spans, width)]
        view = self.view
        lines, top = len(view.page.lines), view.scroll_offset.y
        last = min(top + view.size.height, lines)
        part = f"file {view.part + 1} of {view.parts}   " if view.parts > 1 else ""
        where = (span(f"{part}lines {min(top + 1, lines)}–{last} of {lines:,}", "quiet"),)
        room = width - sum(len(piece.text) for piece in where) - 2
        return [spread(clip(self._title_spans, room), where, width)]

    def on_diff_view_seen_to_end(self, event: DiffView.SeenToEnd) -> None:
        """Tell whoever waits for that."""
        event.stop()
        if self._seen is not None:
            self._seen()

    def action_step(self, step: int) -> None:
        """The next file or the one before."""
        self.view.step(step)

    def action_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()
