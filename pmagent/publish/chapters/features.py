"""What speaks for a chapter at each turn, as numbers: words before and after, cues, who speaks."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import pairwise

import numpy as np

from pmagent.publish.chapters.cues import OPENING_WORDS, is_cue, is_strong, is_turning
from pmagent.publish.chapters.pieces import Floats, Ints, Layout, Vectors, stretches
from pmagent.publish.chapters.splits import vote_splits

OPENING_TERMS = 30
"""Content words of a turn in which a subject is brought up."""
FEWEST_TURNS = 3
"""In which a word must be said to be a subject."""
MOST_SPEAKERS = 60
"""The rest of a crowd counts as one."""


def measure(layout: Layout, vectors: Vectors | None) -> dict[str, Floats]:
    """A number a turn and feature; those of meaning are missing without vectors."""
    told = {**_constants(layout), **_said(layout), **_lexical(layout)}
    told["spk250"] = zscore(_speaker_shift(layout, 250))
    if vectors is not None:
        told.update(_meaning(layout, vectors))
    return told


def zscore(values: Floats) -> Floats:
    """Values in standard deviations from their mean; zeros where all are the same."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def _constants(layout: Layout) -> dict[str, Floats]:
    turns = len(layout.texts)
    total = int(layout.starts[-1])
    speakers = min(max(len(set(layout.speakers)), 1), 100)
    left = total - layout.starts[:-1]
    return {
        "late": np.exp(-left / 150.0),
        "lwpt": np.full(turns, np.log(total / turns) - 3.2),
        "lnspk": np.full(turns, np.log(speakers) - 1.5),
    }


def _said(layout: Layout) -> dict[str, Floats]:
    openings = [" ".join(text.split()[:OPENING_WORDS]) for text in layout.texts]
    strong = np.array([is_strong(text) for text in openings], np.float64)
    words = layout.words.astype(np.float64)
    after = np.stack([
        np.concatenate([words[step:], np.zeros(step)])[: len(words)] for step in range(4)
    ])
    return {
        "strong": strong,
        "prevstrong": np.concatenate([[0.0], strong[:-1]]),
        "cue": np.array([is_cue(text) for text in openings], np.float64),
        "so": np.array([is_turning(text) for text in openings], np.float64),
        "qtail": np.array([text.rstrip(' "”').endswith("?") for text in layout.texts], np.float64),
        "short": (layout.words < 5).astype(np.float64),
        "host": _hosts(layout, strong),
        "len": zscore(np.log1p(words)),
        "fut4": zscore(np.log1p(after.max(axis=0))),
    }


def _hosts(layout: Layout, strong: Floats) -> Floats:
    """1 where who leads the talk speaks: who announces and asks most."""
    leads: Counter[str] = Counter()
    for speaker, text, announces in zip(layout.speakers, layout.texts, strong, strict=True):
        if speaker:
            leads[speaker] += 4 * int(announces) + text.count("?")
    if not leads:
        return np.zeros(len(layout.texts))
    host = min(leads, key=lambda name: (-leads[name], name))
    return np.array([speaker == host for speaker in layout.speakers], np.float64)


def _speaker_shift(layout: Layout, span: int) -> Floats:
    """Half the difference between who speaks how much before and after each turn's start."""
    here = layout.starts[:-1].astype(np.float64)
    total = float(layout.starts[-1])
    counted: Counter[str] = Counter()
    for speaker, words in zip(layout.speakers, layout.words, strict=True):
        counted[speaker] += int(words)
    kept = [name for name, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]
    before_span = np.maximum(np.minimum(here, span), 1.0)
    after_span = np.maximum(np.minimum(total - here, span), 1.0)
    shift = np.zeros(len(here))
    for name in kept[:MOST_SPEAKERS]:
        own = np.where(np.array(layout.speakers) == name, layout.words, 0)
        said = np.concatenate([[0], np.cumsum(own)]).astype(np.float64)
        at = np.interp(here, layout.starts, said)
        before = at - np.interp(np.maximum(here - span, 0), layout.starts, said)
        after = np.interp(np.minimum(here + span, total), layout.starts, said) - at
        shift += np.abs(before / before_span - after / after_span)
    return shift / 2


def _lexical(layout: Layout) -> dict[str, Floats]:
    """How alike the words on both sides are, how many of those to come are new, what sets in."""
    turns = len(layout.texts)
    size = int(layout.terms.max()) + 1 if len(layout.terms) else 0
    holder = np.repeat(np.arange(turns), np.diff(layout.term_starts))
    pairs = np.unique(np.stack([layout.terms, holder]), axis=1)
    spread = np.bincount(pairs[0], minlength=size)
    weight = (np.log(turns / np.maximum(spread, 1)) ** 2).tolist()
    alike, distinct = _slide(layout, weight, 250)
    return {
        "lex250": -zscore(alike),
        "lex500": -zscore(_slide(layout, weight, 500)[0]),
        "deplex": zscore(_depth(layout, zscore(alike), 300)),
        "nov250": zscore(_new_share(layout, spread, distinct, 250)),
        "onset": zscore(_onset(layout, spread, 400)),
    }


