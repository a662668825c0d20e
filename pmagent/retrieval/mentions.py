"""Which passages mention a thing, in order of time: for questions after the first or latest.

Similarity cannot answer these: the earliest mention is seldom the one that says most. A passage
mentions what is asked for where the asked words stand together in it; only where none does, the
passages that rank nearly as high as the best are put in order of time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pmagent.nlp.sentences import windows
from pmagent.nlp.words import singular, tokens
from pmagent.retrieval.intent import Intent
from pmagent.retrieval.ports import Mask, Scores, SearchIndex
from pmagent.types import Passage

NEARLY_BEST = 0.85
"""Share of the best score from which a passage is held to speak of the same thing."""
_LOOKED_AT = 200
"""Passages of the right words, in order of time, whose text is read; a name is found in the first
few."""
_BATCH = 40
_NUMBER = re.compile(r"(\d+)")


def rows_in_time(
    index: SearchIndex, intent: Intent, scores: Scores, allowed: Mask | None, *, count: int
) -> list[int]:
    """Up to `count` rows that mention what is asked for, the asked end of time first.

    On one day spoken words come before written notes: show notes are made from the talk.
    """
    for mask, is_exact in _candidates(index, intent):
        open_rows = np.flatnonzero(mask if allowed is None else mask & allowed)
        rows = _verified(index, intent, open_rows, is_exact=is_exact, count=count)
        if rows:
            return rows
    return _nearly_best(index, intent, scores, allowed, count)


def _candidates(index: SearchIndex, intent: Intent) -> list[tuple[Mask, bool]]:
    """Rows by the strictest reading first: the words side by side, then all in one window."""
    terms = intent.terms
    if not terms:
        return []
    side_by_side = index.having(" ".join(terms))
    if len(terms) == 1:
        return [(side_by_side, True)]
    together = np.ones(index.size, np.bool_)
    for term in terms:
        together &= index.having(term)
    # Two words are a name ("prompt injection"); more are a description, seldom said word by word.
    return [(side_by_side, True), (together, False)] if len(terms) == 2 else [(together, False)]


def _verified(
    index: SearchIndex, intent: Intent, rows: NDArray[np.int64], *, is_exact: bool, count: int
) -> list[int]:
    sign = _sign(intent)
    dates = index.date_of
    ordered = sorted((int(row) for row in rows), key=lambda row: sign * int(dates[row]))
    kept: list[tuple[tuple[object, ...], int]] = []
    days: list[int] = []
    for start in range(0, min(len(ordered), _LOOKED_AT), _BATCH):
        batch = ordered[start : start + _BATCH]
        for row, passage in zip(batch, index.passages(batch), strict=True):
            if _mentions(passage.text, intent.terms, is_exact=is_exact):
                kept.append((_moment(index, row, passage, sign), row))
                if _is_dated(index, passage):
                    days.append(int(dates[row]))
        # One more day than needed: within a day the order is still to be made.
        if len(days) >= count and days[-1] != days[count - 1]:
            break
    return [row for _, row in sorted(kept)][:count]


def _mentions(text: str, terms: Sequence[str], *, is_exact: bool) -> bool:
    wanted = [singular(term) for term in terms]
    if is_exact:
        said = [singular(word) for word in tokens(text)]
        size = len(wanted)
        return any(said[at : at + size] == wanted for at in range(len(said) - size + 1))
    needed = set(wanted)
    return any(
        needed <= {singular(word) for word in tokens(text[start:end])}
        for start, end in windows(text)
    )


def _nearly_best(
    index: SearchIndex, intent: Intent, scores: Scores, allowed: Mask | None, count: int
) -> list[int]:
    open_rows = np.arange(index.size) if allowed is None else np.flatnonzero(allowed)
    if not len(open_rows):
        return []
    best = float(scores[open_rows].max())
    near = open_rows[scores[open_rows] >= best - abs(best) * (1 - NEARLY_BEST)]
    near = near[np.argsort(-scores[near], kind="stable")][:count]
    found = zip((int(row) for row in near), index.passages([int(row) for row in near]), strict=True)
    sign = _sign(intent)
    return [row for _, row in sorted((_moment(index, row, one, sign), row) for row, one in found)]


def _moment(index: SearchIndex, row: int, passage: Passage, sign: int) -> tuple[object, ...]:
    """Sorts by day, spoken before written, then by numbers in the path as numbers.

    What has no date but that of its file's last change comes last: it says nothing of when.
    """
    name = tuple(
        (sign * int(part), "") if part.isdigit() else (0, part)
        for part in _NUMBER.split(passage.path)
    )
    day = sign * int(index.date_of[row])
    return not _is_dated(index, passage), day, not passage.speakers, name, sign * passage.position


def _is_dated(index: SearchIndex, passage: Passage) -> bool:
    return index.citation(passage, passage.locator, None).date_source != "modified"


def _sign(intent: Intent) -> int:
    return -1 if intent.kind == "latest" else 1
