"""What a session becomes by what it reads, `private` or `untrusted`, and what follows. Pure.

Private is everything of the garden that its owner did not make public. Untrusted are the words of
others: pages, imports, calendars, recordings that are not marked as one's own, what a plugin or a
board answers. Labels only grow; who is in doubt gets the label.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from pmagent.ingest.scan import matches_any
from pmagent.types.actions import Label

Matches = Callable[[str], bool]

NONE: frozenset[Label] = frozenset()
PRIVATE: frozenset[Label] = frozenset({"private"})
UNTRUSTED: frozenset[Label] = frozenset({"untrusted"})

IMPORTED = "imported"
"""The folder, anywhere in a garden, that holds what was brought in."""
OTHERS_SUFFIXES = frozenset({
    ".ics", ".ifb", ".vcs", ".eml", ".mbox",
    ".vtt", ".webvtt", ".srt", ".sbv",
    ".html", ".htm", ".xhtml", ".mhtml", ".pdf", ".docx", ".docm", ".epub",
})  # fmt: skip
"""Formats in which people mostly keep what others said, wrote or sent."""
OTHERS_FOLDERS = frozenset({IMPORTED, "transcripts", "clippings"})
OTHERS_NAMES = ("*transcript*", "*.transcript.*", "*meeting*.txt", "*chat*.txt")
OTHERS_TOOLS = ("webfetch", "websearch", "trello", "calendar", "mcp__", "plugin", "fetch")
"""Beginnings of the names of tools that answer with the words of others."""


def by_globs(globs: Sequence[str]) -> Matches:
    """Whether a path of the garden matches one of `globs`, as settings write them."""
    kept = tuple(globs)
    return lambda path: matches_any(path, kept)


def nothing(path: str) -> bool:
    """Of no path: the answer where no globs are set."""
    del path
    return False


def labels_of_read(path: str, *, is_own: Matches, is_public: Matches) -> frozenset[Label]:
    """What reading `path` makes of a session.

    `path` is as the kernel resolved it: relative to the garden, or absolute in another granted
    root. An address of a page is read like any other words of others.
    """
    if "://" in path[:12]:
        return UNTRUSTED
    private = NONE if is_public(path) else PRIVATE
    return private | (UNTRUSTED if is_of_others(path) and not is_own(path) else NONE)


def is_of_others(path: str) -> bool:
    """Whether a path looks like the words of others, where nothing marks it as one's own."""
    folded = PurePosixPath(path.casefold())
    if folded.suffix in OTHERS_SUFFIXES or OTHERS_FOLDERS & set(folded.parts[:-1]):
        return True
    return matches_any(folded.name, OTHERS_NAMES)


def labels_of_tool(tool: str) -> frozenset[Label]:
    """What the answer of a tool makes of a session, apart from the files it read."""
    return UNTRUSTED if tool.casefold().startswith(OTHERS_TOOLS) else NONE


def combine(*labels: frozenset[Label]) -> frozenset[Label]:
    """All of them: what a session is after each, and after its sub-agents."""
    return NONE.union(*labels)


def must_ask(labels: frozenset[Label], is_outward: bool) -> str | None:
    """Why a call is to be asked about whatever the rules say; None where labels want no asking."""
    if is_outward and labels >= (PRIVATE | UNTRUSTED):
        return (
            "this session has read your own notes and the words of others, which may have asked "
            "for them, so nothing leaves this computer unseen"
        )
    return None
