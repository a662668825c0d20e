"""The passages that answer a question: at once with `find`, looked at closely with `refine`.

Every stage works with what there is: without vectors the words rank, without a transformer the
static vectors stand in, and a question that asks for the first or latest mention is ordered by
time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from pmagent.nlp.sentences import windows
from pmagent.nlp.words import is_filler
from pmagent.retrieval.confidence import THRESHOLD, confidence
from pmagent.retrieval.fusion import (
    best_rows,
    document_part,
    fuse,
    lexical_share,
    meaning_everywhere,
    neighbour_part,
)
from pmagent.retrieval.hits import Ranked, make_hits
from pmagent.retrieval.intent import Intent, read_intent
from pmagent.retrieval.late import Rarity, WordCloseness, piece_cosines, piece_weights
from pmagent.retrieval.mentions import rows_in_time
from pmagent.retrieval.ports import Mask, QueryEncoder, Scores, SearchIndex, StaticEncoder
from pmagent.types import Found, Passage, Query, Tier, Why

MATCHES = 1000
"""Passages the word arms may score; those beyond share too little with the question to matter."""
CANDIDATES = 30
"""Best passages whose words are compared one by one."""
REFINED = 12
"""Best passages that `refine` runs through the transformer; 60 rank no better."""
STATIC_WEIGHT = 1.0
LATE_WEIGHT = 1.5
"""Of late interaction, static and transformer's, beside the cosine of meaning. 0.5 to 2 rank
alike."""
SPEAKER_GAIN = 0.15
DATE_GAIN = 0.1
"""What a passage gains when the question names its speaker or its time: a hint, so not a filter."""
_LONGEST = 2000
"""Characters of a question that are read; the encoder stops at 256 word pieces anyway."""


@dataclass(kw_only=True)
class _Ranking:
    """One question's candidates, best first, and what every arm says of them.

    The first group is over all rows of the index, the second over the candidates.
    """

    intent: Intent
    rarity: Rarity
    vector: Scores | None
    allowed: Mask | None
    words: Scores
    lexical: Scores
    meaning: Scores | None
    sketch: Scores | None
    filled: Scores | None
    neighbour: Scores
    document: Scores
    scores: Scores

    rows: NDArray[np.int64]
    passages: tuple[Passage, ...]
    totals: Scores
    close: Scores
    late: Scores
    windows: list[int | None]
    """Which window of each answers best; None where it was not read closely."""
    closeness: WordCloseness | None = None


def find(
    index: SearchIndex,
    query: Query,
    *,
    encoder: QueryEncoder | None,
    static: StaticEncoder | None,
    today: date,
) -> Found:
    """The first answer, in tens of milliseconds: no passage goes through the transformer."""
    ranking = _rank(index, query, encoder, static, today)
    return _found(index, query, ranking)


def refine(
    index: SearchIndex,
    found: Found,
    encoder: QueryEncoder,
    *,
    static: StaticEncoder | None,
    today: date,
) -> Found:
    """The same search with the best candidates read closely: a few tenths of a second.

    Ranks anew, since what was left out of `found` may now be in. The intent's order by time stays.
    """
    if not found.hits:
        return replace(found, is_refined=True)
    ranking = _rank(index, found.query, encoder, static, today)
    _read_closely(ranking, encoder)
    return replace(_found(index, found.query, ranking), is_refined=True)


def _rank(
    index: SearchIndex,
    query: Query,
    encoder: QueryEncoder | None,
    static: StaticEncoder | None,
    today: date,
) -> _Ranking:
    intent = read_intent(query.text[:_LONGEST], speakers=index.speakers, today=today)
    ranking = _score_all(index, query, intent, encoder, static)
    if static is not None and len(ranking.rows):
        texts = [passage.text for passage in ranking.passages]
        closeness = WordCloseness(intent.subject, texts, static.encode, ranking.rarity)
        ranking.closeness = closeness
        ranking.close = np.array([closeness.of(text) for text in texts], np.float32)
        _reorder(ranking, np.add(ranking.totals, STATIC_WEIGHT * ranking.close, dtype=np.float32))
    return ranking


def _score_all(
    index: SearchIndex,
    query: Query,
    intent: Intent,
    encoder: QueryEncoder | None,
    static: StaticEncoder | None,
) -> _Ranking:
    is_asked = bool(intent.subject.strip()) and index.size > 0
    weights = dict.fromkeys(intent.terms, 1.0)
    limit = max(1, min(MATCHES, index.size))
    words = index.words(weights, limit=limit)
    around = index.words_around(weights, limit=limit)
    lexical = lexical_share(words, around, _idf_mass(index, intent.terms))
    vector = encoder.encode([intent.subject])[0] if encoder is not None and is_asked else None
    meaning = index.meaning(vector) if vector is not None else None
    sketch = None
    if static is not None and is_asked and (meaning is None or bool(np.isnan(meaning).any())):
        sketch = index.static(static.encode([intent.subject])[0])
    filled = meaning_everywhere(meaning, sketch, lexical)
    base = fuse(filled, lexical)
    allowed = index.matching(query)
    neighbour = neighbour_part(base, index.document_of)
    document = document_part(base, index.document_of, allowed)
    scores = base + neighbour + document + _hints(index, intent)
    rows = best_rows(scores, max(CANDIDATES, query.limit + 20), allowed)
    unknown = np.full(len(rows), np.nan, np.float32)
    return _Ranking(
        intent=intent,
        rarity=_rarity(index),
        vector=vector,
        allowed=allowed,
        words=words,
        lexical=lexical,
        meaning=meaning,
        sketch=sketch,
        filled=filled,
        neighbour=neighbour,
        document=document,
        scores=scores,
        rows=rows,
        passages=index.passages([int(row) for row in rows]),
        totals=scores[rows],
        close=unknown,
        late=unknown.copy(),
        windows=[None] * len(rows),
    )


def _read_closely(ranking: _Ranking, encoder: QueryEncoder) -> None:
    """Late interaction with the best passages' words in their sentences."""
    count = min(REFINED, len(ranking.rows))
    subject = ranking.intent.subject
    if not count or not subject.strip():
        return
    [(spans, asked)] = encoder.tokens([subject])
    weights = piece_weights(subject, spans, ranking.rarity)
    late = np.full(len(ranking.rows), np.nan, np.float32)
    texts = [passage.text for passage in ranking.passages[:count]]
    for place, (pieces, said) in enumerate(encoder.tokens(texts)):
        late[place] = weights @ piece_cosines(asked, said)
        ranking.windows[place] = _closest_window(texts[place], pieces, asked, said, weights)
    ranking.late = late
    # What was not read closely stays behind what was.
    gained = (LATE_WEIGHT * np.nan_to_num(late, nan=-1)).astype(np.float32)
    _reorder(ranking, ranking.totals + gained)


