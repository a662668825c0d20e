"""How sure the index is that the archive speaks of a question at all.

A logistic model of one quantity: how far a single passage goes towards the most the question can
reach, in words and in meaning together. Both are shares (see `fusion`), so that twenty files and
two thousand are judged alike. More signs (words covered, lead over the tenth passage, late
interaction) told held-out questions apart no better: area under ROC .94 with and without them, .92
among claims, .91 in gardens of 20 files drawn from the archive.
"""

from __future__ import annotations

from math import exp

THRESHOLD = 0.4
"""Below it the archive is held not to say it; shown to the user beside the confidence. Low,
because a wrong silence hides an answer and a wrong answer shows itself by its quotes."""

_MANY_WORDS = 8


def confidence(*, together: float | None, lexical: float, words: int) -> float:
    """Probability, 0 to 1.

    `together` is the highest fused score of one passage, None without the transformer's vectors;
    `lexical` its greatest share of the score the question's words can reach. Without vectors the
    number of the question's words counts too: the longer it is, the less of it is said in one
    place.
    """
    if together is not None:
        return _logistic(10.0 * together - 8.4)
    return _logistic(18.0 * lexical + 0.4 * min(words, _MANY_WORDS) - 6.5)


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))
