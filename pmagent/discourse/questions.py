"""Questions that were left open: asked and met with "I don't know", or said to be open.

A question counts only where the text shows that it stayed open; one that somebody goes on to
answer, or that nobody meant as one, does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pmagent.discourse.acts import quoted_through, without_quotes
from pmagent.discourse.lines import Line, Talk

_EVASION = re.compile(
    r"""(?ix)^\W*(?:(?:yeah|well|um|uh|oh|so|hmm?|honestly|and|look|yes|no|right|okay|but|ah),?\s)*(?:
      i\s(?:really\s|honestly\s|still\s|just\s)?(?:don['’]t|do\snot)\s(?:really\s|actually\s|even\s)?(?:know|have\s(?:an|the|a\sgood)\sanswer)
    | i['’]m\s(?:really\s|honestly\s)?not\s(?:sure|certain)\b(?!\sif\syou)
    | i\shave(?:n['’]t|\snot)\s(?:got\s)?(?:an\sanswer|the\sanswer|a\sclue|decided|figured|worked
    |the\sfaintest)
    | i\shave\sno\s(?:idea|answer|clue) | no\s(?:idea|clue)\b | nobody\sknows | no\s?one\sknows
    | who\sknows
    | we\s(?:really\s|still\s|just\s)?(?:don['’]t|do\snot)\s(?:actually\s|really\s|yet\s)?know
    | we\shave(?:n['’]t|\snot)\s(?:decided|discussed|figured|worked|tested|looked|asked|measured
    |talked)
    | (?:that|this|it)(?:['’]s|\sis)\s(?:still\s)?(?:an?\s)?(?:open|undecided|unclear|unresolved
    |tbd)\b
    | (?:that|it)\s(?:remains|is\syet)\sto\sbe | remains\sto\sbe\sseen | time\swill\stell
    | we(?:['’]ll|\swill)\s(?:have\sto\s|need\sto\s)?(?:see|find\sout|figure\s(?:it|that)\sout
    |come\sback\sto\s(?:it|that))\b
    | ask\sme\s(?:again|later|in\sa) | let\sme\s(?:get\sback|find\sout|check)\b | i(?:['’]ll
    |\swill)\s(?:have\sto\s)?(?:get\sback|find\sout|check|ask\b)
    | hard\sto\s(?:say|tell|know)\W*$ )"""
)
_TAKEN_BACK = re.compile(
    r"(?i)\b(?:but|though|although|however|except)\b.{15,}|\bi (?:think|guess|suspect|believe"
    r"|would say|"
    r"mean|know|do know)\b|\bknow,(?: \w+){4,}|\bprobably\b|\bno, (?:but|because)\b"
)
_STATED = re.compile(
    r"""(?ix) (?:
      \bwe\s(?:still\s|just\s|simply\s|honestly\s)?(?:don['’]t|do\snot)\s(?:yet\s|actually\s|really\s)?know\s(?:yet\s)?(?:whether|if|why|how\s(?:many|much|long|often))\b
    | \bwe(?:\sstill)?\s(?:have(?:n['’]t)|have\snot)\s(?:yet\s)?(?:decided|agreed|settled
    |figured\sout|worked\sout|found\sout)\s(?:yet\s)?(?:whether|if|how|what|which|who|where|when
    |on)\b
    | \bwe\sstill\s(?:need|have)\sto\s(?:decide|figure\sout|work\sout|find\sout)\s(?:whether|if
    |how|what|which|who|where|when|on)\b
    | \bwe\s(?:need|have)\sto\sdecide\s(?:whether|if|how|what|which|who|where|when)\b
    | \b(?:that|this|it|which)(?:['’]s|\sis)\s(?:still\s)?(?:an\sopen\squestion|undecided
    |unresolved|up\sin\sthe\sair)\b
    | \b(?:one|another|my|our)\s(?:big\s|real\s|remaining\s)*open\squestion\sis\b
    | \bremains\s(?:to\sbe\sseen|an\sopen|unclear|unresolved)\b
    | \bnobody\s(?:yet\s)?knows\s(?:yet\s)?(?:whether|if|why|how|what|which|who)\b )"""
)
_NOT_OPEN = re.compile(
    r"""(?ix) \b(?: if\s(?:we|i|you|they)\s(?:don['’]t|do\snot)\sknow | when\s(?:we|i
    |you)\s(?:don['’]t|still) | because\s(?:we|i)\sdon['’]t\sknow
    | you\sknow\?|used\sto|didn['’]t\sknow|as\s(?:if|though)
    | not\sthat\s|for\sexample|let['’]s\ssay|imagine|so\sthat\swe|know\show\sto\s )"""
)
_ASKING = re.compile(
    r"(?i)^(?:\W*[\w'’]+\W+){0,6}?(?:who|what|when|where|why|how|which|whose|is|are|do|does|did|can|could"
    r"|will|would|should|has|have|was|were|am)\b"
)
"""Near its beginning a question asks; a fragment or a statement with a question mark does not."""
_TAG = re.compile(
    r"(?i)\b(?:have|has|had|is|are|was|were|do|does|did|can|could|will|would|should)(?:n['’]t)? "
    r"(?:it|we|you|they|he|she|i|that)\s?\?\W*$"
)
_RHETORICAL = re.compile(
    r"""(?ix) (?: ,?\s(?:right|huh|no|yeah|okay|ok|eh|you\sknow|correct|see|isn['’]t\sit
    |aren['’]t\s(?:you|they|we)|don['’]t\s(?:you|we|they)
      |doesn['’]t\sit|wasn['’]t\sit|is\sit|are\swe|do\syou|did\sit|shall\swe)\s?\?\W*$
    | ^\W*(?:so\s|and\s|but\s|well,?\s)*(?:what\sdo(?:es)?\s(?:that|it|this
    |they)\s(?:even\s)?mean|how\s(?:are\syou|is\sit\sgoing|about\s(?:that|you))|what['’]s\s(?:up
    |new)|what\sdo\syou\s(?:think|say)
      |(?:does|do|did)\s(?:that|it|you)\s(?:make\ssense|hear|see|know\swhat\si)|why\snot|who\scares|you\sknow(?:\swhat)?|are\syou\s(?:kidding|ready|there|serious)
      |can\s(?:i|you)\s(?:just\s)?(?:hear|say|ask|add|give|tell|see|read)|may\si|shall\s(?:we|i)
      |guess\swhat|sorry|pardon|what|really|what\sis\sit)\b )"""
)
_OPEN_HEAD = re.compile(
    r"(?i)^\W*(?:questions?|unknowns?)\b|\b(?:open|unanswered|outstanding"
    r"|remaining) (?:questions?|issues?|points?)\b"
)
_CLOSED_HEAD = re.compile(r"(?i)\b(?:answered|closed|resolved|interview|to start with|asked)\b")
_ANSWERED = re.compile(r"(?i)\banswer to question (\d{1,2})\b")
FEWEST_WORDS = 5
"""Of a question a person can act on."""
FEWEST_KEYS = 2
"""Words that say what it is about."""
LONGEST_REPLY = 32
"""Words of a reply that gives none: who says more after "I don't know" goes on to answer."""


@dataclass(frozen=True, kw_only=True)
class OpenQuestion:
    """A question and what shows that it is open."""

    line: Line
    reply: Line | None = None
    """What was said instead of an answer; None where the line itself says it is open."""


def find_open_questions(talk: Talk) -> tuple[OpenQuestion, ...]:
    """Questions left open, in order, each once."""
    skipped = quoted_through(talk) | _answered(talk)
    found: list[OpenQuestion] = []
    for line in talk.whole:
        if line.number in skipped:
            continue
        question = _listed(line) or _evaded(talk, line) or _stated(line)
        if question is not None and not any(_same(line, other.line) for other in found):
            found.append(question)
    return tuple(found)


def _answered(talk: Talk) -> frozenset[int]:
    """Numbers of listed questions to which a later line says "the answer to question 3"."""
    told = [int(found) for line in talk.whole for found in _ANSWERED.findall(line.text)]
    items = list(dict.fromkeys(line.turn for line in talk.whole if _is_listed(line)))
    turns = {items[number - 1] for number in told if 0 < number <= len(items)}
    return frozenset(line.number for line in talk.lines if line.turn in turns and not line.speaker)


def _is_listed(line: Line) -> bool:
    is_headed = _OPEN_HEAD.search(line.heading) and not _CLOSED_HEAD.search(line.heading)
    return bool(is_headed) and not line.speaker


def _listed(line: Line) -> OpenQuestion | None:
    """In a note, a question below a heading that announces open ones."""
    is_quoted = not without_quotes(line.text).rstrip().endswith("?")
    if is_quoted or not _is_listed(line) or len(line.words) < FEWEST_WORDS - 1:
        return None
    return OpenQuestion(line=line)


def _evaded(talk: Talk, line: Line) -> OpenQuestion | None:
    """A question whose answer is that there is none."""
    if not is_asked(line) or not line.speaker:
        return None
    turn = talk.turn_of(line)
    own = [other for other in turn if other.number > line.number]
    if own:
        # Who goes on after a question asks another or answers it; only "I don't know" leaves it.
        return _left(line, own[:1]) if len(own) <= 2 else None
    reply = talk.turn_of(line, 1)
    if not reply or reply[0].speaker is None:
        return None
    return _left(line, reply)


def _left(line: Line, reply: tuple[Line, ...] | list[Line]) -> OpenQuestion | None:
    first = reply[0]
    words = sum(len(other.words) for other in reply)
    if not _EVASION.match(first.text) or words > LONGEST_REPLY or not _ends(first):
        return None
    rest = " ".join(other.text for other in reply)
    if _TAKEN_BACK.search(rest) and not _STATED.search(first.text):
        return None
    return OpenQuestion(line=line, reply=first)


def _stated(line: Line) -> OpenQuestion | None:
    """A sentence that itself says what is not known."""
    said = without_quotes(line.text)
    if line.is_question or not FEWEST_WORDS <= len(line.words) <= 45 or not _ends(line):
        return None
    if _STATED.search(said) is None or _NOT_OPEN.search(said) or len(line.said) < FEWEST_KEYS:
        return None
    return OpenQuestion(line=line)


def is_asked(line: Line) -> bool:
    """Whether a sentence is a question somebody means, with enough words to act on."""
    said = without_quotes(line.text)
    return (
        line.is_whole
        and said.rstrip().endswith("?")
        and len(line.words) >= FEWEST_WORDS
        and not (_RHETORICAL.search(said) or _TAG.search(said))
        and _ASKING.match(said) is not None
        and len(line.said) >= FEWEST_KEYS
    )


def _ends(line: Line) -> bool:
    return not line.text.endswith(("...", "…")) and (
        not line.speaker or line.text.rstrip("\"'”’) ").endswith((".", "!"))
    )


def _same(line: Line, other: Line) -> bool:
    keys = line.keys & other.keys
    return len(keys) >= 2 and len(keys) * 3 >= 2 * min(len(line.keys), len(other.keys))
