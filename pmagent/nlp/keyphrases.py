"""Key phrases: the one to three words, as they are said, by which a person would know a text again.

Works without a tagger: what can begin or end a phrase is told by word lists, by endings and by the
words beside it (after "we" stands a verb). Which phrase is telling is told by how rare its words
are elsewhere, by how many of the texts say it and by how few of the others do. Pure, and fast
enough to be called for every map.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import STOP_WORDS, TALK_WORDS

LONGEST = 3
"""Words of a phrase."""

TELLING_IDF = 6.0
"""Rarity beyond this makes a word no more telling: it may be a slip of the transcriber."""

LENGTH_FACTOR = (1.0, 1.5, 1.6)
"""Two words name a thing better than one; a third adds little."""
NAME_FACTOR = 1.25
GERUND_FACTOR = 0.75
"""Of one word in "-ing": as often something done as a thing."""
MOSTLY_NOUN = 0.45
"""Below this share of its occurrences a word is a verb or describes another one."""

_SAID = re.compile(
    r"[^\W\d_](?:[^\W_]|['’\-+#&](?=[^\W_]))*[+#]*"  # drop-off, GPT-4, AT&T, C++
    r"|\d[\w.,%\-]*[^\W_]"  # 3D, 7,200
    r"|\d"
)
_JOINT = re.compile(r"[ \t\n]+$")
_INSIDE = frozenset(("of", "for", "in"))
"""Small words that may stand in the middle: "cost of training"."""

_VERB_BEFORES = """
i you we they he she it who can could will would should might must may cannot do does did don't
didn't doesn't won't can't couldn't wouldn't isn't i'll you'll we'll they'll i'd you'd we'd gonna
let's lets never always also just i've we've you've they've i'm
"""
_VERB_BEFORE = frozenset(_VERB_BEFORES.split())
_NOUN_BEFORES = """
a an the this that these those my our your their his her its of in for with on at by from and or
no some any all each every about into like between via
"""
_NOUN_BEFORE = frozenset(_NOUN_BEFORES.split())
_OBJECT_AFTERS = """
the a an it you your our us them this me my these those him her up off
"""
_OBJECT_AFTER = frozenset(_OBJECT_AFTERS.split())


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A phrase of some texts."""

    text: str
    """As it is said most often."""
    key: tuple[str, ...]
    """Its words in lower case and singular: two phrases of one key are one."""
    score: float
    telling: float
    """How much it tells by itself, whoever says it how often."""
    texts: tuple[int, ...]
    """Which of the texts say it, rising."""


@dataclass
class _Seen:
    """What is counted of one candidate."""

    forms: Counter[str] = field(default_factory=Counter[str])
    words: tuple[str, ...] = ()
    texts: set[int] = field(default_factory=set[int])
    count: int = 0
    as_noun: float = 0.0
    """Occurrences where the words around allow a noun to end here."""


def rank_phrases(
    texts: Sequence[str],
    *,
    idf: Callable[[str], float],
    others: Sequence[str] = (),
    without: Collection[str] = (),
) -> tuple[Phrase, ...]:
    """The phrases of `texts`, most telling first; parts of phrases are phrases too.

    `idf` gives a lower-case word's rarity where the texts come from. What `others` say as often
    tells half. A phrase needs a word whose `key_of` is not in `without`.
    """
    here = _candidates(texts)
    there = _spread(others)
    banned = frozenset(without)
    phrases: list[Phrase] = []
    for key, seen in here.items():
        if seen.as_noun < MOSTLY_NOUN * seen.count or (banned | _INSIDE).issuperset(key):
            continue
        telling = _telling(key, seen, idf, banned)
        outside = there[key] / len(others) if others else 0.0
        inside = len(seen.texts) / len(texts)
        phrases.append(
            Phrase(
                text=_form(seen),
                key=key,
                # What is said as often elsewhere tells half of what is said only here.
                score=telling * _said(seen, len(texts)) * inside / (inside + outside),
                telling=telling,
                texts=tuple(sorted(seen.texts)),
            )
        )
    return tuple(sorted(phrases, key=lambda phrase: (-phrase.score, phrase.key)))


def pick_distinct(phrases: Sequence[Phrase], *, limit: int) -> tuple[Phrase, ...]:
    """The first `limit` of ranked phrases, none of which is a part of another."""
    taken: list[Phrase] = []
    for phrase in phrases:
        if len(taken) == limit:
            break
        words = set(phrase.key)
        if not any(words <= set(other.key) or words >= set(other.key) for other in taken):
            taken.append(phrase)
    return tuple(taken)


def keys_said(text: str) -> frozenset[tuple[str, ...]]:
    """Keys of all that could be a phrase of `text`."""
    return frozenset(
        tuple(key_of(word) for word in words) for run in _runs(text) for _, words in _grams(run)
    )


