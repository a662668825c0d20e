"""Five ways to call a talk: its subject, a question, a quote, a claim, and its people.

Each is made of words that are said, most of them one stretch of one sentence, with its place. None
is longer than a podcast app shows, and none begins with an episode's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pmagent.discourse.acts import quoted_through
from pmagent.discourse.lines import Line, Talk, cite, keys_of
from pmagent.discourse.questions import is_asked
from pmagent.discourse.salience import Ground
from pmagent.nlp.figures import figures_in
from pmagent.nlp.words import tokens
from pmagent.publish.occasion import named_voices
from pmagent.publish.quoting import CRAFT
from pmagent.publish.source import Source
from pmagent.publish.subjects import Announced, Topic, announced_in, is_english, topics_of
from pmagent.publish.wording import ends_plainly, join_names, reads_well, shorten, tidy
from pmagent.types.publishing import Chapter, TitleIdea, TitleKind

LONGEST = 70
"""Characters."""
FEWEST_WORDS, MOST_WORDS = 4, 13
MOST_TOPICS = 12
ON_TOPIC = 0.3
"""What a title gains by the talk's first subject; later ones give less."""
PERSONAL = 0.35
UNCLEAR = 0.6
"""What a question loses that points at something said before it, or is very short."""

_SELF = re.compile(r"(?i)\b(?:I|I['’]\w+|me|my|we|we['’]\w+|our|us|you|your|you['’]\w+)\b")
_LOOSE = re.compile(
    r"(?i)\b(?:it|that|this|them|they|he|she|him|these|those|there|here|one|ones|it['’]s|that['’]s"
    r"|they['’]re|something|stuff|thing|things|somewhere|today|yeah|okay|guys)\b"
)
_CLAUSE = re.compile(
    r"(?ix)(?:;|:|—|–|\s-|,\s(?:and|but|so|because|which\smeans)|\b(?:means|think|believe|found"
    r"|learned|say"
    r"|said|shows?|turns\sout|is|was|know|realised|realized|fact)\sthat|\b(?:i|we)\s(?:think"
    r"|believe|found|learned))\s"
)
_PHRASE = re.compile(
    r"(?i)\b(?:the (?:price|cost|problem|trouble|art|case|truth|future|end|story|power|limits?"
    r"|value|rules?"
    r"|promise|history|risks?|death|rise|politics|economics|psychology|science|point|meaning"
    r"|secret|danger"
    r"|trap|myth|lesson|lessons|anatomy|job|craft) (?:of|with|for|against|about|behind|in|from)"
    r"|how to|why|how|what)(?: [\w$€£%'’-]+){2,11}"
)
_ASKING = re.compile(r"(?i)^(?:why|how|what)\b")
_COUNTING = re.compile(r"(?i)^(?:what|how (?:many|much|long|often|old|far|big))\b")
_INVERTED = re.compile(
    r"(?i)^(?:why|how|what)\s(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have"
    r"|even|not|(?:is|are|was|were|do|does|did|ca|could|wo|would|should|has|have)n['’]t)\b"
)
"""A question's word order, where the sentence may have lost its mark."""
_ASKS = re.compile(
    r"(?i)^(?:why|how|what|who|when|where|which|whose|is|are|do|does|did|can|could|will|would"
    r"|should|has|have)\b"
)
_RUN_ON = re.compile(
    r"(?i)\s(?:and|but|so|because|when|if|while|or|which|who|that|where|as|since|before|after"
    r"|until|then"
    r"|today|now|basically|actually|like|with|for|to|in|on|of|the|a|an|is|are|was|i|you|we|it"
    r"|they)$"
)
_QUESTION_CHAT = re.compile(
    r"(?i)\b(?:do you (?:want|remember|know|mean|hear|see|have)|tell (?:me|us)|you say|you mean"
    r"|your name"
    r"|mean by|can you|could you|would you like|shall|how are|what about you|any (?:other|more)"
    r"|anything)\b"
)


@dataclass(frozen=True, kw_only=True)
class _Idea:
    text: str
    line: Line
    worth: float


