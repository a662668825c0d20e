"""SBV captions, as YouTube exports them."""

from __future__ import annotations

from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._cues import COMMA, blocks_of_cues, has_cue, read_cues
from pmagent.types import Parsed


class _Sbv:
    suffixes = frozenset({".sbv"})

    def fit(self, source: Source) -> Fit:
        """Its name, and a line that tells times."""
        return Fit.CONTENT if has_cue(source.lines, COMMA) else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a cue."""
        cues = read_cues(source.lines, COMMA)
        return Parsed(
            blocks=tuple(blocks_of_cues(cues)),
            format="sbv",
            warnings=source.decoded.warnings,
        )


PARSER = _Sbv()
