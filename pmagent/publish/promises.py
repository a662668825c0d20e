"""What is promised to whoever listens or sits there: a link, an answer, a later episode.

Promises of somebody who speaks are those of `discourse.acts`; added are those to an audience
("we'll cover that next week", "more on this in a later episode"), which commit the show and not a
person.
"""

from __future__ import annotations

import re

from pmagent.discourse.acts import find_promises, quoted_through, without_quotes
from pmagent.discourse.lines import Line, Talk, cite
from pmagent.nlp.words import tokens
from pmagent.publish.source import Source
from pmagent.publish.wording import tidy
from pmagent.types.publishing import Promise

FEWEST_WORDS, MOST_WORDS = 4, 45

_LATER = (
    r"(?:next\s(?:week|time|month|episode|show|season|year|meeting)|(?:in\s)?(?:a|an|another"
    r"|the\snext|some|one\sof\sthe\snext)\s"
    r"(?:later\s|future\s|separate\s|different\s|coming\s)?(?:episodes?|shows?|posts?|videos?"
    r"|newsletters?)|future\sepisodes?"
    r"|in\sthe\sshow\snotes|in\s(?:two|a\sfew|a\scouple\sof)\s(?:weeks|months)|in\spart\stwo"
    r"|another\s(?:time|day)|soon|later\son\sthis)"
)
_WE_DO = (
    r"(?:we|i)(?:['’]ll|\swill|['’]re\sgoing\sto|['’]m\sgoing\sto|\sare\sgoing\sto"
    r"|\sam\sgoing\sto|\spromise\sto)\s"
    r"(?:\w+\s){0,3}?(?:cover|talk|discuss|come\sback|get\sback|return|revisit|do|have|put|link"
    r"|leave|post|share|publish|include|add|go\sinto"
    r"|dig\sinto|dive|answer|tell|explain|show|report|record|invite|bring|send|follow\sup"
    r"|pick\s\w+\sup|continue|write|interview|speak)\b"
)
_AUDIENCE = re.compile(
    rf"(?ix)\b{_WE_DO}[^.;?!]{{0,80}}?\b{_LATER}\b"
    rf"|\b{_LATER},?\s(?:\w+\s){{0,2}}?{_WE_DO}"
    rf"|\b(?:more\s(?:on|about|of)\s(?:that|this|it|\w+)|(?:that|this|which)(?:['’]s|\sis"
    rf"|\swill\sbe)\s(?:for|a\stopic\sfor|a\sstory\sfor)|to\sbe\scontinued)\s{_LATER}\b"
    rf"|\b(?:the\s|a\s)?links?\s(?:is|are|will\sbe|['’]ll\sbe)\s(?:in|below|on)\b"
    rf"|\b(?:there|it|they|that|all\sof\s(?:that|this|it))(?:['’]ll"
    rf"|\swill)\sbe\s(?:\w+\s){{0,3}}?(?:in\sthe\sshow\snotes|on\s(?:the|our)\s(?:website|site"
    rf"|blog))\b"
)
_NOT_MEANT = re.compile(
    r"(?i)\b(?:if|maybe|perhaps|might|could|would|should|whether|hopefully|unless"
    r"|i don['’]t know|i doubt|not going to"
    r"|won['’]t|never|wouldn['’]t|see you|talk to you|speak to you|have a|do you think|you['’]ll)\b"
)


def find_promised(source: Source) -> tuple[Promise, ...]:
    """What is promised, in order, each once, verbatim."""
    talk = source.talk
    lines = {
        promise.line.number: _with_question(promise.line, promise.asked)
        for promise in find_promises(talk)
    }
    quoted = quoted_through(talk)
    for line in talk.whole:
        if line.number not in quoted and line.number not in lines and _promises_audience(line):
            lines[line.number] = tidy(line.text)
    return tuple(
        Promise(text=lines[line.number], citation=cite(source.archive, line))
        for line in _of_numbers(talk, lines)
    )


def _of_numbers(talk: Talk, lines: dict[int, str]) -> list[Line]:
    """The sentences in order, each promise once: none whose words another one holds."""
    told = {number: f" {' '.join(tokens(text))} " for number, text in lines.items()}
    kept: dict[int, str] = {}
    for number in sorted(told, key=lambda number: (-len(told[number]), number)):
        if not any(told[number] in longer for longer in kept.values()):
            kept[number] = told[number]
    return [line for line in talk.lines if line.number in kept]


def _with_question(line: Line, asked: Line | None) -> str:
    """The promise, behind the request it accepts: "Sure" alone promises nothing to a reader."""
    return f"{tidy(asked.text)} {tidy(line.text)}" if asked else tidy(line.text)


def _promises_audience(line: Line) -> bool:
    said = without_quotes(line.text)
    if line.is_question or not FEWEST_WORDS <= len(line.words) <= MOST_WORDS:
        return False
    found = _AUDIENCE.search(said)
    return found is not None and _NOT_MEANT.search(said[: found.end()]) is None
