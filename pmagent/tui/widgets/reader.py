"""A passage in its file: what it is above, its lines below, the cited ones marked."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from pmagent.tui.paint.lines import Span
from pmagent.tui.paint.reading import Passage, cited_rows, paint_reading, paint_reading_heading
from pmagent.tui.widgets.lines import Lines, LineView


class ReaderPane(Vertical):
    """Shows one passage at a time."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._passage: Passage | None = None

    def compose(self) -> ComposeResult:
        """Heading and lines."""
        yield Lines(self._paint_heading, id="reader-heading")
        yield LineView(id="reader")

    @property
    def passage(self) -> Passage | None:
        """What is shown."""
        return self._passage

    @property
    def view(self) -> LineView:
        """The lines, which take the focus."""
        return self.query_one("#reader", LineView)

    def show(self, passage: Passage) -> None:
        """Show another passage, its cited lines a third down."""
        self._passage = passage
        self.query_one("#reader-heading", Lines).show(self._paint_heading)
        self.view.show(lambda width: paint_reading(passage, width))
        self.call_after_refresh(self.reveal)

    def reveal(self) -> None:
        """Scroll to the cited lines, with some lines before them."""
        rows, height = cited_rows(self.view.page), self.view.size.height
        above = max((height - len(rows)) // 3, min(2, rows.start))
        self.view.scroll_to(y=max(rows.start - above, 0), animate=False)

    def _paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        return paint_reading_heading(self._passage, width) if self._passage else []
