"""What a text says that its sources do not: names, figures, dates, quotations, addresses.

The verifier of everything a model words. It looks at what can be told for certain and judges no
meaning: a text that it passes may still be wrong, but names nobody and nothing new. What stands in
the sources is never refused; a plain word at a sentence's start is taken for a word. In a language
that writes its nouns with capitals, such as German, a new noun is refused as a name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal

from pmagent.nlp.common_words import is_common
from pmagent.nlp.sentences import split_sentences
from pmagent.nlp.words import STOP_WORDS
from pmagent.publish.grounding.days import MONTHS, read_days
from pmagent.publish.grounding.figures import Figure, read_figures
from pmagent.publish.grounding.names import Names, is_tied, read_spots
from pmagent.publish.grounding.values import Values, has_unit, read_values
from pmagent.publish.grounding.words import fold, letter_for_letter, read_tokens

InventionKind = Literal["name", "number", "date", "address", "quote"]

_QUOTED = re.compile(
    r"“([^”“]{1,2000})”|„([^“”„]{1,2000})[“”]|«([^»«]{1,2000})»|「([^」「]{1,2000})」"
    r'|(?<![\w"])"(?=\S)([^"]{1,2000}?)(?<=\S)"(?!\w)'
    r"|(?<![\w'’])[‘'](?=[^\W\d])([^‘’'\n]{1,300}(?:['’]\w[^‘’'\n]{1,300}){0,8})(?<=[\w.,!?])['’](?!\w)"
)
_ADDRESS = re.compile(
    r"(?i)(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|\bhttps?://[^\s<>\"”’)\]]+"
    r"|\bwww\.[^\s<>\"”’)\]]+"
    r"|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|dev|ai|app|co|edu|gov|fm|tv|me|info"
    r"|example|eu|uk|de|fr|nl|ch|at|us|ca|au|in|jp|se|no)\b(?:/[^\s<>\"”’)\]]*)?"
)
_SPOKEN_DOT = re.compile(r"(?i)(?<=\w)\s+dot\s+(?=\w)")
_WEEKDAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday yesterday tonight".split()  # noqa: SIM905
)
_RELATIVE = frozenset("week weekend month quarter year spring summer autumn fall winter".split())  # noqa: SIM905


@dataclass(frozen=True, kw_only=True)
class Invention:
    """Something a text says that no source does."""

    kind: InventionKind
    text: str
    """As the text has it."""
    start: int
    """Characters of the text."""
    end: int


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What sources say, made ready to be asked many times."""

    names: Names
    letters: str
    """All sources, letter for letter, one after the other."""
    run: str
    """The keys of all tokens with a blank around each."""
    given: Values
    addresses: frozenset[str]

    def inventions(self, text: str) -> tuple[Invention, ...]:
        """What `text` says that the sources do not, in order."""
        return tuple(sorted(_Reading(text, self).found(), key=lambda one: (one.start, one.end)))

    def share_said(self, text: str) -> float:
        """Of the words of `text` that carry meaning, the share that is said, in whatever form."""
        keys = [token.key for token in read_tokens(text) if not token.is_figure]
        words = [key for key in keys if key not in STOP_WORDS and len(key) > 2]
        return sum(map(self.names.knows, words)) / len(words) if words else 1.0


def find_inventions(
    text: str, sources: Sequence[str], names: Sequence[str] = ()
) -> tuple[Invention, ...]:
    """What `text` says that no source does, in order; nothing where there is nothing to refuse.

    `names` may be named beside those in the sources, such as who speaks; a figure in them grounds
    nothing but the name it is part of.
    """
    return read_grounds(sources, names).inventions(text)


def read_grounds(sources: Sequence[str], names: Sequence[str] = ()) -> Grounds:
    """The sources made ready: linear in their length, about 60 ms for ten thousand words."""
    keys: list[str] = []
    known = Names()
    read = [read_tokens(source) for source in sources]
    for tokens in read:
        keys.extend(token.key for token in tokens)
        known.add(tokens)
    given = read_values(read, cased=known.is_cased)
    for name in names:
        known.add(read_tokens(name), is_said=False)
    joined = "\n".join(sources)
    return Grounds(
        names=known,
        letters=letter_for_letter(joined),
        run=f" {' '.join(keys)} ",
        given=given,
        addresses=frozenset(_addresses(joined)),
    )


