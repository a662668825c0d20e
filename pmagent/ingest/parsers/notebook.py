"""Jupyter notebooks: what was written in the cells, never what they put out."""

from __future__ import annotations

from pmagent.errors import ReadError
from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._draft import Headings, blocks_of_lines
from pmagent.ingest.parsers._inline import strip_inline
from pmagent.ingest.parsers._json import Places, list_start, objects_from, strings_at, value_place
from pmagent.types import Block, Parsed


class _Notebook:
    suffixes = frozenset({".ipynb"})

    def fit(self, source: Source) -> Fit:
        """A list of cells."""
        return Fit.NO if list_start(source.text, "cells") is None else Fit.CONTENT

    def parse(self, source: Source) -> Parsed:
        """One block a cell, or more where its lines lie apart in the file."""
        text, places = source.text, Places(source.text)
        blocks: list[Block] = []
        headings = Headings()
        heading: tuple[str, ...] = ()
        title: str | None = None
        for start, _, cell in objects_from(text, list_start(text, "cells") or 0):
            at = value_place(text, start, "source")
            found = [(places.line(place), line) for place, line in strings_at(text, at)]
            if cell.get("cell_type") == "markdown":
                level, words = _heading(found[0][1] if found else "")
                heading = headings.put(level, words) if level else heading
                title = title or (words if level == 1 else None)
                found = [(number, _plain(line)) for number, line in found]
            blocks.extend(_under(heading, found))
        if not blocks:
            raise ReadError("the notebook has no cell with text")
        return Parsed(
            blocks=tuple(blocks),
            format="notebook",
            title=title,
            warnings=source.decoded.warnings,
        )


def _under(heading: tuple[str, ...], found: list[tuple[int, str]]) -> list[Block]:
    return [
        Block(text=block.text, first_line=block.first_line, heading=heading)
        for block in blocks_of_lines(found)
    ]


def _heading(line: str) -> tuple[int, str]:
    """The level and words of a heading at the top of a cell; level 0 where there is none."""
    marks = len(line) - len(line.lstrip("#"))
    if not 1 <= marks <= 6 or not line[marks : marks + 1].isspace():
        return 0, ""
    return marks, " ".join(_plain(line.split("\n")[0][marks:]).split())


def _plain(line: str) -> str:
    return strip_inline(line.lstrip("#").strip(), lambda _: None)


PARSER = _Notebook()
