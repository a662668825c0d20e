"""A command's Markdown as items: what stands in its lists of steps, with the lines of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pmagent.frontmatter import read_front_matter
from pmagent.types.procedures import Problem

STEPS, ALWAYS, GOOD = "steps", "always", "good looks like"
_LIST_ENDS = {"ordered_list_open": "ordered_list_close", "bullet_list_open": "bullet_list_close"}
MOST_TEXT = 300_000
"""Characters of a file with steps."""
MOST_STEPS = 500
"""Items of its lists, all together."""
MOST_STEP = 8_000
"""Characters of one item, without its block and its fences."""
_SHIFT = 2
"""Spaces by which a step may stand aside of its list, as ` 9.` does beside `10.`."""


@dataclass(frozen=True, kw_only=True)
class Fence:
    """A fenced block below a step."""

    language: str
    text: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of a list: its words, and what is below it."""

    line: int
    """From 1, in the whole file."""
    text: str
    """Its first paragraph, as it is written."""
    more: tuple[tuple[int, str], ...]
    """Further paragraphs and bullets below it, each with its line."""
    fences: tuple[Fence, ...]
    items: tuple[Item, ...]
    """The steps of its block."""


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """The parts of a file."""

    guidance: str
    steps: tuple[Item, ...]
    always: tuple[Item, ...]
    good: tuple[Item, ...]
    problems: tuple[Problem, ...]


def read_blocks(text: str) -> Blocks:
    """The parts of a whole file, front matter included; nothing of one that is too long to read."""
    if len(text) > MOST_TEXT:
        problem = _too_much(1, f"the file has {len(text):,} characters, at most {MOST_TEXT:,}")
        return Blocks(guidance="", steps=(), always=(), good=(), problems=(problem,))
    lines = text.splitlines()
    first = read_front_matter(lines).body_line
    return _Reader(lines[first - 1 :], first).blocks()


def _too_much(line: int, message: str) -> Problem:
    return Problem(code="PL00", line=line, message=message, hint="split it into several procedures")


class _Reader:
    def __init__(self, lines: Sequence[str], first: int) -> None:
        self._count = 0
        self._lines = [line.replace("\t", "    ") for line in lines]
        self._first = first
        self._problems: list[Problem] = []
        self._lists: dict[str, list[Item]] = {STEPS: [], ALWAYS: [], GOOD: []}
        # Blocks alone: what stands in a line is read by `spans`, which knows messages and braces.
        parser = MarkdownIt("commonmark").disable("inline")
        self._tokens = parser.parse("\n".join(self._lines))

    def blocks(self) -> Blocks:
        taken: set[int] = set()
        section, depth = "", 0
        at = 0
        while at < len(self._tokens):
            token = self._tokens[at]
            if token.type == "heading_open":
                level = int(token.tag[1:])
                title = self._tokens[at + 1].content.strip().rstrip(":").lower()
                if level <= 2 or (section and level <= depth):
                    section = title if title in self._lists and level == 2 else ""
                    depth = level
                at = self._close(at)
            elif section and token.type in _LIST_ENDS:
                at = self._list(at, section)
            else:
                self._stray(token, section)
                at = self._close(at)
            if section:
                taken.update(range(*self._span(token)))
        kept = [line for number, line in enumerate(self._lines) if number not in taken]
        return Blocks(
            guidance=re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(),
            steps=tuple(self._lists[STEPS]),
            always=tuple(self._lists[ALWAYS]),
            good=tuple(self._lists[GOOD]),
            problems=tuple(self._problems),
        )

    def _list(self, at: int, section: str) -> int:
        token = self._tokens[at]
        wanted = "ordered_list_open" if section == STEPS else "bullet_list_open"
        if token.type != wanted and section != GOOD:
            words = "numbered steps" if section == STEPS else "bullets"
            self._problem(token, f'the section "{section}" is written as {words}', "rewrite it so")
        items, end = self._items(at)
        self._lists[section] += items
        return end

    def _stray(self, token: Token, section: str) -> None:
        if section != STEPS or token.type not in ("fence", "code_block"):
            return
        self._problem(
            token,
            "a block stands between the steps and belongs to none of them",
            "indent it as far as the words of its step begin",
        )

    def _items(self, start: int) -> tuple[list[Item], int]:
        """The items of the list that opens at `start`, and where what follows it begins."""
        end = self._close(start) - 1
        items: list[Item] = []
        at = start + 1
        base = self._indent(self._tokens[at]) if at < end else 0
        while at < end:
            token = self._tokens[at]
            if items and self._indent(token) - base >= _SHIFT:
                self._problem(
                    token,
                    f"this step stands {self._indent(token) - base} spaces further in than its "
                    "list, and yet belongs to no step before it",
                    "indent it as far as the words of the step it belongs to begin",
                )
            self._count += 1
            if self._count == MOST_STEPS + 1:
                said = f"there are more than {MOST_STEPS} steps, and these are not read"
                self._problems.append(_too_much(self._line(token), said))
            if self._count <= MOST_STEPS:
                items.append(self._item(at))
            at = self._close(at)
        return items, end + 1

    def _item(self, start: int) -> Item:
        opening = self._tokens[start]
        end = self._close(start) - 1
        text, line = "", self._line(opening)
        more: list[tuple[int, str]] = []
        fences: list[Fence] = []
        steps: list[Item] = []
        at = start + 1
        while at < end:
            token = self._tokens[at]
            if token.type == "ordered_list_open":
                inner, at = self._items(at)
                steps += inner
                continue
            if token.type == "fence":
                language = (token.info.split() or [""])[0].lower()
                fences.append(
                    Fence(language=language, text=token.content, line=self._line(token) + 1)
                )
            elif token.type == "paragraph_open" and not text:
                text, line = self._tokens[at + 1].content, self._line(token)
            else:
                more.append((self._line(token), self._raw(token)))
            at = self._close(at)
        if len(text) + sum(len(words) for _, words in more) > MOST_STEP:
            said = f"a step has more than {MOST_STEP:,} characters, and is not read"
            self._problems.append(_too_much(line, said))
            text, more = "", []
        return Item(
            line=line, text=text, more=tuple(more), fences=tuple(fences), items=tuple(steps)
        )

    def _close(self, at: int) -> int:
        """Behind the token that closes the one at `at`."""
        if self._tokens[at].nesting != 1:
            return at + 1
        level = self._tokens[at].level
        at += 1
        while self._tokens[at].level > level or self._tokens[at].nesting != -1:
            at += 1
        return at + 1

    def _span(self, token: Token) -> tuple[int, int]:
        start, end = token.map or (0, 0)
        return start, end

    def _raw(self, token: Token) -> str:
        start, end = self._span(token)
        lines = self._lines[start:end]
        margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        return "\n".join(line[margin:] for line in lines).rstrip()

    def _line(self, token: Token) -> int:
        return self._span(token)[0] + self._first

    def _indent(self, token: Token) -> int:
        line = self._lines[self._span(token)[0]]
        return len(line) - len(line.lstrip())

    def _problem(self, token: Token, message: str, hint: str) -> None:
        self._problems.append(
            Problem(code="PL00", line=self._line(token), message=message, hint=hint)
        )


def section_titles(body: str) -> Mapping[str, int]:
    """The second-level headings of a body, in lower case, with their line from 1."""
    found: dict[str, int] = {}
    for number, line in enumerate(body.splitlines(), start=1):
        heading = re.match(r"##[ \t]+(.+?)[ \t#:]*$", line)
        if heading:
            found.setdefault(heading[1].lower(), number)
    return found
