"""What a question asks for, read from its words: which mention, whose, and from when.

Rules over English, with the plainest forms of its neighbours; a question no rule knows is about a
topic. Nothing here looks anything up: the archive's speakers and today's date come in as arguments.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from pmagent.nlp.words import content_terms, is_filler, tokens

Kind = Literal["topic", "first", "latest", "who", "when", "how many", "every"]


@dataclass(frozen=True, kw_only=True)
class Intent:
    """A question, taken apart."""

    kind: Kind
    terms: tuple[str, ...]
    """The words that can stand in the answer, lower case, in order."""
    subject: str
    """The question without the words that say which mention is wanted."""
    speaker: str | None = None
    """The one speaker of the archive whose words are asked for."""
    since: date | None = None
    until: date | None = None
    """The days the question speaks of, both included. A hint, not a filter: in "the 2017 paper" the
    year is part of the subject."""


_MENTION = (
    r"(?:mention(?:ed|s|ing)?|com(?:e|es|ing) up|came up"
    r"|br(?:ing|ings|inging|ought)(?: it| this)? up|bring|talk(?:ed|s|ing)?(?: about)?"
    r"|discuss(?:ed|es|ing)?|sp(?:eak|oke)(?: about| of)?|sa(?:y|id)|g[eo]t(?:ting)?(?: in)?to"
    r"|got a mention|hear[ds]?(?: about| of)?|introduc(?:e|ed)|appear(?:ed|s)?|cover(?:ed)?"
    r"|referenc(?:e|ed)|refer(?:red)? to|raise[ds]?|touch(?:ed)? (?:on|upon)|cit(?:e|ed)|name[ds]?"
    r"|note[ds]?|wr(?:ite|ote)(?: about)?|learn(?:ed|t)?(?: about| of)?)"
)
_OCCASION = (
    r"(?:times?(?! (?:founder|buyer|user|manager|parent|home|author|customer|visitor))|mentions?"
    r"|episodes?|appearances?|references?|discussions?|shows?|instances?|notes?|occurrences?"
    r"|transcripts?|conversations?|posts?|recordings?|occasions?|meetings?|entry|entries"
    r"|(?:place|point|spot)(?= (?:i|we|you|that|where)\b)|(?:guest|person|one) to(?= \w))"
)
_ASKING = (
    r"(?:(?:that |did |have |had |was |were )?"
    r"(?:i|we|you|he|she|they|it|anyone|someone|us)\b ?)"
)
_FIRST = r"(?:very first|first ever|first|earliest|oldest|initially|originally)"
_LAST = r"(?:very last|last|latest|most recent|newest)"


def _ordered(which: str) -> re.Pattern[str]:
    """Matches the words by which a question asks for one end of the time line."""
    verbs = rf"(?:{_ASKING}*(?:ever |even |actually )?{_MENTION})"
    return re.compile(
        rf"\b(?:(?:when|where|what) (?:was|is|were) )?(?:the |our |my )?"
        rf"{which} (?:ever |known )?{_OCCASION}\b"
        rf"(?: (?:of|where|when|in which|that|about|on|with)\b)?(?: {verbs})?"
        rf"|\bfor the {which} time\b"
        rf"|\b(?:when |where |since when )?(?:did |do |have |has |had )?{_ASKING}?"
        rf"{which} {_MENTION}\b"
        rf"|\b{which} {verbs}\b",
        re.IGNORECASE,
    )


_IS_FIRST = _ordered(_FIRST)
_IS_LAST = _ordered(_LAST)
_STARTED = re.compile(
    r"\bwhen did (?:i|we|you|they|he|she|people) (?:start|begin) (?:\w+ing\b)(?: about)?"
    r"|\b(?:make|makes|made) (?:its|his|her|their) debut\b|\b(?:the )?debut of\b"
    r"|\b(?:zuerst|zum ersten mal|erstmals|erste erwähnung)\b"
    r"|\bpremi[eè]re (?:fois|mention)\b|\bprimera (?:vez|menci[oó]n)\b|\bprimeira (?:vez|menção)\b"
    r"|\bprima (?:volta|menzione)\b|\beerste (?:keer|vermelding)\b",
    re.IGNORECASE,
)
_EVERY = re.compile(
    r"^\W*(?:every|each|all(?: of)?(?: the| our| my)?) "
    rf"(?:single )?(?:{_OCCASION}|places?)\b(?: {_ASKING}*{_MENTION})?"
    r"|\beverywhere\b|\bhow often\b",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"^\W*(?:who|whose|which (?:of our |of the )?(?:guests?|speakers?|hosts?|person|people))\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"^\W*(?:when|what (?:date|day|year|month)|which (?:date|day|year|month))\b", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"\bhow (?:many|much|long|old|big|large|fast|far|high|expensive|cheap|heavy|tall|small)\b"
    r"|\bwhat (?:percent(?:age)?|share|fraction|number|amount|price)\b"
    r"|\b(?:stat|statistic|figure)s?\b"
    r"|\bthe number of\b|\b(?:percentage|size|rate|cost|price|budget|count|total) of\b"
    r"|\b(?:size|rate|frequency|speed|salary|revenue|price)$",
    re.IGNORECASE,
)
_TALK_AFTER = re.compile(
    r"\b(?:on|in) (?:the|our|my|this|a|any) (?:show|podcast|archive|notes?|episodes?)\b",
    re.IGNORECASE,
)


def read_intent(text: str, *, speakers: tuple[str, ...] = (), today: date) -> Intent:
    """The question's parts. `speakers` are the archive's; `today` dates "last year"."""
    head = text[:2000]
    kind, subject = _kind(head)
    subject = _TALK_AFTER.sub(" ", subject) if kind in ("first", "latest", "every") else subject
    subject = " ".join(subject.split()) or head.strip()
    since, until = _days(head, today)
    return Intent(
        kind=kind,
        terms=tuple(content_terms(subject)),
        subject=subject,
        speaker=_speaker(head, speakers),
        since=since,
        until=until,
    )


def _kind(text: str) -> tuple[Kind, str]:
    ordered: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("first", _IS_FIRST),
        ("first", _STARTED),
        ("latest", _IS_LAST),
        ("every", _EVERY),
    )
    for kind, pattern in ordered:
        rest = pattern.sub(" ", text)
        if rest != text and not all(is_filler(word) for word in tokens(rest)):
            return kind, rest
    if _AMOUNT.search(text.strip().rstrip("?")):
        return "how many", text
    if _WHO.search(text):
        return "who", text
    return ("when" if _WHEN.search(text) else "topic"), text


def _speaker(text: str, speakers: tuple[str, ...]) -> str | None:
    """The speaker named in full, or by a part of the name that no other speaker has."""
    joined = f" {' '.join(tokens(text))} ".replace("'s ", " ").replace("’s ", " ")
    full, owners = _names(speakers)
    for whole, name in full:
        if whole in joined:
            return name
    # In lower case "will" and "mark" are words; a capital makes them names.
    words = [word.lower() for word in _CAPITALISED.findall(text)]
    named = {owners[word] for word in words if owners.get(word)}
    return named.pop() if len(named) == 1 else None


@lru_cache(maxsize=4)
def _names(speakers: tuple[str, ...]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Full names among other words, and whose each part is: "" where several people's."""
    full: list[tuple[str, str]] = []
    owners: dict[str, str] = {}
    for name in speakers:
        parts = tokens(name)
        if len(parts) > 1:
            full.append((f" {' '.join(parts)} ", name))
        for part in parts:
            owners[part] = name if owners.get(part, name) == name else ""
    return full, owners


