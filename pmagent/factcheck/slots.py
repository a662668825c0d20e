"""Does the evidence have another value where the claim has its own?

For a number or a name of the claim, every place in the evidence where a value of that type stands
is rated by how well the claim's other words stand around it. When the best place of another value
is a better one than the best place of the same value, the part is suspect, and the other value is
what the evidence has instead. The formula and its constants are those found on 60 claims of an
archive of talk; see the checks in `benchmarks.checking`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp

import numpy as np

from pmagent.factcheck.matching import Match, same_places
from pmagent.factcheck.quantities import Quantity, is_comparable, is_equal, same_unit
from pmagent.factcheck.words import ClaimWord, Lexicon
from pmagent.retrieval.ports import Scores

_NEAR_CLAIM, _NEAR_EVIDENCE = 5.0, 8.0
"""Words over which what stands beside a value loses weight, in the claim and in the evidence."""
_UNIT_GAIN = 0.1
_LEAD_GAIN = 0.05
_FIRST = frozenset(["i", "i'm", "i've", "i'd", "i'll", "my", "me", "we", "our", "us"])
_LEADS = frozenset([
    "in",
    "at",
    "by",
    "on",
    "from",
    "with",
    "of",
    "to",
    "for",
    "since",
    "until",
    "called",
    "named",
    "under",
])
_OTHER_SIDE = 0.8
"""Of what a word counts for a value on its other side than in the claim."""
_OTHER_SENTENCE = 0.7
"""Of what a word counts for a value in another sentence than its own."""
_OTHER_SHAPE = 0.85
"""Of a name that is not written alike: FP16 may stand for FP64, "Athena" hardly."""
_OTHER_NOUN, _NOUN_THERE = 0.6, 0.5
"""Of a figure without the claim's noun, and from what softness the noun is there."""
_ABSENT_GAIN = 0.3
_NEIGHBOUR_SHARE = 0.8


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A number or name of a claim, by its words' places."""

    places: tuple[int, ...]
    quantity: Quantity | None
    is_person: bool = False
    """Whether it is somebody who speaks in the archive."""
    text: str
    start: int
    end: int
    others: tuple[Quantity, ...] = ()
    """The claim's other quantities: their values are no other value of this one."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """Another value, where the evidence has it."""

    text: str
    match: Match
    start: int
    """In the window's text."""
    context: float


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What the evidence says of one suspect."""

    suspect: Suspect
    own: float
    """How well the claim's words stand around its own value; 0 where that is nowhere."""
    other: Value | None
    strength: float
    """From 0, nothing differs, to 1."""


def find_suspects(
    claim: str, words: Sequence[ClaimWord], quantities: Iterable[Quantity]
) -> list[Suspect]:
    """The numbers of a claim and its names, a name of several words being one."""
    found: list[Suspect] = []
    known = tuple(quantities)
    for one in known:
        others = tuple(it for it in known if it is not one)
        places = tuple(
            place for place, word in enumerate(words)
            if word.token.start < one.end and one.start < word.token.end
        )  # fmt: skip
        found.append(
            Suspect(
                places=places,
                quantity=one,
                text=one.text,
                start=one.start,
                end=one.end,
                others=others,
            )
        )
    found.extend(_people(claim, words))
    run: list[int] = []
    for place, word in enumerate([*words, None]):
        joins = run and word is not None and _is_joined(claim, words[run[-1]], word)
        if word is not None and word.role == "name" and (not run or joins):
            run.append(place)
            continue
        if run:
            found.append(_name(claim, words, run))
        run = [place] if word is not None and word.role == "name" else []
    return found


def _people(claim: str, words: Sequence[ClaimWord]) -> list[Suspect]:
    """Those who speak and are named in the claim, each a suspect of its own."""
    found: list[Suspect] = []
    for place, word in enumerate(words):
        if word.role != "speaker":
            continue
        last = found[-1] if found else None
        if last is not None and last.places[-1] == place - 1 and claim[last.end] == " ":
            places = (*last.places, place)
            found[-1] = replace(_name(claim, words, places), is_person=True)
        else:
            found.append(replace(_name(claim, words, (place,)), is_person=True))
    return found


