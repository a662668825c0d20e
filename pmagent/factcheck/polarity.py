"""Whether claim and evidence affirm the same: denial, and what is planned but not done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmagent.factcheck.matching import Match
from pmagent.factcheck.words import ClaimWord, is_negation

_BEFORE, _AFTER = 2, 4
"""Words a negation reaches, in front of it and behind."""
_LEAST_SOFT = 0.5
_WORTH_DENYING = 0.15
"""Share of a claim's rarity that must be denied on either side."""
_DENIED_STRENGTH = 0.6
_NEARLY = 0.12
"""Coverage a window may lack beside the best and still be taken for denying the same."""
_SHORT_DENIAL = 16
"""Words; a longer sentence that holds a "not" denies something else as often."""
SAME_SUBJECT = 0.3
"""Share of a claim a sentence must have before what it denies or turns round is the claim's."""
_AFFIRMED = 0.9
"""Softness from which a word stands in the best window itself."""
_SETTLED = 0.85
"""Coverage from which a window speaks for itself."""
_PLANNED_STRENGTH = 0.8
_MODALS_WORDS = """
will might may gonna going plan plans planning planned hope hopes hoping want wants wanted intend
intends considering consider would'll i'll we'll they'll he'll she'll it'll won't eventually
someday
"""
_MODALS = frozenset(_MODALS_WORDS.split())
_CLAIM_MODALS = _MODALS | frozenset(["could", "should", "would", "expected", "scheduled", "aims"])
_PAST_WORDS = """
shipped built bought sold made ran began went won lost took gave wrote hired moved became grew
fell rose cut set put met left found raised launched released
"""
_PAST = frozenset(_PAST_WORDS.split())
_HARMLESS = frozenset(["only", "just", "sure"])
"""Behind "not", these deny nothing."""


@dataclass(frozen=True, kw_only=True)
class Cue:
    """A sign that claim and evidence differ, and the words it rests on."""

    strength: float
    said: tuple[int, int] | None = None
    """Span in the claim."""
    found: str = ""
    """Words of the evidence."""
    match: Match | None = None


NO_CUE = Cue(strength=0.0)


def negation(words: Sequence[ClaimWord], match: Match) -> Cue:
    """How much more of the claim is denied in the evidence than in the claim, or less."""
    plain = [place for place, word in enumerate(words) if word.role in {"plain", "name"}]
    # Of all the claim says, not only of what is there: a line of another subject denies another
    # thing.
    total = sum(words[place].idf * max(_LEAST_SOFT, float(match.soft[place])) for place in plain)
    if total <= 0:
        return NO_CUE
    in_claim = _reach([is_negation(word.token.lower) for word in words])
    denied = denied_places(match)
    own = other = 0.0
    for place in plain:
        weight = words[place].idf * float(match.soft[place]) / total
        own += weight * in_claim[place]
        other += weight * (match.arg[place] >= 0 and bool(denied[match.arg[place]]))
    if own > other and _is_denied_in_both(words, match, denied):
        return NO_CUE  # both deny; which words a "no" reaches, a paraphrase changes
    if max(own, other) > _WORTH_DENYING and abs(own - other) > 0.05:
        return _cue(words, match, abs(other - own), is_added=other > own)
    return _own_denial(words, match)


def _is_denied_in_both(words: Sequence[ClaimWord], match: Match, denied: np.ndarray) -> bool:
    """Whether some word behind a "not" of the claim is denied in the evidence too."""
    marks = [place for place, word in enumerate(words) if is_negation(word.token.lower)]
    behind = {at for place in marks for at in range(place + 1, place + _AFTER + 1)}
    return any(
        words[at].weight > 0 and match.soft[at] >= _LEAST_SOFT and bool(denied[match.arg[at]])
        for at in behind
        if at < len(words) and match.arg[at] >= 0
    )


def sentence_mass(words: Sequence[ClaimWord], match: Match) -> list[float]:
    """Share of the claim's weight that each sentence of the window has."""
    total = sum(word.weight for word in words) or 1.0
    mass = [0.0] * len(match.read.window.lines)
    for place, word in enumerate(words):
        if match.arg[place] >= 0:
            mass[match.read.sentence_of[match.arg[place]]] += word.weight * float(match.soft[place])
    return [value / total for value in mass]


def _own_denial(words: Sequence[ClaimWord], match: Match) -> Cue:
    """A claim's "not" whose next words stand in evidence that denies nothing near them."""
    for place, word in enumerate(words):
        if word.role != "negation" or word.token.lower == "no":
            continue
        near = [
            at for at in range(place + 1, min(len(words), place + _AFTER + 1))
            if words[at].weight > 0 and match.soft[at] >= 0.75 and match.arg[at] >= 0
        ]  # fmt: skip
        if not near or any(_is_denied_near(match, int(match.arg[at])) for at in near):
            continue
        if match.coverage >= 0.75:
            span = (word.token.start, word.token.end)
            return Cue(strength=_DENIED_STRENGTH, said=span, match=match)
    return NO_CUE


def _is_denied_near(match: Match, at: int) -> bool:
    tokens, sentence = match.read.tokens, match.read.sentence_of
    near = range(max(0, at - 7), min(len(tokens), at + 5))
    return any(is_negation(tokens[one].lower) and sentence[one] == sentence[at] for one in near)


