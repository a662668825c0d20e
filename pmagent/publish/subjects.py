"""What a talk is about: what its speakers announce, and the phrases by which one knows it again.

An announcement ("today we talk about refunds and why nobody asks for one") is the best there is,
where there is one. The phrases are those said often, long before short, none of two that share a
word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pmagent.discourse.lines import Line, Talk
from pmagent.nlp.figures import value_of
from pmagent.nlp.keyphrases import Phrase, key_of, rank_phrases
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import STOP_WORDS, tokens
from pmagent.publish.source import Source
from pmagent.publish.wording import shorten
from pmagent.types.insights import Archive

OPENING = 0.12
"""Share of a talk's sentences in which what it is about is announced."""
FEWEST_OPENING = 30
LONGEST_SUBJECT = 16
"""Words of an announced subject."""
MOSTLY_THE = 0.6
WITH_ARTICLE = 0.3
"""Shares of a name's and a noun's uses with an article, from which the article belongs to it."""
MOST_TEXT = 400_000
"""Characters that are searched for phrases; the rest of a day-long recording says the same."""

ENGLISH = 0.2
"""Share of stop words from which a sentence is English; English talk has about .55."""
TITLED = 1.6
EVERYWHERE = 0.5
FEWEST_PATHS = 8
"""Documents from which a name in more than half of them is the show's or the company's."""
FEWEST_TELLING = 9
"""Words of a sentence that tell its language."""
FEWEST_SAID = 3
"""Times a word is said that is a topic; of two words or more, one less."""
PART_OF_NAME = 0.6
_WORD = re.compile(r"\w+")
_BEFORE = re.compile(r"([\w'’-]+) \Z")
_AFTER = re.compile(r" ([\w'’-]+)")
_ORDINAL = re.compile(r"(?:first|second|third|fifth|twelfth|\w+(?:teenth|tieth|[hnrx]th))")
_LAST_NAME = re.compile(r"\b([A-Z]\w+) $")
_NEXT_NAME = re.compile(r" ([A-Z]\w+)\b")
_TALKS = (
    r"(?:talk(?:ing)?\s(?:\w+\s){0,2}?about|discuss(?:ing)?|speak(?:ing)?\s(?:\w+\s)?about"
    r"|chat(?:ting)?\s(?:\w+\s)?about|cover(?:ing)?"
    r"|explor(?:e|ing)|div(?:e|ing)\s(?:\w+\s)?into|dig(?:ging)?\s(?:\w+\s)?into"
    r"|get(?:ting)?\sinto|tackl(?:e|ing)"
    r"|look(?:ing)?\s(?:at|into)|walk(?:ing)?\sthrough|go(?:ing)?\s(?:through|over)"
    r"|focus(?:ing)?\son|explain(?:ing)?)"
)
_ANNOUNCED = re.compile(
    rf"""(?ix)
      \b(?:today|tonight|this\s(?:week|time|episode|afternoon|morning|evening|meeting)
      |in\sthis\s(?:episode|talk|meeting))
        .{{0,40}}?\b(?:we|i|we['’]re|i['’]m|we['’]ll|i['’]ll)\b.{{0,30}}?\b{_TALKS}\s(?P<a>.+)
    | \b(?:we['’]re|we\sare|i['’]m|i\sam)\s(?:going\sto|gonna
    |here\sto)\s(?:be\s)?{_TALKS}\s(?P<b>.+)
    | \b(?:we['’]ll|we\swill|i['’]ll|i\swill|i\swant(?:ed)?\sto|we\swant(?:ed)?\sto
    |let['’]s)\s(?:be\s)?{_TALKS}\s(?P<c>.+)
    | \b(?:today['’]s|this\sweek['’]s|our)\s(?:topic|subject|theme|question|episode
    |meeting)\s(?:for\stoday\s|today\s)?(?:is|will\sbe)\s(?:about\s|on\s)?(?P<d>.+)
    | \bthe\s(?:topic|subject|theme|question)\s(?:for\s|of\s)?(?:today|tonight|this\s\w+)\s(?:is
    |will\sbe)\s(?P<e>.+)
    | \b(?:this|today['’]s)\s(?:episode|one|talk|meeting)\sis\s(?:all\s)?(?:about|on)\s(?P<f>.+)
    """
)
_ENDS = re.compile(
    r"""(?ix) [.;:?!…—](?=\s|$) | \s[–-]\s | ,\s(?:and|but|so|because|right|yeah|which|who|where
    |i|we|you|it|that|this|because|since|if|as)\b
    | \s(?:because|so\sthat|so\s(?:we|i)|but|if|when|while|today|tonight|right\snow|and\s(?:we|i
    |then|also|so|maybe|you)
    |in\sthis\s(?:episode|meeting)|this\s(?:week|time|episode|morning|afternoon)|with\s(?:you|us
    |me)|i\sthink|as\swell|first|before|again)\b"""
)
_START = re.compile(
    r"(?i)^(?:(?:about|on|the\s(?:topic|subject|question)\sof|a\s(?:little\s)?bit\s(?:about|of"
    r"|on)|at\slength|in\s(?:more\s)?(?:depth|detail)|some\sof|basically|probably"
    r"|really|just|also|briefly|actually)\s)+"
)
_UNCLEAR = re.compile(
    r"""(?ix)\b(?: this|that|it|its|them|they|these|those|he|she|him|her|you|your|me|my|i|we|us
    |our|there|here
    |stuff|something|things?|anything|everything|bunch|couple|one|what['’]s\snext|agenda|minutes
    |next|last|previous|slides?|news|first|other )\b"""
)

