"""The Markdown of an instruction file: which files it imports, and what of it is a comment. Pure.

`@path` counts anywhere but in code; a comment counts anywhere but in code, and what is in it does
not. Each text is gone through once, whatever it holds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

_MARK = re.compile(
    r"(?m)^(?P<before>[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+)(?P<fence>`{3,99}|~{3,99})[^\n]*"
    r"|(?P<ticks>`+)|(?P<comment><!--)"
)
_TICKS = re.compile(r"`+")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_IMPORT = re.compile(r"(?:^|(?<=[\s(\"']))@((?:[^\s\\\"'`)]|\\ )+)", re.MULTILINE)
_LINE_END = re.compile(r"\A[ \t]*+(?:\n|\Z)")
_AFTER = ".,;:!?"


class Piece(NamedTuple):
    """A stretch of Markdown."""

    kind: Literal["text", "code", "comment"]
    text: str


def strip_comments(text: str) -> str:
    """`text` without its HTML comments; a line that held nothing else goes with them."""
    kept: list[str] = []
    is_alone = False
    for piece in split_pieces(text):
        if piece.kind == "comment":
            is_alone = is_alone or not kept or not kept[-1].rpartition("\n")[2].strip(" \t")
            continue
        kept.append(_LINE_END.sub("", piece.text, count=1) if is_alone else piece.text)
        is_alone = False
    return "".join(kept)


def find_imports(text: str) -> Sequence[str]:
    """The paths that `text` imports, as written, each once, in order."""
    found = (
        match[1].replace("\\ ", " ")
        for piece in split_pieces(text)
        if piece.kind == "text"
        for match in _IMPORT.finditer(piece.text)
    )
    return tuple(dict.fromkeys(name for name in found if name.rstrip(_AFTER)))


def spellings(name: str) -> Sequence[str]:
    """What `name` may mean: the path itself, without a `#part`, without a sentence's full stop."""
    plain = name.partition("#")[0]
    return tuple(dict.fromkeys(one for one in (name, plain, plain.rstrip(_AFTER)) if one))


def is_meant_as_path(name: str) -> bool:
    """Whether `@name` is surely a file, and not a person or a package."""
    is_placed = name.startswith(("./", "../", "~/", "/"))
    return is_placed or bool(re.search(r"\.[a-z0-9]{1,5}$", name.rstrip(_AFTER)))


def split_pieces(text: str) -> Iterator[Piece]:
    """`text` in pieces that make it up whole: code (fences and spans), comments and the rest."""
    ticks = _TickRuns(text)
    done = position = 0
    has_comment_end = True
    while (mark := _MARK.search(text, position)) is not None:
        kind: Literal["code", "comment"] = "code"
        start = mark.start()
        if mark["fence"]:
            start = mark.start("fence")
            end = _fence_end(text, mark["fence"], mark.end())
        elif mark["ticks"]:
            end = ticks.closing(mark.start(), mark.end())
        else:
            kind = "comment"
            end = text.find("-->", mark.end()) + 3 if has_comment_end else 2
            has_comment_end = end > 2
        if end <= start:
            position = mark.end()  # it has no end, and is text
            continue
        if start > done:
            yield Piece("text", text[done:start])
        yield Piece(kind, text[start:end])
        done = position = end
    if done < len(text):
        yield Piece("text", text[done:])


def _fence_end(text: str, fence: str, position: int) -> int:
    """Where the block ends whose first line ends at `position`, at the latest with the text."""
    closing = re.compile(rf"(?m)^[ \t>]*+{re.escape(fence)}{re.escape(fence[0])}*+[ \t]*$")
    found = closing.search(text, position)
    return found.end() if found else len(text)


class _TickRuns:
    """Where runs of backticks stand, so that the one that closes a span is found at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: dict[int, list[int]] = {}
        for run in _TICKS.finditer(text):
            self._starts.setdefault(len(run.group()), []).append(run.start())

    def closing(self, start: int, end: int) -> int:
        """Where the span ends that the run from `start` to `end` opens; -1 where it opens none."""
        length = end - start
        starts = self._starts.get(length, [])
        place = bisect_left(starts, end)
        if place == len(starts):
            return -1
        closing = starts[place]
        is_one_paragraph = not _PARAGRAPH_END.search(self._text, end, closing)
        return closing + length if is_one_paragraph else -1