def prefer_denied(words: Sequence[ClaimWord], matches: Sequence[Match]) -> list[Match]:
    """The windows, first one that denies what the claim denies where it fits nearly as well."""
    marks = [place for place, word in enumerate(words) if word.role == "negation"]
    if not marks or not matches:
        return list(matches)
    reached = [
        at for place in marks for at in range(place + 1, min(len(words), place + _AFTER + 1))
        if words[at].role in {"plain", "name"}
    ]  # fmt: skip
    for match in matches:
        if match.coverage < matches[0].coverage - _NEARLY:
            continue
        denied = denied_places(match)
        if any(match.soft[at] >= 0.9 and denied[match.arg[at]] for at in reached):
            return [match, *(one for one in matches if one is not match)]
    return list(matches)


def denial(words: Sequence[ClaimWord], matches: Sequence[Match], best: Match) -> Cue:
    """A line among the best that denies the claim's rarest word, where the claim does not.

    Finds "we don't have Salesforce yet" for a claim that the connector is shipped: the line that
    contradicts a claim in other words is seldom the one that fits it best. What the best window
    itself affirms is not denied by another line.
    """
    if any(word.role == "negation" for word in words) or best.coverage >= _SETTLED:
        return NO_CUE
    affirmed = denied_places(best)
    content = [
        p for p, word in enumerate(words) if word.role in {"plain", "name"} and word.idf >= 3
    ]
    rare = sorted(content, key=lambda place: -words[place].idf)[:3]
    for match in matches:
        if match.coverage < 0.3:
            continue
        denied = denied_places(match)
        shares = sentence_mass(words, match)
        is_beside = match.read.window.passage.path == best.read.window.passage.path
        for place in rare:
            if best.soft[place] >= _AFFIRMED and not affirmed[best.arg[place]]:
                continue
            for at in match.read.places.get(words[place].token.key, []):
                sentence = match.read.sentence_of[at]
                # The next line of the same talk may deny in three words what was asked.
                is_on_it = is_beside or shares[sentence] >= SAME_SUBJECT
                line = match.read.window.lines[sentence]
                is_short = len(line.text.split()) <= _SHORT_DENIAL and not line.is_question
                if is_on_it and is_short and denied[at] and _is_behind_denial(match, at):
                    return _cue(
                        words, match, _DENIED_STRENGTH, is_added=True, around=at, said=place
                    )
    return NO_CUE


def _is_behind_denial(match: Match, at: int) -> bool:
    tokens = match.read.tokens
    return any(is_negation(tokens[one].lower) for one in range(max(0, at - _AFTER), at))


def denied_places(match: Match) -> np.ndarray:
    """(window words,) whether a negation of the same sentence reaches each."""
    tokens, sentence = match.read.tokens, match.read.sentence_of
    denied = np.zeros(len(tokens), np.bool_)
    for at, token in enumerate(tokens):
        if not is_negation(token.lower):
            continue
        if at + 1 < len(tokens) and tokens[at + 1].lower in _HARMLESS:
            continue
        before, after = (0, 2) if token.lower == "no" else (_BEFORE, _AFTER)
        for near in range(max(0, at - before), min(len(tokens), at + after + 1)):
            denied[near] |= sentence[near] == sentence[at]
    return denied


def modality(words: Sequence[ClaimWord], match: Match) -> Cue:
    """A thing the claim has as done, which the evidence has as planned or possible."""
    lowers = [word.token.lower for word in words]
    if any(lower in _CLAIM_MODALS for lower in lowers):
        return NO_CUE
    tokens, sentence = match.read.tokens, match.read.sentence_of
    for place, word in enumerate(words):
        lower = lowers[place]
        is_past = lower in _PAST or (lower.endswith("ed") and len(lower) > 4)
        at = int(match.arg[place])
        if word.role != "plain" or not is_past or match.soft[place] < 0.6 or at < 0:
            continue
        if tokens[at].lower.endswith("ed") or tokens[at].lower in _PAST:
            continue
        before = range(max(0, at - 3), at)
        marks = [
            one for one in before if tokens[one].lower in _MODALS and sentence[one] == sentence[at]
        ]
        if marks:
            start, end = tokens[marks[0]].start, tokens[at].end
            span = (word.token.start, word.token.end)
            text = match.read.window.text[start:end]
            return Cue(strength=_PLANNED_STRENGTH, said=span, found=text, match=match)
    return NO_CUE


def _cue(
    words: Sequence[ClaimWord],
    match: Match,
    strength: float,
    *,
    is_added: bool,
    around: int | None = None,
    said: int | None = None,
) -> Cue:
    tokens = match.read.tokens
    denials = [place for place, token in enumerate(tokens) if is_negation(token.lower)]
    if is_added and denials:
        plain = [
            p
            for p, word in enumerate(words)
            if word.weight > 0 and match.arg[p] >= 0 and match.soft[p] > 0.5
        ]
        args = [around] if around is not None else [int(match.arg[place]) for place in plain]
        at = min(denials, key=lambda one: min((abs(arg - one) for arg in args), default=99))
        near = said if said is not None else min(
            plain, key=lambda place: abs(int(match.arg[place]) - at), default=0
        )  # fmt: skip
        text = match.read.window.text[tokens[at].start : tokens[min(len(tokens) - 1, at + 1)].end]
        span = (words[near].token.start, words[near].token.end)
        return Cue(strength=strength, said=span, found=text, match=match)
    own = next((word for word in words if word.role == "negation"), None)
    span = (own.token.start, own.token.end) if own else None
    return Cue(strength=strength, said=span, match=match)


def _reach(marks: Sequence[bool]) -> list[bool]:
    reached = [False] * len(marks)
    for place, is_mark in enumerate(marks):
        if is_mark:
            for near in range(max(0, place - _BEFORE), min(len(marks), place + _AFTER + 1)):
                reached[near] = True
    return reached