def _addresses(text: str) -> Iterator[str]:
    spoken = _SPOKEN_DOT.sub(".", text)
    for version in (text, spoken) if spoken != text else (text,):
        for match in _ADDRESS.finditer(version):
            address = _plain_address(match.group())
            yield address
            yield re.split(r"[/?#]", address, maxsplit=1)[0]


def _plain_address(address: str) -> str:
    bare = re.sub(r"(?i)^https?://", "", fold(address)).rstrip(".,;:!?/'").casefold()
    return bare.removeprefix("www.")


class _Reading:
    """One text, held against its grounds."""

    def __init__(self, text: str, grounds: Grounds) -> None:
        self._text = text
        self._grounds = grounds
        self._tokens = read_tokens(text)
        self._judged = bytearray(len(text))
        """1 for each character of a span that was judged whole."""

    def found(self) -> Iterator[Invention]:
        yield from self._addresses()
        yield from self._quotes()
        self._pass_said()
        figures = read_figures(self._tokens)
        yield from self._days(figures)
        yield from self._figures(figures)
        yield from self._names()

    def _pass_said(self) -> None:
        """Sentences that stand in the sources word for word need no further look."""
        starts = [token.start for token in self._tokens]
        for start, end in (*split_sentences(self._text), *_lines(self._text)):
            inside = self._tokens[bisect_left(starts, start) : bisect_left(starts, end)]
            keys = [token.key for token in inside]
            if len(keys) > 2 and f" {' '.join(keys)} " in self._grounds.run:
                self._take(start, end)

    def _addresses(self) -> Iterator[Invention]:
        for match in _ADDRESS.finditer(self._text):
            address = _plain_address(match.group())
            if address in self._grounds.addresses:
                self._take(*match.span())
            elif "@" in address or "/" in match.group() or not self._is_spelled_so(match.group()):
                self._take(*match.span())
                yield self._invention("address", *match.span())

    def _is_spelled_so(self, word: str) -> bool:
        """Whether the sources have it as a word: `Node.js`, `end.In`."""
        return self._grounds.names.holds(fold(word).lower().replace(".", ""))

    def _quotes(self) -> Iterator[Invention]:
        for match in _QUOTED.finditer(self._text):
            number = match.lastindex or 0
            start, end = match.span(number)
            if self._is_taken(start, end):
                continue
            words = letter_for_letter(match[number]).strip(" .,;:!?-…")
            if not words:
                continue
            self._take(start, end)
            if not self._is_said(words):
                yield self._invention("quote", start, end)

    def _is_said(self, words: str) -> bool:
        pattern = rf"(?<!\w){re.escape(words)}(?!\w)"
        return (
            words in self._grounds.letters and re.search(pattern, self._grounds.letters) is not None
        )

    def _days(self, figures: Sequence[Figure]) -> Iterator[Invention]:
        is_cased = any(token.text[:1].isupper() for token in self._tokens)
        for day in read_days(self._tokens, figures, cased=is_cased):
            start, end = self._span(day.first, day.last)
            if self._is_taken(start, end):
                continue
            self._take(start, end)
            if not any(known.holds(day) for known in self._grounds.given.days):
                yield self._invention("date", start, end)
        for at, token in enumerate(self._tokens):
            if self._is_taken(token.start, token.end):
                continue
            if token.key in _WEEKDAYS and not self._grounds.names.holds(token.key):
                self._take(token.start, token.end)
                yield self._invention("date", token.start, token.end)
            elif token.key in _RELATIVE and at and self._tokens[at - 1].key in {"last", "next"}:
                pair = (self._tokens[at - 1].key, token.key)
                if not self._grounds.names.has_pair(*pair):
                    yield self._invention("date", self._tokens[at - 1].start, token.end)

    def _figures(self, figures: Sequence[Figure]) -> Iterator[Invention]:
        for figure, behind in zip_longest(figures, figures[1:]):
            start, end = self._span(figure.first, figure.last)
            if self._is_taken(start, end) or self._is_pronoun(figure):
                continue
            self._take(start, end)
            meant = self._with_unit_of(figure, behind) if behind is not None else figure
            is_said = self._is_grounded(meant) or self._is_split(figure)
            is_named = self._is_named(figure)
            if not (is_named or (is_said and not self._is_version(figure))):
                yield self._invention("number", start, self._unit_end(figure))

    def _with_unit_of(self, figure: Figure, behind: Figure) -> Figure:
        """`14 to 40 feet`: the first figure of a range, in the unit of the second."""
        between = self._tokens[figure.last + 1 : behind.first]
        is_range = [token.key for token in between] in (["to"], ["or"]) or (
            not between and self._tokens[behind.first].gap.strip() == "-"
        )
        if not is_range or has_unit(figure) or not has_unit(behind):
            return figure
        unit = behind.values[0][1]
        return replace(figure, values=tuple((value, unit) for value, _ in figure.values))

    def _is_grounded(self, figure: Figure) -> bool:
        if figure.literal:
            return figure.literal in self._grounds.given.literals
        if any(self._grounds.given.has(value, unit) for value, unit in figure.values):
            return True
        return bool(figure.parts) and all(self._is_grounded(part) for part in figure.parts)

    def _is_split(self, figure: Figure) -> bool:
        """Whether it is two numbers, one at a line's end and one at the next line's beginning."""
        start, end = self._span(figure.first, figure.last)
        lines = self._text[start:end].splitlines()
        if len(lines) < 2:
            return False
        tokens = [read_tokens(line) for line in lines]
        return all(self._is_grounded(one) for line in tokens for one in read_figures(line))

    def _is_named(self, figure: Figure) -> bool:
        """Whether the figure belongs to a name that may be named: `Studio 54`."""
        if not figure.first or figure.first != figure.last:
            return False
        pair = self._tokens[figure.first - 1].key, self._tokens[figure.first].key
        return self._grounds.names.has_pair(*pair)

    def _is_version(self, figure: Figure) -> bool:
        """Whether the figure is a part of a name written in capitals: `GPT-4`."""
        if not figure.first or self._tokens[figure.first].gap != "-":
            return False
        name = self._tokens[figure.first - 1]
        is_name = len(name.key) > 1 and name.text.isupper() and not name.is_figure
        return is_name and not self._grounds.names.has_pair(
            name.key, self._tokens[figure.first].key
        )

    def _is_pronoun(self, figure: Figure) -> bool:
        """`the one that sank`: a lone `one` that counts no unit."""
        word = self._tokens[figure.first]
        return figure.first == figure.last and word.key == "one" and not has_unit(figure)

    def _unit_end(self, figure: Figure) -> int:
        last = figure.last + 1 if figure.has_unit_behind else figure.last
        return self._tokens[last].end

    def _names(self) -> Iterator[Invention]:
        spots = read_spots(self._text, self._tokens)
        names = self._grounds.names
        wrong = {
            at
            for at, token in enumerate(self._tokens)
            if not self._is_taken(token.start, token.end)
            and token.key not in MONTHS
            and not names.allows(self._tokens, at, is_free=spots[at])
        }
        for at, token in enumerate(self._tokens[1:], 1):
            before = self._tokens[at - 1]
            if at - 1 in wrong or at in wrong or self._is_taken(before.start, token.end):
                continue
            if is_tied(before, token) and not names.allows_pair(before, token):
                wrong.update((at - 1, at))
        yield from self._phrases(wrong)

    def _phrases(self, wrong: set[int]) -> Iterator[Invention]:
        """The names around the words that are wrong, each told once and whole."""
        done = -1
        for at in sorted(wrong):
            if at <= done:
                continue
            first = last = at
            while first > done + 1 and self._goes_with(first):
                first -= 1
            while last + 1 < len(self._tokens) and self._goes_with(last + 1):
                last += 1
            done = last
            yield self._invention("name", *self._span(first, last))

    def _goes_with(self, at: int) -> bool:
        """Whether a token and the one before it are one name."""
        if at == 0:
            return False
        before, token = self._tokens[at - 1], self._tokens[at]
        return is_tied(before, token) and not is_common(before.key) and not is_common(token.key)

    def _span(self, first: int, last: int) -> tuple[int, int]:
        return self._tokens[first].start, self._tokens[last].end

    def _is_taken(self, start: int, end: int) -> bool:
        return self._judged.find(0, start, end) < 0

    def _take(self, start: int, end: int) -> None:
        self._judged[start:end] = b"\x01" * (end - start)

    def _invention(self, kind: InventionKind, start: int, end: int) -> Invention:
        return Invention(kind=kind, text=self._text[start:end], start=start, end=end)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1
