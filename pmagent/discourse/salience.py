"""Which sentences carry a document: what it speaks of, its parts, and what can stand alone.

Plain counting over the document itself, with the words of other documents as the ground against
which its own stand out. Deterministic, and linear in its length.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from pmagent.discourse.acts import quoted_through
from pmagent.discourse.lines import Line, Talk, keys_of
from pmagent.nlp.keyphrases import Phrase, key_of, pick_distinct, rank_phrases
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import tokens

_DANGLING = re.compile(
    r"""(?ix)^\W*(?: (?:and|but|or|so|because|then|also|which|who|whose|yeah|yes|no|nope|yep
    |right|well|okay|ok|oh|um|uh|hmm?|mm|exactly
      |sure|absolutely|anyway|plus|otherwise|instead|likewise|similarly|again|still|though|however|therefore|thus|actually|basically|like
      |alright|fine|ha|wow|too|either|neither|nor|except|unless|footnote|thanks|thank)\b
    | (?:it|its|it['’]s|he|she|they|them|their|his|her|him|this|that|these|those|that['’]s
    |he['’]s|she['’]s|they['’]re|it['’]ll|that['’]ll|such)\b
    | (?:the\s(?:first|second|third|last|other|latter|former|same|next)\b(?!\s\w+\s(?:of|in|that
    |is|was))) | (?:one|both|all|none|some|most|two|three)\sof\s(?:them|those|these)\b
    | there['’]?s?\s(?:it|they)\b
    | \w+\sof\s(?:them|those|these|it)\b | (?:i|we|you)\s(?:did|do|don['’]t|didn['’]t|was|were
    |wasn['’]t|have|haven['’]t|will|would|can|can['’]t|could|think\sso|agree|know|know\sthat|mean
    |guess)[.,!?]
    | (?:i\sthink\s|maybe\s|perhaps\s)?(?:yours|mine|ours|theirs|it|that|those|they|he|she)\b
    | in\sfact|of\scourse|by\sthe\sway|for\sexample|as\sin|same\shere|me\s(?:too|neither) )"""
)
_UNCLEAR = re.compile(
    r"""(?ix) \b(?:um|uh|er|erm|you\sknow,|i\smean,|sort\sof|kind\sof\slike|\w+\s-\s\w+\s-
    |like,)\b | \[(?:unintelligible|laughter|laughs|\\?\d|music|crosstalk)[^\]]*\]
    | \b(\w+)\s\1\b | \.\.\.$ | …$ | --"""
)
_GREETING = re.compile(
    r"""(?ix)\b(?:welcome\s(?:to|back)|thanks?\s(?:you|for|so)|my\sname\sis|how\sare\syou|good\s(?:morning|to\s(?:see|be))|joined\s(?:today|as)|i['’]m\sjoined
    |see\syou|next\s(?:week|time|thursday)|bye|subscribe|sponsor|show\snotes|listeners|this\sepisode|(?:this|our|the)\s(?:podcast|show)|episode\s\w+)\b"""
)
_MARKS = re.compile(r"#[\w-]+|\b(?:due|est):\S+|https?://\S+")
"""Tags and fields of a task: what a board says beside its words."""
_TELLING = re.compile(
    r"""(?ix)\b(?:the\s(?:point|problem|reason|rule|lesson|question|number|truth|idea|answer|thing|goal|price|risk|difference|key)\s(?:is|was|for|that|here)
    |because|means\sthat|turns\sout|we\s(?:found|learned|decided|built|charge|need|use)|should|must|never|always|more\sthan|instead\sof|matters?|wrong|enough)\b"""
)


ABOUT_PART = 0.12
"""What a sentence gains by each word of its part's label."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of a document about one thing."""

    lines: tuple[Line, ...]
    label: str
    """Its heading, or the words said in it and less elsewhere; may be empty."""


class Ground:
    """How much each word of one document tells."""

    def __init__(self, talk: Talk, others: Sequence[str] = ()) -> None:
        self._counts = Counter(key for line in talk.lines for key in line.keys)
        names = {key_of(word) for name in talk.speakers for word in name.lower().split()}
        self._names = frozenset(names)
        self._spread: Counter[str] = Counter()
        for text in others:
            self._spread.update({key_of(word) for word in text.lower().split()})
        self._others = len(others)
        self._quoted = quoted_through(talk)

    @property
    def names(self) -> frozenset[str]:
        """Keys of the words in speakers' names."""
        return self._names

    def weight(self, key: str) -> float:
        """How much a word's key tells of this document; 0 for a speaker's name."""
        if key in self._names:
            return 0.0
        count = self._counts[key]
        rare = 1.0 - 0.5 * self._spread[key] / self._others if self._others else 1.0
        return math.log1p(max(0, count - 1)) * rare if count > 1 else 0.15

    def idf(self, word: str) -> float:
        """A rarity for `rank_phrases`: plain words 2, others by how few documents say them."""
        if word in PLAIN_WORDS:
            return 2.0
        if not self._others:
            return 5.0
        return 3.0 + 3.0 * (1 - self._spread[key_of(word)] / self._others)

    def worth(self, line: Line, covered: Collection[str] = ()) -> float:
        """How well a sentence stands for the document beyond what `covered` words say."""
        if not line.keys:
            return -1.0
        weights = {key: self.weight(key) for key in sorted(line.keys)}
        fresh = sum(weight for key, weight in weights.items() if key not in covered)
        words = len(line.words)
        value = fresh / (len(line.words) * 0.6 + 6)
        value += 0.12 * bool(_TELLING.search(line.text)) + 0.08 * any(map(str.isdigit, line.text))
        value -= 0.5 * line.is_question + 0.5 * bool(_GREETING.search(line.text))
        value -= 0.25 * bool(_UNCLEAR.search(line.text)) + 0.01 * max(0, words - 32)
        value -= 0.6 * (is_torn(line.text) or line.number in self._quoted)
        return value - 0.3 * (words < 7) - 0.35 * (not stands_alone(line.text))


def stands_alone(text: str) -> bool:
    """Whether a sentence can be read without the one before it."""
    return _DANGLING.match(text) is None


def is_torn(text: str) -> bool:
    """Whether a quotation begins or ends in it that has its other end elsewhere."""
    return text.count('"') % 2 == 1 or text.count("“") != text.count("”")


def is_clear(text: str) -> bool:
    """Whether it is free of fillers, stutters and what the transcriber put in brackets."""
    return _UNCLEAR.search(text) is None


def is_greeting(text: str) -> bool:
    """Whether it opens, closes or announces the talk instead of saying something."""
    return _GREETING.search(text) is not None


def summarise(parts: Sequence[Part], ground: Ground, *, most: int = 5) -> tuple[Line, ...]:
    """Up to `most` sentences that together cover the parts, in order."""
    covered: set[str] = set()
    taken: list[Line] = []
    rows = _spread(parts, most)
    for group in rows:
        own = keys_of([word for part in group for word in tokens(part.label)])
        rated = [
            (ground.worth(line, covered) + ABOUT_PART * len(own & line.keys), -line.number, line)
            for part in group
            for line in part.lines
            if line.is_whole
        ]
        value, _, best = max(rated, key=lambda row: row[:2], default=(0.0, 0, None))
        if best is None or value <= 0:
            continue
        taken.append(best)
        covered |= best.keys
    return tuple(sorted(taken, key=lambda line: line.number))


def phrases_of(
    texts: Sequence[str], ground: Ground, *, others: Sequence[str] = (), limit: int
) -> tuple[Phrase, ...]:
    """The phrases by which a person would know the texts again."""
    texts = [_MARKS.sub(" ", text) for text in texts]
    ranked = rank_phrases(texts, idf=ground.idf, others=others, without=ground.names)
    return pick_distinct([phrase for phrase in ranked if phrase.score > 0], limit=limit)


def _spread(parts: Sequence[Part], most: int) -> list[list[Part]]:
    """The parts in at most `most` runs of about as many words; at least three where there are."""
    sizes = [sum(len(line.words) for line in part.lines) for part in parts]
    total = sum(sizes)
    if len(parts) <= most:
        return [[part] for part, size in zip(parts, sizes, strict=True) if size * 25 > total]
    groups: list[list[Part]] = [[] for _ in range(most)]
    before = 0
    for part, size in zip(parts, sizes, strict=True):
        groups[min(most - 1, (before + size // 2) * most // max(1, total))].append(part)
        before += size
    return [group for group in groups if group]


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Of two weighted bags of words; 0 where one is empty."""
    shared = sum(value * other[key] for key, value in one.items() if key in other)
    size = math.sqrt(sum(v * v for v in one.values()) * sum(v * v for v in other.values()))
    return shared / size if size else 0.0


def best_lines(
    lines: Sequence[Line], value: Callable[[Line], float], *, limit: int, above: float = 0.0
) -> tuple[Line, ...]:
    """The `limit` lines of most value that do not say the same, best first."""
    ranked = sorted(lines, key=lambda line: (-value(line), line.number))
    taken: list[Line] = []
    for line in ranked:
        if len(taken) == limit or value(line) <= above:
            break
        if not any(overlap(line, other) > 0.5 for other in taken):
            taken.append(line)
    return tuple(taken)


def overlap(one: Line, other: Line) -> float:
    """Share of the shorter sentence's telling words that the other says too."""
    return len(one.keys & other.keys) / (min(len(one.keys), len(other.keys)) or 1)
