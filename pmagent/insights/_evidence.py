"""What an archive says about a topic: the sentences near it, and where they disagree.

Everything is a sentence as it stands in a file. Disagreement is only claimed where it can be seen:
other figures for the same thing, a negation on one side, or words that take something back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pmagent.discourse.acts import quoted_through, without_quotes
from pmagent.discourse.lines import (
    Line,
    Talk,
    compounds_of,
    lines_of,
    read_talk,
    said_of,
    topic_of,
    weigh,
)
from pmagent.discourse.salience import is_greeting, is_torn, overlap
from pmagent.nlp.figures import differ_in_figure, is_negated
from pmagent.nlp.keyphrases import key_of
from pmagent.nlp.words import tokens
from pmagent.types import Citation, Document, Found, Hit, Passage, Query
from pmagent.types.insights import Archive

MOST_HITS = 30
ABOUT = 0.45
"""What a sentence counts that stands in a note about the topic."""
MOST_NOTES = 4
"""Notes about the topic that are read whole."""
LITERAL = 3
NEAR = 0.4
"""Of a sentence that speaks of the topic."""
Kind = Literal["takes it back", "gives another figure", "says the opposite"]

_BACK = re.compile(
    r"""(?ix)\b(?: (?:was|were|is)\s(?:\w+\s)?(?:wrong|a\smistake|not\strue|never\strue
    |backwards) | (?:i|we)\s(?:was|were|got\sit|got\sthat)\swrong | (?:was|it['’]s)\snever\s\S+
    | no\slonger|not\s\w+(?:\s\w+)?\sany\s?more|any\s?more\b|changed\s(?:our|my|her|his
    |their)\smind|take\s(?:it|that|this)\sback|took\s(?:it|that|this)\sback
    | turned\sout\s(?:not|to\sbe\swrong)|correction|retire[ds]?\b|corrected|new\swording
    |better\swording|wasn['’]t\s(?:true|the|about) )"""
)
_NUMERAL = re.compile(
    r"\d.*|.*teen|(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)y|percent|per|cent|dollar|month|year|week|day"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A sentence that speaks of a topic."""

    line: Line
    citation: Citation
    near: float
    """How much of the topic it says, 0 to about 2."""


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Two sentences that do not agree, the earlier one first."""

    kind: Kind
    earlier: Told
    later: Told
    shared: tuple[str, ...]
    """Words both say."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was found on a topic."""

    topic: str
    found: Found
    told: tuple[Told, ...]
    """Nearest first, each sentence once."""

    is_literal: bool = False
    """Whether several sentences say all the topic's words, however sure the search is."""

    @property
    def is_enough(self) -> bool:
        """Whether the archive speaks of the topic at all."""
        is_sure = self.found.confidence >= self.found.threshold
        return bool(self.told) and (is_sure or self.is_literal)

    @property
    def paths(self) -> tuple[str, ...]:
        """The documents it stands in, the one that says most first."""
        return tuple(dict.fromkeys(told.line.passage.path for told in self.told))


def gather(archive: Archive, topic: str, *, within: tuple[str, ...] = ()) -> Evidence:
    """The sentences of the archive that speak of `topic`."""
    found = archive.search(Query(text=topic, limit=MOST_HITS, within=within))
    wanted = topic_of(topic)
    told: dict[tuple[str, int], Told] = {}
    said = [line for hit in found.hits for line in lines_of(hit.passage) if wanted <= line.said]
    is_literal = len(said) >= LITERAL
    if is_literal or found.confidence >= found.threshold:
        for line in _about(archive, found, wanted):
            near = ABOUT + 0.3 * weigh(wanted & line.said) / (weigh(wanted) or 1.0)
            citation = archive.citation(line.passage, line.start, line.end)
            told[line.passage.id, line.start] = Told(line=line, citation=citation, near=near)
    for rank, hit in enumerate(found.hits):
        if archive.document(hit.passage.path).parsed.format == "calendar":
            continue  # what is to be done when says nothing of why
        for line, near in _near(archive, hit, wanted):
            value = near - 0.01 * rank
            if value >= NEAR and not line.is_task:
                citation = archive.citation(line.passage, line.start, line.end)
                key = (line.passage.id, line.start)
                value = max(value, told[key].near if key in told else 0.0)
                told[key] = Told(line=line, citation=citation, near=value)
    ranked = sorted(
        told.values(),
        key=lambda one: (-one.near, one.citation.date, one.line.passage.path, one.line.start),
    )
    return Evidence(topic=topic, found=found, told=tuple(_distinct(ranked)), is_literal=is_literal)


def find_clashes(told: Sequence[Told], *, most: int = 6) -> tuple[Clash, ...]:
    """Pairs that disagree, the plainest first."""
    found: list[tuple[float, Clash]] = []
    ordered = sorted(
        told[:60], key=lambda one: (one.citation.date, one.line.passage.path, one.line.number)
    )
    for place, earlier in enumerate(ordered):
        for later in ordered[place + 1 :]:
            clash = clash_of(earlier, later)
            if clash is not None:
                weight = len(clash.shared) + (earlier.near + later.near) / 2
                found.append((weight, clash))
    found.sort(key=lambda item: (-item[0], item[1].earlier.citation.label))
    taken: list[Clash] = []
    used: set[tuple[str, int]] = set()
    for _, clash in found:
        ends = {_key(clash.earlier), _key(clash.later)}
        if len(taken) < most and not ends & used:
            taken.append(clash)
            used |= ends
    return tuple(taken)


def clash_of(earlier: Told, later: Told) -> Clash | None:
    """How two sentences disagree; None where that cannot be seen."""
    shared = _subject(earlier.line) & _subject(later.line)
    if len(shared) < 2 or _key(earlier) == _key(later):
        return None
    if earlier.line.is_question or later.line.is_question:
        return None
    kind = _kind(earlier, later, len(shared))
    words = tuple(dict.fromkeys(word for word in earlier.line.words if key_of(word) in shared))
    return Clash(kind=kind, earlier=earlier, later=later, shared=words) if kind else None


def _subject(line: Line) -> frozenset[str]:
    """What the sentence is about, without the figures in it."""
    return frozenset(key for key in line.keys if not _NUMERAL.fullmatch(key))


def takes_back(line: Line) -> bool:
    """Whether the sentence says that something said before does not hold."""
    return _BACK.search(without_quotes(line.text)) is not None


def _kind(earlier: Told, later: Told, shared: int) -> Kind | None:
    is_elsewhere = earlier.line.passage.path != later.line.passage.path
    alike = overlap(earlier.line, later.line)
    if is_elsewhere and shared >= 3 and alike >= 0.4 and takes_back(later.line):
        return "takes it back"
    if alike >= 0.5 and differ_in_figure(earlier.line.text, later.line.text) and is_elsewhere:
        return "gives another figure"
    negated = [is_negated(without_quotes(one.line.text)) for one in (earlier, later)]
    if is_elsewhere and alike >= 0.7 and shared >= 3 and negated[0] != negated[1]:
        return "says the opposite"
    return None


def _about(archive: Archive, found: Found, wanted: frozenset[str]) -> list[Line]:
    """All sentences of the notes that are about the topic by their own title, name or tags.

    There a sentence under "Problem" or "Metrics" speaks of the topic without naming it.
    """
    lines: list[Line] = []
    paths = dict.fromkeys(hit.passage.path for hit in found.hits)
    notes = [path for path in paths if _is_about(archive.document(path), wanted)]
    for path in notes[:MOST_NOTES]:
        talk = read_talk(archive, path)
        if not talk.is_spoken:
            lines += [line for line in talk.whole if not is_torn(line.text) and len(line.words) > 3]
    return lines


def _is_about(document: Document, wanted: frozenset[str]) -> bool:
    parsed = document.parsed
    named = " ".join((document.title, document.path, *parsed.tags, *parsed.aliases))
    plain = named.replace("/", " ").replace("_", " ").replace(".", " ")
    said = said_of(tokens(plain.replace("-", " "))) | compounds_of(plain)
    said |= {f"{one}-{other}" for one, other in pairwise(plain.lower().replace("-", " ").split())}
    return parsed.format != "calendar" and weigh(wanted & said) * 2 >= weigh(wanted) > 0


def _near(archive: Archive, hit: Hit, wanted: frozenset[str]) -> list[tuple[Line, float]]:
    lines = lines_of(hit.passage)
    quoted = quoted_through(Talk(document=_document_of(archive, hit), lines=lines))
    whole = weigh(wanted) or 1.0
    around = 0.3 * weigh(wanted & frozenset[str]().union(*(line.said for line in lines))) / whole
    # "good" of "a good price" alone is about anything.
    telling = frozenset(key for key in wanted if weigh((key,)) == 1.0)
    rated: list[tuple[Line, float]] = []
    for line in lines:
        if not line.is_whole or line.number in quoted or is_torn(line.text):
            continue
        if is_greeting(line.text) or len(line.words) < 5:
            continue
        said = weigh(wanted & line.said) / whole if not telling or telling & line.said else 0.0
        is_quote = 0.45 * (line.text in hit.quote)
        if said or is_quote:
            rated.append((line, said + is_quote + around))
    return rated


def _document_of(archive: Archive, hit: Hit) -> Document:
    return archive.document(hit.passage.path)


def _distinct(told: Sequence[Told]) -> list[Told]:
    kept: list[Told] = []
    seen: set[str] = set()
    for one in told:
        folded = " ".join(one.line.words)
        if folded not in seen:
            seen.add(folded)
            kept.append(one)
    return kept


def _key(told: Told) -> tuple[str, int]:
    return told.line.passage.id, told.line.start


def nearest_line(passage: Passage, keys: frozenset[str], quote: str = "") -> Line | None:
    """The sentence of a passage that shares most of `keys`; None where none shares any."""
    lines = [line for line in lines_of(passage) if line.is_whole and not is_torn(line.text)]
    best = max(
        lines,
        key=lambda line: (
            weigh(keys & line.said) + 0.5 * (line.text in quote) - 0.02 * len(line.said),
            -line.number,
        ),
        default=None,
    )
    return best if best is not None and keys & best.said else None
