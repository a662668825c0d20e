"""Who did a thing to what: the maker, author, founder or buyer a claim names, held against theirs.

A light parse of one sentence at a time: an act ("wrote", "was created by", "the founder of"), the
name that does it, and everything else as what it is done to. Words alone cannot tell "A bought B"
from "B bought A", nor who of two companies in one sentence made the library.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmagent.factcheck.matching import Match
from pmagent.factcheck.polarity import NO_CUE, Cue
from pmagent.factcheck.slots import names_in
from pmagent.factcheck.words import ClaimWord, Lexicon, Token

_ACTS = """
write wrote written writes author authored publish published
create created creates creator creators build built builds builder develop developed develops \
developer design designed designer invent invented inventor made produced
founded founder founders cofounder cofounded start started
release released releases launch launched sourced opensourced introduce introduced
acquire acquired acquires acquisition buy bought buys purchase purchased own owned owns
fund funded funds sponsor sponsored invest invested lead led
hire hired
win won
"""
"""A line for each act. Plain English verbs and the nouns made of them."""
_MAKING = frozenset(("wrote", "created", "founded", "release"))
"""One word of each act by which a thing comes to be: who did one of them did, loosely, another."""
_AGENT_NOUNS_WORDS = """
author creator creators builder developer designer inventor founder founders cofounder
"""
_AGENT_NOUNS = frozenset(_AGENT_NOUNS_WORDS.split())
_BETWEEN_WORDS = """
has had have also first then just who that actually originally recently came out and open co fully
was is the one team people folks lab labs research group company even later really
"""
_BETWEEN = frozenset(_BETWEEN_WORDS.split())
_OTHER_SUBJECTS = frozenset(("you", "they", "he", "she", "it", "i", "we", "was", "were", "been"))
_SUBJECTS = frozenset(["i", "we"])
_FAMILIES = tuple(frozenset(line.split()) for line in _ACTS.strip().splitlines())
_REACH = 6
"""Words between a name and the act it does."""
_OBJECT_SHARE = 0.4
"""Of what a thing is done to, by weight, that a window must have."""
_PAST = frozenset(["wrote", "written", "built", "made", "bought", "led", "won"])
_NOTHING: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Act:
    """A claim's act: who does it, by places of words, and of which sort it is."""

    agent: tuple[int, ...]
    verb: int
    same: frozenset[str]
    """Words for the same act."""
    sort: frozenset[str]
    """Words for acts of its sort, the same among them."""
    is_writing: bool


def read_act(words: Sequence[ClaimWord]) -> Act | None:
    """The act a claim is about, where it names who does it."""
    for place, word in enumerate(words):
        lower = word.token.lower
        family = next((one for one in _FAMILIES if lower in one), None)
        if family is None:
            continue
        agent = _by_whom(words, place) or _before(words, place, lower)
        if agent:
            is_making = bool(family & _MAKING)
            sort = frozenset[str]().union(*(one for one in _FAMILIES if one & _MAKING))
            return Act(
                agent=agent,
                verb=place,
                same=family,
                sort=sort if is_making else family,
                is_writing="wrote" in family,
            )
    return None


def relation(
    words: Sequence[ClaimWord], matches: Sequence[Match], lexicon: Lexicon
) -> tuple[Cue, bool]:
    """Whether the evidence names somebody else for the claim's act; whether it names the same."""
    act = read_act(words)
    if act is None:
        return NO_CUE, False
    things = [
        place for place, word in enumerate(words)
        if word.weight > 0 and place != act.verb and place not in act.agent
        and word.role in {"plain", "name"} and word.token.lower not in act.sort
    ]  # fmt: skip
    total = sum(words[place].idf for place in things)
    if total <= 0:
        return NO_CUE, False
    wanted = {words[place].token.key for place in act.agent}
    found: list[tuple[bool, float, Match, str]] = []
    for match in matches:
        share = sum(words[place].idf * float(match.soft[place]) for place in things) / total
        if share < _OBJECT_SHARE:
            continue
        for is_same_act, agent in _agents(act, words, things, match, lexicon):
            found.append((is_same_act, share, match, agent))
    # Who "wrote about" a thing is no rival of who "released" it, where both are told.
    found = [one for one in found if one[0]] or found
    if any(wanted & {lexicon.key(part) for part in one[3].split()} for one in found):
        return NO_CUE, True
    if not found:
        return NO_CUE, False
    _, _, match, agent = max(found, key=lambda item: item[1])
    span = (words[act.agent[0]].token.start, words[act.agent[-1]].token.end)
    return Cue(strength=1.0, said=span, found=agent, match=match), False