def _is_joined(claim: str, one: ClaimWord, other: ClaimWord) -> bool:
    between = claim[one.token.end : other.token.start]
    return between in {" ", "-", "."} and not one.token.text.endswith(("'s", "’s"))


def _name(claim: str, words: Sequence[ClaimWord], run: Sequence[int]) -> Suspect:
    start, end = words[run[0]].token.start, words[run[-1]].token.end
    text = claim[start:end]
    if text.endswith(("'s", "’s")):
        text, end = text[:-2], end - 2
    return Suspect(places=tuple(run), quantity=None, text=text, start=start, end=end)


def probe(
    suspect: Suspect,
    words: Sequence[ClaimWord],
    best: Match,
    around: Callable[[], Sequence[Match]],
    lexicon: Lexicon,
) -> Probe:
    """Hold one suspect against the best window, and where it is not there against the others."""
    own, other = _weigh(suspect, words, best, lexicon)
    if own == 0:
        for match in around():
            near_own, near_other = _weigh(suspect, words, match, lexicon)
            own = max(own, near_own)
            if near_other is not None:
                scaled = _NEIGHBOUR_SHARE * near_other.context
                if other is None or scaled > other.context:
                    other = Value(
                        text=near_other.text, match=match, start=near_other.start, context=scaled
                    )
    alt = other.context if other else 0.0
    strength = alt - own + (_ABSENT_GAIN if own == 0 and alt > 0 else 0.0)
    return Probe(
        suspect=suspect, own=own, other=other, strength=float(min(1.0, max(0.0, strength)))
    )


def settle(
    one: Probe, words: Sequence[ClaimWord], matches: Iterable[Match], lexicon: Lexicon
) -> Probe:
    """The probe, weaker where another window that fits the claim as well has its own value.

    One fact is told in several places: what the best of them leaves out is no other value.
    """
    if one.strength <= 0 or one.other is None:
        return one
    own = one.own
    for match in matches:
        own = max(own, _weigh(one.suspect, words, match, lexicon)[0])
    if own <= one.own:
        return one
    return replace(one, own=own, strength=float(max(0.0, one.other.context - own)))


def contexts(suspect: Suspect, words: Sequence[ClaimWord], match: Match) -> Scores:
    """(window words,) how well the claim's other words stand around each place."""
    centre = sum(suspect.places) / max(1, len(suspect.places))
    others = [
        place for place, word in enumerate(words)
        if word.weight > 0 and place not in suspect.places
    ]  # fmt: skip
    count = len(match.read.tokens)
    if not others or not count:
        return np.zeros(count, np.float32)
    near = np.array([
        words[place].idf * exp(-abs(place - centre) / _NEAR_CLAIM) for place in others
    ])
    soft = np.array([match.soft[place] for place in others])
    arg = np.array([match.arg[place] for place in others])
    distance = np.abs(arg[:, None] - np.arange(count)[None, :])
    turned = np.sign(arg[:, None] - np.arange(count)[None, :]) * np.sign(
        np.array(others)[:, None] - centre
    )
    side = np.where(turned < 0, _OTHER_SIDE, 1.0)
    sentence = np.array(match.read.sentence_of)
    side = side * np.where(
        sentence[np.maximum(arg, 0)][:, None] == sentence[None, :], 1.0, _OTHER_SENTENCE
    )
    rated = (near * soft)[:, None] * np.exp(-distance / _NEAR_EVIDENCE) * side
    return (rated.sum(axis=0) / max(1e-9, float(near.sum()))).astype(np.float32)


def _weigh(
    suspect: Suspect, words: Sequence[ClaimWord], match: Match, lexicon: Lexicon
) -> tuple[float, Value | None]:
    rated = contexts(suspect, words, match)
    if suspect.quantity is not None:
        return _weigh_number(suspect, words, rated, match)
    return _weigh_name(suspect, words, rated, match, lexicon)