_NO_TOPIC = frozenset(
    "first second third last even anyway enough cuz huh yeah yep zero twenty thirty forty "  # noqa: SIM905
    "fifty sixty seventy eighty ninety percent hundred thousand million billion rest top "
    "bottom half side amount number name word words question answer example sense fact "
    "guess sort kind stuff lot bit minute moment second hour day week month year today "
    "tomorrow yesterday morning guy folk man okay hello sorry please exactly episode "
    "podcast meeting slide agenda every each".split()
)
"""In the form of `key_of`."""
_NOUN_AFTER = frozenset(
    "the a an this that these those of our your my their its his her some any no each "  # noqa: SIM905
    "every in on for with about by from into two three four many more other another new".split()
)
_COUNTED_BY = frozenset({"a", "an", "one", "each", "every", "another", "which"})
_ADJECTIVE_AFTER = frozenset(
    "is are was were be been very more so too really quite pretty as less most looks "  # noqa: SIM905
    "feels to".split()
)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """Something that is spoken of."""

    text: str
    """As it can stand in a list."""
    key: tuple[str, ...]
    score: float
    said: str
    """As it is said most often, in lower case."""


@dataclass(frozen=True, kw_only=True)
class Announced:
    """What somebody says the talk will be about."""

    text: str
    """Part of the sentence, shortened; its first letter small unless it is a name's."""
    line: Line


def announced_in(talk: Talk) -> tuple[Announced, ...]:
    """What the opening announces, in order; empty for most talks that nobody hosts."""
    stop = max(FEWEST_OPENING, int(len(talk.lines) * OPENING))
    found: list[Announced] = []
    for line in talk.lines[:stop]:
        text = _announced(shorten(line.text, talk.speakers))
        if text and not any(text.lower() == other.text.lower() for other in found):
            found.append(Announced(text=text, line=line))
    return tuple(found)


