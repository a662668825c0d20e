"""Words in quotation marks must stand in the evidence as they are, or the difference is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pmagent.factcheck.matching import Match
from pmagent.factcheck.words import Lexicon, Token

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{6,400})[\"”“»]|(?<!\w)[‘']([^'‘’]{12,400})[’'](?!\w)")
_SHORTEST = 3
"""Words; one or two in quotation marks are a name or a doubt, not what somebody said."""
_SAME_PASSAGE = 0.5
"""Share of the quoted words that a window must have, in order, to be where they were said."""


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """Words of a claim that stand in quotation marks."""

    text: str
    start: int


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A quotation beside what was said."""

    is_verbatim: bool
    match: Match
    said: tuple[int, int]
    """Span in the claim of the first words that differ."""
    found: str = ""
    share: float = 1.0


def quotes_in(claim: str) -> list[Quoted]:
    """What a claim quotes, in order."""
    found: list[Quoted] = []
    for match in _QUOTED.finditer(claim):
        group = 1 if match[1] is not None else 2
        if len(match[group].split()) >= _SHORTEST:
            found.append(Quoted(text=match[group].strip(" ,.!?…"), start=match.start(group)))
    return found


def compare(quoted: Quoted, matches: Sequence[Match], lexicon: Lexicon) -> Compared | None:
    """The window that has the quotation, or most of it; None where none has half of it."""
    words = lexicon.tokens(quoted.text)
    wanted = [token.lower for token in words]
    best: tuple[float, Match, SequenceMatcher[str]] | None = None
    for match in matches:
        said = [token.lower for token in match.read.tokens]
        matcher = SequenceMatcher(None, wanted, said, autojunk=False)
        same = sum(block.size for block in matcher.get_matching_blocks())
        share = same / max(1, len(wanted))
        if best is None or share > best[0]:
            best = share, match, matcher
    if best is None or best[0] < _SAME_PASSAGE:
        return None
    return _compared(quoted, words, *best)


def _compared(
    quoted: Quoted,
    words: Sequence[Token],
    share: float,
    match: Match,
    matcher: SequenceMatcher[str],
) -> Compared:
    tokens = match.read.tokens
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    inner = [code for code in changes if code[1] < code[2] or 0 < code[1] < len(words)]
    if not inner:
        return Compared(is_verbatim=True, match=match, said=(quoted.start, quoted.start))
    _, first, last, low, high = max(inner, key=lambda code: code[2] - code[1])
    if first == last:  # words were left out: show the one before the gap
        first = max(0, first - 1)
        low = max(0, low - 1)
    span = (quoted.start + words[first].start, quoted.start + words[max(first, last - 1)].end)
    if high - low > 2 * (last - first) + 2:  # an open end takes the rest of the window with it
        low, high = (low, low + last - first) if first else (high - last, high)
    found = ""
    if low < high <= len(tokens):
        found = match.read.window.text[tokens[low].start : tokens[high - 1].end]
    return Compared(is_verbatim=False, match=match, said=span, found=found, share=share)
