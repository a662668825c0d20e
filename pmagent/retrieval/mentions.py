"""Which passages mention a thing, in order of time: for questions after the first or latest.

Similarity cannot answer these: the earliest mention is seldom the one that says most. A passage
mentions what is asked for where the asked words stand together in it; only where none does, the
passages that rank nearly as high as the best are put in order of time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

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
    index: SearchIndex,
    intent: Intent,
    rows: Sequence[int] | np.ndarray,
    *,
    is_exact: bool,
    count: int,
) -> list[int]:
    sign = -1 if intent.kind == "latest" else 1
    dates = index.date_of
    ordered = sorted((int(row) for row in rows), key=lambda row: sign * int(dates[row]))
    kept: list[tuple[int, Passage]] = []
    for start in range(0, min(len(ordered), _LOOKED_AT), _BATCH):
        batch = ordered[start : start + _BATCH]
        texts = index.passages(batch)
        kept.extend(
            (row, passage)
            for row, passage in zip(batch, texts, strict=True)
            if _mentions(passage.text, intent.terms, is_exact=is_exact)
        )
        if len(kept) >= count and dates[kept[-1][0]] != dates[kept[count - 1][0]]:
            break
    kept.sort(key=lambda item: _moment(item[1], sign * int(dates[item[0]]), sign))
    return [row for row, _ in kept[:count]]


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
    sign = -1 if intent.kind == "latest" else 1
    found = zip((int(row) for row in near), index.passages([int(row) for row in near]), strict=True)
    dates = index.date_of
    return [
        row
        for row, _ in sorted(
            found, key=lambda item: _moment(item[1], sign * int(dates[item[0]]), sign)
        )
    ]


def _moment(passage: Passage, day: int, sign: int) -> tuple[object, ...]:
    """Sorts by day, spoken before written, then by numbers in the path as numbers."""
    name = tuple(
        (sign * int(part), "") if part.isdigit() else (0, part)
        for part in re.split(r"(\d+)", passage.path)
    )
    return day, not passage.speakers, name, sign * passage.position