def key_of(word: str) -> str:
    """The word in lower case, without accents, possessive and plural endings."""
    folded = unicodedata.normalize("NFKD", word.lower().replace("’", "'"))
    bare = "".join(part for part in folded if not unicodedata.combining(part)).removesuffix("'s")
    if len(bare) > 4 and bare.endswith("ies"):
        return bare[:-3] + "y"
    # "gpus" is a plural, "status" and "analysis" are not.
    if (
        len(bare) > 3
        and bare.endswith("s")
        and not (bare.endswith(("ss", "us", "is")) and len(bare) > 4)
    ):
        return bare[:-1]
    return bare


def _candidates(texts: Sequence[str]) -> dict[tuple[str, ...], _Seen]:
    found: dict[tuple[str, ...], _Seen] = {}
    for number, text in enumerate(texts):
        for run in _runs(text):
            for start, words in _grams(run):
                key = tuple(key_of(word) for word in words)
                seen = found.setdefault(key, _Seen(words=tuple(word.lower() for word in words)))
                # A capital at a sentence's start says nothing about the word.
                is_head = start == 0 and run[0][1]
                shown = " ".join(words)
                seen.forms[
                    shown[:1].lower() + shown[1:] if is_head and shown[1:2].islower() else shown
                ] += 1
                seen.texts.add(number)
                seen.count += 1
                seen.as_noun += _noun_share(run, start, start + len(words))
    return found


def _spread(texts: Sequence[str]) -> Counter[tuple[str, ...]]:
    spread: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        spread.update(keys_said(text))
    return spread


def _runs(text: str) -> Iterator[list[tuple[str, bool]]]:
    """Words with nothing but white space between them; True marks a sentence's first word."""
    run: list[tuple[str, bool]] = []
    end = 0
    for found in _SAID.finditer(text):
        gap = text[end : found.start()]
        if run and not _JOINT.fullmatch(gap):
            yield run
            run = []
        is_first = end == 0 or any(mark in gap for mark in '.!?:\n"“')
        run.append((found[0], is_first))
        end = found.end()
    if run:
        yield run


def _grams(run: Sequence[tuple[str, bool]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    words = [word for word, _ in run]
    edges = [_can_be_edge(word) for word in words]
    for start, is_edge in enumerate(edges):
        if not is_edge:
            continue
        for size in range(1, min(LONGEST, len(words) - start) + 1):
            last = start + size - 1
            if not edges[last] or not _can_end(words[last]):
                continue
            middle = words[start + 1 : last]
            if all(
                edge or word.lower() in _INSIDE
                for word, edge in zip(middle, edges[start + 1 : last], strict=True)
            ):
                yield start, tuple(words[start : last + 1])


def _noun_share(run: Sequence[tuple[str, bool]], start: int, end: int) -> float:
    """How much the words around speak for a noun phrase from `start` to `end`, 0 to 1."""
    before = run[start - 1][0].lower().replace("’", "'") if start else ""
    after = run[end][0].lower().replace("’", "'") if end < len(run) else ""
    if before in _VERB_BEFORE or after in _OBJECT_AFTER:
        return 0.0
    share = 1.0 if before in _NOUN_BEFORE or not before else 0.7
    if before in ("to", "is", "are", "was", "be", "so", "very", "more", "too", "as", "not", "how"):
        share = 0.25
    # What stands before another such word describes that one, as "deep" in "deep learning".
    return share * (0.3 if end - start == 1 and after and _can_be_edge(after) else 1.0)


def _can_be_edge(word: str) -> bool:
    lower = word.lower().replace("’", "'")
    bare = lower.removesuffix("'s")
    if not any(character.isalpha() for character in bare) or (len(bare) < 3 and not word.isupper()):
        return False
    if "'" in bare or bare in STOP_WORDS or bare in TALK_WORDS or bare in PLAIN_WORDS:
        return False
    return not (len(bare) > 4 and bare.endswith("ly") and word.islower())


def _can_end(word: str) -> bool:
    """A phrase ends in a noun, not in "trained" or "useful"."""
    if not word.islower() or len(word) < 5:
        return True
    return not word.endswith(("ed", "ful", "ive", "ous", "able", "ible"))


def _telling(
    key: tuple[str, ...], seen: _Seen, idf: Callable[[str], float], banned: Collection[str]
) -> float:
    rarities = [
        min(idf(word), TELLING_IDF)
        for part, word in zip(key, seen.words, strict=True)
        if word not in _INSIDE and part not in banned
    ]
    form = seen.forms.most_common(1)[0][0]
    is_name = any(character.isupper() for character in form)
    is_gerund = len(key) == 1 and form.endswith("ing")
    return (
        sum(rarities)
        / len(rarities)
        * LENGTH_FACTOR[len(rarities) - 1]
        * (NAME_FACTOR if is_name else 1.0)
        * (GERUND_FACTOR if is_gerund else 1.0)
    )


def _said(seen: _Seen, texts: int) -> float:
    """By how many; in one text alone, how often."""
    if texts == 1:
        return math.log2(1 + seen.count)
    return math.log2(1 + len(seen.texts)) + 0.15 * math.log2(seen.count / len(seen.texts))


def _form(seen: _Seen) -> str:
    best = max(seen.forms.items(), key=lambda item: (item[1], item[0].islower(), item[0]))[0]
    return best.removesuffix("'s").removesuffix("’s")
