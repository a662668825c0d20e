"""What a claim is held against: a few sentences in a row, with who says each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pmagent.discourse.lines import Line, lines_of
from pmagent.factcheck.numbers import read_numbers
from pmagent.factcheck.quantities import Quantity
from pmagent.factcheck.words import Lexicon, Token
from pmagent.types import Passage

WINDOW_WORDS = 45
"""A window ends at the first sentence that brings it here: a fact and what it is about."""
LONGEST_WINDOW = 1_200
"""Characters of it that are read."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Some sentences of one passage as one text."""

    row: int
    """Of the passage in its index."""
    passage: Passage
    lines: tuple[Line, ...]

    @cached_property
    def text(self) -> str:
        """The sentences, joined by spaces."""
        return " ".join(line.text for line in self.lines)[:LONGEST_WINDOW]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each sentence begins in `text`."""
        starts: list[int] = []
        at = 0
        for line in self.lines:
            starts.append(at)
            at += len(line.text) + 1
        return tuple(starts)

    def line_at(self, offset: int) -> int:
        """Which sentence holds this character of `text`."""
        return max(0, sum(1 for start in self.starts if start <= offset) - 1)


@dataclass(frozen=True, kw_only=True)
class Read:
    """A window with its words and quantities."""

    window: Window
    tokens: tuple[Token, ...]

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its numbers and dates, in order."""
        return tuple(read_numbers(self.window.text))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each key stands, as places in `tokens`."""
        found: dict[str, list[int]] = {}
        for place, token in enumerate(self.tokens):
            found.setdefault(token.key, []).append(place)
        return found

    @cached_property
    def speakers(self) -> frozenset[str]:
        """Lower-case words of the names of those who speak in it."""
        names = (line.speaker.lower() for line in self.window.lines if line.speaker)
        return frozenset(word for name in names for word in name.split())

    @cached_property
    def sentence_of(self) -> tuple[int, ...]:
        """The sentence of each word."""
        return tuple(self.window.line_at(token.start) for token in self.tokens)

    def token_at(self, offset: int) -> int:
        """The word at this character, or the one behind it."""
        for place, token in enumerate(self.tokens):
            if token.end > offset:
                return place
        return max(0, len(self.tokens) - 1)


def cut_windows(row: int, passage: Passage) -> list[Window]:
    """Windows of a passage, each beginning with the last sentence of the one before."""
    lines = [line for line in lines_of(passage) if not _is_front_matter(line)]
    lengths = [len(line.text.split()) for line in lines]
    return [
        Window(row=row, passage=passage, lines=tuple(lines[first:stop]))
        for first, stop in _spans(lengths)
    ]


def _is_front_matter(line: Line) -> bool:
    """Whether it is a field above a Markdown file: tags and aliases assert nothing."""
    passage = line.passage
    is_above = passage.position == 0 and not passage.heading and passage.locator.first_line > 1
    is_field = line.speaker is None and line.text.rstrip()[-1:] not in {".", "!", "?"}
    return is_above and is_field and passage.path.lower().endswith((".md", ".markdown"))


def read_window(window: Window, lexicon: Lexicon) -> Read:
    """The window with its words."""
    return Read(window=window, tokens=tuple(lexicon.tokens(window.text)))


def _spans(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(lengths):
        stop, words = first, 0
        while stop < len(lengths) and words < WINDOW_WORDS:
            words += lengths[stop]
            stop += 1
        yield first, stop
        if stop >= len(lengths):
            return
        first = max(first + 1, stop - 1)
