"""One file's change as text for a person: a unified diff that says where it is not whole.

Pure. What it gives holds the file's own characters: whoever shows it makes them harmless first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.journal.lines import Difference, differences, split_lines
from pmagent.types.actions import FileChange

MAX_LINES = 5_000
MAX_BYTES = 1_000_000
_NO_NEWLINE = "\\ No newline at end of file"


def diff_text(change: FileChange, *, context: int = 3) -> str:
    """The change, with `context` unchanged lines around each difference.

    The first line tells what happens to the file as a whole. What is not text is told by its
    size. At most `MAX_LINES` lines and about `MAX_BYTES` characters are given; where there is
    more, the last line says how many lines are left out.
    """
    title = _title(change)
    before, after = change.before, change.after
    if before is None and change.moved_from:
        before = after
    if before == after:
        return title if change.moved_from else f"{title}\nthe contents stay the same"
    old, new = _as_lines(before), _as_lines(after)
    if old is None or new is None:
        return f"{title}\nbinary, {_sizes(before, after)}"
    if not old and not new:
        return f"{title}\nempty"
    return "\n".join((title, *_bounded(list(_hunks(old, new, context)))))


def _title(change: FileChange) -> str:
    if change.moved_from:
        return f'moved from "{change.moved_from}" to "{change.path}"'
    if change.before is None:
        return f'new file "{change.path}"'
    if change.after is None:
        return f'deleted "{change.path}"'
    return f'changed "{change.path}"'


def _sizes(before: bytes | None, after: bytes | None) -> str:
    if before is None or after is None:
        return f"{len(before or after or b''):,} bytes"
    return f"{len(before):,} → {len(after):,} bytes"


def _as_lines(data: bytes | None) -> list[bytes] | None:
    """The lines, or None where it is not text in UTF-8."""
    if data is None:
        return []
    if b"\0" in data:
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return split_lines(data)


def _bounded(lines: Sequence[str]) -> Iterator[str]:
    room = MAX_BYTES
    for number, line in enumerate(lines):
        room -= len(line)
        if number >= MAX_LINES or room < 0:
            left = len(lines) - number
            noun = "line" if left == 1 else "lines"
            yield f"… {left:,} more {noun} of this diff are not shown: it is not whole"
            return
        yield line


def _hunks(old: Sequence[bytes], new: Sequence[bytes], context: int) -> Iterator[str]:
    for group in _groups(differences(old, new), context):
        first, last = group[0], group[-1]
        start, end = max(0, first.start - context), min(len(old), last.end + context)
        new_start = first.new_start - (first.start - start)
        new_end = last.new_end + (end - last.end)
        yield f"@@ -{_span(start, end)} +{_span(new_start, new_end)} @@"
        at = start
        for difference in group:
            yield from _marked(" ", old[at : difference.start])
            yield from _marked("-", old[difference.start : difference.end])
            yield from _marked("+", new[difference.new_start : difference.new_end])
            at = difference.end
        yield from _marked(" ", old[at:end])


def _groups(found: Sequence[Difference], context: int) -> list[list[Difference]]:
    groups: list[list[Difference]] = []
    for difference in found:
        if groups and difference.start - groups[-1][-1].end <= 2 * context:
            groups[-1].append(difference)
        else:
            groups.append([difference])
    return groups


def _span(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _marked(mark: str, lines: Sequence[bytes]) -> Iterator[str]:
    for line in lines:
        text = line.decode("utf-8")
        yield mark + text.removesuffix("\n")
        if not text.endswith("\n"):
            yield _NO_NEWLINE
