"""The fitted weights that make a probability of a turn's numbers, and a number of chapters of it.

Logistic regression over the turns of 124 transcripts with human marks (47 podcast episodes of three
shows, 77 meetings), turns within three of a mark left out, L2 of 3; `python -m
benchmarks.fit_chapters` makes the constants anew. They carry over between podcasts and meetings.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pmagent.publish.chapters.pieces import Floats

WEIGHTS: Mapping[str, float] = {
    "bias": -4.883,
    "late": -1.263,
    "lwpt": 2.006,
    "lnspk": -0.639,
    "cue": 0.562,
    "strong": 0.732,
    "prevstrong": 0.631,
    "so": 0.597,
    "qtail": 0.547,
    "host": 0.313,
    "short": -0.554,
    "len": 0.121,
    "fut4": 0.264,
    "lex250": 0.099,
    "lex500": 0.169,
    "nov250": 0.134,
    "onset": 0.201,
    "spk250": 0.247,
    "sim200": 0.146,
    "sim800": 0.152,
    "dep200": 0.23,
    "dep400": 0.101,
    "dp500": 0.3,
    "dp2000": 0.698,
}
COUNT: tuple[float, float, float] = (0.891, 0.46, -0.315)
LEXICAL_WEIGHTS: Mapping[str, float] = {
    "bias": -4.756,
    "late": -1.461,
    "lwpt": 1.987,
    "lnspk": -0.624,
    "cue": 0.594,
    "strong": 0.78,
    "prevstrong": 0.607,
    "so": 0.657,
    "qtail": 0.558,
    "host": 0.32,
    "short": -0.583,
    "len": 0.076,
    "fut4": 0.279,
    "lex250": 0.141,
    "lex500": 0.389,
    "deplex": 0.259,
    "nov250": 0.093,
    "onset": 0.227,
    "spk250": 0.282,
}
LEXICAL_COUNT: tuple[float, float, float] = (0.897, 0.461, -0.32)
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
