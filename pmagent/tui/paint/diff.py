"""What becomes of files, as lines: added `+`, removed `-`, with their numbers, file by file.

Colour only repeats what the signs say. Hidden characters are spelled out: a diff is what a person
decides on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pmagent.journal.diffs import diff_text
from pmagent.tui.paint.exact import cut_lines, spelled
from pmagent.tui.paint.lines import Line, Page, Span, clip, clip_middle, span, spread
from pmagent.types.actions import FileChange

_NOT_WHOLE = "…"
"""What the remark begins with that says a diff is cut."""
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_STYLES = {"+": "ok", "-": "error", "@": "note", "!": "warn", " ": "quiet"}


@dataclass(frozen=True, kw_only=True)
class DiffRow:
    """One line: its sign (`+`, `-`, blank, `@` for a hunk, `!` for a remark), number and text."""

    sign: str
    text: str
    number: int = 0
    """In the file after it, or before it for what is removed; 0 for none."""


@dataclass(frozen=True, kw_only=True)
class FileDiff:
    """What becomes of one file."""

    path: str
    verb: str
    """`new`, `deleted`, `changed`, `moved from old/name.md`."""
    rows: tuple[DiffRow, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out for its length."""
        return not any(row.sign == "!" and row.text.startswith(_NOT_WHOLE) for row in self.rows)

    @property
    def added(self) -> int:
        """Lines that come."""
        return sum(row.sign == "+" for row in self.rows)

    @property
    def removed(self) -> int:
        """Lines that go."""
        return sum(row.sign == "-" for row in self.rows)


def diff_of(change: FileChange) -> FileDiff:
    """The change as rows; what is no text is told by its size. Slow for large files."""
    moved = f"moved from {spelled(change.moved_from)}" if change.moved_from else ""
    verb = moved or (
        "new" if change.before is None else "deleted" if change.after is None else "changed"
    )
    # The first line names the file, and a name may hold line ends itself.
    named = 1 + change.path.count("\n") + change.moved_from.count("\n")
    rows = tuple(_numbered(diff_text(change).split("\n")[named:]))
    return FileDiff(path=spelled(change.path), verb=verb, rows=rows)


def diff_of_text(path: str, verb: str, unified: str) -> FileDiff:
    """A unified diff, with or without the two lines of its head, as rows."""
    lines = unified.removesuffix("\n").split("\n")
    if len(lines) > 1 and lines[0].startswith("--- ") and lines[1].startswith("+++ "):
        lines = lines[2:]
    return FileDiff(path=spelled(path), verb=verb, rows=tuple(_numbered(lines)))


def paint_diffs(
    diffs: Sequence[FileDiff], width: int, before: Sequence[Line] = ()
) -> tuple[Page, list[int]]:
    """The diffs below the lines `before`, and the row at which each file begins."""
    lines = list(before)
    starts: list[int] = []
    for diff in diffs:
        if lines:
            lines.append(Line())
        starts.append(len(lines))
        lines.append(Line(diff_head(diff, width)))
        lines.extend(diff_lines(diff, width))
    if not lines:
        lines.append(Line((span("No file is changed.", "quiet"),)))
    return Page(lines=lines), starts


def diff_lines(diff: FileDiff, width: int) -> Iterable[Line]:
    """Its rows below the head, with signs and numbers; long ones are cut and go on below."""
    digits = max((len(str(row.number)) for row in diff.rows if row.number), default=1)
    room = width - digits - 3
    for row in diff.rows:
        style = _STYLES[row.sign]
        number = str(row.number) if row.number else ""
        sign = row.sign if row.sign in "+-" else " "
        for piece in cut_lines(row.text, room):
            lead = Span(number.rjust(digits), "faint")
            # The text was spelled out when the diff was made.
            yield Line((lead, Span(f" {sign} ", style), span(piece, style)))
            number = ""


def diff_head(diff: FileDiff, width: int) -> tuple[Span, ...]:
    """`notes/pricing.md  changed  +3 −1`."""
    counts = (span(f"+{diff.added:,}", "ok"), span(f" -{diff.removed:,}", "error"))
    verb = clip((span(diff.verb, "quiet"),), max(width // 2, 8))
    room = width - sum(len(part.text) for part in (*counts, *verb)) - 4
    path = clip_middle(diff.path, max(room, 8))
    return spread((span(path, "title"), Span("  "), *verb), counts, width)


def totals(diffs: Sequence[FileDiff]) -> str:
    """`2 files, +14 -3`."""
    files = f"{len(diffs):,} file{'' if len(diffs) == 1 else 's'}"
    added, removed = sum(d.added for d in diffs), sum(d.removed for d in diffs)
    return f"{files}, +{added:,} -{removed:,}"


def _numbered(lines: Iterable[str]) -> Iterable[DiffRow]:
    """Rows of a unified diff without its head."""
    before = after = 0
    for line in lines:
        sign, text = line[:1], line[1:]
        if hunk := _HUNK.match(line):
            before, after = int(hunk.group(1)), int(hunk.group(2))
            yield DiffRow(sign="@", text=line.rstrip())
        elif sign == "+":
            yield DiffRow(sign="+", text=spelled(text), number=after)
            after += 1
        elif sign == "-":
            yield DiffRow(sign="-", text=spelled(text), number=before)
            before += 1
        elif sign == " ":
            yield DiffRow(sign=" ", text=spelled(text), number=after)
            before, after = before + 1, after + 1
        else:
            yield DiffRow(sign="!", text=spelled(line.removeprefix("\\ ")))
