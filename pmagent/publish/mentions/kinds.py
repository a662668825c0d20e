"""Whether a name is a person's, a book's, a tool's or a company's, by the plain words around it.

A wrong kind is worse than none: without two signs, or one that says it outright, it is a thing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator

from pmagent.nlp.known_names import FIRST_NAMES
from pmagent.publish.mentions.groups import Group
from pmagent.publish.mentions.spans import Span
from pmagent.types.publishing import MentionKind

SURE = 2.0
"""Points a kind needs; the next one may have half as many."""

_IS = (
    r"(?:['’]s)?,? (?:is|was|which is|it['’]s|it is),? (?:an? |the |this |our |their )?"
    r"(?:[\w-]+ ){0,3}"
)
_BOOK = r"(?:book|novel|memoir|textbook|biography)"
_TOOL = (
    r"(?:library|framework|tool|toolkit|package|app|plug-?in|sdk|api|programming language|database|"
    r"editor|extension|module|compiler|open[- ]source project|search engine|command line|chatbot|"
    r"browser)"
)
_COMPANY = r"(?:company|startup|start-up|vendor|employer|bank|retailer|consultancy|agency)"
_PERSON = r"(?:guy|woman|author|professor|researcher|founder|host|scientist|engineer|writer|friend)"
_WORKS = (
    r"(?:work(?:ed|ing|s)?|job|intern(?:ed|ship)?|engineers?|scientists?|folks|people|team|joined|"
    r"hired)"
)
_LEADS = r"(?:founder|ceo|cto|coo|cfo|president|employees?|investors?)"

_Sign = tuple[re.Pattern[str], MentionKind, float]


def _sign(pattern: str, kind: MentionKind, worth: float) -> _Sign:
    return re.compile(pattern, re.IGNORECASE), kind, worth


_BEFORE: tuple[_Sign, ...] = (
    _sign(
        rf"\b{_BOOK},? (?:is |was )?(?:called |titled |named )?(?:it['’]s )?(?:the )?[\"“]?$",
        "book",
        2,
    ),
    _sign(r"\b(?:reading|read|author of|wrote) (?:the |a )?[\"“]?$", "book", 0.5),
    _sign(rf"\b{_TOOL},? (?:that is |that['’]s )?(?:called |named )?[\"“]?$", "tool", 2),
    _sign(
        r"\b(?:using|install|installed|implemented in|written in|library in)(?: the)? $", "tool", 1
    ),
    _sign(
        r"\b(?:use|used|uses|built (?:on|with)|on top of|deploy(?:ed)? (?:on|with))(?: the)? $",
        "tool",
        0.5,
    ),
    _sign(rf"\b{_COMPANY} (?:is |was )?(?:called |named )?(?:like )?[\"“]?$", "company", 2),
    _sign(rf"\b{_LEADS} (?:of|at|and ceo of) $", "company", 2),
    _sign(rf"\b{_WORKS} (?:at|for) $", "company", 1),
    _sign(r"\b(?:acquired by|startup|over at) $", "company", 1),
    _sign(r"\b(?:dr|mr|mrs|ms|prof|professor|president|senator)\.? $", "person", 2),
    _sign(
        r"\b(?:my name is|i['’]m|joined (?:today )?by|guest(?: today)?,? (?:is )?|written by|"
        r"co-?host,?) $",
        "person",
        1.5,
    ),
    _sign(r"[\"”],? by $", "person", 2),
    _sign(rf"\b{_PERSON},? (?:named |called )?$", "person", 1),
)
_AFTER: tuple[_Sign, ...] = (
    _sign(rf"^[\"”]?{_IS}{_BOOK}\b", "book", 2),
    _sign(rf"^[\"”]?,? (?:the )?{_BOOK}\b", "book", 1.5),
    _sign(rf"^{_IS}{_TOOL}\b", "tool", 2),
    _sign(rf"^(?:['’]s)? (?:open[- ]source )?{_TOOL}\b", "tool", 1),
    _sign(rf"^{_IS}{_COMPANY}\b", "company", 2),
    _sign(
        r"^,? (?:Inc|Corp|LLC|Ltd|GmbH)\b|^ (?:raised|acquired|hired|announced|laid off)\b",
        "company",
        1.5,
    ),
    _sign(r"^,? (?:the )?company\b", "company", 2),
    _sign(r"^,? (?:who|whose)\b", "person", 1.5),
    _sign(
        r"^ (?:said|says|wrote|thinks|told|tweeted|talked|argues)\b|"
        r"^['’]s (?:book|paper|work|talk|course)\b",
        "person",
        0.75,
    ),
    _sign(rf"^{_IS}{_PERSON}\b", "person", 1),
)
_BY_AUTHOR = re.compile(r"^[\"”]?,? (?:a book )?(?:written )?by (?P<first>[A-Z][a-z]+)\.? [A-Z]")
_READ_CUE = re.compile(
    r"(?i)\b(?:paper|article|post|blog|essay|episode|talk|podcast|course|report)\b"
)
_CODE = re.compile(r"(?i)\.js$|\+\+$|^[a-z][a-z0-9]+(?:[A-Z]\w*)+$")
_FIRMS = frozenset({"inc", "corp", "ltd", "llc", "gmbh", "technologies", "ventures", "capital"})
_SAID_NAME = re.compile(
    r"[A-Z][\w’'.-]*(?: (?:[A-Z]\.?|de|la|van|von|der|den|bin|al))? [A-Z][\w’'-]*"
    r"(?: [A-Z][\w’'-]*)?"
)


def kind_of(group: Group, speakers: Collection[str]) -> MentionKind:
    """The kind that most of the words around its places speak for; `thing` where they do not."""
    if group.text in speakers:
        return "person"
    points: dict[MentionKind, float] = {"person": 0, "book": 0, "tool": 0, "company": 0}
    said = Counter(sign for span in group.spans for sign in _signs(span))
    for (_, kind, worth), times in said.items():
        # "Using" it ten times is no more of a tool than twice.
        points[kind] += worth * min(2 if worth >= 1 else 1, times)
    for kind, worth in _signs_of_name(group):
        points[kind] += worth
    ranked = sorted(points.items(), key=lambda item: -item[1])
    (best, most), (_, second) = ranked[:2]
    return best if most >= SURE and second * 2 <= most else "thing"


def _signs(span: Span) -> Iterator[tuple[str, MentionKind, float]]:
    before, after = span.before, span.after
    for pattern, kind, worth in _BEFORE:
        if pattern.search(before):
            yield pattern.pattern, kind, worth
    for pattern, kind, worth in _AFTER:
        if pattern.match(after):
            yield pattern.pattern, kind, worth
    # An article has an author too: only what is not called one is a book.
    if span.is_title and _BY_AUTHOR.match(after) and not _READ_CUE.search(before):
        yield "by", "book", 2


def _signs_of_name(group: Group) -> Iterator[tuple[MentionKind, float]]:
    is_name = _SAID_NAME.fullmatch(group.text) is not None and not group.is_title
    if is_name and group.words[0] in FIRST_NAMES and group.words[-1] not in _FIRMS:
        yield "person", SURE
    if _CODE.search(group.text):
        yield "tool", 1
    if len(group.words) > 1 and group.words[-1] in _FIRMS:
        yield "company", SURE
