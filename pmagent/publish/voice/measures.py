"""What is measured of one text: lengths, persons, marks, headings, spelling, figures. Pure.

Code, tables, quoted blocks, addresses and front matter are not the writer's prose and are left out.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pmagent.nlp.sentences import split_sentences
from pmagent.publish.voice.words import AMERICAN, BRITISH, LONG_FORMS, MACHINE, SHORT_FORMS

Spelling = Literal["British", "American", "both", "unknown"]
Case = Literal["title", "sentence", "both", "unknown"]

_LEAST_SENTENCES = 5
_LEAST_FORMS = 4
"""Contractions and the long forms they stand for, before their share says anything."""
_LEAST_RATE_WORDS = 80
_FRONT = re.compile(r"\A\s*---\n.*?\n---\n", re.DOTALL)
_CODE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,500}\)")
_ADDRESS = re.compile(r"https?://\S+|<[a-zA-Z/][^>\n]{0,300}>")
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*\Z")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(.*)")
_LEFT_OUT = re.compile(r"\s*(?:>|\||\s{4}\S)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55]")
_DASH = re.compile(r"—|(?<=\s)–(?=\s)|(?<=\w)\s?--\s?(?=\w)")
_FIRST = frozenset("i me my mine myself".split())  # noqa: SIM905
_MANY = frozenset("we us our ours ourselves".split())  # noqa: SIM905
_YOU = frozenset("you your yours yourself yourselves".split())  # noqa: SIM905
_SMALL_WORDS = frozenset("two three four five six seven eight nine ten".split())  # noqa: SIM905
_SMALL_DIGITS = re.compile(r"(?<![\w.,:/$€£#-])(?:[2-9]|10)(?![\w%:/-]|[.,]\d)")
_PLAIN_OPENINGS = frozenset(
    "the a an it this that these those there he she they in on at of to for".split()  # noqa: SIM905
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One text."""

    text: str
    """Its prose."""
    words: int
    sentences: int
    values: Mapping[str, float]
    """By name of the measure; one that the text has too little for is not there."""
    spelling: Spelling = "unknown"
    spelled: tuple[str, ...] = ()
    """The words that tell."""
    heading_case: Case = "unknown"
    openings: tuple[str, ...] = field(default=())
    """The first two words of each sentence."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One measure, and how it is told."""

    name: str
    says: str
    """What it is, with `{}` for the figure."""
    slack: float
    """A difference from the past posts that nobody would hear."""
    per: Literal["", "words", "sentences", "share"] = ""
    """What a rate counts by: 1,000 words, 100 sentences; a share is shown in percent."""
    zero: str = ""
    """How it is told where no post has any."""

    def describe(self, middle: float, low: float, high: float) -> str:
        """A sentence for whoever is to write like that."""
        if high == 0:
            told = self.zero or self.says.format("0")
            return f"{told[0].upper()}{told[1:]}."
        told = self.says.format(self.show(middle))
        between = f", between {self.show(low)} and {self.show(high)}" if low != high else ""
        return f"{told[0].upper()}{told[1:]}{between}."

    def depart(self, value: float, low: float, high: float) -> str:
        """A sentence on a draft that is beyond the range."""
        theirs = self.show(low) if low == high else f"{self.show(low)} to {self.show(high)}"
        return f"{self.says.format(self.show(value))}; the past posts have {theirs}"

    def show(self, value: float) -> str:
        """The figure as a person reads it."""
        if self.per == "share":
            return f"{value * 100:.0f}%"
        return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"

    def is_beyond(self, value: float, low: float, high: float, draft: Measured) -> bool:
        """Whether a draft's value is out of the range by more than chance or taste.

        A rate is out only where the draft has two marks more, or fewer, than the range allows it:
        one question in a short draft is no habit.
        """
        away = max(low - value, value - high)
        if away <= self.slack:
            return False
        size = {"words": draft.words / 1000, "sentences": draft.sentences / 100}.get(self.per)
        return size is None or away * size >= _MARKS


