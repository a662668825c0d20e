"""A document as sentences, each of which knows who says it, in which turn, and where it stands.

The unit all jobs work on. A sentence that a passage's end cut in two is marked, and never quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pmagent.nlp.keyphrases import key_of
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.sentences import LONGEST_SENTENCE, split_sentences
from pmagent.nlp.words import STOP_WORDS, content_terms, is_filler, tokens
from pmagent.types import Citation, Document, Passage, Segment
from pmagent.types.insights import Archive

_ENDS = re.compile(r"[.!?…。！？][\"'”’)\]]*$")
_NOT_PEOPLE = re.compile(r"(?i)^(?:break|sponsor|ad|advert\w*|music|jingle|intro|outro|narration)$")
_COMPOUND = re.compile(r"\b[a-z]+(?:-[a-z]+)+\b")
_TASK_MARKS = re.compile(r"\b(?:due|est):\S+")
"""How a board marks a task."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sentence, verbatim on one line."""

    text: str
    passage: Passage
    start: int
    """Its first character in `passage.text`."""
    number: int
    """Its place among the document's sentences, from 0."""
    turn: int
    """Its speaker's turn, or its paragraph, list item or row, counted from 0."""
    speaker: str | None = None
    is_whole: bool = True
    """False where a passage's end cuts it, or where it is a heading, a row or a field."""

    @property
    def end(self) -> int:
        """Behind its last character in `passage.text`."""
        return self.start + len(self.text)

    @property
    def heading(self) -> str:
        """The nearest heading above it, or empty."""
        return self.passage.heading[-1] if self.passage.heading else ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words, lower case."""
        return tuple(tokens(self.text))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The words that carry its subject, in a form shared with their plurals."""
        return keys_of(self.words)

    @cached_property
    def said(self) -> frozenset[str]:
        """All its words but stop words, in that form: what a question's words are held against."""
        return said_of(self.words) | compounds_of(self.text)

    @property
    def is_task(self) -> bool:
        """Whether it is an item of a board: something to do, not something said."""
        return _TASK_MARKS.search(self.text) is not None

    @property
    def is_question(self) -> bool:
        """Whether it ends as a question does."""
        return self.text.rstrip("\"'”’)] ").endswith("?")


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A whole document in sentences."""

    document: Document
    lines: tuple[Line, ...]

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, each once, in order of appearance; advertisements are nobody."""
        return tuple(dict.fromkeys(line.speaker for line in self.lines if line.speaker))

    @property
    def is_spoken(self) -> bool:
        """Whether most of it is said by named speakers, or has times."""
        spoken = sum(1 for line in self.lines if line.speaker or line.passage.locator.start_ms)
        return spoken * 2 > len(self.lines)

    @cached_property
    def whole(self) -> tuple[Line, ...]:
        """The sentences that may be quoted."""
        return tuple(line for line in self.lines if line.is_whole)

    @cached_property
    def turns(self) -> tuple[tuple[Line, ...], ...]:
        """The sentences of each turn."""
        turns: list[list[Line]] = []
        for line in self.lines:
            if not turns or turns[-1][0].turn != line.turn:
                turns.append([])
            turns[-1].append(line)
        return tuple(tuple(turn) for turn in turns)

    @cached_property
    def _turn_places(self) -> dict[int, int]:
        return {turn[0].turn: place for place, turn in enumerate(self.turns)}

    def turn_of(self, line: Line, step: int = 0) -> tuple[Line, ...]:
        """The sentences of the line's turn, or of the turn `step` later; empty beyond the ends."""
        place = self._turn_places[line.turn] + step
        return self.turns[place] if 0 <= place < len(self.turns) else ()

    def around(self, line: Line, before: int, after: int) -> tuple[Line, ...]:
        """The line with its neighbours in the document."""
        return self.lines[max(0, line.number - before) : line.number + after + 1]


def keys_of(words: Sequence[str]) -> frozenset[str]:
    """Which of some lower-case words carry a subject, in a form shared with their plurals."""
    return frozenset(
        key_of(word)
        for word in words
        if len(word) > 2 and not is_filler(word) and word not in PLAIN_WORDS
    )