def topics_of(source: Source, *, limit: int, without: Collection[str] = ()) -> tuple[Topic, ...]:
    """What the talk speaks of most that tells most, best first, no two sharing a word.

    What its title says goes first. `without` are keys (as of `key_of`) that no topic may hold.
    Sentences in other languages than English are passed over: their small words would be taken for
    topics. A name that most of the archive says, such as the show's, is none.
    """
    talk = source.talk
    banned = {key_of(word) for name in talk.speakers for word in _WORD.findall(name)}
    titled = {key_of(word) for word in tokens(talk.document.parsed.title or "")}
    text = "\n".join(_texts(talk.lines, talk.speakers))
    lowered = text.lower()
    ranked = sorted(
        rank_phrases([text], idf=_plainness, without=banned),
        key=lambda one: (-one.score * (TITLED if titled.issuperset(one.key) else 1), one.key),
    )
    taken: list[Topic] = []
    used = set(without) | banned
    for phrase in ranked:
        if len(taken) == limit:
            break
        if not used.isdisjoint(phrase.key) or not _is_topic(phrase, lowered):
            continue
        if phrase.text != phrase.text.lower() and _is_everywhere(source.archive, phrase.text):
            continue
        shown, said = noun_of(phrase.text, text, lowered), phrase.text.lower()
        if not banned.isdisjoint(map(key_of, _WORD.findall(shown))):
            continue
        taken.append(Topic(text=shown, key=phrase.key, score=phrase.score, said=said))
        used |= {*phrase.key, *(key_of(word) for word in _WORD.findall(shown))}
    return tuple(taken)


def _is_everywhere(archive: Archive, name: str) -> bool:
    paths = len(archive.paths())
    return paths >= FEWEST_PATHS and len(archive.saying(name)) > EVERYWHERE * paths


def is_english(words: Sequence[str]) -> bool:
    """Whether enough of some lower-case words are the small words of English, or they are few."""
    return len(words) < FEWEST_TELLING or sum(
        word.partition("'")[0] in STOP_WORDS for word in words
    ) >= ENGLISH * len(words)


def noun_of(phrase: str, text: str, lowered: str) -> str:
    """The phrase as a noun that can stand in a list: `nodes`, `the remote control`, `pricing`.

    Only forms that `text` says: its plural where it is counted, with "the" where it mostly is,
    with the rest of a longer name where it is part of one.
    """
    phrase = _whole_name(phrase, text)
    said = _words_before(phrase.lower(), lowered)
    total = len(said) or 1
    definite, counted = said.count("the") / total, (said.count("a") + said.count("an")) / total
    if not phrase.rsplit(" ", 1)[-1].islower():  # a name
        return f"the {phrase}" if definite > MOSTLY_THE else phrase
    plural = _plural(phrase)
    if (counted or definite) and _words_before(plural.lower(), lowered):
        return plural
    if counted + definite < (WITH_ARTICLE if " " in phrase else WITH_ARTICLE / 2):
        return f"the {phrase}" if _is_counted(phrase, lowered) else phrase
    if phrase.endswith("ing") and counted > definite:
        return phrase  # "a data labeling tool" counts the tool
    article = "an" if said.count("an") > said.count("a") else "a"
    return f"the {phrase}" if definite >= counted else f"{article} {phrase}"


def _is_counted(phrase: str, lowered: str) -> bool:
    """Whether "every box" or "one box" is said: one of what can be counted needs an article."""
    return " " not in phrase and any(
        before in _COUNTED_BY and (not after or after in STOP_WORDS)
        for before, after in _around(phrase.lower(), lowered)
    )


def _words_before(phrase: str, lowered: str) -> list[str]:
    """The word before each use of the phrase, empty at the start of a sentence."""
    return [before for before, _ in _around(phrase, lowered)]


def _around(phrase: str, lowered: str) -> list[tuple[str, str]]:
    """The words before and behind each use of the phrase; empty where a stop stands between."""
    found: list[tuple[str, str]] = []
    place = lowered.find(phrase)
    while place >= 0:
        end = place + len(phrase)
        if not (lowered[place - 1 : place].isalnum() or lowered[end : end + 1].isalnum()):
            before, after = (
                _BEFORE.search(lowered, max(0, place - 24), place),
                _AFTER.match(lowered, end),
            )
            found.append((before[1] if before else "", after[1] if after else ""))
        place = lowered.find(phrase, end)
    return found


