"""Late interaction: every word of a question against every word of a passage.

A passage scores the weighted mean, over the question's words, of the best cosine any of its own
words reaches (Khattab and Zaharia, ColBERT, SIGIR 2020). With static word vectors it costs two
milliseconds for thirty passages and is part of the first answer; with the transformer's token
vectors, which know the sentence they stand in, it refines. Words are weighted by rarity: without it
"what did he say about" counts as much as the name behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pmagent.nlp.words import is_filler, tokens
from pmagent.retrieval.ports import Scores

Rarity = Callable[[str], float]
"""A word's weight: 1 where it stands in one passage only, near 0 where it stands in all."""

FILLER_WEIGHT = 0.05
"""Of a stop word, and the least of any word."""


class WordCloseness:
    """Late interaction of one question with some texts, over static word vectors."""

    def __init__(
        self,
        question: str,
        texts: Sequence[str],
        vectors: Callable[[Sequence[str]], Scores],
        rarity: Rarity,
    ) -> None:
        """Compares all words once. `vectors` gives one unit vector for each of many words."""
        asked = list(dict.fromkeys(tokens(question)))
        said = (word for text in texts for word in tokens(text) if not is_filler(word))
        known = list(dict.fromkeys([*asked, *said]))
        self._place = {word: number for number, word in enumerate(known)}
        self._weights = _normalised([_weight(word, rarity) for word in asked])
        table = vectors(known) if asked else np.zeros((0, 1), np.float32)
        self._cosines = table[: len(asked)] @ table.T

    def of(self, text: str) -> float:
        """From -1 to 1, for one of the texts or a part of it; 0 where it has no words."""
        places = list({self._place[word] for word in tokens(text) if word in self._place})
        if not places or not len(self._weights):
            return 0.0
        return float(self._weights @ self._cosines[:, places].max(axis=1))


def piece_weights(text: str, spans: Sequence[tuple[int, int]], rarity: Rarity) -> Scores:
    """(len(spans),) how much each word piece of the question counts, summing to 1.

    `spans` are the pieces' characters in `text`. All pieces of one word share its weight, so that a
    rare name cut into five does not count five times.
    """
    words = [_word_around(text, *span) for span in spans]
    return _normalised([
        _weight(text[slice(*word)].lower(), rarity) / words.count(word) for word in words
    ])


def piece_cosines(question: Scores, passage: Scores) -> Scores:
    """(pieces of the question,) the best cosine each reaches in `passage`, of unit vectors."""
    if not len(passage):
        return np.zeros(len(question), np.float32)
    return (question @ passage.T).max(axis=1)


def _weight(word: str, rarity: Rarity) -> float:
    if not any(character.isalnum() for character in word):
        return 0.0
    return FILLER_WEIGHT if is_filler(word) else max(rarity(word), FILLER_WEIGHT)


def _normalised(weights: Sequence[float]) -> Scores:
    raw = np.array(weights, np.float32)
    total = float(raw.sum())
    return raw / total if total > 0 else np.full(len(raw), 1 / max(len(raw), 1), np.float32)


def _word_around(text: str, start: int, end: int) -> tuple[int, int]:
    while 0 < start < end and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while start < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end