def said_of(words: Sequence[str]) -> frozenset[str]:
    """Some lower-case words without stop words, in a form shared with their plurals."""
    return frozenset(key_of(word) for word in words if len(word) > 1 and word not in STOP_WORDS)


def compounds_of(text: str) -> frozenset[str]:
    """Words joined by hyphens, whole: `no-show`, whose parts say nothing of it."""
    return frozenset(key_of(word) for word in _COMPOUND.findall(text.lower()))


def topic_of(text: str) -> frozenset[str]:
    """The words of a topic that a sentence about it says; a compound counts as one."""
    parts = content_terms(_COMPOUND.sub(" ", text.lower()))
    return (said_of(parts) | compounds_of(text)) or said_of(tokens(text))


def weigh(keys: Iterable[str]) -> float:
    """How much some words say: plain ones less than half of others."""
    return sum(0.4 if key in PLAIN_WORDS else 1.0 for key in keys)


def read_talk(archive: Archive, path: str) -> Talk:
    """The document at `path` in sentences, with advertisements left out."""
    document = archive.document(path)
    lines = tuple(_lines(archive.passages(path)))
    return Talk(document=document, lines=lines)


def lines_of(passage: Passage) -> tuple[Line, ...]:
    """The sentences of one passage, numbered from 0."""
    return tuple(_lines((passage,)))


def cite(archive: Archive, line: Line) -> Citation:
    """Where the sentence stands."""
    return archive.citation(line.passage, line.start, line.end)


def _lines(passages: Sequence[Passage]) -> Iterator[Line]:
    number, turn = 0, -1
    last: str | None = None
    for place, passage in enumerate(passages):
        following = passages[place + 1] if place + 1 < len(passages) else None
        for segment, offset in _placed(passage):
            is_same = segment.speaker is not None and segment.speaker == last
            turn += not is_same
            last = segment.speaker
            if segment.speaker and _NOT_PEOPLE.match(segment.speaker):
                continue
            goes_on = (
                segment is passage.segments[-1]
                and following is not None
                and following.segments[0].speaker == segment.speaker
                and segment.speaker is not None
            )
            for line in _sentences(passage, segment, offset, number, turn):
                is_last = line.end == offset + len(_shown(segment))
                is_cut = is_last and goes_on and not _ENDS.search(line.text)
                if is_cut or not _is_prose(line, segment):
                    line = _unquotable(line)
                yield line
                number += 1


def _placed(passage: Passage) -> Iterator[tuple[Segment, int]]:
    """Each segment and where its first word stands in `passage.text`."""
    cursor = 0
    for segment in passage.segments:
        cursor += len(segment.speaker) + 2 if segment.speaker else 0
        yield segment, cursor
        cursor += len(_shown(segment)) + 1


def _shown(segment: Segment) -> str:
    return " ".join(segment.text.split())


def _sentences(
    passage: Passage, segment: Segment, offset: int, number: int, turn: int
) -> Iterator[Line]:
    shown = _shown(segment)
    for count, (start, end) in enumerate(split_sentences(shown)):
        yield Line(
            text=shown[start:end],
            passage=passage,
            start=offset + start,
            number=number + count,
            turn=turn,
            speaker=segment.speaker,
        )


def _is_prose(line: Line, segment: Segment) -> bool:
    """Whether it is a sentence someone wrote or said, not a heading, a row or a field."""
    if line.text in line.passage.heading or " | " in line.text:
        return False
    if not line.speaker and not line.passage.heading and not _ENDS.search(line.text):
        return False  # a field of front matter, or a title
    words = len(line.text.split())
    if words >= LONGEST_SENTENCE and not _ENDS.search(line.text):
        return False  # cut for want of a stop
    if segment.speaker:
        return True
    return bool(_ENDS.search(line.text)) or words >= 4 or bool(_TASK_MARKS.search(line.text))


def _unquotable(line: Line) -> Line:
    return Line(
        text=line.text,
        passage=line.passage,
        start=line.start,
        number=line.number,
        turn=line.turn,
        speaker=line.speaker,
        is_whole=False,
    )
