"""Markdown in which nothing stands that is not cited or marked: the one way a job writes."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.discourse.lines import Line, cite
from pmagent.safe_text import safe_text
from pmagent.types import Citation
from pmagent.types.documents import format_time
from pmagent.types.insights import Archive, Draft

ASSUMPTION = "(assumption)"
"""Stands behind what no file says."""


class Page:
    """Collects lines of Markdown, and the citations in them."""

    def __init__(self, archive: Archive, title: str) -> None:
        self._archive = archive
        self._title = safe_text(title)
        self._rows: list[str] = [f"# {self._title}", ""]
        self._citations: dict[tuple[str, int, int | None], Citation] = {}

    def head(self, text: str, *, depth: int = 2) -> None:
        """Begin a section."""
        self._gap()
        self._rows += [f"{'#' * depth} {safe_text(text)}", ""]

    def say(self, text: str) -> None:
        """A paragraph that is about the page, not about the world."""
        self._gap()
        self._rows += [safe_text(text), ""]

    def item(self, text: str, *, depth: int = 0) -> None:
        """A list item as it is; it brings its own citation or mark."""
        self._rows.append(f"{'  ' * depth}- {safe_text(text)}")

    def row(self, cells: Sequence[str]) -> None:
        """A row of a table; bars inside a cell are escaped."""
        shown = (safe_text(cell).replace("|", "\\|") for cell in cells)
        self._rows.append(f"| {' | '.join(shown)} |")

    def quote(self, line: Line, *, before: str = "", depth: int = 0) -> None:
        """A list item with the sentence, verbatim, and where it stands."""
        lead = f"{before}: " if before else ""
        self.item(f"{lead}{self.quoted(line)}", depth=depth)

    def quoted(self, line: Line) -> str:
        """The sentence between quotation marks, who says it and when, and its citation."""
        citation = cite(self._archive, line)
        return f"“{line.text}” {self.source(citation)}"

    def source(self, citation: Citation) -> str:
        """`(Nell, 00:04:33) [path:42]`, remembered as one of the draft's citations."""
        key = (citation.path, citation.locator.first_line, citation.locator.start_ms)
        self._citations.setdefault(key, citation)
        told = [part for part in (citation.speaker, moment(citation)) if part]
        return f"({', '.join(told)}) [{citation.place}]" if told else f"[{citation.place}]"

    def draft(self, *, path: str = "", abstained: str = "") -> Draft:
        """All of it."""
        self._gap()
        return Draft(
            title=self._title,
            markdown="\n".join(self._rows).rstrip() + "\n",
            citations=tuple(self._citations.values()),
            path=path,
            abstained=abstained,
        )

    def _gap(self) -> None:
        if self._rows and self._rows[-1]:
            self._rows.append("")


def moment(citation: Citation) -> str:
    """`00:04:33`, with `~` where it is estimated; empty where the file has no times."""
    start_ms = citation.locator.start_ms
    if start_ms is None:
        return ""
    return f"{'~' if citation.locator.is_interpolated else ''}{format_time(start_ms)}"


def slug_of(text: str, *, most: int = 60) -> str:
    """Lower-case words joined by hyphens, for a file's name; `draft` where none is left."""
    parts: list[str] = []
    size = 0
    for word in "".join(char if char.isalnum() else " " for char in text.lower()).split():
        size += len(word) + 1
        if size > most + 1:
            break
        parts.append(word)
    return "-".join(parts) or "draft"
