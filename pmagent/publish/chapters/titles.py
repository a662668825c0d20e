"""What each chapter is called: one or two phrases that are said in it and in few others.

A phrase counts by how often it is said here and not elsewhere, by where, and, with an embedder, by
how near it comes to what the chapter is about beyond the talk as a whole. Every word of a title is
said in its chapter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pmagent.nlp.keyphrases import Phrase, key_of, rank_phrases
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.publish.chapters.cues import is_greeting
from pmagent.publish.chapters.pieces import FEWEST_WORDS, Embed, lay_out, pieces_of
from pmagent.types.publishing import Chapter, Transcript

KEPT = 15
"""Phrases of a chapter that are compared by meaning."""
OFFERED = 4
"""Other titles a person can choose from."""
EARLY_WORDS = 150
"""Who leads on names the subject at once."""
EARLY_GAIN, NAME_GAIN, WORD_GAIN = 1.6, 1.4, 0.35
SECOND_FROM = 0.7
"""Of the best phrase's worth, for a second one to be named beside it."""
TALK_SHARE = 0.7
"""Of the whole talk's meaning that is taken off a chapter's: what is special about it is left."""
SHORTEST = 2
"""Letters: `AI` names something, `C` is what was left of `C++` or of spelling out."""
LONGEST = 60
"""Characters of a title of two phrases; longer ones keep the first alone."""
_OPENING = "Intro"
_CLOSING = "Closing"
_OPENING_TURNS = 4
_GOODBYE_WORDS = 250
_GOODBYE = re.compile(
    r"(?i)\b(?:goodbye|bye|see you|thank(?:s| you)[^.!?]{0,40} (?:for (?:listening|joining|coming"
    r"|being|having|your time)|everyone|everybody)|take care|until next time"
    r"|that's (?:it|all) for)\b"
)
_TITLE_OF = re.compile(r"(?i)^(?:mrs?|ms|dr|prof|sir|madam)\.?$")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, kw_only=True)
class _Part:
    """The words of one chapter."""

    text: str
    opening: str
    """Its first words, lower case."""
    pieces: tuple[str, ...]
    """The same that marks are found by, so that each is embedded once."""


@dataclass(frozen=True)
class _Named:
    """A phrase with its worth as a title."""

    phrase: Phrase
    worth: float


def title_chapters(
    transcript: Transcript, chapters: Sequence[Chapter], *, embed: Embed
) -> tuple[Chapter, ...]:
    """The chapters with their titles, and others to choose from.

    A greeting is called `Intro`, a short goodbye `Closing`, and a chapter in which nothing is said
    often enough `Part 3`. Without an embedder, words alone decide.
    """
    if not chapters:
        return ()
    parts = _parts(transcript, chapters)
    names = frozenset(key_of(word) for name in transcript.speakers for word in name.lower().split())
    ranked = rank_phrases([part.text for part in parts], idf=_idf, without=names)
    named = [_by_words(part, number, len(parts), ranked) for number, part in enumerate(parts)]
    named = _by_meaning(parts, named, embed)
    titled: list[Chapter] = []
    for number, (chapter, own) in enumerate(zip(chapters, named, strict=True)):
        before = titled[-1].title if titled else ""
        offered = _titles(own, parts[number].text)
        if chapter.turn == 0 and _is_greeting(transcript, chapters):
            offered = [_OPENING, *offered]
        elif number and number == len(parts) - 1 and _is_goodbye(parts[number]):
            offered = [_CLOSING, *offered]
        fresh = [title for title in offered if title.casefold() != before.casefold()]
        title = fresh[0] if fresh else f"Part {number + 1}"
        others = tuple(other for other in fresh[1:] if other != title)[:OFFERED]
        titled.append(replace(chapter, title=title, titles=others))
    return tuple(titled)


def _parts(transcript: Transcript, chapters: Sequence[Chapter]) -> list[_Part]:
    ends = [*(chapter.turn for chapter in chapters[1:]), len(transcript.turns)]
    parts: list[_Part] = []
    texts = lay_out(transcript.turns).texts
    for chapter, end in zip(chapters, ends, strict=True):
        text = "\n".join(turn.text for turn in transcript.turns[chapter.turn : end])
        opening = " ".join(text.split()[:EARLY_WORDS]).lower()
        pieces = (piece for said in texts[chapter.turn : end] for piece in pieces_of(said))
        long = tuple(piece for piece in pieces if len(piece.split()) >= FEWEST_WORDS)
        parts.append(_Part(text=text, opening=opening, pieces=long))
    return parts


def _idf(word: str) -> float:
    return 2.0 if word in PLAIN_WORDS else 5.0


def title_further(
    transcript: Transcript,
    chapters: Sequence[Chapter],
    further: Sequence[Chapter],
    *,
    embed: Embed,
) -> tuple[Chapter, ...]:
    """Further marks with the titles they would have beside the chapters; in the order given."""
    both = sorted((*chapters, *further), key=lambda chapter: chapter.turn)
    titled = {one.turn: one for one in title_chapters(transcript, both, embed=embed)}
    return tuple(
        replace(one, title=titled[one.turn].title, titles=titled[one.turn].titles)
        for one in further
    )


