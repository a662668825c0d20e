"""Who takes part in a talk: hosts, who are no mention, and guests, who are; and the show's name.

A host greets, or speaks in many documents of the archive. Where nobody greets, it is a meeting, and
none who speak there are guests.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pmagent.discourse.lines import Line
from pmagent.nlp.known_names import FIRST_NAMES
from pmagent.publish.mentions.groups import parts_of
from pmagent.publish.source import Source

OFTEN = 0.15
"""Share of the documents that a host's name stands in."""
OPENING = 40
"""Sentences in which a talk is opened."""

_WELCOME = re.compile(
    r"(?i)\b(?:welcome,?(?: (?:back|everyone|everybody|all|listeners|friends),?)* to|listening to|"
    r"(?:episode|edition) of) (?P<what>[^.,!?;:]{3,90})"
)
_SHOW = re.compile(r"[A-Z0-9][\w’'&]*(?: (?:(?:of|the|and|&|in|for) ){0,2}[A-Z0-9][\w’'&]*)*")
_GREETS = re.compile(
    r"(?i)\b(?:welcome,?(?: (?:back|everyone|everybody|all|listeners|friends),?)* to|"
    r"joined (?:today |as always )?by)\b"
)
_CO_HOST = re.compile(r"(?:[Cc]o-?host|[Hh]ost)s?,? (?:is )?(?P<name>[A-Z]\w+(?: [A-Z]\w+)?)")


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The people of one talk."""

    hosts: tuple[str, ...]
    guests: tuple[str, ...]
    left_out: frozenset[str]
    """Names in lower case that are no mention: hosts, in full and in part, and the show."""


def cast_of(source: Source) -> Cast:
    """Hosts, guests and the show, from who greets and who is in the archive often."""
    speakers = source.talk.speakers
    opening = source.talk.lines[:OPENING]
    hosts = tuple(name for name in speakers if _is_host(name, opening, source))
    guests = tuple(name for name in speakers if name not in hosts) if hosts else ()
    whole = (name for name in speakers if name not in guests)
    parts = (word for name in speakers for word in name.split())
    left = {" ".join(parts_of(name)) for name in (*whole, *parts, *_shows(opening, speakers))}
    return Cast(hosts=hosts, guests=guests, left_out=frozenset(left))


def _is_host(name: str, opening: tuple[Line, ...], source: Source) -> bool:
    own = [line for line in opening if line.speaker == name]
    if any(_GREETS.search(line.text) for line in own):
        return True
    first = name.split()[0]
    if any(
        found["name"].split()[0] == first
        for line in opening
        for found in _CO_HOST.finditer(line.text)
    ):
        return True
    saying = len(source.archive.saying(name))
    return saying >= 4 and saying >= OFTEN * len(source.archive.paths())


def _shows(opening: tuple[Line, ...], speakers: Collection[str]) -> Iterator[str]:
    """What listeners are welcomed to: the show, and what an episode of its kind is called."""
    people = {word for name in speakers for word in name.split()}
    for line in opening:
        for welcome in _WELCOME.finditer(line.text):
            for show in _SHOW.finditer(welcome["what"]):
                words = show[0].split()
                if words[0] not in people and words[0].lower() not in FIRST_NAMES:
                    yield show[0]
