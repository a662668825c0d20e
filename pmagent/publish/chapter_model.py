"""The fitted weights that make a probability of a turn's numbers, and a number of chapters of it.

Logistic regression over the turns of 124 transcripts with human marks (47 podcast episodes of three
shows, 77 meetings), turns within three of a mark left out, L2 of 3; `python -m
benchmarks.fit_chapters` makes the constants anew. They carry over between podcasts and meetings.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pmagent.publish.chapter_pieces import Floats

WEIGHTS: Mapping[str, float] = {
    "bias": -4.928,
    "late": -1.246,
    "lwpt": 2.029,
    "lnspk": -0.635,
    "cue": 0.588,
    "strong": 0.698,
    "prevstrong": 0.625,
    "so": 0.627,
    "qtail": 0.551,
    "host": 0.306,
    "short": -0.519,
    "len": 0.157,
    "fut4": 0.255,
    "lex250": 0.068,
    "lex500": 0.185,
    "deplex": 0.028,
    "nov250": 0.133,
    "onset": 0.214,
    "spk250": 0.245,
    "sim200": 0.173,
    "sim800": 0.148,
    "dep200": 0.203,
    "dep400": 0.097,
    "dp500": 0.285,
    "dp2000": 0.758,
}
COUNT: tuple[float, float, float] = (0.88, 0.466, -0.307)
LEXICAL_WEIGHTS: Mapping[str, float] = {
    "bias": -4.801,
    "late": -1.456,
    "lwpt": 2.012,
    "lnspk": -0.619,
    "cue": 0.624,
    "strong": 0.748,
    "prevstrong": 0.606,
    "so": 0.684,
    "qtail": 0.561,
    "host": 0.314,
    "short": -0.55,
    "len": 0.109,
    "fut4": 0.268,
    "lex250": 0.14,
    "lex500": 0.396,
    "deplex": 0.254,
    "nov250": 0.088,
    "onset": 0.242,
    "spk250": 0.279,
}
LEXICAL_COUNT: tuple[float, float, float] = (0.888, 0.466, -0.315)
"""The number is e ^ (first + second ln(sum of probabilities) + third ln(words / 8000))."""


def probabilities(told: Mapping[str, Floats], *, is_lexical: bool) -> Floats:
    """For each turn, how likely a person begins a chapter with it."""
    weights = LEXICAL_WEIGHTS if is_lexical else WEIGHTS
    logits = weights["bias"] + sum(
        (weight * told[name] for name, weight in weights.items() if name != "bias"),
        start=np.zeros(1),
    )
    return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))


def expected_marks(likely: Floats, words: int, *, is_lexical: bool) -> float:
    """How many marks a person sets in a talk of so many words with such probabilities."""
    bias, by_sum, by_words = LEXICAL_COUNT if is_lexical else COUNT
    total = max(float(likely.sum()), 0.1)
    return float(np.exp(bias + by_sum * np.log(total) + by_words * np.log(words / 8_000)))