def _weigh_number(
    suspect: Suspect, words: Sequence[ClaimWord], rated: Scores, match: Match
) -> tuple[float, Value | None]:
    asked = suspect.quantity
    own = 0.0
    best: tuple[float, Value] | None = None
    for one in match.read.quantities if asked is not None else ():
        place = match.read.token_at(one.start)
        context = float(rated[place]) if len(rated) else 0.0
        if asked is None or is_equal(asked, one):
            own = max(own, context, 1e-3)
        elif is_comparable(asked, one) and not any(is_equal(one, it) for it in suspect.others):
            context *= _noun_share(suspect, words, match, one)
            gain = _UNIT_GAIN if same_unit(asked, one) else 0.0
            gain += _LEAD_GAIN * _has_same_lead(suspect, words, match, place)
            value = Value(text=one.text, match=match, start=one.start, context=context + gain)
            # The unit tells which number is meant better than the distance does.
            rank = context + 3 * gain
            if best is None or rank > best[0]:
                best = rank, value
    return own, best[1] if best else None


def _noun_share(suspect: Suspect, words: Sequence[ClaimWord], match: Match, one: Quantity) -> float:
    """What a figure counts that is not seen to count the claim's things: listeners, letters."""
    asked = suspect.quantity
    if asked is None or asked.kind not in {"count", "money"} or same_unit(asked, one):
        return 1.0
    if asked.kind == "money":
        return _OTHER_NOUN
    behind = range(suspect.places[-1] + 1, len(words)) if asked.unit and suspect.places else ()
    nouns = [place for place in behind if words[place].role == "plain"]
    return _OTHER_NOUN if nouns and match.soft[nouns[0]] < _NOUN_THERE else 1.0


def _has_same_lead(suspect: Suspect, words: Sequence[ClaimWord], match: Match, place: int) -> bool:
    """Whether the same small word stands before both: "in 2022", "at Stripe"."""
    first = suspect.places[0] if suspect.places else 0
    if not first or not place:
        return False
    lead = words[first - 1].token.lower
    return lead in _LEADS and match.read.tokens[place - 1].lower == lead


def _weigh_name(
    suspect: Suspect,
    words: Sequence[ClaimWord],
    rated: Scores,
    match: Match,
    lexicon: Lexicon,
) -> tuple[float, Value | None]:
    head = max(suspect.places, key=lambda place: words[place].idf)
    own = 0.0
    for place in same_places(words[head].token, match.read, is_name=True):
        own = max(own, float(rated[place]), 1e-3)
    if suspect.is_person:
        own = max(own, _as_speaker(suspect, words, match))
    asked = {words[place].token.key for place in range(len(words))}
    shape = _shape(words[suspect.places[0]].token.text)
    best: Value | None = None
    for start, stop in names_in(match, lexicon):
        group = match.read.tokens[start:stop]
        if any(token.key in asked for token in group):
            continue
        if any(lexicon.is_person(token.lower) for token in group) != suspect.is_person:
            continue
        cosine = 0.5 if match.table is None else float(match.table[head, start:stop].max())
        context = float(rated[start:stop].max()) * (0.5 + 0.5 * cosine)
        context *= 1.0 if _shape(group[0].text) == shape else _OTHER_SHAPE
        context += _LEAD_GAIN * _has_same_lead(suspect, words, match, start)
        if best is None or context > best.context:
            text = match.read.window.text[group[0].start : group[-1].end]
            best = Value(text=text, match=match, start=group[0].start, context=context)
    return own, best


def _shape(name: str) -> tuple[bool, bool]:
    letters = [character for character in name if character.isalpha()]
    is_short = bool(letters) and all(character.isupper() for character in letters)
    return any(character.isdigit() for character in name), is_short


def _as_speaker(suspect: Suspect, words: Sequence[ClaimWord], match: Match) -> float:
    """1 where the person speaks in the window, or where nobody is named who says "I" there."""
    parts = {words[place].token.lower for place in suspect.places}
    if parts & match.read.speakers:
        return 1.0
    is_own_note = not match.read.speakers and not _FIRST.isdisjoint(
        token.lower for token in match.read.tokens
    )
    return 1.0 if is_own_note else 0.0


def names_in(match: Match, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Runs of words of the window that are written as names are."""
    tokens = match.read.tokens
    sentence = match.read.sentence_of
    found: list[tuple[int, int]] = []
    for place, token in enumerate(tokens):
        is_first = place == 0 or sentence[place] != sentence[place - 1]
        if not lexicon.is_name(token, is_first=is_first):
            continue
        joint = match.read.window.text[tokens[place - 1].end : token.start] if place else ""
        if found and found[-1][1] == place and joint in {" ", "-", "."} and not is_first:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found
