"""What each chapter is called: one or two phrases that are said in it and in few others.

A phrase counts by how often it is said here and not elsewhere, by where, and, with an embedder, by
how near it comes to what the chapter is about beyond the talk as a whole. Every word of a title is
said in its chapter, but for `Intro` where
somebody greets, `Closing` where they part, and `Part 3` where nothing stands out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pmagent.nlp.keyphrases import key_of
from pmagent.publish.chapters.cues import is_greeting
from pmagent.publish.chapters.phrases import Candidate, phrases_of
from pmagent.publish.chapters.pieces import FEWEST_WORDS, Embed, pieces_of, without_marks
from pmagent.types.publishing import Chapter, Transcript

OFFERED = 4
"""Other titles a person can choose from."""
SECOND_FROM = 0.7
"""Of the best phrase's worth, for a second one to be named beside it."""
TALK_SHARE = 0.7
"""Of the whole talk's meaning that is taken off a chapter's: what is special about it is left."""
LONGEST = 60
"""Characters of a title of two phrases; longer ones keep the first alone."""
MOST_WORDS = 4_000
"""Of a chapter that are read for its title."""
_OPENING = "Intro"
_CLOSING = "Closing"
_OPENING_TURNS = 4
_GOODBYE_WORDS = 250
_GOODBYE = re.compile(
    r"(?i)\b(?:goodbye|bye|see you|thank(?:s| you)[^.!?]{0,40} (?:for (?:listening|joining|coming"
    r"|being|having|your time)|everyone|everybody)|take care|until next time"
    r"|that's (?:it|all) for)\b"
)
_OPENING_WORDS = 700
"""A longer opening has a subject of its own."""


@dataclass(frozen=True)
class _Rated:
    """A phrase with its worth as a title."""

    phrase: Candidate
    worth: float


def title_chapters(
    transcript: Transcript, chapters: Sequence[Chapter], *, embed: Embed
) -> tuple[Chapter, ...]:
    """The chapters, in the order given, with their titles and others to choose from.

    Each is taken to go on until the next of them begins. Without an embedder words alone decide.
    """
    if not chapters:
        return ()
    placed = sorted(range(len(chapters)), key=lambda place: chapters[place].turn)
    ordered = [chapters[place] for place in placed]
    parts = _parts(transcript, ordered)
    names = frozenset(
        key_of(word) for name in transcript.speakers for word in name.split() if len(word) > 1
    )
    rated = _by_meaning(parts, phrases_of(parts, without=names), embed)
    titled: dict[int, Chapter] = {}
    before = ""
    for number, (place, chapter, own) in enumerate(zip(placed, ordered, rated, strict=True)):
        offered = _titles(own, parts[number])
        if chapter.turn == 0 and _is_opening(transcript, parts[0]):
            offered = [_OPENING, *offered]
        elif number and number == len(parts) - 1 and _is_goodbye(parts[number]):
            offered = [_CLOSING, *offered]
        fresh = [title for title in offered if title.casefold() not in before]
        title = fresh[0] if fresh else f"Part {number + 1}"
        others = tuple(other for other in offered if other != title)[:OFFERED]
        titled[place] = replace(chapter, title=title, titles=others)
        before = title.casefold()
    return tuple(titled[place] for place in range(len(chapters)))


def title_further(
    transcript: Transcript,
    chapters: Sequence[Chapter],
    further: Sequence[Chapter],
    *,
    embed: Embed,
) -> tuple[Chapter, ...]:
    """Further marks with the titles they would have beside the chapters; in the order given."""
    titled = title_chapters(transcript, (*further, *chapters), embed=embed)
    return titled[: len(further)]


def _parts(transcript: Transcript, ordered: Sequence[Chapter]) -> list[str]:
    """The words of each chapter, a turn a line."""
    ends = [*(chapter.turn for chapter in ordered[1:]), len(transcript.turns)]
    parts: list[str] = []
    for chapter, end in zip(ordered, ends, strict=True):
        lines: list[str] = []
        left = MOST_WORDS
        for turn in transcript.turns[chapter.turn : max(end, chapter.turn + 1)]:
            words = without_marks(turn.text).split()[:left]
            left -= len(words)
            lines.append(" ".join(words))
            if left <= 0:
                break
        parts.append("\n".join(lines))
    return parts


def _by_meaning(
    parts: Sequence[str], phrases: Sequence[Sequence[Candidate]], embed: Embed
) -> list[list[_Rated]]:
    """The phrases by words and meaning; by words alone where there is no embedder."""
    texts = list(dict.fromkeys(one.text for own in phrases for one in own))
    pieces = [_pieces(part) for part in parts]
    vectors = embed([*texts, *(piece for own in pieces for piece in own)]) if texts else None
    if vectors is None:
        return [[_Rated(one, one.worth) for one in own] for own in phrases]
    of_text = dict(zip(texts, vectors[: len(texts)], strict=True))
    counts = np.array([len(piece.split()) for own in pieces for piece in own], np.float64)
    bodies = vectors[len(texts) :] * np.sqrt(counts)[:, np.newaxis]
    whole = _unit(bodies.sum(axis=0))
    rated: list[list[_Rated]] = []
    first = 0
    for own, some in zip(phrases, pieces, strict=True):
        mean = _unit(bodies[first : first + len(some)].sum(axis=0)) if some else whole
        first += len(some)
        special = _unit(mean - TALK_SHARE * whole)
        most = own[0].worth if own else 1.0
        near = [
            _Rated(one, one.worth / most + float(of_text[one.text] @ (mean + special)))
            for one in own
        ]
        rated.append(sorted(near, key=lambda one: (-one.worth, one.phrase.key)))
    return rated


def _pieces(part: str) -> list[str]:
    """The same that marks are found by, so that each is embedded once."""
    pieces = [piece for line in part.split("\n") for piece in pieces_of(line)]
    return [piece for piece in pieces if len(piece.split()) >= FEWEST_WORDS]


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _titles(rated: Sequence[_Rated], part: str) -> list[str]:
    """Titles, best first: the best phrase with one that says something else, then each alone."""
    if not rated:
        return []
    first = rated[0]
    second = next(
        (
            one
            for one in rated[1:]
            if one.worth >= SECOND_FROM * first.worth
            and not set(one.phrase.key) & set(first.phrase.key)
            and len(first.phrase.text) + len(one.phrase.text) + 5 <= LONGEST
        ),
        None,
    )
    titles = [_shown(one.phrase.text) for one in rated]
    is_joined = any(" and " in one.phrase.text for one in (first, second or first))
    if second is not None and not is_joined and " and " in part:
        titles.insert(0, _shown(f"{first.phrase.text} and {second.phrase.text}"))
    return list(dict.fromkeys(titles))


def _shown(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def _is_opening(transcript: Transcript, part: str) -> bool:
    """Whether the first chapter is talk before the talk: somebody greets, and it is short."""
    if len(part.split()) > _OPENING_WORDS:
        return False
    turns = transcript.turns[:_OPENING_TURNS]
    return any(is_greeting(" ".join(turn.text.split()[:40])) for turn in turns)


def _is_goodbye(part: str) -> bool:
    """Whether a chapter does little but end the talk."""
    return len(part.split()) <= _GOODBYE_WORDS and _GOODBYE.search(part) is not None