def _by_words(part: _Part, number: int, parts: int, ranked: Sequence[Phrase]) -> list[_Named]:
    """The phrases of one chapter that words alone speak for, best first."""
    own = [phrase for phrase in ranked if number in phrase.texts]
    lowered = part.text.lower()
    counts = {phrase.key: max(1, lowered.count(phrase.text.lower())) for phrase in own}
    held: dict[tuple[str, ...], int] = {}
    for phrase in own:
        for size in range(1, len(phrase.key)):
            for start in range(len(phrase.key) - size + 1):
                inner = phrase.key[start : start + size]
                held[inner] = max(held.get(inner, 0), counts[phrase.key])
    found: list[_Named] = []
    for phrase in own:
        is_early = phrase.text.lower() in part.opening
        if counts[phrase.key] < 2 and not is_early:
            continue
        if _TITLE_OF.match(phrase.text) or len(phrase.text) < SHORTEST:
            continue
        alone = counts[phrase.key] - held.get(phrase.key, 0)
        said = math.log1p(max(0.25, alone))
        special = 0.5 + math.log((parts + 1) / len(phrase.texts))
        form = 1 + WORD_GAIN * min(2, len(phrase.key) - 1)
        is_name = any(character.isupper() for character in phrase.text)
        gains = (EARLY_GAIN if is_early else 1.0) * (NAME_GAIN if is_name else 1.0)
        found.append(_Named(phrase, said * special * form * gains))
    return sorted(found, key=lambda one: (-one.worth, one.phrase.key))[:KEPT]


def _by_meaning(
    parts: Sequence[_Part], named: Sequence[list[_Named]], embed: Embed
) -> list[list[_Named]]:
    """The same in the order of words and meaning; as they are where there is no embedder."""
    phrases = list(dict.fromkeys(one.phrase.text for own in named for one in own))
    pieces = [part.pieces for part in parts]
    flat = [piece for some in pieces for piece in some]
    vectors = embed([*phrases, *flat]) if phrases else None
    if vectors is None:
        return list(named)
    of_phrase = dict(zip(phrases, vectors[: len(phrases)], strict=True))
    bodies = vectors[len(phrases) :]
    whole = _unit(bodies.mean(axis=0))
    result: list[list[_Named]] = []
    cursor = 0
    for own, some in zip(named, pieces, strict=True):
        mean = _unit(bodies[cursor : cursor + len(some)].mean(axis=0)) if some else whole
        cursor += len(some)
        special = _unit((mean - TALK_SHARE * whole).astype(np.float32))
        best = own[0].worth if own else 1.0
        rated = [
            _Named(
                one.phrase,
                one.worth / best
                + float(of_phrase[one.phrase.text] @ mean)
                + float(of_phrase[one.phrase.text] @ special),
            )
            for one in own
        ]
        result.append(sorted(rated, key=lambda one: (-one.worth, one.phrase.key)))
    return result


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _titles(named: Sequence[_Named], text: str) -> list[str]:
    """Titles, best first: the best phrase with the next that says something else, then others."""
    if not named:
        return []
    first = named[0]
    seconds = [
        one
        for one in named[1:]
        if one.worth >= SECOND_FROM * first.worth and not _overlap(one.phrase, first.phrase)
    ]
    titles: list[str] = []
    if seconds:
        both = f"{_cased(first.phrase.text, text)} and {_cased(seconds[0].phrase.text, text)}"
        titles += [_shown(both)] if len(both) <= LONGEST else []
    titles += [
        _shown(_cased(one.phrase.text, text)) for one in named if _LETTER.search(one.phrase.text)
    ]
    return list(dict.fromkeys(titles))


def _overlap(one: Phrase, other: Phrase) -> bool:
    return bool(set(one.key) & set(other.key))


def _cased(phrase: str, text: str) -> str:
    """The phrase as it stands in the text; a name keeps its capital where it opens a sentence."""
    forms = re.findall(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE)
    is_name = " " in phrase and any(word[:1].isupper() for word in phrase.split()[1:])
    capitals = [form for form in forms if form[:1].isupper()]
    if capitals and (is_name or len(capitals) == len(forms) > 1):
        return max(sorted(set(capitals)), key=capitals.count)
    return phrase


def _shown(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_greeting(transcript: Transcript, chapters: Sequence[Chapter]) -> bool:
    """Whether the first chapter is talk before the talk: somebody greets, and it is short."""
    end = chapters[1].turn if len(chapters) > 1 else 0
    first = transcript.turns[: min(end, _OPENING_TURNS)]
    return any(is_greeting(" ".join(turn.text.split()[:40])) for turn in first)


def _is_goodbye(part: _Part) -> bool:
    """Whether a chapter does little but end the talk."""
    return len(part.text.split()) <= _GOODBYE_WORDS and _GOODBYE.search(part.text) is not None
