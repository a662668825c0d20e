"""Names in a transcript without capitals, as machine captions are, or with nothing but capitals.

Weaker, by nature: what is left is words that are no plain English, first names with what follows
them, names with digits or dots, and what "called" comes before. Names of plain words are missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pmagent.discourse.lines import Line
from pmagent.nlp.common_words import is_common
from pmagent.nlp.known_names import CALENDAR, FIRST_NAMES, PEOPLES, PLACES
from pmagent.publish.mentions.spans import CALLED, LONGEST_WORD, Span, find_odd_spans

FEW_CAPITALS = 0.004
"""Share of letters: a transcript with names and sentences has ten times as many."""
MANY_CAPITALS = 0.6
LONGEST_RUN = 3

_WORD = re.compile(r"[^\W\d_][\w’'+#.-]*[\w+#]")
_ENDS = (
    *("ing", "ed", "ly", "tion", "tions", "ness", "ity", "ment", "ments", "able", "ible", "ize"),
    *("ized", "ist", "ists", "ogy", "ical", "ial", "ence", "ance", "ency", "ive", "ous", "ful"),
    *("less", "ship", "ism", "ior", "iour", "ers", "ors"),
)
_PLAIN = frozenset({
    "across",
    "around",
    "among",
    "within",
    "toward",
    "towards",
    "along",
    "first",
    "second",
    "via",
})
_CONTRACTED = re.compile(r"['’](?:re|ve|ll|d|m|t|s)?$")


def is_uncased(lines: Sequence[Line]) -> bool:
    """Whether capitals say nothing here."""
    letters = raised = 0
    for line in lines:
        letters += sum(map(str.isalpha, line.text))
        raised += sum(map(str.isupper, line.text))
    return not letters or not FEW_CAPITALS <= raised / letters <= MANY_CAPITALS


def find_uncased_spans(line: Line) -> Iterator[Span]:
    """The spans of one sentence, from left to right."""
    yield from find_odd_spans(line)
    text = line.text
    cued = {found.start("name") for found in CALLED.finditer(text)}
    run: list[re.Match[str]] = []
    end = 0
    for found in _WORD.finditer(text):
        goes_on = run and text[end : found.start()] == " " and len(run) < LONGEST_RUN
        if run and not (goes_on and _is_telling(found[0], run)):
            yield _span(run, line, cued)
            run = []
        if run or _is_telling(found[0], run):
            run.append(found)
        end = found.end()
    if run:
        yield _span(run, line, cued)


def _span(run: Sequence[re.Match[str]], line: Line, cued: set[int]) -> Span:
    start, end = run[0].start(), run[-1].end()
    text = re.sub(r"['’]s$", "", line.text[start:end])
    return Span(text, line, start, is_cued=start in cued)


def _is_telling(word: str, run: Sequence[re.Match[str]]) -> bool:
    lower = re.sub(r"['’]s$", "", word.lower())
    if len(word) > LONGEST_WORD or _CONTRACTED.search(lower):
        return False
    if lower in CALENDAR or lower in PEOPLES or lower in PLACES:
        return False
    if run and run[-1][0].lower() in FIRST_NAMES:
        return not is_common(lower) and len(lower) > 2
    if lower in FIRST_NAMES:
        return not run
    is_plain = lower in _PLAIN or is_common(lower) or lower.endswith(_ENDS)
    return len(lower) > 2 and not is_plain
