"""Plain text: paragraphs, and the transcripts that Otter, Rev, Riverside, Teams and Zoom write.

Also what every other text is read as, from source code to a format without a parser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._dates import find_date
from pmagent.ingest.parsers._draft import Draft
from pmagent.ingest.parsers._turns import find_turns
from pmagent.types import Parsed

_PROSE = frozenset({".txt", ".text", ""})
"""Where turns are looked for: a colon in source code or a log names nobody."""
_OTTER_LISTS = frozenset({"SUMMARY KEYWORDS", "SPEAKERS"})
_OTTER_FOOT = re.compile(r"Transcribed by https?://otter\.ai")
_HEADER_LINES = 40


@dataclass(frozen=True)
class _Header:
    """Lines above the first turn of an Otter transcript that are not said."""

    hidden: frozenset[int] = frozenset()
    title: str | None = None
    date: date | None = None


class _PlainText:
    suffixes = frozenset({".txt", ".text", ".rst", ".org", ""})

    def fit(self, source: Source) -> Fit:
        """Any text, where nothing knows better."""
        return Fit.NAME if source.text else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a paragraph or turn."""
        lines = source.lines
        turns = find_turns(lines) if source.suffix in _PROSE else None
        header = _otter_header(lines) if turns and turns.shape == "name time" else _Header()
        draft = Draft(turns)
        for number, line in enumerate(lines, 1):
            if not line.strip() or number in header.hidden:
                draft.close()
            elif turns is None:
                draft.add(number, line.rstrip())
            elif _OTTER_FOOT.match(line):
                draft.silence()
            else:
                draft.say(number, line.strip())
        draft.close()
        return Parsed(
            blocks=tuple(draft.blocks),
            format="transcript" if turns else "text",
            title=header.title,
            date=header.date,
            warnings=source.decoded.warnings,
        )


def _otter_header(lines: Sequence[str]) -> _Header:
    """What Otter writes above the first turn: title, date, keywords and the list of speakers."""
    top = [line.strip() for line in lines[:_HEADER_LINES]]
    if not _OTTER_LISTS & set(top):
        return _Header()
    hidden: set[int] = set()
    for number, line in enumerate(top, 1):
        if line in _OTTER_LISTS:
            hidden |= {number, number + 1}
    stated = next((day for line in top[:4] if (day := find_date(line))), None)
    return _Header(frozenset(hidden), top[0] or None, stated)


PARSER = _PlainText()
