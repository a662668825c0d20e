"""Markdown as notes and transcripts are kept in: front matter, headings, lists, tables, turns.

Read line by line rather than through a syntax tree, so that each word keeps its source line and no
nesting or bracket makes it slow. Comments are dropped, code is kept as text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pmagent.frontmatter import FrontMatter, read_front_matter, strings_of
from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._comments import hide_comments, opening_fence
from pmagent.ingest.parsers._dates import find_date
from pmagent.ingest.parsers._draft import Draft, Headings, blocks_of_lines
from pmagent.ingest.parsers._inline import strip_inline
from pmagent.ingest.parsers._turns import Turns, find_turns
from pmagent.types import Block, Parsed

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_CLOSING = re.compile(r"(?:^|[ \t])#{1,80}$")
_UNDERLINE = re.compile(r" {0,3}(?:(=+)|-+)[ \t]*$")
_BREAK = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX/>-]\][ \t]+)?")
_QUOTE = re.compile(r"(?: {0,3}>[ \t]?){1,20}(?:\[![\w|-]{1,30}\][+-]?[ \t]*)?")
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*){0,1000}\|?$")
_BAR = re.compile(r"(?<!\\)\|")
_SPECIAL = frozenset("#=-*+>|`~_ \t0123456789<")
"""Lines of running text seldom begin with one of these."""
_LONGEST_SETEXT = 120
"""A longer line above `---` is a paragraph before a break, whatever the specification says."""
_READ_FIELDS = (
    "title", "subtitle", "aliases", "alias", "description", "summary", "abstract",
    "guest", "guests", "host", "hosts", "speaker", "speakers", "people", "participants",
    "author", "authors", "topics", "keywords", "tags",
)  # fmt: skip
_DATE_FIELDS = ("date", "published", "publish_date", "pubDate", "created")
_TITLE_FIELDS = ("title", "name")


class _Markdown:
    suffixes = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"})

    def fit(self, source: Source) -> Fit:
        """Any text: Markdown has no way of being wrong."""
        return Fit.NAME if source.text else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a paragraph, turn, list item, table row, heading or piece of code."""
        lines = source.lines
        front = read_front_matter(lines)
        body = hide_comments(lines[front.body_line - 1 :])
        reader = _Reader(find_turns(body))
        reader.read(body, front.body_line)
        stated = next((front.values[key] for key in _DATE_FIELDS if key in front.values), None)
        day = find_date(stated) if isinstance(stated, str) else None
        title = next((front.values[key] for key in _TITLE_FIELDS if key in front.values), None)
        warnings = [*source.decoded.warnings, *filter(None, [front.problem])]
        if stated and day is None:
            warnings.append(f'the date "{stated}" is not a day')
        return Parsed(
            blocks=(*_front_blocks(front, lines), *reader.blocks),
            format="markdown",
            title=title if isinstance(title, str) and title else reader.title,
            date=day,
            tags=tuple(tag.lstrip("#") for key in ("tags", "tag") for tag in _tags(front, key)),
            aliases=tuple(
                name for key in ("aliases", "alias") for name in strings_of(front.values.get(key))
            ),
            links=tuple(dict.fromkeys(reader.links)),
            warnings=tuple(warnings),
        )


def _tags(front: FrontMatter, key: str) -> tuple[str, ...]:
    """Tags may be separated by commas, or by spaces only."""
    value = front.values.get(key)
    if isinstance(value, str) and "," not in value:
        return tuple(value.split())
    return strings_of(value)


def _front_blocks(front: FrontMatter, lines: Sequence[str]) -> list[Block]:
    """What front matter says in words, on its own lines; all of it where it is broken."""
    if front.problem and front.body_line > 1:
        return blocks_of_lines(enumerate(lines[1 : front.body_line - 2], 2))
    return blocks_of_lines(
        (number, text)
        for key in _READ_FIELDS
        if key in front.texts
        for number, text in front.texts[key]
    )


