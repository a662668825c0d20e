"""Signs beside numbers and names that a claim says otherwise: who speaks, and opposites."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pmagent.factcheck.antonyms import antonym_pairs
from pmagent.factcheck.matching import Match
from pmagent.factcheck.polarity import NO_CUE, SAME_SUBJECT, Cue, sentence_mass
from pmagent.factcheck.words import ClaimWord, Lexicon, Token, is_negation

_SAYING_WORDS = """
say says said saying think thinks thought believe believes believed argue argues argued claim
claims claimed suspect suspects suspected tell tells told mention mentions mentioned explain
explains explained describe describes described recommend recommends recommended suggest suggests
suggested predict predicts predicted expect expects expected recall recalls recalled note notes
noted estimate estimates estimated admit admits admitted insist insists insisted warn warns warned
prefer prefers preferred remember remembers remembered call calls called joke jokes joked
remark remarks remarked judge judges judged reckon reckons reckoned complain complains complained
consider considers considered feel feels felt propose proposes proposed
according wish wishes hope hopes hoped worry worries worried point points pointed
"""
_SAYING = frozenset(_SAYING_WORDS.split())
_FIRST_PERSON = frozenset([
    "i",
    "i'm",
    "i've",
    "i'd",
    "i'll",
    "me",
    "my",
    "mine",
    "we",
    "we're",
    "we've",
    "we'd",
    "we'll",
    "our",
    "ours",
    "us",
])
_IDEAS = frozenset(["idea", "principle", "invented", "proposed", "thought"])
_LOOKED_AT = 3
_RARE = 4.0
_PREFIXES = ("non", "un", "in", "im", "dis")


def named_person(words: Sequence[ClaimWord], lexicon: Lexicon) -> tuple[str, int, int] | None:
    """The first person of the archive a claim names: full lower-case name, first and last word."""
    for place, word in enumerate(words):
        if word.role != "speaker":
            continue
        stop = place
        while stop + 1 < len(words) and words[stop + 1].role == "speaker":
            stop += 1
        for last in range(stop, place - 1, -1):
            name = " ".join(one.token.lower for one in words[place : last + 1])
            if name in lexicon.people:
                return lexicon.people[name], place, last
    return None


def is_said(words: Sequence[ClaimWord]) -> bool:
    """Whether a claim reports what somebody says or thinks."""
    return any(word.token.lower in _SAYING for word in words)


def attribution(words: Sequence[ClaimWord], best: Match, lexicon: Lexicon) -> Cue:
    """Whether the claim lets one person say what another one says."""
    person = named_person(words, lexicon)
    if person is None:
        return NO_CUE
    name, first, last = person
    rival = _rival_idea(words, best, name, lexicon)
    if rival:
        span = (words[first].token.start, words[last].token.end)
        return Cue(strength=1.0, said=span, found=rival, match=best)
    line = best.read.window.lines[best_line(words, best)]
    if line.speaker is None or _is_same_person(name, line.speaker, lexicon):
        return NO_CUE
    said = {token.lower for token in lexicon.tokens(line.text)}
    near = {token.lower for token in best.read.tokens}
    if near & set(name.split()):
        return NO_CUE  # spoken of, or to
    if any(
        one.speaker and _is_same_person(name, one.speaker, lexicon)
        for one in best.read.window.lines
    ):
        strength = 0.5
    else:
        strength = 1.0
    is_possessive = words[last].token.text.endswith(("'s", "’s"))
    if not is_said(words) and (first or is_possessive or not said & _FIRST_PERSON):
        return NO_CUE
    span = (words[first].token.start, words[last].token.end)
    return Cue(strength=strength, said=span, found=line.speaker, match=best)


def _rival_idea(words: Sequence[ClaimWord], best: Match, name: str, lexicon: Lexicon) -> str:
    """Whose idea the evidence says it is, where the claim gives it to another: "Juno's idea"."""
    lowers = [word.token.lower for word in words]
    is_idea = not _IDEAS.isdisjoint(lowers) or ("came" in lowers and "up" in lowers)
    tokens = best.read.tokens
    for at, token in enumerate(tokens[1:] if is_idea else (), 1):
        owner = tokens[at - 1]
        is_owned = token.lower == "idea" and owner.text.endswith(("'s", "’s"))
        if is_owned and lexicon.is_person(owner.lower) and owner.lower not in name.split():
            return owner.text[:-2]
    return ""


def _is_same_person(name: str, speaker: str, lexicon: Lexicon) -> bool:
    lower = " ".join(speaker.lower().split())
    return name == lower or lexicon.people.get(lower) == name or lower.split()[0] == name


def best_line(words: Sequence[ClaimWord], match: Match) -> int:
    """Which sentence of the window holds most of the claim."""
    mass = np.zeros(len(match.read.window.lines))
    for place, word in enumerate(words):
        if match.arg[place] >= 0 and match.soft[place] > 0:
            mass[match.read.sentence_of[match.arg[place]]] += word.weight * match.soft[place]
    return int(mass.argmax()) if len(mass) else 0


class Opposites:
    """Antonyms by the index's keys, both ways."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._of: dict[str, set[str]] = {}
        for one, other in antonym_pairs():
            self._of.setdefault(lexicon.key(one), set()).add(lexicon.key(other))
            self._of.setdefault(lexicon.key(other), set()).add(lexicon.key(one))

    def of(self, token: Token) -> frozenset[str]:
        """Keys of the word's opposites, those made by a prefix among them."""
        found = set(self._of.get(token.key, ()))
        lower = token.key
        for prefix in _PREFIXES:
            if lower.startswith(prefix) and len(lower) > len(prefix) + 3:
                found.add(lower.removeprefix(prefix))
            found.add(prefix + lower)
        found.discard(token.key)
        return frozenset(found)


def antonym(words: Sequence[ClaimWord], matches: Sequence[Match], opposites: Opposites) -> Cue:
    """A word of the claim that is missing where its opposite stands instead."""
    best = matches[0]
    line = best_line(words, best)
    for word in words:
        if word.role not in {"plain", "stop"} or word.idf < 1.0:
            continue
        if word.token.key in best.read.places:
            continue
        wanted = opposites.of(word.token)
        for match in matches[: _LOOKED_AT if word.idf >= _RARE else 1]:
            at = _opposite_at(match, wanted, line if match is best else None)
            if at is None or word.token.key in match.read.places:
                continue
            if sentence_mass(words, match)[match.read.sentence_of[at]] < SAME_SUBJECT:
                continue  # "clashes rose slightly" turns no other thing's fall round
            token = match.read.tokens[at]
            text = match.read.window.text[token.start : token.end]
            span = (word.token.start, word.token.end)
            return Cue(strength=1.0, said=span, found=text, match=match)
    return NO_CUE


def _opposite_at(match: Match, wanted: frozenset[str], line: int | None) -> int | None:
    """Where one of these words stands, not denied, in a sentence of the window."""
    for at, token in enumerate(match.read.tokens):
        is_here = line is None or match.read.sentence_of[at] == line
        if token.key in wanted and is_here and not _is_denied(match, at):
            return at
    return None


def _is_denied(match: Match, at: int) -> bool:
    near = match.read.tokens[max(0, at - 3) : at]
    return any(is_negation(token.lower) for token in near)
