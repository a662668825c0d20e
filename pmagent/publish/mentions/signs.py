"""What speaks for a name being worth a link, as numbers, and how much each of them counts.

The weights are a logistic regression on 181 episodes of one weekly technology show with the links
people put in its notes (`benchmarks/fit_mentions.py` prints them). Each name was given twice, with
and without an archive around it, so that a first episode is weighed by the same numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pmagent.nlp.known_names import PEOPLES, PLACES
from pmagent.nlp.words import STOP_WORDS
from pmagent.publish.mentions.groups import Group
from pmagent.publish.mentions.spans import Span
from pmagent.publish.source import Source

BIAS = -4.08
WEIGHTS: Mapping[str, float] = {
    "count": 0.47,
    "three letters": -3.07,
    "two letters": -3.88,
    "sentence start": -1.11,
    "is a": 0.56,
    "called": 1.59,
    "pointed at": 0.40,
    "in a list": -0.23,
    "place": -1.57,
    "length": 0.55,
    "turns": 0.77,
    "near the end": 1.49,
    "said beside": -0.37,
    "said elsewhere": 0.68,
    "rare": -0.94,
}

MOST_SPANS = 400
"""Places of one name that are looked at."""
RARE_IDF = 8.0
"""Beyond this a word is said in a passage or two: as often a transcriber's slip as a name."""

_NOUNS = (
    r"(?:library|framework|tool|package|project|app|platform|company|startup|book|paper|data ?set|"
    r"model|language|conference|podcast|course|website|repo|repository|organi[sz]ation|foundation|"
    r"non-?profit|team|blog|community|plug-?in|api|sdk|newsletter|service|product|engine|editor|"
    r"protocol|competition|challenge|meetup|report|article|institute|labs?|initiative|program|"
    r"magazine|database|novel|film|movie|series|show|game|extension)"
)
_FOLLOWED = re.compile(
    rf"(?i)^(?:['’]s)?,? ?(?:is|was|are|which is)? ?(?:an?|the|this|our|their|that)? ?"
    rf"(?:[\w-]+ ){{0,2}}{_NOUNS}\b"
)
_INTRODUCED = re.compile(
    rf"(?i)\b(?:called|named|titled|entitled|{_NOUNS})[,:]? (?:is |was |of )?"
    r"(?:the |a |an )?[\"“]?$"
)
_POINTED_AT = re.compile(
    r"(?i)show ?notes|check (?:it |that |them |this )?out|\blinks?\b|website|\bgo to\b|"
    r"look (?:it|them) up|find (?:it|us|them|me) (?:at|on)|recommend|sign up|available (?:at|on)|"
    r"worth (?:a )?(?:read|look|check)|\.com|take a look"
)
_LIST_BEFORE = re.compile(r"[A-Z]\w+,? (?:and |or )?$")
_LIST_AFTER = re.compile(r",? (?:and |or )[A-Z]|, (?:and )?[A-Z]")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a name is held against: the whole talk, and the archive around it."""

    source: Source
    lower: Counter[str]
    """How often each word is said in lower case."""
    starts: tuple[int, ...]
    """Characters of the talk before each sentence, and at last all of them."""


def signs_of(group: Group, ground: Ground) -> dict[str, float]:
    """The numbers of one name; those of the archive are 0 where there is none."""
    spans = group.spans[:MOST_SPANS]
    size = len(spans)
    letters = len("".join(group.words))
    low = ground.lower[group.words[0]] if len(group.words) == 1 else 0
    inside = sum(1 for span in spans if not span.is_head)
    total = ground.starts[-1] or 1
    at = ground.starts[group.first.line.number] + group.first.start
    return {
        "count": math.log1p(group.count),
        "three letters": float(letters <= 3),
        "two letters": float(letters <= 2),
        "sentence start": 1 - (inside + low) / (size + low),
        "is a": math.log1p(_count(_FOLLOWED.match(span.after) for span in spans)),
        "called": math.log1p(_count(_INTRODUCED.search(span.before) for span in spans)),
        "pointed at": math.log1p(_count(_POINTED_AT.search(span.line.text) for span in spans)),
        "in a list": _count(_is_listed(span) for span in spans) / size,
        "place": float(_is_place(group.words)),
        "length": math.log(len(group.text)),
        "turns": math.log(len({span.line.turn for span in spans})),
        "near the end": math.exp((at - total) / 3000),
        **_archive_signs(group, ground.source),
    }


def weigh(signs: dict[str, float]) -> float:
    """The log odds that a person would link it."""
    return BIAS + sum(WEIGHTS[name] * value for name, value in signs.items())


def _archive_signs(group: Group, source: Source) -> dict[str, float]:
    others = others_saying(source, " ".join(group.words))
    folder = PurePosixPath(source.path).parent
    beside = sum(1 for path in others if PurePosixPath(path).parent == folder)
    rare = _mean_idf(group.words, source) if others or len(source.archive.paths()) > 1 else 0.0
    return {
        "said beside": math.log1p(beside),
        "said elsewhere": math.log1p(len(others) - beside),
        "rare": max(0.0, rare - RARE_IDF),
    }


def others_saying(source: Source, phrase: str) -> list[str]:
    """Other documents that say the phrase; what is made from this one bears its name."""
    own = PurePosixPath(source.path).stem
    return [path for path in source.archive.saying(phrase) if PurePosixPath(path).stem != own]


def _mean_idf(words: Sequence[str], source: Source) -> float:
    telling = [word for word in words if word not in STOP_WORDS] or list(words)
    return sum(source.archive.idf(word) for word in telling) / len(telling)


def _count(found: Iterable[object]) -> int:
    return sum(1 for one in found if one)


def _is_listed(span: Span) -> bool:
    return bool(_LIST_AFTER.match(span.after) or _LIST_BEFORE.search(span.before))


def _is_place(words: Sequence[str]) -> bool:
    return any(one in PEOPLES or one in PLACES for one in (" ".join(words), words[0], words[-1]))
