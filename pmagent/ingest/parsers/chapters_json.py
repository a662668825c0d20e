"""Chapters of Podcasting 2.0: titles with times."""

from __future__ import annotations

from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._json import (
    Places,
    list_start,
    milliseconds,
    objects_from,
    value_place,
)
from pmagent.types import Block, Parsed


class _ChaptersJson:
    suffixes = frozenset({".json"})

    def fit(self, source: Source) -> Fit:
        """A list of chapters whose first has a start."""
        start = list_start(source.text, "chapters")
        first = None if start is None else next(objects_from(source.text, start), None)
        return Fit.CONTENT if first and "title" in first[2] and "startTime" in first[2] else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a chapter's title."""
        text, places = source.text, Places(source.text)
        blocks: list[Block] = []
        for start, _, chapter in objects_from(text, list_start(text, "chapters") or 0):
            title, seconds = chapter.get("title"), chapter.get("startTime")
            line = places.line(value_place(text, start, "title"))
            if isinstance(title, str) and title.strip():
                blocks.append(
                    Block(
                        text=" ".join(title.split()),
                        first_line=line,
                        start_ms=milliseconds(seconds),
                    )
                )
        return Parsed(blocks=tuple(blocks), format="chapters", warnings=source.decoded.warnings)


PARSER = _ChaptersJson()
