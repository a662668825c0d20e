"""Numbers, dates and names that a document speaks of, each with a sentence that says it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmagent.discourse.lines import Line, Talk
from pmagent.discourse.salience import Ground, stands_alone
from pmagent.nlp.figures import figures_in
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import STOP_WORDS, TALK_WORDS

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\b(?:\d{{4}}-\d\d-\d\d|(?:\d{{1,2}}(?:st|nd|rd|th)?\s)?(?:{_MONTHS})(?:\s(?:\d{{1,2}}(?:st|nd|rd|th)?\b|the\s\w+))?(?:,?\s\d{{4}})?|(?<=\bin\s)(?:19|20)\d\d|(?<=\bsince\s)(?:19|20)\d\d|(?<=\bby\s)(?:19|20)\d\d)\b"
)
_NAME = re.compile(r"[A-Z][\w’'&+.-]*[\w+](?:\s(?:of\s|the\s|de\s|van\s|von\s)?[A-Z][\w’'&+-]*)*")
_NEVER_NAMES = """
Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mondays Tuesdays Wednesdays Thursdays
Fridays Saturdays Sundays Christmas English American I I'm I'll I've I'd God Yeah Yes No OK Okay Mr
Mrs Ms Dr
"""
_NOT_NAMES = frozenset([*_NEVER_NAMES.split(), *_MONTHS.split("|")])
_ORDERS = frozenset((
    "Ask",
    "Send",
    "Tell",
    "Call",
    "Ring",
    "Write",
    "Read",
    "See",
    "Try",
    "Thank",
    "Get",
    "Give",
))
"""How a sentence begins that tells somebody to do a thing."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A number or a name, and where it is first said in a sentence worth reading."""

    text: str
    line: Line
    count: int


def find_figures(talk: Talk, ground: Ground, *, limit: int = 8) -> tuple[Named, ...]:
    """The numbers that matter most, in order of appearance; lone small counts are left out."""
    said: dict[str, list[tuple[str, Line]]] = defaultdict(list)
    for line in talk.whole:
        for text in figures_in(line.text):
            said[_normal(text)].append((text, line))
    rated = [
        (_figure_worth(uses, ground), -place, uses) for place, uses in enumerate(said.values())
    ]
    best = sorted(rated, key=lambda item: item[:2], reverse=True)[: limit * 2]
    taken: list[Named] = []
    for _, _, uses in best:
        text, line = max(uses, key=lambda use: (_line_worth(use[1], ground), -use[1].number))
        if len(taken) < limit and all(line.number != other.line.number for other in taken):
            taken.append(Named(text=text, line=line, count=len(uses)))
    return tuple(sorted(taken, key=lambda item: item.line.number))


def find_dates(talk: Talk, *, limit: int = 8) -> tuple[Named, ...]:
    """Days, months and years named with a number, in order of appearance."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in talk.whole:
        for match in _DATE.finditer(line.text):
            if any(character.isdigit() for character in match[0]):
                found[match[0]].append(line)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[1][0].number))[:limit]
    named = [Named(text=text, line=lines[0], count=len(lines)) for text, lines in ranked]
    return tuple(sorted(named, key=lambda item: item.line.number))


def find_names(talk: Talk, *, limit: int = 12) -> tuple[Named, ...]:
    """People, companies, tools and books named, most often first; not who speaks."""
    inside: Counter[str] = Counter()
    heads: Counter[str] = Counter()
    first: dict[str, Line] = {}
    for line in talk.whole:
        for name, is_head in _names_in(line.text):
            # A single capital at a sentence's start is the sentence's; two are a name's.
            (heads if is_head and " " not in name else inside)[name] += 1
            first.setdefault(name, line)
    spoken = {word for speaker in talk.speakers for word in speaker.title().split()}
    spoken |= {speaker.title() for speaker in talk.speakers}
    counts = {name: count + heads[name] for name, count in inside.items()}
    for name, count in list(counts.items()):
        # "Tamworth" is a mention of "Bea Tamworth" where that is said too.
        longer = [other for other in counts if other != name and name in other.split()]
        if len(longer) == 1:
            counts[longer[0]] += count
            del counts[name]
    kept = [name for name in counts if name.title().split()[0] not in spoken]
    ranked = sorted(kept, key=lambda name: (-counts[name], first[name].number, name))[:limit]
    return tuple(Named(text=name, line=first[name], count=counts[name]) for name in ranked)


def _names_in(text: str) -> Iterator[tuple[str, bool]]:
    for found in _NAME.finditer(text):
        is_head = found.start() == 0 or text[: found.start()].rstrip()[-1:] in ".!?:\"“”'-–—(["
        name = re.sub(r"['’]s$", "", found[0]).rstrip(".-'’")
        words = name.split()
        while words and (words[0] in _NOT_NAMES or (is_head and words[0].lower() in STOP_WORDS)):
            words, is_head = words[1:], False
        lower = [word.lower() for word in words]
        is_plain = all(
            word in STOP_WORDS or word in TALK_WORDS or word in PLAIN_WORDS for word in lower
        )
        if is_head and len(words) > 1 and (words[0].endswith("ing") or words[0] in _ORDERS):
            words = words[1:]
        if (
            not words
            or is_plain
            or words[0][0].isdigit()
            or words[-1] in _NOT_NAMES
            or len("".join(words)) < 3
            or "'" in words[0]
        ):
            continue
        yield " ".join(words), is_head


def _figure_worth(uses: Sequence[tuple[str, Line]], ground: Ground) -> float:
    text = uses[0][0].lower()
    is_share = bool(re.search(r"percent|per cent|%|\$|€|£|dollar|cent\b|cents\b|euro", text))
    is_counted = bool(re.search(r"[a-z]{3,}$", text)) and " " in text
    best = max(_line_worth(line, ground) for _, line in uses)
    return 1.0 * is_share + 0.4 * is_counted + 0.25 * min(4, len(uses)) + best


def _line_worth(line: Line, ground: Ground) -> float:
    return ground.worth(line) + 0.2 * stands_alone(line.text) + 0.2 * (8 <= len(line.words) <= 35)


def _normal(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").replace(" per cent", " percent").split())
