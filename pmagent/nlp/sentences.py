"""Sentences and small windows of sentences, as spans of the text they stand in.

Made for talk as well as prose: trailing dots, quotes, initials, numbers, stops of other scripts,
and machine transcripts without any stop at all. Pure: text in, character spans out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

LONGEST_SENTENCE = 60
"""Words. Text without stops is cut here, at a comma where there is one."""

WINDOW_SENTENCES = 3
WINDOW_WORDS = 45
"""A window stops growing at this many sentences or words, whichever comes first."""

ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc eg ie cf al inc ltd co "  # noqa: SIM905 - words, not a list
    "corp dept est fig figs no nos vol ed eds pp gen gov sen rep lt col sgt capt rev hon jan "
    "feb mar apr jun jul aug sep sept oct nov dec approx ca bzw usw ggf vgl nr bspw mme mlle "
    "sra srta ing".split()
)
"""Lower case, without dots, of English and its neighbours. `e.g.` and `U.S.` need no entry."""

_STOP = re.compile(
    r"""(?P<plain>[.!?…]+[")\]'”’»]*(?=\s|$))  # with a space behind: 3.5 and a.b go on
      | (?P<wide>[。！？｡]+[」』”’）]*)              # scripts without spaces
      | (?P<danda>[।॥؟۔]+(?=\s|$))
      | (?P<gap>\n[^\S\n]*\n\s*)                   # an empty line ends anything""",
    re.VERBOSE,
)
_STOP_CHARACTER = re.compile(r"[.!?…。！？｡।॥؟۔]|\n(?=[^\S\n]*\n)")
_WORD_BEFORE = re.compile(r"(\S+)$")
_DOTTED = re.compile(r"(?:\w\.)+\w?$")
_CLAUSE = re.compile(r"[,;:–—]\s|\s-{1,2}\s")
_WORD = re.compile(r"\S+")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences in reading order, without white space at either end.

    Together they hold every character that is not white space. One line break is white space;
    an empty line ends a sentence. A sentence of more than `LONGEST_SENTENCE` words is cut.
    """
    is_cased = _is_cased(text)
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _stops(text):
        if found["plain"] and not _is_end(text, found.start(), found.end(), is_cased):
            continue
        end = found.start() if found["gap"] else found.end()
        spans.extend(_trimmed(text, start, end))
        start = found.end()
    spans.extend(_trimmed(text, start, len(text)))
    return [piece for span in spans for piece in _cut(text, *span)]


def windows(text: str) -> list[tuple[int, int]]:
    """Spans of up to three neighbouring sentences, each sharing its last one with the next span.

    `text` is a passage's: every line is one speaker's, so that a line break ends a sentence. These
    are the spans that get a vector: people ask for a detail, and the mean of 150 words hides it.
    """
    sentences = sentences_of_lines(text)
    lengths = [len(text[start:end].split()) for start, end in sentences]
    spans: list[tuple[int, int]] = []
    first = 0
    while first < len(sentences):
        last, words = first, lengths[first]
        while (
            last + 1 < len(sentences)
            and last + 1 - first < WINDOW_SENTENCES
            and words < WINDOW_WORDS
        ):
            last += 1
            words += lengths[last]
        spans.append((sentences[first][0], sentences[last][1]))
        if last + 1 >= len(sentences):
            break
        first = max(last, first + 1)
    return spans


def sentences_of_lines(text: str) -> list[tuple[int, int]]:
    """Sentence spans of a passage's text, none of which crosses a line break."""
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.split("\n"):
        spans.extend((offset + start, offset + end) for start, end in split_sentences(line))
        offset += len(line) + 1
    return spans


def _stops(text: str) -> Iterator[re.Match[str]]:
    """Every match of `_STOP`, found by its first character: many times faster than by the whole."""
    position = 0
    while (first := _STOP_CHARACTER.search(text, position)) is not None:
        found = _STOP.match(text, first.start())
        position = found.end() if found else first.end()
        if found:
            yield found


def _is_end(text: str, stop: int, after: int, is_cased: bool) -> bool:
    following = text[after:].lstrip()[:1] if after < len(text) else ""
    if not following:
        return True
    if is_cased and following.islower():
        return False  # "so we... kind of stopped", "Yahoo! is", "e.g. this"
    if text[stop:after].rstrip("\"')]”’»") != ".":
        return True
    word = _WORD_BEFORE.search(text, max(0, stop - 40), stop)
    if word is None:
        return True
    bare = word[1].lstrip("\"'([“‘«").lower()
    if bare in ABBREVIATIONS or (bare.isdigit() and len(bare) <= 2 and word.start() == 0):
        return False  # "Dr. Lee", and the "1." of a list
    is_initial = len(bare) == 1 and bare.isalpha() and bare != "i"
    return not (is_initial or (_DOTTED.match(bare) and following.isalnum() and len(bare) <= 5))


def _is_cased(text: str) -> bool:
    """Whether capitals can be trusted to begin sentences: some machine transcripts have none."""
    return any(character.isupper() for character in text)


def _trimmed(text: str, start: int, end: int) -> list[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return [(start + left, start + right)] if left < right else []


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if len(text[start:end].split()) <= LONGEST_SENTENCE:
        return [(start, end)]
    words = [found.span() for found in _WORD.finditer(text, start, end)]
    pieces: list[tuple[int, int]] = []
    first = 0
    while len(words) - first > LONGEST_SENTENCE:
        size = _best_cut(text, words[first : first + LONGEST_SENTENCE])
        pieces.append((words[first][0], words[first + size - 1][1]))
        first += size
    return [*pieces, (words[first][0], words[-1][1])]


def _best_cut(text: str, words: Sequence[tuple[int, int]]) -> int:
    """How many of `words` the first piece takes: up to the last clause break of its second half."""
    middle = len(words) // 2
    breaks = [found.start() for found in _CLAUSE.finditer(text, words[middle][0], words[-1][1])]
    if not breaks:
        return len(words)
    return sum(1 for begin, _ in words if begin <= breaks[-1])