def propose_titles(
    source: Source, chapters: Sequence[Chapter], names: Sequence[str]
) -> tuple[TitleIdea, ...]:
    """Subject, question, quote, claim and people, in this order; fewer where a text is tiny.

    `names` are people and things named, best first: they stand in where nobody is known to speak.
    Where a kind cannot be had, the next best idea of another one stands in its place.
    """
    talk = source.talk
    told = announced_in(talk)
    topics = topics_of(source, limit=MOST_TOPICS)
    pool = _Pool(talk, topics)
    chosen: list[TitleIdea] = []
    makers = (
        _subjects(source, told, topics, chapters, pool),
        _questions(source, topics, pool),
        _from(source, "quote", pool.quotes()),
        _from(source, "claim", pool.claims()),
        _people(talk, told, topics, names),
    )
    waiting = [list(ideas) for ideas in makers]
    for ideas in waiting:
        _take(ideas, chosen)
    spare = [idea for place in (3, 0, 2) for idea in waiting[place]]
    while len(chosen) < len(makers) and _take(spare, chosen):
        pass
    return tuple(chosen)


def _take(ideas: list[TitleIdea], chosen: list[TitleIdea]) -> bool:
    """Move the first idea that says something new."""
    while ideas:
        idea = ideas.pop(0)
        if 0 < len(idea.text) <= LONGEST and not any(_alike(idea, other) for other in chosen):
            chosen.append(idea)
            return True
    return False


def _alike(one: TitleIdea, other: TitleIdea) -> bool:
    mine, theirs = set(tokens(one.text)), set(tokens(other.text))
    return len(mine & theirs) * 4 > 3 * min(len(mine), len(theirs))


def _from(source: Source, kind: TitleKind, ideas: Sequence[_Idea]) -> Iterator[TitleIdea]:
    for idea in ideas:
        yield TitleIdea(text=idea.text, kind=kind, citation=cite(source.archive, idea.line))


def _subjects(
    source: Source,
    told: Sequence[Announced],
    topics: Sequence[Topic],
    chapters: Sequence[Chapter],
    pool: _Pool,
) -> Iterator[TitleIdea]:
    """What is announced, then how somebody puts the subject, then its two words."""
    for one in told[:2]:
        if len(one.text.split()) > 1:
            place = cite(source.archive, one.line)
            yield TitleIdea(text=_capital(one.text), kind="subject", citation=place)
    yield from _from(source, "subject", pool.phrases())
    if len(topics) > 1:
        yield TitleIdea(text=_capital(join_names([one.text for one in topics[:2]])), kind="subject")
    if len(topics) > 3:
        yield TitleIdea(
            text=_capital(join_names([one.text for one in topics[1:4]])), kind="subject"
        )
    for chapter in chapters:
        if chapter.title:
            yield TitleIdea(text=_capital(chapter.title), kind="subject")


def _questions(source: Source, topics: Sequence[Topic], pool: _Pool) -> Iterator[TitleIdea]:
    """What is asked or explained; where nothing is, the first subject as a question."""
    yield from _from(source, "question", pool.questions())
    for topic in topics[:2]:
        yield TitleIdea(text=f"What about {topic.text}?", kind="question")


def _people(
    talk: Talk, told: Sequence[Announced], topics: Sequence[Topic], names: Sequence[str]
) -> Iterator[TitleIdea]:
    """Who talks about what; the fewer names the longer the subject."""
    about = [one.text for one in told[:1]] + [one.text for one in topics[:2]]
    voices = named_voices(talk)
    shown = [join_names(voices[:count]) for count in range(min(3, len(voices)), 0, -1)]
    if not voices:
        known = [name for name in names if name[:1].isupper()][:2]
        for subject in about if known else ():
            yield TitleIdea(text=f"{join_names(known)}: {subject}", kind="people")
    for who in shown:
        for subject in about:
            yield TitleIdea(text=f"{who} on {subject}", kind="people")


