"""Words worth quoting: one sentence, or two or three that one person says in a row.

Each is letter for letter what the file says, can be understood by a stranger, and is no filler, no
greeting and no torn half of something; no two are alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pmagent.discourse.acts import quoted_through
from pmagent.discourse.lines import Line, Talk
from pmagent.discourse.salience import Ground, is_clear, is_greeting, is_torn, stands_alone
from pmagent.publish.source import Source
from pmagent.publish.wording import states
from pmagent.types import Citation
from pmagent.types.insights import Archive
from pmagent.types.publishing import Quote

MOST = 7
FEWEST_WORDS, MOST_WORDS = 9, 55
"""Of a quote."""
PER_SPEAKER = 4
MOST_RATED = 300
"""Passages that are held against each other; of a day-long recording, the best."""

CRAFT = re.compile(
    r"""(?ix)\b(?: never|nobody|always|nothing|everything|only|isn['’]t|aren['’]t|don['’]t
    |not\s\w+(?:\s\w+){0,4},?\s(?:but|it['’]s|they)|instead|rather\sthan|than
    |the\s(?:only|whole|entire|real|best|worst|point|trick|hard|problem|rule|lesson)|should|wrong
    |truth|promise|honest\w*|mistake|learn\w*|matters?|believe|love|hate|afraid|ashamed
    |fear )\b"""
)
_CHAT = re.compile(
    r"(?i)\b(?:i'm going to|let me|i'll|you (?:asked|mentioned)|making that up|as (?:i|you) said"
    r"|tell (?:people|us|me)|for the tape|laughter|dollars a month for|my name is"
    r"|with us(?: today)?|joining us|and stuff"
    r"|(?i:i am|i['’]m) (?-i:[A-Z]\w+ [A-Z]\w+))\b"
)


@dataclass(frozen=True, kw_only=True)
class Quotable:
    """Sentences in a row that could be quoted, and how much they are worth it."""

    lines: tuple[Line, ...]
    worth: float

    @cached_property
    def keys(self) -> frozenset[str]:
        """The words that carry their subject."""
        return frozenset[str]().union(*(line.keys for line in self.lines))

    @property
    def text(self) -> str:
        """Letter for letter, as the passage has it."""
        first, last = self.lines[0], self.lines[-1]
        return first.passage.text[first.start : last.end]


def choose_quotes(source: Source) -> tuple[Quote, ...]:
    """Three to seven quotes in the order they are said; fewer where little stands by itself."""
    found = quotables_of(source.talk, Ground(source.talk))
    return tuple(
        Quote(text=one.text, citation=cite_quotable(source.archive, one)) for one in choose(found)
    )


def quotables_of(talk: Talk, ground: Ground) -> list[Quotable]:
    """All that could be quoted of a talk."""
    quoted = quoted_through(talk)
    found: list[Quotable] = []
    for turn in talk.turns:
        for start, first in enumerate(turn):
            if first.number in quoted or not stands_alone(first.text):
                continue
            for size in (1, 2, 3):
                lines = turn[start : start + size]
                if len(lines) == size and is_quotable(lines):
                    found.append(Quotable(lines=lines, worth=_worth(lines, ground)))
    return found


def is_quotable(lines: Sequence[Line]) -> bool:
    """Whether the sentences of one passage are whole, clear, of a fit length, and no chatter."""
    words = sum(len(line.words) for line in lines)
    text = " ".join(line.text for line in lines)
    if not FEWEST_WORDS <= words <= MOST_WORDS or lines[0].passage.id != lines[-1].passage.id:
        return False
    if not all(line.is_whole and is_clear(line.text) for line in lines) or lines[-1].is_question:
        return False
    is_ended = lines[-1].text.rstrip("\"'”’)").endswith((".", "!"))
    return (
        is_ended
        and text.count("(") == text.count(")")
        and not is_torn(text)
        and not is_greeting(text)
        and not _CHAT.search(text)
        and states(text)
    )


def craft_of(lines: Sequence[Line]) -> int:
    """How well something is put, 0 to 3."""
    return min(3, len(CRAFT.findall(" ".join(line.text for line in lines))))


def choose(candidates: Sequence[Quotable]) -> tuple[Quotable, ...]:
    """The best, of different words, places and speakers, in the order they stand."""
    ranked = sorted(
        candidates,
        key=lambda quote: (-quote.worth, quote.lines[0].passage.path, quote.lines[0].number),
    )
    taken: list[Quotable] = []
    for quote in ranked[:MOST_RATED]:
        if len(taken) == MOST:
            break
        speaker = quote.lines[0].speaker
        same = sum(1 for other in taken if other.lines[0].speaker == speaker)
        if (speaker and same >= PER_SPEAKER) or any(_alike(quote, other) for other in taken):
            continue
        taken.append(quote)
    return tuple(sorted(taken, key=_order))


def cite_quotable(archive: Archive, quote: Quotable) -> Citation:
    """Where it stands, from its first letter to its last."""
    first, last = quote.lines[0], quote.lines[-1]
    return archive.citation(first.passage, first.start, last.end)


def _worth(lines: Sequence[Line], ground: Ground) -> float:
    """How much it says, and how well it is put; short ones before long ones."""
    words = sum(len(line.words) for line in lines)
    text = " ".join(line.text for line in lines)
    keys = frozenset[str]().union(*(line.keys for line in lines))
    said = sum(ground.weight(key) for key in sorted(keys)) / (words * 0.5 + 8)
    fit = 0.15 * (14 <= words <= 36) - 0.01 * max(0, words - 36) - 0.12 * (len(lines) - 1)
    is_headed = 0.1 * (lines[0].number == 0)
    figures = 0.05 * sum(character.isdigit() for character in text)
    return said + 0.16 * craft_of(lines) + fit - is_headed - min(0.3, figures)


def _alike(one: Quotable, other: Quotable) -> bool:
    shared = len(one.keys & other.keys) / (min(len(one.keys), len(other.keys)) or 1)
    is_same = one.lines[0].passage.id == other.lines[0].passage.id
    return shared > 0.4 or is_same


def _order(quote: Quotable) -> tuple[str, int, int]:
    first = quote.lines[0]
    return first.passage.path, first.passage.position, first.start