_CAPITALISED = re.compile(r"\b[^\W\d_a-z][^\W\d_]{2,}")

_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATED = re.compile(
    rf"\b(?P<how>in|during|from|since|after|before|until|till|back in|around|of)\s+"
    rf"(?:(?P<month>{_MONTH})\.?,?\s+(?:of\s+)?)?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?P<which>last|this|past|previous)\s+(?P<unit>week|month|year|quarter)\b", re.IGNORECASE
)


def _days(text: str, today: date) -> tuple[date | None, date | None]:
    found = _DATED.search(text)
    if found:
        year = int(found["year"])
        month = _MONTHS[found["month"].lower()] if found["month"] else None
        first = date(year, month or 1, 1)
        last = date(year, month or 12, calendar.monthrange(year, month or 12)[1])
        how = found["how"].lower()
        if how in ("since", "after"):
            return (first if how == "since" else last + timedelta(days=1)), None
        if how in ("before", "until", "till"):
            return None, (first - timedelta(days=1) if how == "before" else last)
        return first, last
    relative = _RELATIVE.search(text)
    return (
        _relative(relative["which"].lower(), relative["unit"].lower(), today)
        if relative
        else (None, None)
    )


def _relative(which: str, unit: str, today: date) -> tuple[date, date]:
    if unit == "week":
        start = today - timedelta(days=today.weekday())
        return (
            (start, today)
            if which == "this"
            else (start - timedelta(days=7), start - timedelta(days=1))
        )
    if unit == "year":
        start = date(today.year, 1, 1)
        return (
            (start, today)
            if which == "this"
            else (date(today.year - 1, 1, 1), start - timedelta(days=1))
        )
    months = 3 if unit == "quarter" else 1
    start = date(today.year, (today.month - 1) // months * months + 1, 1)
    if which == "this":
        return start, today
    before = start - timedelta(days=1)
    return date(before.year, (before.month - 1) // months * months + 1, 1), before