def _new_share(layout: Layout, spread: Ints, distinct: Floats, span: int) -> Floats:
    """Of the different words to come, how many are said first here and come back in other turns."""
    firsts = np.zeros(len(layout.terms) + 1)
    _, places = np.unique(layout.terms, return_index=True)
    firsts[places[spread[layout.terms[places]] > 1] + 1] = 1.0
    seen = np.cumsum(firsts)
    end = _term_place(layout, layout.starts[:-1] + span)
    return (seen[end] - seen[layout.term_starts[:-1]]) / np.maximum(distinct, 1.0)


def _onset(layout: Layout, spread: Ints, span: int) -> Floats:
    """How much more a word of each turn's opening is said in the `span` content words after it.

    The word of which that holds most counts, as the logarithm of a ratio; words of fewer than
    three turns do not.
    """
    places: dict[int, list[int]] = {}
    terms = layout.terms.tolist()
    for place, term in enumerate(terms):
        places.setdefault(term, []).append(place)
    starts = layout.term_starts.tolist()
    best = np.zeros(len(layout.texts))
    for turn, (begin, end) in enumerate(pairwise(starts)):
        for term in set(terms[begin : min(end, begin + OPENING_TERMS)]):
            if spread[term] < FEWEST_TURNS:
                continue
            said = places[term]
            before = bisect_left(said, begin) - bisect_left(said, begin - span)
            after = bisect_left(said, end + span) - bisect_left(said, end)
            best[turn] = max(best[turn], np.log((after + 0.5) / (before + 0.5)))
    return best


def _term_place(layout: Layout, words: Ints) -> Ints:
    """About how many content words stand before some places given in words."""
    return np.rint(np.interp(words, layout.starts, layout.term_starts)).astype(np.int64)


def _slide(layout: Layout, weight: list[float], span: int) -> tuple[Floats, Floats]:
    """Cosine of the `span` words before and after each turn, and how many different ones follow.

    Both windows only move forward, so that each word enters and leaves each of them once.
    """
    begin = _term_place(layout, layout.starts[:-1] - span)
    end = _term_place(layout, layout.starts[:-1] + span)
    terms = [int(term) for term in layout.terms]
    left, right = [0] * len(weight), [0] * len(weight)
    dot = left_norm = right_norm = 0.0
    different = 0
    low = middle = high = 0
    alike = np.zeros(len(begin))
    distinct = np.zeros(len(begin))
    starts = layout.term_starts.tolist()
    for turn, (first, last) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        while high < last:
            term = terms[high]
            right_norm += (2 * right[term] + 1) * weight[term]
            dot += left[term] * weight[term]
            different += right[term] == 0
            right[term] += 1
            high += 1
        while middle < starts[turn]:
            term = terms[middle]
            right[term] -= 1
            right_norm -= (2 * right[term] + 1) * weight[term]
            left_norm += (2 * left[term] + 1) * weight[term]
            dot += (right[term] - left[term]) * weight[term]
            left[term] += 1
            different -= right[term] == 0
            middle += 1
        while low < first:
            term = terms[low]
            left[term] -= 1
            left_norm -= (2 * left[term] + 1) * weight[term]
            dot -= right[term] * weight[term]
            low += 1
        alike[turn] = dot / (max(left_norm * right_norm, 1e-9) ** 0.5)
        distinct[turn] = different
    return alike, distinct


def _meaning(layout: Layout, vectors: Vectors) -> dict[str, Floats]:
    """How unlike in meaning the words on both sides are, in several widths."""
    told: dict[str, Floats] = {}
    alike200 = _alike(layout, vectors, 200)
    told["sim200"] = -zscore(alike200)
    told["sim800"] = -zscore(_alike(layout, vectors, 800))
    told["dep200"] = zscore(_depth(layout, alike200, 300))
    told["dep400"] = zscore(_depth(layout, zscore(_alike(layout, vectors, 400)), 600))
    told["dp500"], told["dp2000"] = vote_splits(layout, vectors, (500, 2_000))
    return told


def _alike(layout: Layout, vectors: Vectors, span: int) -> Floats:
    here = layout.starts[:-1]
    middle = vectors.first[:-1]
    begin = np.searchsorted(vectors.starts, here - span)
    end = np.searchsorted(vectors.starts, np.minimum(here + span, layout.starts[-1]))
    before = stretches(vectors, np.minimum(begin, middle), middle)
    after = stretches(vectors, middle, np.maximum(end, middle))
    return np.einsum("ij,ij->i", before, after)


def _depth(layout: Layout, alike: Floats, span: int) -> Floats:
    """How deep the valley is at each turn: the heights on both sides within `span` words."""
    here = layout.starts[:-1]
    low = np.searchsorted(here, here - span)
    high = np.searchsorted(here, here + span, side="right")
    depth = np.zeros(len(alike))
    for place in range(len(alike)):
        left = alike[low[place] : place + 1].max()
        right = alike[place : high[place]].max()
        depth[place] = left + right - 2 * alike[place]
    return depth
