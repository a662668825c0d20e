"""The post of a kit as it will read, below what is said against its files."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.tui.paint.lines import Page, PageBuilder, span, wrap
from pmagent.tui.paint.markdown import paint_block
from pmagent.tui.paint.prose import Prose
from pmagent.tui.paint.said import MAX_TEXT_WIDTH
from pmagent.types.jobs import Saved


def paint_post(markdown: str, files: Sequence[Saved], width: int) -> Page:
    """Markdown as text; cited places count up from 1 as they come."""
    builder = PageBuilder()
    text_width = min(width, MAX_TEXT_WIDTH)
    numbers: dict[str, int] = {}
    for saved in files:
        name = saved.path.rpartition("/")[2]
        for problem in saved.problems:
            line = (span(f"! {name}: ", "warn"), span(problem))
            builder.add_all(wrap(line, text_width, indent=2))
    if builder.page().lines:
        builder.add()
    for place, block in enumerate(Prose(markdown).blocks):
        if place:
            builder.add()
        rows = paint_block(
            block, text_width, lambda cited: numbers.setdefault(cited, len(numbers) + 1)
        )
        builder.add_all(rows)
    return builder.page()