def _closest_window(
    text: str, pieces: Sequence[tuple[int, int]], asked: Scores, said: Scores, weights: Scores
) -> int | None:
    best: tuple[float, int] | None = None
    for number, (start, end) in enumerate(windows(text)):
        inside = [n for n, (first, last) in enumerate(pieces) if start <= first and last <= end]
        if inside:
            close = float(weights @ piece_cosines(asked, said[inside]))
            best = max(best or (close, number), (close, number), key=lambda item: item[0])
    return best[1] if best else None


def _reorder(ranking: _Ranking, totals: Scores) -> None:
    order: NDArray[np.int64] = np.argsort(-totals, kind="stable")
    ranking.rows = ranking.rows[order]
    ranking.totals = totals[order]
    ranking.close = ranking.close[order]
    ranking.late = ranking.late[order]
    ranking.passages = tuple(ranking.passages[int(place)] for place in order)
    ranking.windows = [ranking.windows[int(place)] for place in order]


def _found(index: SearchIndex, query: Query, ranking: _Ranking) -> Found:
    hits = make_hits(
        index,
        _ordered(index, query, ranking),
        ranking.intent.terms,
        ranking.rarity,
        limit=query.limit,
    )
    return Found(
        query=query,
        hits=hits,
        confidence=_confidence(ranking) if hits else 0.0,
        threshold=THRESHOLD,
        tier=_tier(ranking),
        coverage=index.coverage,
        intent=ranking.intent.kind,
    )


