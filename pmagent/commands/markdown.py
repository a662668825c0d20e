"""Markdown that reads well as plain text at 80 columns: what every command writes with.

Text of others goes through `plain` or `code` before it stands in a line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from datetime import datetime

from pmagent.safe_text import safe_text

WIDTH = 80
GLUE = "\ue001"
"""Stands for a blank at which no line is broken."""
_SPAN = re.compile(r"`[^`]{1,74}`")
"""A code span that fits into a line: a command is copied whole."""


def plain(text: str) -> str:
    """`text` on one line, safe to show."""
    return " ".join(safe_text(text).split())


def code(text: str) -> str:
    """A name, path or command as a code span, safe to show."""
    shown = plain(text).replace("`", "'")
    return f"`{shown}`" if shown else "(nothing)"


def wrap(text: str, *, first: str = "", rest: str = "", width: int = WIDTH) -> str:
    """`text` on lines of at most 80 columns; a longer word stays whole, and so does short code."""
    held = _SPAN.sub(lambda found: found.group().replace(" ", GLUE), text)
    filled = textwrap.fill(
        held,
        width=width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(GLUE, " ")


def item(text: str, *, mark: str = "-") -> str:
    """One entry of a list; its further lines stand below its words."""
    lead = f"{mark} "
    return wrap(text, first=lead, rest=" " * len(lead))


def items(texts: Sequence[str]) -> str:
    """A list."""
    return "\n".join(item(text) for text in texts)


def page(*blocks: str) -> str:
    """Blocks with one blank line between; empty ones are left out."""
    return "\n\n".join(block for block in blocks if block)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns are aligned; numbers stand to the right."""
    widths = [max(len(row[i]) for row in (headers, *rows)) for i in range(len(headers))]
    is_right = [all(_is_number(row[i]) for row in rows) for i in range(len(headers))]

    def line(row: Sequence[str]) -> str:
        cells = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, is_right, strict=True)
        )
        return f"| {' | '.join(cells)} |"

    ruled = (
        f"{'-' * (width - 1)}:" if right else "-" * width
        for width, right in zip(widths, is_right, strict=True)
    )
    return "\n".join((line(headers), f"| {' | '.join(ruled)} |", *(line(row) for row in rows)))


def when(moment: datetime) -> str:
    """`2026-11-20 14:05`, in the person's own time."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def shorten(text: str, width: int) -> str:
    """`text` on one line of at most `width` characters, cut at a word with `…`."""
    line = plain(text)
    if len(line) <= width:
        return line
    cut = line[: max(1, width - 1)]
    return (cut.rsplit(" ", 1)[0] if " " in cut[width // 2 :] else cut) + "…"


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").replace("$", "").replace("%", "").isdigit()
