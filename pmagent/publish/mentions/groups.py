"""The spans of one talk gathered by what they name, and what speaks for each being worth a link.

A name said in two casings, with and without a hyphen, or in full and then in short is one name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pmagent.nlp.common_words import is_common
from pmagent.nlp.known_names import CALENDAR, FIRST_NAMES, HONOURS, PEOPLES, PLACES, VENUES
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.words import STOP_WORDS, TALK_WORDS
from pmagent.publish.mentions.spans import Span

SPOKEN_OF = 3
"""How often a place to meet online is named where it is spoken of, not pointed to."""

_PLAIN = STOP_WORDS | TALK_WORDS | PLAIN_WORDS | HONOURS
_CALLED = re.compile(r"(?i)\b(?:called|named) [\"“]?$")
_ALNUM = re.compile(r"[^\W_]+")


@dataclass(kw_only=True)
class Group:
    """One name with every place it is said at."""

    words: tuple[str, ...]
    """Lower case, as they are compared."""
    spans: list[Span]
    forms: Counter[str] = field(default_factory=Counter[str])
    short: int = 0
    """How often it is said by a part of it."""

    @property
    def count(self) -> int:
        """How often it is said, in full or in short."""
        return len(self.spans) + self.short

    @cached_property
    def text(self) -> str:
        """The commonest casing; of two as common, the one with more capitals."""
        return max(
            self.forms.items(),
            key=lambda item: (item[1], sum(map(str.isupper, item[0])), item[0]),
        )[0]

    @property
    def first(self) -> Span:
        """Where it is named first."""
        return self.spans[0]

    @property
    def is_title(self) -> bool:
        """Whether it is read as a title anywhere."""
        return any(span.is_title for span in self.spans)

    @property
    def is_name(self) -> bool:
        """Whether it is a first name with what follows it, or an address."""
        return (len(self.words) > 1 and self.words[0] in FIRST_NAMES) or "." in self.text

    @property
    def is_cued(self) -> bool:
        """Whether it is a name only by the words before it."""
        return any(span.is_cued for span in self.spans)


def parts_of(text: str) -> tuple[str, ...]:
    """The words of a name as they are compared: lower case, without the article before them."""
    words = _ALNUM.findall(text.lower().replace("’", "'").replace("'s", ""))
    return tuple(words[1:]) if len(words) > 1 and words[0] in ("the", "a", "an") else tuple(words)


def gather(spans: Iterable[Span]) -> list[Group]:
    """The spans by name, in order of first appearance."""
    by_key: dict[str, Group] = {}
    for span in spans:
        parts = parts_of(span.text)
        if not parts:
            continue
        key = "".join(parts)
        group = by_key.setdefault(key, Group(words=parts, spans=[]))
        group.spans.append(span)
        group.forms[span.text] += 1
    return _with_plurals(by_key)


def _with_plurals(by_key: dict[str, Group]) -> list[Group]:
    for key in sorted(by_key):
        plural = by_key.get(key + "s")
        single = by_key.get(key)
        if plural is None or single is None or len(key) < 3:
            continue
        more, less = (single, plural) if single.count >= plural.count else (plural, single)
        more.spans = sorted(
            more.spans + less.spans, key=lambda span: (span.line.number, span.start)
        )
        del by_key[key if less is single else key + "s"]
    return sorted(by_key.values(), key=lambda group: (group.first.line.number, group.first.start))


def is_left_out(group: Group, names: Collection[str]) -> bool:
    """Whether it is one of `names`, holds a longer one of them, or is a month or a country."""
    joined = " ".join(group.words)
    if joined in names or joined in CALENDAR or joined in PEOPLES or joined in PLACES:
        return True
    if any(" " in name and f" {name} " in f" {joined} " for name in names):
        return True  # the show's forum, the host's newsletter
    return joined in VENUES and len(group.spans) < SPOKEN_OF


def is_plain(group: Group, lower: Counter[str]) -> bool:
    """Whether it is no name but words: at a sentence's start, or stressed by a capital."""
    if all(part in _PLAIN for part in group.words):
        return not (group.is_title and len(group.words) > 1)
    word = "".join(group.words)
    if len(word) < 2 or word.isdigit():
        return True
    if _is_odd(group) or group.is_cued:
        return False
    raised = sum(1 for span in group.spans if not span.is_head)
    if not raised or len(group.words) > 1 or not is_common(word):
        return not raised
    # "Privacy" once, and six times "privacy", is a word that somebody stressed.
    is_called = any(_CALLED.search(span.before) for span in group.spans)
    return lower[word] >= 2 * raised or (raised == 1 and not is_called)


def _is_odd(group: Group) -> bool:
    return any(form[1:] != form[1:].lower() for form in group.forms)


def fold(groups: Sequence[Group], plain: Collection[tuple[str, ...]]) -> list[Group]:
    """The groups, with a part of one longer name counted to it where it is seldom said alone.

    What is in `plain` is counted only to a person's name: a sentence may begin with "Orla".
    """
    holding: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        if len(group.words) > 1 and not group.is_title and group.words not in plain:
            for part in set(group.words):
                holding[part].append(group)
    kept: list[Group] = []
    for group in groups:
        longer = holding.get(group.words[0], []) if len(group.words) == 1 else []
        if len(longer) == 1 and _is_short_for(group, longer[0], is_plain=group.words in plain):
            longer[0].short += group.count
        elif not (longer and group.words[0] in FIRST_NAMES):
            kept.append(group)
    return kept


def _is_short_for(group: Group, longer: Group, *, is_plain: bool) -> bool:
    if longer.words[0] in FIRST_NAMES:
        return True
    if is_plain:
        is_first = group.words[0] == longer.words[0] and len(longer.words) == 2
        return is_first and not any(is_common(word) for word in longer.words)
    return longer.count >= 0.5 * group.count