class _Pool:
    """All stretches of the talk's sentences that could be a title, each kind best first."""

    def __init__(self, talk: Talk, topics: Sequence[Topic]) -> None:
        self._talk = talk
        self._ground = Ground(talk)
        self._quoted = quoted_through(talk)
        self._rank = {key: place for place, one in enumerate(topics) for key in one.key}

    def questions(self) -> list[_Idea]:
        """Questions somebody means; then what is explained, as "Why nobody comes"."""
        ideas: list[_Idea] = []
        for line in self._talk.whole:
            if is_asked(line) and line.number not in self._quoted:
                text = shorten(line.text, self._talk.speakers)
                if (
                    _ASKS.match(text)
                    and not _QUESTION_CHAT.search(text)
                    and self._is_sized(text, 3)
                ):
                    worth = 0.3 + 0.25 * bool(_ASKING.match(text))
                    worth -= UNCLEAR * (not self._fits(text))
                    ideas.append(self._idea(text, line, worth))
        for idea in self._explained():
            if _INVERTED.match(idea.text):
                ideas.append(replace(idea, text=f"{idea.text}?"))
            elif _ASKING.match(idea.text) and _is_told(idea.text):
                ideas.append(idea)
        return _best(ideas)

    def phrases(self) -> list[_Idea]:
        """Noun phrases and "how to ..." that hold one of the first subjects."""
        ideas = [idea for idea in self._explained() if self._is_near(idea.text)]
        return _best([idea for idea in ideas if not _COUNTING.match(idea.text)])

    def quotes(self) -> list[_Idea]:
        """Short sentences, letter for letter, in quotation marks."""
        ideas: list[_Idea] = []
        for line in self._talk.whole:
            bare = line.text.rstrip(".")
            is_exact = tidy(line.text) == line.text and shorten(line.text) == line.text
            is_fit = len(bare) <= LONGEST - 2 and '"' not in bare and "“" not in bare
            if not is_exact or line.number in self._quoted or not is_fit:
                continue
            fits = reads_well(line.text, fewest=FEWEST_WORDS, most=MOST_WORDS)
            if fits if is_english(line.words) else ends_plainly(line.text):
                craft = min(2, len(CRAFT.findall(bare)))
                ideas.append(self._idea(f"“{bare}”", line, 0.3 * craft, personal=0.1))
        return _best(ideas)

    def claims(self) -> list[_Idea]:
        """What is stated of the subject, by nobody in particular, without its full stop."""
        ideas: list[_Idea] = []
        for line in self._talk.whole:
            if line.number in self._quoted or line.is_question or line.text[:1].islower():
                continue
            text = shorten(line.text, self._talk.speakers)
            for piece in (text, *_CLAUSE.split(text)[1:]):
                claim = _capital(piece.strip(" ,.;:"))
                if self._fits(claim) and reads_well(f"{claim}.", fewest=4, most=MOST_WORDS):
                    craft = min(2, len(CRAFT.findall(claim))) + bool(figures_in(claim))
                    short = len(claim.split()) < FEWEST_WORDS + 2
                    worth = 0.2 * craft + 0.1 * (piece == text) - 0.3 * short
                    ideas.append(self._idea(claim, line, worth))
        return _best(ideas)

    def _explained(self) -> Iterator[_Idea]:
        for line in self._talk.whole:
            if line.number in self._quoted:
                continue
            text = shorten(line.text, self._talk.speakers).rstrip(".")
            for found in _PHRASE.finditer(text):
                phrase = _without_end(found[0].strip())
                is_cut = phrase != found[0].strip() and _ASKING.match(phrase)
                if not is_cut and self._fits(phrase) and not _SELF.search(phrase):
                    yield self._idea(_capital(phrase), line, 0.0)

    def _fits(self, text: str) -> bool:
        return self._is_sized(text, FEWEST_WORDS) and not _LOOSE.search(text)

    def _is_sized(self, text: str, fewest: int) -> bool:
        is_short = fewest <= len(text.split()) <= MOST_WORDS and len(text) <= LONGEST
        return is_short and bool(keys_of(tokens(text)))

    def _is_near(self, text: str) -> bool:
        return any(key in self._rank for key in keys_of(tokens(text)))

    def _idea(self, text: str, line: Line, worth: float, *, personal: float = PERSONAL) -> _Idea:
        keys = keys_of(tokens(text))
        told = sum(self._ground.weight(key) for key in sorted(keys)) / (len(text.split()) * 0.5 + 4)
        near = max(
            (ON_TOPIC / (1 + self._rank[key] / 4) for key in keys if key in self._rank), default=0
        )
        return _Idea(
            text=text, line=line, worth=worth + told + near - personal * bool(_SELF.search(text))
        )


def _best(ideas: Sequence[_Idea]) -> list[_Idea]:
    return sorted(ideas, key=lambda idea: (-idea.worth, idea.line.number, idea.text))[:12]


def _without_end(text: str) -> str:
    """The phrase without the little words a cut leaves at its end."""
    while (cut := _RUN_ON.sub("", text)) != text:
        text = cut
    return text


def _is_told(text: str) -> bool:
    """Whether "why ..." and "how ..." go on with who does what."""
    return reads_well(f"{text}.", fewest=FEWEST_WORDS, most=MOST_WORDS)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