_MARKS = 2
RATES = (
    Rate(name="sentence", says="the median sentence has {} words", slack=2.0),
    Rate(
        name="spread", says="sentences vary in length by {} words in their middle half", slack=3.0
    ),
    Rate(name="paragraph", says="the median paragraph has {} words", slack=12.0),
    Rate(
        name="first",
        says='"I" and its forms stand {} times in 1,000 words',
        slack=4,
        per="words",
        zero='the writer never says "I"',
    ),
    Rate(
        name="many",
        says='"we" and its forms stand {} times in 1,000 words',
        slack=4,
        per="words",
        zero='nobody says "we"',
    ),
    Rate(
        name="you",
        says='"you" and its forms stand {} times in 1,000 words',
        slack=4,
        per="words",
        zero='nobody is called "you"',
    ),
    Rate(
        name="short",
        says="of what can be contracted {} is",
        slack=0.15,
        per="share",
        zero="nothing is contracted",
    ),
    Rate(
        name="questions",
        says="of 100 sentences {} are questions",
        slack=2,
        per="sentences",
        zero="nothing is asked",
    ),
    Rate(
        name="exclaims",
        says="of 100 sentences {} end in an exclamation mark",
        slack=1,
        per="sentences",
        zero="no sentence ends in an exclamation mark",
    ),
    Rate(
        name="headings",
        says="headings stand {} times in 1,000 words",
        slack=2,
        per="words",
        zero="there are no headings",
    ),
    Rate(
        name="items",
        says="of its lines {} are items of lists",
        slack=0.15,
        per="share",
        zero="there are no lists",
    ),
    Rate(
        name="dashes",
        says="long dashes stand {} times in 1,000 words",
        slack=3,
        per="words",
        zero="there are no long dashes",
    ),
    Rate(
        name="emoji",
        says="emoji stand {} times in 1,000 words",
        slack=1,
        per="words",
        zero="there are no emoji",
    ),
    Rate(
        name="digits",
        says="of the numbers from two to ten {} are written in digits",
        slack=0.25,
        per="share",
    ),
)
"""Every measure, in the order in which it is told."""


def measure(text: str) -> Measured:
    """The measures of one text."""
    headings, items, paragraphs, lines = _parts(text)
    prose = "\n\n".join((*paragraphs, *items))
    words = [word.lower().replace("’", "'") for word in _WORD.findall(prose)]
    sentences = [
        part[start:end] for part in (*paragraphs, *items) for start, end in split_sentences(part)
    ]
    spelling, spelled = _spelling(words)
    return Measured(
        text=prose,
        words=len(words),
        sentences=len(sentences),
        values={
            **_lengths(sentences, paragraphs),
            **_rates(prose, words, sentences),
            **_shares(prose, words),
            **_layout(headings, items, lines, words),
        },
        spelling=spelling,
        spelled=spelled,
        heading_case=_heading_case(headings),
        openings=tuple(_opening(sentence) for sentence in sentences if _opening(sentence)),
    )


def machine_words(text: str | None = None) -> tuple[str, ...]:
    """Those words of machine prose that a text uses; all there are without a text."""
    if text is None:
        return MACHINE
    lowered = text.lower().replace("’", "'")
    return tuple(
        word
        for word in MACHINE
        if word in lowered and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", lowered)
    )


def _parts(text: str) -> tuple[list[str], list[str], list[str], int]:
    """Headings, items of lists, paragraphs, and the number of lines that are not blank."""
    bare = _COMMENT.sub("", _CODE.sub("", _FRONT.sub("", text.replace("\r\n", "\n"), count=1)))
    bare = _ADDRESS.sub("", _LINK.sub(r"\1", bare))
    headings: list[str] = []
    items: list[str] = []
    paragraphs: list[list[str]] = [[]]
    lines = 0
    for line in bare.split("\n"):
        if not line.strip() or _LEFT_OUT.match(line):
            paragraphs.append([])
            continue
        lines += 1
        if heading := _HEADING.match(line):
            headings.append(heading[1])
            paragraphs.append([])
        elif item := _ITEM.match(line):
            items.append(item[1])
            paragraphs.append([])
        else:
            paragraphs[-1].append(line.strip())
    return headings, items, [" ".join(part) for part in paragraphs if part], lines