def _plural(phrase: str) -> str:
    if phrase.endswith("y") and phrase[-2:-1] not in "aeiou":
        return f"{phrase[:-1]}ies"
    return f"{phrase}{'es' if phrase.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def _whole_name(phrase: str, text: str) -> str:
    """`York City` as `New York City` where that is what is said, and a name with its capital."""
    risen = phrase[:1].upper() + phrase[1:]
    # In "lena Marsh" the second word tells that the first is a name; alone, sentences begin so too.
    inside = risen if phrase != phrase.lower() else f" {risen}"
    if phrase[:1].islower() and text.count(inside) > text.count(phrase):
        phrase = risen
    if not phrase[:1].isupper():
        return phrase
    places = [found.span() for found in re.finditer(rf"\b{re.escape(phrase)}\b", text)]
    before = Counter(
        found[1]
        for start, _ in places
        if (found := _LAST_NAME.search(text[max(0, start - 24) : start]))
    )
    after = Counter(found[1] for _, end in places if (found := _NEXT_NAME.match(text, end)))
    for words, is_before in ((before, True), (after, False)):
        word, count = words.most_common(1)[0] if words else ("", 0)
        if word and count > PART_OF_NAME * len(places) and word.lower() not in STOP_WORDS:
            phrase = f"{word} {phrase}" if is_before else f"{phrase} {word}"
    return phrase


def _is_topic(phrase: Phrase, lowered: str) -> bool:
    """Whether it names a thing, and is said often enough to be spoken of."""
    parts = [part for word in phrase.key for part in word.split("-")]
    if any(_is_odd(part) for part in parts):
        return False
    said = phrase.text.lower()
    uses = [*_around(said, lowered), *_around(_plural(said), lowered)]
    if len(uses) < (FEWEST_SAID if len(phrase.key) == 1 else FEWEST_SAID - 1):
        return False
    # "empty" and "paid" are said like a noun, but what they describe comes behind them.
    described = sum(len(after) > 2 and after not in STOP_WORDS for _, after in uses)
    if described * 2 > len(uses):
        return False
    if phrase.text != said:
        return True
    if len(phrase.key) > 1:  # "telephone rang" is said twice and is no noun
        is_plural = said.endswith("s")
        return is_plural or any(not before or before in _NOUN_AFTER for before, _ in uses)
    # "false" and "relevant" are said as often as a noun, but hardly ever behind "the" or "of".
    as_noun = sum(before in _NOUN_AFTER for before, _ in uses)
    as_adjective = sum(before in _ADJECTIVE_AFTER for before, _ in uses)
    return as_noun * 5 >= len(uses) and as_adjective * 4 < len(uses)


def _is_odd(word: str) -> bool:
    """Whether it names nothing: a letter, a number, a filler."""
    is_number = value_of([word]) != word or _ORDINAL.fullmatch(word)
    return len(word) < 2 or word in _NO_TOPIC or bool(is_number)


def _plainness(word: str) -> float:
    return 2.0 if word in PLAIN_WORDS else 5.0


def _texts(lines: Sequence[Line], names: Collection[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line.text)
        if size > MOST_TEXT:
            return
        if is_english(line.words):
            yield shorten(line.text, names)


def _announced(text: str) -> str:
    found = _ANNOUNCED.search(text)
    if found is None:
        return ""
    said = next(group for group in found.groups() if group)
    end = _ENDS.search(said)
    said = _START.sub("", said[: end.start()] if end else said).strip(" ,")
    words = said.split()
    if not 1 <= len(words) <= LONGEST_SUBJECT or _UNCLEAR.search(said):
        return ""
    if not any(len(word) > 3 and word.lower() not in PLAIN_WORDS for word in words):
        return ""
    return said
