"""Blocks being written line by line, each text line kept on its source line."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pmagent.ingest.parsers import MOST_BLOCKS
from pmagent.ingest.parsers._times import lift_marks, settle_marks
from pmagent.ingest.parsers._turns import Head, Turns
from pmagent.types import Block


class Draft:
    """The blocks of one document, and who speaks at its end.

    With `turns`, time marks are taken out of the text and text without a name belongs to whoever
    spoke last. `strip` removes markup from a block's text and keeps its lines.
    """

    def __init__(
        self, turns: Turns | None = None, strip: Callable[[str], str] | None = None
    ) -> None:
        self.blocks: list[Block] = []
        self.heading: tuple[str, ...] = ()
        self._turns = turns
        self._strip = strip
        self._speaker: str | None = None
        self._start_ms: int | None = None
        self._lines: list[str] = []
        self._first_line = 1

    @property
    def open_lines(self) -> list[str]:
        """The lines of the block that is being written."""
        return self._lines

    def add(self, number: int, line: str) -> None:
        """Put `line`, which is source line `number`, at the end of the open block."""
        if not self._lines:
            self._first_line = number
        else:
            gap = number - self._first_line - len(self._lines)
            self._lines.extend([""] * gap)
        self._lines.append(line)

    def say(self, number: int, line: str) -> None:
        """Add a line of running text, beginning a turn where the line names a speaker."""
        head = self._turns.head(line, is_first=not self._lines) if self._turns else None
        if head is None:
            self.add(number, line)
            return
        self.close()
        self._begin(head)
        if head.rest.strip() and not head.is_break:
            self.add(number, head.rest)

    def close(self) -> None:
        """End the open block."""
        lines, self._lines = self._lines, []
        if not lines:
            return
        text, times = "\n".join(lines).rstrip(), list[int]()
        if self._turns is not None:
            text, times = lift_marks(text)
        if self._strip is not None:
            text = self._strip(text)
        text, marks = settle_marks(text, times) if times else (text, ())
        if not text.strip():
            # Only a mark: it tells when the next words are said.
            self._start_ms = times[-1] if times else self._start_ms
            return
        start_ms = self._start_ms
        if marks and not text[: marks[0][0]].strip():
            start_ms = marks[0][1] if start_ms is None else start_ms
            marks = marks[1:]
        self._start_ms = None
        if len(self.blocks) > MOST_BLOCKS:
            return
        text = text.rstrip()
        self.blocks.append(
            Block(
                text=text,
                first_line=self._first_line,
                speaker=self._speaker,
                heading=self.heading,
                start_ms=start_ms,
                marks=tuple((min(offset, len(text)), ms) for offset, ms in marks),
            )
        )

    def silence(self) -> None:
        """End the open block; nobody speaks until a turn begins."""
        self.close()
        self._speaker = None

    def _begin(self, head: Head) -> None:
        if head.is_break:
            _, times = lift_marks(head.rest)
            self._speaker = None
            self._start_ms = times[-1] if times else head.start_ms
            return
        self._speaker = head.name or self._speaker
        if head.start_ms is not None:
            self._start_ms = head.start_ms


def blocks_of_lines(found: Iterable[tuple[int, str]]) -> list[Block]:
    """Text found on numbered source lines: the same line joined, following lines one block."""
    lines: dict[int, list[str]] = {}
    for number, text in found:
        lines.setdefault(number, []).append(" ".join(text.split()))
    draft = Draft()
    last = 0
    for number in sorted(lines):
        if number > last + 1:
            draft.close()
        draft.add(number, " ".join(filter(None, lines[number])))
        last = number
    draft.close()
    return draft.blocks


class Headings:
    """The headings above the line that is being read."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, str]] = []

    def put(self, level: int, text: str) -> tuple[str, ...]:
        """The path after a heading: it replaces those of its level and below."""
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        if text:
            self._stack.append((level, text))
        return tuple(title for _, title in self._stack)
