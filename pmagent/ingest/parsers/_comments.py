"""Markdown comments, blanked out so that every other line keeps its number."""

from __future__ import annotations

import re
from collections.abc import Sequence

_FENCE = re.compile(r"\s*(?:>[ \t]?)?(`{3,}|~{3,})(?P<info>.*)$")
_CLOSERS = {"%%": "%%", "<!--": "-->"}
_OPENER = re.compile(r"%%|<!--")


def opening_fence(line: str) -> str | None:
    """The marks that must close the code which `line` opens, or None."""
    match = _FENCE.match(line) if "`" in line or "~" in line else None
    if match is None or (match[1][0] == "`" and "`" in match["info"]):
        return None
    return match[1]


def hide_comments(lines: Sequence[str]) -> list[str]:
    """The lines without `%%Obsidian%%` and `<!-- HTML -->` comments, which may span several.

    Code is left alone, and so is a comment that never ends: its text would be lost.
    """
    if not any(opener in line for line in lines for opener in _CLOSERS):
        return list(lines)
    last = {
        closer: max((index for index, line in enumerate(lines) if closer in line), default=-1)
        for closer in _CLOSERS.values()
    }
    shown: list[str] = []
    fence: str | None = None
    closer = ""
    for index, line in enumerate(lines):
        if fence is not None:
            bare = line.strip()
            fence = None if bare.startswith(fence) and not bare.strip(fence[0]) else fence
            shown.append(line)
            continue
        left, closer = _without_comments(line, closer, {end for end in last if last[end] > index})
        fence = None if closer else opening_fence(left)
        shown.append(left)
    return shown


def _without_comments(line: str, closer: str, ahead: set[str]) -> tuple[str, str]:
    """The rest of a line, and what must end the comment still open behind it.

    `ahead` holds the closers that come on a later line.
    """
    kept: list[str] = []
    at = 0
    while True:
        if closer:
            end = line.find(closer, at)
            if end < 0:
                return "".join(kept), closer
            at, closer = end + len(closer), ""
        opener = _OPENER.search(line, at)
        if opener is None:
            break
        closer = _CLOSERS[opener.group()]
        if closer not in ahead and line.find(closer, opener.end()) < 0:
            # Nothing ends it: one such mark says so of all that follow on this line.
            closer = ""
            break
        kept.append(line[at : opener.start()])
        at = opener.end()
    return "".join([*kept, line[at:]]), closer
