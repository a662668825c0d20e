"""Where two lists of lines differ, and the merge of two edits of the same text.

Pure, and bounded: where two texts are too different to be compared in reasonable time, what lies
between their common beginning and end counts as one difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_PAIRS = 400_000
"""Pairs of equal lines; difflib takes time in proportion, about a second for twice as many."""
MAX_MERGE_BYTES = 4_000_000


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Lines `start:end` of the one text stand where `new_start:new_end` of the other do."""

    start: int
    end: int
    new_start: int
    new_end: int


def split_lines(data: bytes) -> list[bytes]:
    """The lines with their ends. Only a line feed ends one, so that joining gives `data` again."""
    parts = data.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def differences(one: Sequence[bytes], other: Sequence[bytes]) -> list[Difference]:
    """What must be replaced in `one` to get `other`, first to last; equal lines between them."""
    head = _common(one, other)
    tail = _common(list(reversed(one[head:])), list(reversed(other[head:])))
    left, right = one[head : len(one) - tail], other[head : len(other) - tail]
    if not left and not right:
        return []
    counts = Counter(right)
    if not left or not right or sum(counts[line] for line in left) > MAX_PAIRS:
        return [
            Difference(start=head, end=head + len(left), new_start=head, new_end=head + len(right))
        ]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [
        Difference(start=head + i1, end=head + i2, new_start=head + j1, new_end=head + j2)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def merge(base: bytes, one: bytes, other: bytes) -> bytes | None:
    """Both edits of `base` in one text, or None where they touch the same or adjoining lines.

    Bytes with a NUL in them are not lines of text: None.
    """
    if one in (base, other):
        return other
    if other == base:
        return one
    together = base + one + other
    if b"\0" in together or len(together) > MAX_MERGE_BYTES:
        return None
    lines, left, right = split_lines(base), split_lines(one), split_lines(other)
    edits = [(edit, left) for edit in differences(lines, left)]
    edits += [(edit, right) for edit in differences(lines, right)]
    edits.sort(key=lambda pair: (pair[0].start, pair[0].end))
    merged: list[bytes] = []
    at = 0
    last: tuple[int, int, list[bytes]] | None = None
    for edit, source in edits:
        text = source[edit.new_start : edit.new_end]
        if last is not None and edit.start <= last[1]:
            if (edit.start, edit.end, text) == last:
                continue  # both made the same edit
            return None
        merged += lines[at : edit.start]
        merged += text
        at = edit.end
        last = (edit.start, edit.end, text)
    return b"".join([*merged, *lines[at:]])


def _common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    for number, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return number
    return min(len(one), len(other))
