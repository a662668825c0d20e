"""A short answer made of the archive's own sentences, each verified to stand where its citation is.

Nothing is rephrased. The best candidates that do not say the same are taken; of each the file is
looked at as it is now, and a sentence that does not stand in the cited lines, said by the cited
speaker, is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from pmagent.ingest.passages import locate
from pmagent.nlp.sentences import split_sentences
from pmagent.retrieval.candidates import Candidate, rank_candidates
from pmagent.retrieval.canonical import weigh
from pmagent.retrieval.ports import Scores, SearchIndex
from pmagent.types import Abstention, Answer, Block, Found, Hit, Reply, Sentence

Read = Callable[[str], Sequence[Block]]
"""What stands in a file now, freshly parsed; nothing where it cannot be read."""

PASSAGES = 8
"""Best hits whose sentences are looked at."""
REPETITION = 0.35
"""What a sentence loses that says what one before it said."""
RIVALS = 40
"""Sentences that are compared with the canonical sources beside those of the answer."""
AROUND = 2000
"""Characters on either side in which a sentence's ends are looked for: some files are one line."""
NEIGHBOUR = 1.4
"""What a sentence gains that goes on where a taken one ends, or leads up to it."""


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """How an answer of one intent is made."""

    most: int
    """Sentences."""
    share: float
    """Of the best sentence's relevance that another one needs."""
    is_by_time: bool = False
    is_one_day: bool = False
    """Only the best hit's day answers: what was said first or last."""


_SHAPES: Mapping[str, _Shape] = {
    "first": _Shape(most=2, share=0.5, is_by_time=True, is_one_day=True),
    "latest": _Shape(most=2, share=0.5, is_by_time=True, is_one_day=True),
    "when": _Shape(most=3, share=0.68, is_by_time=True),
    "who": _Shape(most=2, share=0.68),
    "how many": _Shape(most=2, share=0.72),
}
_TOPIC = _Shape(most=4, share=0.6)


def compose_answer(
    found: Found,
    index: SearchIndex,
    *,
    read: Read,
    encode: Callable[[Sequence[str]], Scores] | None = None,
    canonical: Sequence[str] = (),
) -> Reply:
    """One to four sentences of the best hits, or why there is no answer.

    Best first for a topic, with sentences of one document as they were said; in order of time for
    "first", "latest" and "when". `read` is called once a file, for a few files. Where there are
    sentences but none stands in its file any more, the abstention's reason is `outdated`.
    `canonical` are globs of the sources that are right where others differ: then theirs stands
    first, and the answer says so.
    """
    if not found.hits:
        return Abstention(reason="no_hits", found=found)
    if found.confidence < found.threshold:
        return Abstention(reason="weak_evidence", found=found)
    shape = _SHAPES.get(found.intent, _TOPIC)
    candidates = rank_candidates(found, _asked_hits(found, shape), index, encode)
    chosen = _chosen(candidates, shape, index, read)
    if not chosen:
        return Abstention(reason="outdated" if candidates else "weak_evidence", found=found)
    ordered = sorted(chosen, key=lambda item: _order(item, chosen, is_by_time=shape.is_by_time))
    answer = Answer(found=found, sentences=tuple(_cited(item, index) for item in ordered))
    if not canonical:
        return answer
    left = [item for item in candidates[:RIVALS] if item not in chosen]
    blocks = {path: read(path) for path in {item.hit.passage.path for item in left}}
    verified = [item for item in left if _is_verified(item, blocks[item.hit.passage.path])]
    others = [_cited(item, index) for item in verified]
    return weigh(answer, others, canonical)


# Verification


_TIME = re.compile(
    r"""(?x) \\?[\[(<] \d{1,3}:\d\d(?::\d\d)?(?:[.,]\d{1,3})? \\?[\])>]
    | (?<=[a-z])\ \d{1,3}:\d\d:\d\d(?:[.,]\d{1,3})? (?=\\?\])  # [unintelligible 00:47:03.26]"""
)
_EMPHASIS = re.compile(
    r"(?<![\w\\*_])(?P<mark>\*{1,3}|_{1,3}|`+)(?=\S)(?P<said>.+?)(?<=\S)(?P=mark)(?![\w*_])"
)
_LINK = re.compile(
    r"!?\[(?P<said>[^\[\]]*)\]\([^()\s]*\)|\[\[(?:[^\[\]|]*\|)?(?P<name>[^\[\]|]*)\]\]"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!~|>-])")
_WIDE_ENDS = "。！？｡」』"
_NEGATION = re.compile(
    r"""(?ix) \b(?: not?|never|none|nobody|nothing|nowhere|neither|nor|cannot|without|hardly|barely
    |nicht|kein\w*|pas|jamais|nunca|niet|geen|não|non )\b | n['’]t\b"""
)


def stands_at(sentence: str, source_lines: Sequence[str]) -> bool:
    """Whether the words of `sentence` stand side by side in `source_lines`, exactly.

    White space is folded. Time marks and markup of the source may be missing from the sentence, all
    of a kind or none; nothing else may differ, not a letter, digit or stop. A part of a source
    sentence stands there too, unless a negation is in what was left out.
    """
    wanted = _folded(sentence)
    if not any(character.isalnum() for character in wanted):
        return False
    return any(_holds(form, wanted) for form in _forms("\n".join(source_lines)))


