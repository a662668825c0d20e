"""Markdown as lines that are heard well: no marks, no columns, a paragraph a line.

A table becomes a line a row, each value behind its header. What stands in code is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from pmagent.safe_text import safe_text

_FENCE = re.compile(r"^\s{0,3}(```+|~~~+)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_BEGINS = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+")
_BULLET = re.compile(r"^\s*[*+]\s+")
_QUOTE = re.compile(r"^\s{0,3}>\s?")
_RULE = re.compile(r"^\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_RULED = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CODE = re.compile(r"(`+)(.+?)\1")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]*)[^)]*\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_SOFT = re.compile(r"(?<![\w*_])([*_])(?=\S)(.+?)(?<=\S)\1(?![\w*_])")
_HELD = "\ue000"
"""Stands for a code span while the rest of its line is read; of no other meaning."""


def plain_lines(markdown: str) -> Iterator[str]:
    """The lines to write, each safe to show. Blank lines are left out."""
    reader = _Reader(lines=markdown.replace("\r\n", "\n").split("\n"))
    yield from (safe_text(line) for line in reader.read() if line.strip())


def ready_part(text: str) -> int:
    """How much of a text that still grows can be told already: up to its last whole paragraph."""
    end = text.rfind("\n\n")
    while end > 0:
        fences = sum(bool(_FENCE.match(line)) for line in text[:end].split("\n"))
        if fences % 2 == 0:
            return end + 2
        end = text.rfind("\n\n", 0, end)
    return 0


@dataclass
class _Reader:
    lines: Sequence[str]
    _paragraph: list[str] = field(default_factory=list[str])
    _fence: str = ""

    def read(self) -> Iterator[str]:
        number = 0
        while number < len(self.lines):
            table = "" if self._fence else self._table_at(number)
            if table:
                yield from self._end()
                rows = self._rows_from(number + 2)
                yield from _told_rows(_cells(self.lines[number]), rows)
                number += 2 + len(rows)
                continue
            yield from self._take(self.lines[number])
            number += 1
        yield from self._end()

    def _take(self, line: str) -> Iterator[str]:
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence[1].startswith(self._fence):
                self._fence = ""
            else:
                yield line
        elif fence:
            yield from self._end()
            self._fence = fence[1]
        elif line.startswith("    ") and not self._paragraph:
            yield line[4:]
        elif not line.strip() or _RULE.match(line):
            yield from self._end()
        else:
            yield from self._take_words(line)

    def _take_words(self, line: str) -> Iterator[str]:
        heading = _HEADING.match(line)
        if heading:
            yield from self._end()
            yield inline(heading[1])
            return
        if _BEGINS.match(line):
            yield from self._end()
            line = _BULLET.sub("- ", line)
        self._paragraph.append(_QUOTE.sub("", line).strip())
        if line.endswith("  "):
            yield from self._end()

    def _end(self) -> Iterator[str]:
        if self._paragraph:
            yield inline(" ".join(self._paragraph))
            self._paragraph.clear()

    def _table_at(self, number: int) -> str:
        """The header where a table begins; empty where none does."""
        line = self.lines[number]
        following = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        return line if "|" in line and "|" in following and _RULED.match(following) else ""

    def _rows_from(self, number: int) -> list[Sequence[str]]:
        rows: list[Sequence[str]] = []
        for line in self.lines[number:]:
            if "|" not in line:
                break
            rows.append(_cells(line))
        return rows


def inline(text: str) -> str:
    """One line without its marks; links keep their address."""
    codes: list[str] = []

    def hold(found: re.Match[str]) -> str:
        codes.append(found[2].strip())
        return _HELD

    text = _CODE.sub(hold, text.replace(_HELD, ""))
    text = _IMAGE.sub(r"image: \1 (\2)", text)
    text = _LINK.sub(r"\1 (\2)", text)
    text = _SOFT.sub(r"\2", _STRONG.sub(r"\2", text))
    for code in codes:
        text = text.replace(_HELD, code, 1)
    return text


def _told_rows(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        pairs = [
            f"{header}: {cell}" if header else cell
            for header, cell in zip_longest(headers, row, fillvalue="")
            if cell
        ]
        yield inline("; ".join(pairs))


def _cells(line: str) -> Sequence[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner)]