def _lengths(sentences: Sequence[str], paragraphs: Sequence[str]) -> dict[str, float]:
    counts = sorted(len(_WORD.findall(sentence)) for sentence in sentences)
    counts = [count for count in counts if count]
    found: dict[str, float] = {}
    if len(counts) >= _LEAST_SENTENCES:
        quarters = statistics.quantiles(counts, n=4, method="inclusive")
        found |= {"sentence": statistics.median(counts), "spread": quarters[2] - quarters[0]}
    sizes = [len(_WORD.findall(paragraph)) for paragraph in paragraphs]
    if len(sizes) > 1:
        found["paragraph"] = statistics.median(sizes)
    return found


def _rates(prose: str, words: Sequence[str], sentences: Sequence[str]) -> dict[str, float]:
    if not words:
        return {}
    found = {"emoji": 1000 * len(_EMOJI.findall(prose)) / len(words)}
    if sentences:
        for name, mark in (("questions", "?"), ("exclaims", "!")):
            ending = sum(1 for one in sentences if one.rstrip("\"'”’)*_ ").endswith(mark))
            found[name] = 100 * ending / len(sentences)
    if len(words) < _LEAST_RATE_WORDS:
        return found
    found["dashes"] = 1000 * len(_DASH.findall(prose)) / len(words)
    heads = [word.partition("'")[0] for word in words]
    for name, forms in (("first", _FIRST), ("many", _MANY), ("you", _YOU)):
        found[name] = 1000 * sum(1 for word in heads if word in forms) / len(words)
    return found


def _shares(prose: str, words: Sequence[str]) -> dict[str, float]:
    plain = prose.replace("’", "'")
    short, long = len(SHORT_FORMS.findall(plain)), len(LONG_FORMS.findall(plain))
    found = {"short": short / (short + long)} if short + long >= _LEAST_FORMS else {}
    digits = len(_SMALL_DIGITS.findall(plain))
    spelled = sum(1 for word in words if word in _SMALL_WORDS)
    if digits + spelled >= _LEAST_FORMS:
        found["digits"] = digits / (digits + spelled)
    return found


def _layout(
    headings: Sequence[str], items: Sequence[str], lines: int, words: Sequence[str]
) -> dict[str, float]:
    if len(words) < _LEAST_RATE_WORDS:
        return {}
    return {"headings": 1000 * len(headings) / len(words), "items": len(items) / max(1, lines)}


def _spelling(words: Sequence[str]) -> tuple[Spelling, tuple[str, ...]]:
    british = tuple(dict.fromkeys(word for word in words if _is_form(word, BRITISH)))
    american = tuple(dict.fromkeys(word for word in words if _is_form(word, AMERICAN)))
    if british and american:
        return "both", (*british, *american)
    if british:
        return "British", british
    return ("American", american) if american else ("unknown", ())


def _is_form(word: str, words: frozenset[str]) -> bool:
    bare = word.removesuffix("'s")
    return any(form in words for form in (bare, bare.removesuffix("s"), bare.removesuffix("d")))


def _heading_case(headings: Sequence[str]) -> Case:
    cases: set[Case] = set()
    for heading in headings:
        later = [word for word in _WORD.findall(heading)[1:] if len(word) > 3]
        if later:
            capitals = sum(1 for word in later if word[0].isupper())
            cases.add("title" if capitals > len(later) / 2 else "sentence")
    if len(cases) > 1:
        return "both"
    return cases.pop() if cases else "unknown"


def _opening(sentence: str) -> str:
    """The first two words; nothing where they are those everybody begins with."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(sentence)[:2]]
    return " ".join(words) if len(words) == 2 and words[0] not in _PLAIN_OPENINGS else ""
