"""Markdown as it comes in, cut into blocks: what is complete is never looked at again.

Only the block that is still being written is parsed anew, and no block is longer than `MAX_BLOCK`:
so an answer costs in proportion to its length, whatever is in it.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

MAX_BLOCK = 4_000
"""Characters of one block, about 1,000 tokens; a longer one is cut at a blank."""
_FENCE = re.compile(r"^( {0,12})(`{3,}|~{3,})([^`]*)$")
_LIST = re.compile(r"^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:\s|$)")


class Block(NamedTuple):
    """Markdown that stands for itself, or one line of code."""

    kind: Literal["text", "code"]
    text: str


class Prose:
    """Markdown that grows at its end."""

    def __init__(self, text: str = "") -> None:
        self.blocks: list[Block] = []
        """What is complete."""
        self._pending: list[str] = []
        self._size = 0
        self._partial = ""
        self._fence = ""
        """The marks that close the code block that is open."""
        self._inner = ""
        """The same inside a list, where a code block is a part of its item."""
        self._has_gap = False
        self._pieces: list[str] = []
        if text:
            self.feed(text)
            self.end()

    @property
    def source(self) -> str:
        """All that was fed."""
        return "".join(self._pieces)

    @property
    def tail(self) -> Block | None:
        """What is not complete yet."""
        if self._fence:
            return Block("code", self._partial) if self._partial else None
        lines = [*self._pending, self._partial]
        text = "\n".join(lines)
        return Block("text", text) if text.strip() else None

    def feed(self, text: str) -> None:
        """More of it."""
        self._pieces.append(text)
        *lines, rest = text.split("\n")
        for line in lines:
            self._add((self._partial + line).rstrip("\r"))
            self._partial = ""
        self._partial += rest
        while len(self._partial) > MAX_BLOCK:
            self._cut()

    def end(self) -> None:
        """There is no more: what is left is complete."""
        if self._partial:
            line, self._partial = self._partial, ""
            self._add(line)
        self._flush()

    def _add(self, line: str) -> None:
        while len(line) > MAX_BLOCK:
            self._partial, line = line[:MAX_BLOCK], line[MAX_BLOCK:]
            self._cut()
        if self._fence:
            self._add_code(line)
            return
        fence = _FENCE.match(line)
        is_in_list = bool(self._pending) and bool(_LIST.match(self._pending[0]))
        if fence and not (is_in_list and fence[1]) and not self._inner:
            self._flush()
            self._fence = fence[2]
            return
        self._note_inner(fence)
        if not line.strip():
            self._has_gap = True
        elif self._has_gap and not line[0].isspace() and not self._inner:
            self._flush()
        self._pending.append(line)
        self._size += len(line) + 1
        if self._size > MAX_BLOCK:
            self._flush()

    def _note_inner(self, fence: re.Match[str] | None) -> None:
        if fence is None:
            return
        if not self._inner:
            self._inner = fence[2]
        elif fence[2].startswith(self._inner) and not fence[3].strip():
            self._inner = ""

    def _add_code(self, line: str) -> None:
        closing = line.strip()
        is_mark = bool(closing) and set(closing) == {self._fence[0]}
        if is_mark and len(closing) >= len(self._fence):
            self._fence = ""
        else:
            self.blocks.append(Block("code", line))

    def _cut(self) -> None:
        """Make the beginning of an endless line a block of its own."""
        head = self._partial[:MAX_BLOCK]
        end = head.rfind(" ") + 1 or MAX_BLOCK
        self._partial = self._partial[end:]
        if self._fence:
            self.blocks.append(Block("code", head[:end]))
            return
        self._pending.append(head[:end])
        self._flush()

    def _flush(self) -> None:
        text = "\n".join(self._pending)
        if text.strip():
            self.blocks.append(Block("text", text))
        self._pending.clear()
        self._size = 0
        self._has_gap = False
        self._inner = ""
