"""What the whole is about, in two lengths.

The short one is composed of who speaks and of words they say; the long one adds in which order the
subjects come, and a few of the sentences themselves, shortened and, where somebody says "I" or
"we", with who says them. No name and no number stands in it that the source does not have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmagent.discourse.acts import quoted_through
from pmagent.discourse.lines import Line, Talk, cite, keys_of
from pmagent.discourse.salience import Ground
from pmagent.nlp.words import tokens
from pmagent.publish.occasion import frame_of, occasion_of, shown_name
from pmagent.publish.source import Source
from pmagent.publish.subjects import Topic, announced_in, is_english, topics_of
from pmagent.publish.wording import clip, ends_plainly, join_names, reads_well, shorten
from pmagent.types.publishing import CitedLine, Description

SHORT = 160
"""Characters of the short description."""
LONG_WORDS = 95
MOST_TOPICS = 30
TOLD = 3
"""Subjects of the first sentence, where nobody announces one."""
STAGES = 4
"""Stretches of the talk whose subjects are told in order."""
PER_STAGE = 2
COURSE_FROM = 2_500
"""Words from which a talk is told in stages; a shorter one has too few subjects."""
ROOM = 12
"""Words under which no further sentence is looked for."""
APART = 2
"""Sentences between two that are taken."""
MOST_RATED = 400
"""Sentences that are held against each other; of a day-long recording, the best."""

# Read off the outputs; within +-.004 ROUGE-1 and ROUGE-L of each other on either half for half and
# twice each value (27 podcasts, 66 meetings).
OF_ONESELF = 0.25
OF_EACH_OTHER = 0.12
STATED = 0.06
EARLY = 0.15
ON_SUBJECT = 0.1
LONG_SENTENCE = 32

_SELF = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|me|my|myself)\b")
_EACH_OTHER = re.compile(r"(?i)\b(?:you|your|we|our|us|let['’]s|(?:you|we)['’]\w+)\b")
_STATING = re.compile(
    r"(?i)\b(?:is|are|means?|because|should|must|never|always|problem|reason|idea|point|need|decided"
    r"|important|main|works?|makes?|allows?|more than|instead|first|goal|question)\b"
)


@dataclass(frozen=True, kw_only=True)
class _Said:
    """A sentence that could be printed."""

    line: Line
    text: str
    keys: frozenset[str]
    worth: float
    """Without what its words tell."""


def describe(source: Source) -> Description:
    """What the source is about; empty texts where it says nothing.

    `long` begins with a composed sentence or two, which stand for the whole and cite nothing; each
    further sentence is in `lines`, in the same order.
    """
    talk = source.talk
    told = announced_in(talk)[:1]
    known = keys_of(tokens(told[0].text)) if told else frozenset[str]()
    topics = topics_of(source, limit=MOST_TOPICS, without=known)
    subjects = [one.text for one in told] or [topic.text for topic in topics[:TOLD]]
    opening = frame_of(talk, subjects)
    rest = topics if told else topics[TOLD:]
    course = _course(talk, rest) if opening else ""
    said = known.union(*(topic.key for topic in topics[:TOLD]))
    room = LONG_WORDS - len(f"{opening} {course}".split())
    body = _body(talk, room, said)
    lines = tuple(_cited(source, one) for one in body)
    long = " ".join(
        part for part in (opening, course, *(_shown(talk, one) for one in body)) if part
    )
    return Description(short=_short(talk, subjects, long), long=long, lines=lines)


def _short(talk: Talk, subjects: Sequence[str], long: str) -> str:
    """The first sentence with as many subjects as fit, else as much of the text as does."""
    for count in range(len(subjects), 0, -1):
        for named in (True, False):
            text = frame_of(talk, subjects[:count], with_names=named)
            if len(text) <= SHORT:
                return text
    return clip(long, SHORT)


def _course(talk: Talk, topics: Sequence[Topic]) -> str:
    """One sentence that tells in which order the subjects come; empty for a short talk."""
    if sum(len(line.words) for line in talk.lines) < COURSE_FROM:
        return ""
    stages = _stages(talk.lines)
    counts = {topic.key: [stage.count(topic.said) for stage in stages] for topic in topics}
    left = list(topics)
    told: list[str] = []
    for place in range(STAGES):

        def worth(topic: Topic, place: int = place) -> float:
            here, all_in_all = counts[topic.key][place], sum(counts[topic.key])
            return topic.score * here / all_in_all * math.log1p(here) if here > 1 else 0.0

        taken = sorted(left, key=lambda topic: (-worth(topic), topic.key))[:PER_STAGE]
        taken = [topic for topic in taken if worth(topic) > 0]
        left = [topic for topic in left if topic not in taken]
        if taken:
            told.append(join_names([topic.text for topic in taken]))
    if len(told) < STAGES - 1:
        return ""
    whole = {"meeting": "It", "episode": "It", "conversation": "The conversation"}
    middle = ", then to ".join(told[1:-1])
    start = whole.get(occasion_of(talk), "It")
    return f"{start} begins with {told[0]}, moves on to {middle}, and ends with {told[-1]}."


def _stages(lines: Sequence[Line]) -> list[str]:
    """The text in runs of about as many words, in lower case."""
    total = sum(len(line.words) for line in lines) or 1
    stages: list[list[str]] = [[] for _ in range(STAGES)]
    before = 0
    for line in lines:
        place = (before + len(line.words) // 2) * STAGES // total
        stages[min(STAGES - 1, place)].append(line.text.lower())
        before += len(line.words)
    return ["\n".join(stage) for stage in stages]


def _body(talk: Talk, room: int, subject: frozenset[str]) -> tuple[_Said, ...]:
    """The sentences that tell most beyond each other, in order, in at most `room` words."""
    ground = Ground(talk)

    def told(one: _Said, covered: frozenset[str] | set[str] = frozenset()) -> float:
        fresh = sum(ground.weight(key) for key in sorted(one.keys) if key not in covered)
        return one.worth + fresh / (len(one.text.split()) * 0.6 + 6)

    rated = sorted(_sayable(talk, subject), key=lambda one: (-told(one), one.line.number))
    left = rated[:MOST_RATED]
    covered: set[str] = set()
    taken: list[_Said] = []
    while left and room >= ROOM:
        best = max(left, key=lambda one: (told(one, covered), -one.line.number))
        left.remove(best)
        size = len(_shown(talk, best).split())
        is_near = any(abs(best.line.number - one.line.number) <= APART for one in taken)
        if size <= room and not is_near and not best.keys <= covered:
            taken.append(best)
            covered |= best.keys
            room -= size
    return tuple(sorted(taken, key=lambda one: one.line.number))


def _sayable(talk: Talk, subject: frozenset[str]) -> Iterator[_Said]:
    quoted = quoted_through(talk)
    size = len(talk.lines)
    for line in talk.whole:
        # A sentence that goes on from the speaker before begins with a small letter.
        if line.number in quoted or line.text[:1].islower():
            continue
        text = shorten(line.text, talk.speakers)
        words = tokens(text)
        keys = keys_of(words)
        if len(keys) < 3 or not (reads_well(text) if is_english(words) else ends_plainly(text)):
            continue
        worth = -OF_ONESELF * bool(_SELF.search(text)) + ON_SUBJECT * bool(keys & subject)
        worth -= OF_EACH_OTHER * min(2, len(_EACH_OTHER.findall(text)))
        worth += STATED * min(3, len(_STATING.findall(text)))
        worth += EARLY * math.exp(-line.number / (0.1 * size + 3))
        worth -= 0.01 * max(0, len(text.split()) - LONG_SENTENCE)
        yield _Said(line=line, text=text, keys=keys, worth=worth)


def _shown(talk: Talk, one: _Said) -> str:
    """With who says it, where the sentence says "I", "we" or "you"."""
    is_personal = _SELF.search(one.text) or _EACH_OTHER.search(one.text)
    name = shown_name(one.line.speaker, talk)
    return f"{name}: “{one.text}”" if name and is_personal else one.text


def _cited(source: Source, one: _Said) -> CitedLine:
    shortened = one.line.text if one.text != one.line.text else ""
    return CitedLine(text=one.text, citation=cite(source.archive, one.line), source=shortened)
