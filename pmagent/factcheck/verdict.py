"""Signs made into one verdict: whether anything speaks of the claim at all, then whether it agrees.

Plain logistic arithmetic on a few signs. The shape was found on 60 claims about an archive of talk,
where leaving any one sign out costs .03 to .30 of macro-F1. The weights of `not_found` and the two
cuts were chosen from a coarse grid on those, on 140 claims made by controlled changes, and on 150
hard paraphrases of another archive (see `benchmarks.checking`): none of them is a clean test.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

CONTRADICTED_FROM = 0.3
NOT_FOUND_FROM = 0.5
SURE_FROM = 0.6
"""Probability of the winning word below which a person should read the evidence."""
_ENOUGH = 0.7
"""Coverage from which a difference counts in full: two lines of other subjects always differ."""
_USUAL_COSINE = 0.55
_FEW, _MANY = 400, 6_000
"""Passages of a small archive, and of one that is not."""
_USUAL_SENTENCE = 0.6
_STEM_COVERAGE = 0.1
"""What stems alone cover less of a claim that is there."""


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What was found, each from 0 to 1 unless said."""

    coverage: float
    lexical: float
    """BM25 of the best passage as a share of the claim's rarity."""
    cosine: float | None
    """Of claim and best window; None without an encoder."""
    absent: int = 0
    """Names of the claim that the document never has, 2 at most."""
    elsewhere: float = 0.0
    """How well another value stands where the claim's own is nowhere."""
    number: float = 0.0
    name: float = 0.0
    attribution: float = 0.0
    antonym: float = 0.0
    negation: float = 0.0
    relation: float = 0.0
    quote: float = 0.0
    modality: float = 0.0
    missing_head: float = 0.0
    """Share of the claim in rare words that stand nowhere near."""
    own_number: float = 0.0
    """How well the claim's own figure stands there, of figures that are seldom right by chance."""
    is_subject_absent: bool = False
    sentence: float = 0.0
    """Best cosine of the claim and one sentence of the best windows."""
    smallness: float = 0.0
    """Of the archive: from 0, thousands of passages, to 1, a few hundred."""


def smallness(passages: int) -> float:
    """How far an archive is a small one, from 0 to 1 along the logarithm of its passages.

    Of many passages one is like any claim by chance; among few, the like one is meant, and what
    words are rare says less.
    """
    many, few = log(_MANY), log(_FEW)
    return min(1.0, max(0.0, (many - log(max(1, passages))) / (many - few)))


def not_found(signs: Signs) -> float:
    """Probability that the sources do not speak of it."""
    cosine = _USUAL_COSINE if signs.cosine is None else signs.cosine
    coverage = signs.coverage + (_STEM_COVERAGE if signs.cosine is None else 0.0)
    total = (
        4 * (0.56 - coverage)
        + 4 * (0.62 - min(1.0, signs.lexical))
        + 4 * (_USUAL_COSINE - cosine)
        + 0.8 * (signs.absent - 0.3)
        + 3 * signs.missing_head
        + 2 * signs.is_subject_absent
        - 4 * max(0.0, signs.elsewhere - 0.2)
        - 1.5 * signs.own_number
        - 0.5
    )
    if signs.cosine is not None:
        total -= (4 + 8 * signs.smallness) * (signs.sentence - _USUAL_SENTENCE)
        total -= 1.5 * signs.smallness
    return 1 / (1 + exp(-max(-50.0, min(50.0, total))))


def contradicted(signs: Signs) -> float:
    """Probability that what they say of it differs."""
    agrees = (
        (1 - min(0.9, 1.25 * signs.number))
        * (1 - min(0.8, 0.9 * signs.name) * (1.0 if signs.absent else 0.6))
        * (1 - 0.8 * signs.attribution)
        * (1 - 0.8 * signs.antonym)
        * (1 - min(0.9, 1.5 * signs.negation))
        * (1 - 0.8 * signs.relation)
        * (1 - 0.9 * signs.quote)
        * (1 - 0.6 * signs.modality)
    )
    return (1 - agrees) * min(1.0, signs.coverage / _ENOUGH)
