"""Where the parts of a talk begin: chapters, and the marks that nearly were.

A fitted model says how likely each turn begins a part, from its words, from who speaks, and from
what is spoken of on both sides of it. It chooses how many there are. Nothing here reads a clock or
a model of language; without vectors it tells by words alone, a little worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from pmagent.publish.chapters.features import measure
from pmagent.publish.chapters.model import expected_marks, probabilities
from pmagent.publish.chapters.pieces import Embed, Floats, Layout, embed_pieces, lay_out
from pmagent.publish.transcript.read import headed_lines
from pmagent.types.publishing import Chapter, Transcript

FIRST_WORDS = 40
"""Words before the first mark after the opening."""
LAST_WORDS = 60
"""Words a last chapter has at least."""
APART_WORDS = 220
"""Words between two marks; fewer where more chapters are asked for."""
SHORTEST_WORDS, LONGEST_WORDS = 450, 4_000
"""Of a chapter, on average."""
NEAR_WORDS, NEAR_TURNS = 140, 3
"""Marks of different people for one change lie so far apart: up to a minute of talk."""
NEAR_SHARE = 0.65
"""Of what its neighbours add to a turn: where the neighbours are likely too, something begins."""
HEADED = 4.0
"""Added to the logit of a turn below a heading, which a person has set. A rule, not fitted."""
AFTER_GAP = 1.0
"""Added behind lines that are no turn, such as an advertisement's mark. A rule, not fitted."""
GAP_LINES = 2
"""How many more lines than usual such a gap has."""


def find_chapters(
    transcript: Transcript, *, embed: Embed, more: float = 1.0
) -> tuple[tuple[Chapter, ...], tuple[Chapter, ...]]:
    """Chapters in order, and as many further marks that could be set, best first; without titles.

    The first chapter begins with the first turn. `more` scales how many there are: 0.5 gives about
    half as many, 2 about twice. Cost is linear in the words, beside a bounded part of about 0.3 s.
    """
    if not transcript.turns:
        return (), ()
    layout = lay_out(transcript.turns)
    likely, expected = weigh_turns(transcript, layout, embed=embed)
    wanted = _wanted(layout, expected, more)
    around = _around(likely, layout)
    score = np.where(likely > 0, likely + NEAR_SHARE * around, 0.0)
    order = _picked(score, layout, 2 * wanted, APART_WORDS / max(1.0, more))
    marks = [_chapter(transcript, turn, float(likely[turn] + around[turn])) for turn in order]
    taken = sorted(marks[:wanted], key=lambda mark: mark.turn)
    return (
        tuple(_rising([_chapter(transcript, 0, 1.0), *taken])),
        tuple(mark for mark in marks[wanted:] if mark.start_ms != 0),
    )


def weigh_turns(transcript: Transcript, layout: Layout, *, embed: Embed) -> tuple[Floats, float]:
    """How likely each turn begins a chapter (0 where none may), and how many marks to expect."""
    total = int(layout.starts[-1])
    may = layout.starts[:-1] >= FIRST_WORDS
    may &= total - layout.starts[:-1] >= LAST_WORDS
    if total < 2 * SHORTEST_WORDS or not may.any() or not len(layout.terms):
        return np.zeros(len(layout.texts)), 0.0
    vectors = embed_pieces(layout, embed)
    is_lexical = vectors is None
    likely = np.where(may, probabilities(measure(layout, vectors), is_lexical=is_lexical), 0.0)
    expected = expected_marks(likely, total, is_lexical=is_lexical)
    odds = likely / (1 - likely) * np.exp(_fixed(transcript))
    return odds / (1 + odds), expected


def _fixed(transcript: Transcript) -> Floats:
    """What headings and gaps in the source add."""
    turns = transcript.turns
    added = np.zeros(len(turns))
    headed = set(headed_lines(transcript.document))
    gaps = [after.first_line - before.last_line for before, after in pairwise(turns)]
    usual = median(gaps) if gaps else 0
    for place, turn in enumerate(turns[1:], 1):
        if turn.first_line in headed:
            added[place] = HEADED
        elif gaps[place - 1] >= usual + GAP_LINES:
            added[place] = AFTER_GAP
    return added


def _around(likely: Floats, layout: Layout) -> Floats:
    """What the turns near each one hold: a person may mark any of them."""
    here = layout.starts[:-1]
    around = np.zeros(len(likely))
    for step in range(1, min(NEAR_TURNS + 1, len(likely))):
        near = here[step:] - here[:-step] <= NEAR_WORDS
        around[step:] += likely[:-step] * near
        around[:-step] += likely[step:] * near
    return around


def _wanted(layout: Layout, expected: float, more: float) -> int:
    """How many marks there are to be, without the first."""
    words = int(layout.starts[-1])
    most = int(words / SHORTEST_WORDS * max(1.0, more))
    least = max(min(2, most), int(words / LONGEST_WORDS * more))
    return min(max(least, round(expected * more)), most) if expected else 0


def _picked(score: Floats, layout: Layout, count: int, apart: float) -> list[int]:
    """The best turns that may begin a chapter, best first, none too near to another."""
    here = layout.starts[:-1]
    is_free = score > 0
    picked: list[int] = []
    for turn in np.argsort(-score, kind="stable").tolist():
        if len(picked) == count:
            break
        if not is_free[turn]:
            continue
        picked.append(turn)
        low = np.searchsorted(here, here[turn] - apart, side="right")
        high = np.searchsorted(here, here[turn] + apart)
        is_free[low:high] = False
    return picked


def _rising(marks: Sequence[Chapter]) -> list[Chapter]:
    """The marks without those that a listener could not tell from the one before."""
    kept: list[Chapter] = []
    for mark in marks:
        before = kept[-1].start_ms if kept else None
        if before is None or mark.start_ms is None or mark.start_ms > before:
            kept.append(mark)
    return kept


def _chapter(transcript: Transcript, place: int, strength: float) -> Chapter:
    turn = transcript.turns[place]
    start_ms = 0 if place == 0 and transcript.has_times else turn.start_ms
    return Chapter(
        turn=place,
        start_line=turn.first_line,
        start_ms=start_ms,
        is_interpolated=turn.is_interpolated and place > 0,
        strength=round(min(strength, 1.0), 3),
    )
