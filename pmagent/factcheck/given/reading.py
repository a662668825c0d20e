"""Documents handed over with a claim, read once: sentences with their words, lines and speakers.

Nothing is looked up in an index: what counts is what these documents say and who says it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from pmagent.nlp.sentences import split_sentences
from pmagent.nlp.words import STOP_WORDS
from pmagent.types.documents import Block, Citation, Document, Locator

Rows = NDArray[np.int64]

WINDOW_WORDS = 45
"""A window ends at the sentence that fills it; the next begins with its last sentence."""
LONGEST_TEXT = 20_000
"""Characters split into sentences at a time."""
_LABEL = re.compile(r"^(?P<name>(?:[^\W\d_][\w’'.-]*\s){0,4}[^\W\d_][\w’'.-]*):\s")
_LEAST_LABELS = 3
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*")
_ENDINGS = (
    "ization", "ational", "fulness", "ousness", "iveness", "ations", "ation", "ingly", "edly",
    "ments", "ment", "ness", "ions", "ings", "ing", "ion", "ies", "ied", "ers", "ely", "ed", "es",
    "er", "ly", "s", "e", "y",
)  # fmt: skip
_LEAST_STEM = 3


@dataclass(frozen=True, kw_only=True)
class Said:
    """One sentence of a given document."""

    text: str
    document: Document
    first_line: int
    last_line: int
    speaker: str = ""

    @property
    def citation(self) -> Citation:
        """Where it stands."""
        return Citation(
            path=self.document.path,
            locator=Locator(first_line=self.first_line, last_line=self.last_line),
            title=self.document.title,
            date=self.document.date,
            date_source=self.document.date_source,
            speaker=self.speaker or None,
        )


@dataclass(frozen=True)
class Given:
    """All sentences of the documents, in order, and where each word stands."""

    sentences: tuple[Said, ...]

    @cached_property
    def stems(self) -> tuple[tuple[str, ...], ...]:
        """The words of each sentence, folded."""
        return tuple(stems_of(one.text) for one in self.sentences)

    @cached_property
    def starts(self) -> Rows:
        """(sentences + 1,) where each sentence begins among all words."""
        lengths = [len(words) for words in self.stems]
        return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)

    @cached_property
    def places(self) -> dict[str, Rows]:
        """Where a word stands among all words, rising."""
        found: dict[str, list[int]] = {}
        place = 0
        for words in self.stems:
            for word in words:
                found.setdefault(word, []).append(place)
                place += 1
        return {word: np.array(places, dtype=np.int64) for word, places in found.items()}

    def sentences_with(self, stem: str) -> Rows:
        """The sentences that hold a word, rising, each once."""
        places = self.places.get(stem)
        if places is None:
            return np.empty(0, dtype=np.int64)
        return np.unique(np.searchsorted(self.starts, places, side="right") - 1)

    @cached_property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """Spans of sentences, behind the last one, none of which crosses into another document."""
        found: list[tuple[int, int]] = []
        first, count = 0, len(self.sentences)
        while first < count:
            stop, words = first, 0
            while stop < count and words < WINDOW_WORDS and self._is_together(first, stop):
                words += len(self.stems[stop])
                stop += 1
            found.append((first, stop))
            is_end = stop >= count or not self._is_together(first, stop)
            first = stop if is_end else max(first + 1, stop - 1)
        return tuple(found)

    @cached_property
    def labels(self) -> frozenset[str]:
        """Who speaks, lower case."""
        return frozenset(one.speaker.lower() for one in self.sentences if one.speaker)

    @cached_property
    def names(self) -> dict[str, frozenset[str]]:
        """By each part of a speaker's label that means nobody else: `barry` of `Barry Hughes`.

        A part that is also a common word of the talk, as `project` of `Project Manager`, does not.
        """
        parts: dict[str, set[str]] = {}
        for label in self.labels:
            for part in words_of(label):
                parts.setdefault(part, set()).add(label)
        return {
            part: frozenset(labels)
            for part, labels in parts.items()
            if len(labels) == 1 and len(part) > 2 and stem_of(part) not in self.places
        }

    def _is_together(self, one: int, other: int) -> bool:
        return self.sentences[one].document.path == self.sentences[other].document.path


def read_given(documents: Sequence[Document]) -> Given:
    """The documents ready to hold claims against; the cost grows with their length only."""
    return Given(tuple(said for document in documents for said in _read(document)))


def stems_of(text: str) -> tuple[str, ...]:
    """The words of a text without their endings."""
    return tuple(stem_of(word) for word in words_of(text))


def words_of(text: str) -> list[str]:
    """The words of a text as they are written."""
    return _WORD.findall(text)


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """A form that a word shares with its inflections and many derived words; not itself a word."""
    bare = word.lower().replace("’", "'").removesuffix("'s")
    if len(bare) <= _LEAST_STEM or bare[0].isdigit():
        return bare
    for ending in _ENDINGS:
        is_plural = ending != "s" or not bare.endswith("ss")
        if bare.endswith(ending) and len(bare) - len(ending) >= _LEAST_STEM and is_plural:
            bare = bare[: -len(ending)]
            break
    if len(bare) > _LEAST_STEM and bare[-1] == bare[-2] and bare[-1] not in "sl":
        bare = bare[:-1]
    return bare[:-1] if len(bare) > _LEAST_STEM and bare[-1] in "ey" else bare


def _read(document: Document) -> Iterator[Said]:
    blocks = document.parsed.blocks
    has_labels = _has_labels(blocks)
    speaker = ""
    for block in blocks:
        for line, text in _paragraphs(block, is_by_line=has_labels):
            label = _LABEL.match(text) if has_labels else None
            is_first = line == block.first_line
            speaker = label["name"] if label else _speaker(block, speaker, is_kept=not is_first)
            start = label.end() if label else 0
            yield from _sentences(document, text[start:], line, speaker)


def _speaker(block: Block, last: str, *, is_kept: bool) -> str:
    """Who says a line without a label: its block's speaker, behind a label whoever that names."""
    return last if is_kept and last else block.speaker or ""


