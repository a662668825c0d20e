"""A typed line as the commands it calls: `/a /b text` calls both with the same text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

MOST_STACKED = 6
_FIRST = re.compile(r"/(?P<name>[^\s/]+)(?:\s+(?P<rest>.*))?", re.DOTALL)
_NEXT = re.compile(r"/(?P<name>[^\s/]+)(?:\s+|$)")


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Commands to run, in order, each with the same arguments."""

    names: tuple[str, ...]
    arguments: str


@dataclass(frozen=True, kw_only=True)
class NoCommand:
    """A line that begins with a slash and names nothing known. Its text is kept."""

    name: str
    text: str


ReadLine: TypeAlias = Calls | NoCommand


def read_line(text: str, is_known: Callable[[str], bool]) -> ReadLine | None:
    """What a line calls; None where it is no call, such as a path or plain words.

    Up to six commands can stand one behind the other; each gets what follows the last.
    """
    found = _FIRST.fullmatch(text.strip())
    if found is None:
        return None
    name, rest = found["name"], found["rest"] or ""
    if not is_known(name):
        return NoCommand(name=name, text=text)
    names = [name]
    while len(names) < MOST_STACKED:
        following = _NEXT.match(rest)
        if following is None or not is_known(following["name"]):
            break
        names.append(following["name"])
        rest = rest[following.end() :]
    return Calls(names=tuple(names), arguments=rest.strip())