class _Reader:
    """Reads lines one after another into blocks."""

    def __init__(self, turns: Turns | None) -> None:
        self.links: list[str] = []
        self.title: str | None = None
        self._draft = Draft(turns, self._strip)
        self._code = Draft()
        self._headings = Headings()
        self._fence = ""
        self._in_table = False
        self._in_quote = False

    @property
    def blocks(self) -> list[Block]:
        return self._draft.blocks

    def read(self, lines: Sequence[str], first_line: int) -> None:
        """Read all lines, the first of which is source line `first_line`."""
        for index, line in enumerate(lines):
            if self._fence:
                self._code_line(first_line + index, line)
            elif not line or line.isspace():
                self._end_paragraph()
            elif line[0] in _SPECIAL or self._in_table or "|" in line[:200]:
                following = lines[index + 1] if index + 1 < len(lines) else ""
                self._special(first_line + index, line, following)
            else:
                self._in_quote = False
                self._draft.say(first_line + index, line.rstrip())
        self._end_paragraph()
        self._end_code()

    def _strip(self, text: str) -> str:
        return strip_inline(text, self.links.append)

    def _end_paragraph(self) -> None:
        self._draft.close()
        self._in_table = self._in_quote = False

    def _special(self, number: int, line: str, following: str) -> None:
        """A line that may be more than running text."""
        if (fence := opening_fence(line)) is not None:
            self._end_paragraph()
            self._fence = fence
        elif (heading := _HEADING.match(line)) is not None:
            self._end_paragraph()
            title = _CLOSING.sub("", line[heading.end() :].rstrip())
            self._put_heading(number, len(heading[1]), title.strip())
        elif self._is_underlined(line):
            self._lift_heading(1 if "=" in line else 2, number)
        elif _BREAK.match(line):
            self._end_paragraph()
            self._draft.silence()
        elif self._is_row(line, following):
            self._row(number, line)
        else:
            self._marked(number, line)

    def _marked(self, number: int, line: str) -> None:
        """A list item, a quotation, or text after all."""
        self._in_table = False
        quote = _QUOTE.match(line)
        if bool(quote) != self._in_quote and (quote or not self._draft.open_lines):
            self._end_paragraph()
            self._in_quote = bool(quote)
        rest = line[quote.end() :] if quote else line
        item = _ITEM.match(rest)
        if item is not None:
            self._draft.close()
            self._draft.add(number, rest[item.end() :].rstrip())
        elif quote and not rest.strip():
            self._draft.close()
        else:
            self._draft.say(number, rest.strip())

    def _is_underlined(self, line: str) -> bool:
        above = self._draft.open_lines
        return (
            len(above) == 1
            and 0 < len(above[0].strip()) <= _LONGEST_SETEXT
            and not self._in_quote
            and not self._in_table
            and _UNDERLINE.match(line) is not None
        )

    def _lift_heading(self, level: int, number: int) -> None:
        text = self._draft.open_lines.pop()
        self._end_paragraph()
        self._put_heading(number - 1, level, text.strip())

    def _put_heading(self, number: int, level: int, text: str) -> None:
        self._draft.silence()
        title = " ".join(self._strip(text).split())
        self._draft.heading = self._headings.put(level, title)
        if self.title is None and level == 1:
            self.title = title or None
        self._draft.add(number, text.strip())
        self._draft.close()

    def _is_row(self, line: str, following: str) -> bool:
        if "|" not in line:
            return False
        return self._in_table or _is_table_rule(following)

    def _row(self, number: int, line: str) -> None:
        self._draft.close()
        self._in_table = True
        if _is_table_rule(line):
            return
        cells = (cell.strip() for cell in _BAR.split(line))
        self._draft.add(number, " | ".join(filter(None, cells)))
        self._draft.close()

    def _code_line(self, number: int, line: str) -> None:
        bare = line.strip()
        is_end = bare.startswith(self._fence) and not bare.strip(self._fence[0])
        if is_end:
            self._end_code()
        else:
            self._code.add(number, line.rstrip())

    def _end_code(self) -> None:
        self._fence = ""
        self._code.heading = self._draft.heading
        self._code.close()
        self._draft.blocks.extend(self._code.blocks)
        self._code.blocks.clear()


def _is_table_rule(line: str) -> bool:
    return "-" in line[:20] and _TABLE_RULE.match(line.strip()) is not None


PARSER = _Markdown()