def _forms(source: str) -> Iterator[str]:
    """The source as it is, and without its time marks, its markup, and both."""
    for without_times, without_markup in product((False, True), repeat=2):
        # A mark inside a bracket goes with the space before it, one between words leaves a space.
        text = (
            _TIME.sub(lambda found: " " * (found[0][0] != " "), source) if without_times else source
        )
        if without_markup:
            text = _LINK.sub(lambda found: found["said"] or found["name"] or "", _TAG.sub("", text))
            text = _EMPHASIS.sub(
                lambda found: found["said"], _EMPHASIS.sub(lambda found: found["said"], text)
            )
            text = _ESCAPE.sub(r"\1", text)
        yield _folded(text)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _holds(source: str, wanted: str) -> bool:
    at = source.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        begins = at == 0 or source[at - 1] == " " or source[at - 1] in _WIDE_ENDS
        ends = end == len(source) or source[end] == " " or wanted[-1] in _WIDE_ENDS
        if begins and ends and not _NEGATION.search(_left_out(source, at, end)):
            return True
        at = source.find(wanted, at + 1)
    return False


def _left_out(source: str, start: int, end: int) -> str:
    """The rest of the source's sentences in which the span lies."""
    base = max(0, start - AROUND)
    rest = [
        source[base + first : max(base + first, start)]
        + " "
        + source[min(base + last, end) : base + last]
        for first, last in split_sentences(source[base : end + AROUND])
        if base + first < end and start < base + last
    ]
    return " ".join(rest)


def _is_verified(candidate: Candidate, blocks: Sequence[Block]) -> bool:
    """Whether the sentence stands in its file's lines now, in what the same person says there."""
    passage = candidate.hit.passage
    place = locate(passage, candidate.start, candidate.end)
    lines = [
        line
        for block in blocks
        if block.speaker == candidate.speaker
        for number, line in enumerate(block.text.split("\n"), block.first_line)
        if place.first_line <= number <= place.last_line
    ]
    return stands_at(candidate.text, lines)


# Choice


def _asked_hits(found: Found, shape: _Shape) -> Sequence[Hit]:
    best = found.hits[0].citation.date
    hits = found.hits[:PASSAGES]
    return [hit for hit in hits if hit.citation.date == best] if shape.is_one_day else hits


def _chosen(
    candidates: Sequence[Candidate], shape: _Shape, index: SearchIndex, read: Read
) -> list[Candidate]:
    """The best verified candidates that do not say the same."""
    blocks: dict[str, Sequence[Block]] = {}
    taken: list[tuple[Candidate, frozenset[str]]] = []
    best: float | None = None
    left = [(item, frozenset(index.stems(item.text))) for item in candidates]
    while left and len(taken) < shape.most:
        worth = [
            item.score
            * (1 - _repeated(item, said, taken))
            * (NEIGHBOUR if _goes_on(item, taken) else 1.0)
            for item, said in left
        ]
        place = int(np.argmax(worth))
        if worth[place] <= 0 or (best is not None and worth[place] < shape.share * best):
            break
        item, said = left.pop(place)
        path = item.hit.passage.path
        if path not in blocks:
            blocks[path] = read(path)
        if _is_verified(item, blocks[path]):
            best = best or item.score
            taken.append((item, said))
    return [item for item, _ in taken]


def _goes_on(item: Candidate, taken: Sequence[tuple[Candidate, frozenset[str]]]) -> bool:
    """Whether it stands right before or behind a taken sentence, said by the same person."""
    return any(
        other.hit.passage.id == item.hit.passage.id
        and other.segment == item.segment
        and (0 <= item.start - other.end <= 1 or 0 <= other.start - item.end <= 1)
        for other, _ in taken
    )


def _repeated(
    item: Candidate, said: frozenset[str], taken: Sequence[tuple[Candidate, frozenset[str]]]
) -> float:
    """0 for a sentence unlike those taken, to 1 for one of them again."""
    most = 0.0
    for other, other_said in taken:
        if (
            other.hit.passage.id == item.hit.passage.id
            and item.start < other.end
            and other.start < item.end
        ):
            return 1.0
        shared = len(said & other_said) / (min(len(said), len(other_said)) or 1)
        most = max(most, 1.0 if shared > 0.9 else REPETITION * shared)
    return most


def _order(
    item: Candidate, chosen: Sequence[Candidate], *, is_by_time: bool
) -> tuple[object, str, int, int]:
    """Sentences of one document stand together, as they were said."""
    path = item.hit.passage.path
    first: object = (
        item.hit.citation.date.toordinal()
        if is_by_time
        else min(place for place, other in enumerate(chosen) if other.hit.passage.path == path)
    )
    return first, path, item.hit.passage.position, item.start


def _cited(item: Candidate, index: SearchIndex) -> Sentence:
    passage = item.hit.passage
    place = locate(passage, item.start, item.end)
    return Sentence(text=item.text, citation=index.citation(passage, place, item.speaker))
