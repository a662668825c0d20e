"""WebVTT captions, from YouTube, Zoom, Teams and by hand."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._cues import ARROW, blocks_of_cues, has_cue, read_cues
from pmagent.types import Parsed

_NOT_CUES = ("NOTE", "STYLE", "REGION")


class _WebVtt:
    suffixes = frozenset({".vtt", ".webvtt", ".txt", ""})

    def fit(self, source: Source) -> Fit:
        """The first word of the file says so."""
        if source.text.lstrip().startswith("WEBVTT"):
            return Fit.CONTENT
        is_named = source.suffix in {".vtt", ".webvtt"}
        return Fit.NAME if is_named and has_cue(source.lines, ARROW) else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a cue."""
        cues = read_cues(_without_notes(source.lines), ARROW, has_names=True)
        return Parsed(
            blocks=tuple(blocks_of_cues(cues)),
            format="vtt",
            warnings=source.decoded.warnings,
        )


def _without_notes(lines: Sequence[str]) -> list[str]:
    """The lines with notes and style sheets blanked, each up to the next blank line."""
    shown: list[str] = []
    is_note = False
    for index, line in enumerate(lines):
        is_first = index == 0 or not lines[index - 1].strip()
        word = line.split(maxsplit=1)[0] if line.startswith(_NOT_CUES) else ""
        if not line.strip() or ARROW.match(line):
            is_note = False
        elif is_first and word in _NOT_CUES:
            is_note = True
        shown.append("" if is_note else line)
    return shown


PARSER = _WebVtt()