def _has_labels(blocks: Sequence[Block]) -> bool:
    """Whether lines begin with the name of who speaks that no parser took for one.

    That is so where names come back at the start of lines, or every line begins with one.
    """
    lines = [
        (line, bool(block.speaker) and place == 0)
        for block in blocks
        for place, line in enumerate(block.text.splitlines())
        if line.strip()
    ]
    open_lines = [line for line, is_spoken in lines if not is_spoken]
    found = Counter(
        match["name"].lower() for line in open_lines if (match := _LABEL.match(line)) is not None
    )
    labels = [name for name in found if name.split()[0] not in STOP_WORDS]
    count = sum(found[name] for name in labels)
    if count == len(open_lines) and count < _LEAST_LABELS:
        return any(" " in name for name in labels)
    spoken = len(lines) - len(open_lines)
    return count > len(labels) and (count + spoken) * 2 >= len(lines)


def _paragraphs(block: Block, *, is_by_line: bool) -> Iterator[tuple[int, str]]:
    """The block's text in pieces with the line each begins on."""
    line = block.first_line
    pieces = block.text.split("\n") if is_by_line else [block.text]
    for piece in pieces:
        for start in range(0, len(piece), LONGEST_TEXT):
            part = piece[start : start + LONGEST_TEXT]
            yield line, part
            line += part.count("\n")
        line += 1


def _sentences(document: Document, text: str, line: int, speaker: str) -> Iterator[Said]:
    last = 0
    for start, end in split_sentences(text):
        line += text.count("\n", last, start)
        last = start
        yield Said(
            text=" ".join(text[start:end].split()),
            document=document,
            first_line=line,
            last_line=line + text.count("\n", start, end),
            speaker=speaker,
        )