def _ordered(index: SearchIndex, query: Query, ranking: _Ranking) -> Iterator[Ranked]:
    """The rows hits are made of: those in order of time first where the question asks for it."""
    places = {int(row): place for place, row in enumerate(ranking.rows)}
    timed: list[int] = []
    if ranking.intent.kind in ("first", "latest"):
        timed = rows_in_time(
            index, ranking.intent, ranking.scores, ranking.allowed, count=query.limit
        )
    unknown = [row for row in timed if row not in places]
    fetched = dict(zip(unknown, index.passages(unknown), strict=True)) if unknown else {}
    best = float(ranking.totals.max()) if len(ranking.totals) else 0.0
    for row in timed:
        passage = fetched[row] if row in fetched else ranking.passages[places[row]]
        yield Ranked(passage=passage, score=best, why=_why(ranking, row, places.get(row)))
    listed = set(timed)
    for place, row in enumerate(int(row) for row in ranking.rows):
        if row not in listed:
            yield Ranked(
                passage=ranking.passages[place],
                score=float(ranking.totals[place]),
                why=_why(ranking, row, place),
                window=ranking.windows[place],
                rate=ranking.closeness.of if ranking.closeness else None,
            )


def _why(ranking: _Ranking, row: int, place: int | None) -> Why:
    return Why(
        words=_value(ranking.words, row) or None,
        meaning=_value(ranking.meaning, row),
        static=None if place is None else _value(ranking.close, place),
        late=None if place is None else _value(ranking.late, place),
        neighbour=float(ranking.neighbour[row]),
        document=float(ranking.document[row]),
    )


def _value(scores: Scores | None, row: int) -> float | None:
    return None if scores is None or np.isnan(scores[row]) else float(scores[row])


def _confidence(ranking: _Ranking) -> float:
    rows = ranking.rows
    terms = [term for term in ranking.intent.terms if not is_filler(term)]
    # A question of nothing but filler finds filler; that says nothing about the archive.
    lexical = ranking.lexical[rows] if terms else np.zeros(len(rows), np.float32)
    together = None
    if ranking.meaning is not None and ranking.filled is not None:
        together = float(fuse(ranking.filled[rows], lexical).max())
    return confidence(together=together, lexical=float(lexical.max()), words=len(terms))


def _hints(index: SearchIndex, intent: Intent) -> Scores:
    """(n,) what the question says beside its subject: whose words, and from when."""
    gains = np.zeros(index.size, np.float32)
    if intent.speaker is not None:
        spoken = index.matching(Query(text="", speaker=intent.speaker))
        gains += np.float32(SPEAKER_GAIN) * (0 if spoken is None else spoken)
    if intent.since is not None or intent.until is not None:
        since = (intent.since or date.min).toordinal()
        until = (intent.until or date.max).toordinal()
        gains += np.float32(DATE_GAIN) * ((index.date_of >= since) & (index.date_of <= until))
    return gains


def _tier(ranking: _Ranking) -> Tier:
    if ranking.meaning is not None:
        return "meaning"
    return "static" if ranking.sketch is not None else "words"


def _idf_mass(index: SearchIndex, terms: Sequence[str]) -> float:
    return sum(index.idf(stem) for term in terms for stem in index.stems(term))


def _rarity(index: SearchIndex) -> Rarity:
    """A word's idf as a share of the highest there is; of its stems, the rarest counts."""
    highest = log(1 + (index.size + 0.5) / 0.5)

    @lru_cache(maxsize=512)
    def rarity(word: str) -> float:
        return max((index.idf(stem) for stem in index.stems(word)), default=0.0) / highest

    return rarity
