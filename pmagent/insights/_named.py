"""Whether words that were typed name a file of the archive, or say a topic."""

from __future__ import annotations

import re

from pmagent.errors import UsageError
from pmagent.types.insights import Archive

_MARKED = re.compile(r"[\d./_-]")
"""A file's name has one, a topic seldom: "pricing" is a topic, "ep-041" and "a.md" are files."""
_FILE = re.compile(r"(?i)\S*/\S*|\S+\.(?:md|txt|vtt|srt|pdf|docx|html?|csv|ics)")


def file_named(asked: str, archive: Archive) -> str:
    """The file that is meant; empty where the words are a topic.

    A word is a file where it is the whole of its name, or has a dot, slash, digit or dash.

    Raises:
        UsageError: what can only be a file is none, or several.
    """
    folded = asked.casefold()
    whole = [path for path in archive.paths() if folded == _stem(path).casefold()]
    if len(whole) == 1:
        return whole[0]
    if not _MARKED.search(asked):
        return ""
    try:
        return archive.resolve(asked)
    except UsageError:
        if _FILE.fullmatch(asked):
            raise
        return ""


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name