def _by_whom(words: Sequence[ClaimWord], verb: int) -> tuple[int, ...]:
    for place in range(verb + 1, min(len(words), verb + 4)):
        if words[place].token.lower == "by":
            run: list[int] = []
            for at in range(place + 1, len(words)):
                is_name = words[at].role in {"name", "speaker"}
                if not is_name and (run or words[at].role != "stop"):
                    break
                if is_name:
                    run.append(at)
            return tuple(run)
    return _NOTHING


def _before(words: Sequence[ClaimWord], verb: int, lower: str) -> tuple[int, ...]:
    at = verb - 1
    while at >= 0 and verb - at <= 4 and _is_between(words[at]):
        at -= 1
    if lower in _AGENT_NOUNS and words[verb - 1].token.lower in {"by", "of"}:
        return _NOTHING
    run: list[int] = []
    while at >= 0 and words[at].role in {"name", "speaker"}:
        if words[at].token.text.endswith(("'s", "’s")):
            break
        run.insert(0, at)
        at -= 1
    behind = words[verb + 1].token.lower if verb + 1 < len(words) else ""
    # "Graph Nets was created by": what stands before a passive is no agent.
    passive = any(words[place].token.lower in {"was", "were", "been", "is", "are", "being"}
                  for place in range(max(0, verb - 2), verb))  # fmt: skip
    if passive and lower not in _AGENT_NOUNS:
        return _NOTHING
    return tuple(run) if behind else _NOTHING


def _is_between(word: ClaimWord) -> bool:
    return word.token.lower in _BETWEEN and word.role not in {"name", "speaker"}


def _agents(
    act: Act, words: Sequence[ClaimWord], things: Sequence[int], match: Match, lexicon: Lexicon
) -> Iterator[tuple[bool, str]]:
    """Names that do an act of this sort near what the claim's is done to; whether the same act."""
    tokens, sentence = match.read.tokens, match.read.sentence_of
    rare = sorted(things, key=lambda place: -words[place].idf)[:3]
    keys = {words[place].token.key for place in rare}
    thing_keys = {words[place].token.key for place in things}
    held = {sentence[at] for at, token in enumerate(tokens) if token.key in keys}
    held |= {sentence[match.arg[place]] for place in rare if match.soft[place] > 0.6}
    runs = [
        run for run in names_in(match, lexicon) if not _is_thing(tokens[slice(*run)], thing_keys)
    ]
    for place, token in enumerate(tokens):
        lower, here = token.lower, sentence[place]
        if lower in act.sort and _is_done(lower) and {here, here - 1} & held:
            for agent in _doers(match, place, runs, is_same=here in held):
                yield lower in act.same, agent
        elif act.is_writing and lower in {"from", "by"} and {here, here - 1, here + 1} & held:
            near = [run for run in runs if 0 < run[0] - place <= 12 and run[1] - run[0] >= 2
                    and sentence[run[0]] == sentence[place]]  # fmt: skip
            for run in near[:1]:
                yield True, _text(match, run)


def _is_done(lower: str) -> bool:
    return lower in _AGENT_NOUNS or lower in _PAST or lower.endswith("ed")


def _doers(
    match: Match, verb: int, runs: Sequence[tuple[int, int]], *, is_same: bool
) -> Iterator[str]:
    tokens, sentence = match.read.tokens, match.read.sentence_of
    by = next(
        (at for at in range(verb + 1, min(len(tokens), verb + 4)) if tokens[at].lower == "by"), None
    )
    if by is not None:
        behind = [run for run in runs if 0 < run[0] - by <= 4]
        if behind:
            yield _text(match, behind[0])
        return
    before = [
        run for run in runs if 0 <= verb - run[1] <= _REACH and sentence[run[0]] == sentence[verb]
    ]
    first = next(
        (at for at in range(verb - 1, max(-1, verb - 4), -1) if tokens[at].lower in _SUBJECTS), None
    )
    if first is not None and (not before or before[-1][1] <= first):
        speaker = match.read.window.lines[sentence[verb]].speaker
        if speaker and is_same and tokens[first].lower == "i":
            yield speaker
        return
    if not before:
        return
    between = {tokens[at].lower for at in range(before[-1][1], verb)}
    if tokens[verb].lower in _AGENT_NOUNS:
        between.discard("was")  # "X, who was the creator of"
    if not between & _OTHER_SUBJECTS:
        yield _text(match, before[-1])


def _is_thing(tokens: Sequence[Token], things: set[str]) -> bool:
    return any(token.key in things for token in tokens)


def _text(match: Match, run: tuple[int, int]) -> str:
    tokens = match.read.tokens
    text = match.read.window.text[tokens[run[0]].start : tokens[run[1] - 1].end]
    return text.removesuffix("'s").removesuffix("’s")
