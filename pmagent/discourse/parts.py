"""Where a document turns from one thing to the next: its headings, or where its words change."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from pmagent.discourse.lines import Line, Talk
from pmagent.discourse.salience import Ground, Part, cosine
from pmagent.nlp.keyphrases import Phrase, pick_distinct, rank_phrases

WINDOW_WORDS = 160
"""Of talk compared on either side of a possible turning point."""
SHORTEST_PART = 150
"""Words; two turning points are at least this far apart."""
WORDS_PER_PART = 260
MOST_PARTS = 12

_TURNS = re.compile(
    r"""(?ix)^\W*(?: (?:all\s?right|okay|ok|so|now|right|fine|well|good|great|and|then
    |yeah),?\s.{0,40}\b(?:let['’]s|let\sme|next|move|moving|switch|question|talk\sabout|turn)\b
    | (?:let['’]s\s(?:talk|move|turn|get|dive|go|start|switch)|next|moving\son|last(?:ly)?
    |finally|one\smore|another\s(?:thing|question|topic)|first,|second,|third,
      |to\ssum\sup|before\swe|anything\selse|speaking\sof|attempt\s\w+)\b
    | (?:so|okay|all\s?right|now|fine|right),?\s(?:the|what|how|about|to)\b | \w+\.\s )"""
)
_CLOSING = re.compile(
    r"(?i)\b(?:thank you (?:so much )?for|thanks for (?:listening|coming|joining)|see you"
    r"|goodbye|bye)\b"
)


def split_parts(talk: Talk, ground: Ground) -> tuple[Part, ...]:
    """The document's parts in order; together they hold every sentence."""
    if not talk.lines:
        return ()
    headings = {line.passage.heading for line in talk.lines}
    if len(headings) > 2 or (len(headings) == 2 and not talk.is_spoken):
        return _by_heading(talk)
    return _by_words(talk, ground)


def _by_heading(talk: Talk) -> tuple[Part, ...]:
    parts: list[Part] = []
    for heading, lines in groupby(talk.lines, key=lambda line: line.passage.heading[:2]):
        body = tuple(line for line in lines if line.is_whole)
        if body:
            parts.append(Part(lines=body, label=heading[-1] if heading else ""))
    return tuple(parts)


def _by_words(talk: Talk, ground: Ground) -> tuple[Part, ...]:
    turns = talk.turns
    words = [sum(len(line.words) for line in turn) for turn in turns]
    before = [0]
    for size in words:
        before.append(before[-1] + size)
    bags = [_bag(turn, ground) for turn in turns]
    wanted = min(MOST_PARTS, round(before[-1] / WORDS_PER_PART)) - 1
    scores = {
        place: _break_score(place, bags, words) + _cue(turns[place])
        for place in range(1, len(turns))
        if words[place] > 5
    }
    taken: list[int] = []
    for place in sorted(scores, key=lambda place: (-scores[place], place)):
        if len(taken) >= wanted:
            break
        ends = [0, before[-1], *(before[other] for other in taken)]
        if all(abs(before[place] - end) >= SHORTEST_PART for end in ends):
            taken.append(place)
    edges = [0, *sorted(taken), len(turns)]
    groups = [
        tuple(line for turn in turns[start:end] for line in turn) for start, end in pairwise(edges)
    ]
    return _labelled(groups, ground)


def _labelled(groups: Sequence[tuple[Line, ...]], ground: Ground) -> tuple[Part, ...]:
    """Each part with the two phrases that are said in it most and in the fewest others."""
    texts = [" ".join(line.text for line in group) for group in groups]
    # All parts are ranked at once: one by one, each against the others, is quadratic.
    ranked = rank_phrases(texts, idf=ground.idf, without=ground.names)
    parts: list[Part] = []
    for number, group in enumerate(groups):
        lowered = texts[number].lower()

        def worth(phrase: Phrase, lowered: str = lowered) -> float:
            said = math.log2(1 + lowered.count(phrase.text.lower()))
            return phrase.telling * said / len(phrase.texts) ** 0.7

        own = sorted(
            (phrase for phrase in ranked if number in phrase.texts),
            key=lambda phrase: (-worth(phrase), phrase.key),
        )
        found = pick_distinct(own, limit=2)
        parts.append(Part(lines=group, label=", ".join(phrase.text for phrase in found)))
    return tuple(parts)


def _bag(turn: Sequence[Line], ground: Ground) -> Counter[str]:
    bag: Counter[str] = Counter()
    for line in turn:
        bag.update(line.keys)
    return Counter({key: count for key, count in bag.items() if ground.weight(key) > 0.2})


def _break_score(place: int, bags: Sequence[Counter[str]], words: Sequence[int]) -> float:
    """How little the talk before and behind a turn has in common, 0 to 1."""
    left, right = _window(place - 1, -1, bags, words), _window(place, 1, bags, words)
    return 1.0 - cosine(left, right)


def _window(
    place: int, step: int, bags: Sequence[Counter[str]], words: Sequence[int]
) -> dict[str, float]:
    bag: Counter[str] = Counter()
    size = 0
    while 0 <= place < len(bags) and size < WINDOW_WORDS:
        bag.update(bags[place])
        size += words[place]
        place += step
    return {key: float(count) for key, count in bag.items()}


def _cue(turn: Sequence[Line]) -> float:
    """What the turn itself says for being the start of something."""
    first = turn[0]
    times = [time for part in first.passage.segments for time in part.times]
    is_sparse = any(not time.is_interpolated for time in times) and any(
        time.is_interpolated for time in times
    )
    # Where only some turns carry a time, whoever wrote it down marked a new topic.
    is_marked = is_sparse and any(
        not time.is_interpolated
        and part.speaker == first.speaker
        and " ".join(part.text.split()).startswith(first.text)
        for part in first.passage.segments
        for time in part.times[:1]
    )
    return (
        0.2 * bool(_TURNS.match(first.text))
        + 0.25 * is_marked
        + 0.1 * any(line.is_question for line in turn)
        - 0.5 * bool(_CLOSING.search(first.text))
    )
