"""SubRip captions, as exact or as careless as the tool that wrote them."""

from __future__ import annotations

from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._cues import ARROW, blocks_of_cues, has_cue, read_cues
from pmagent.types import Parsed

_TOP_LINES = 4


class _SubRip:
    suffixes = frozenset({".srt", ".txt", ""})

    def fit(self, source: Source) -> Fit:
        """A timing line at the top, without the first word of WebVTT above it."""
        if source.text.lstrip().startswith("WEBVTT"):
            return Fit.NO
        if any(ARROW.match(line) for line in source.lines[:_TOP_LINES]):
            return Fit.CONTENT
        is_named = source.suffix == ".srt"
        return Fit.NAME if is_named and has_cue(source.lines, ARROW) else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a cue."""
        cues = read_cues(source.lines, ARROW)
        return Parsed(
            blocks=tuple(blocks_of_cues(cues)),
            format="srt",
            warnings=source.decoded.warnings,
        )


PARSER = _SubRip()
