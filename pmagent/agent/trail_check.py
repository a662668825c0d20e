"""Whether a trail is whole, and if not, what was done to it. Reads line by line, keeps none of it.

A line torn by a crash is not tampering: only the last line can be torn, and nothing that was noted
as written may be missing with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pmagent.agent.trail_heads import Head
from pmagent.agent.trail_lines import NOTHING, Line, Link, check_line

_MOST_LOOKED_AT = 200_000
"""Lines behind a damaged one that are read to tell what happened to it."""


@dataclass(frozen=True, kw_only=True)
class TrailReport:
    """What a look at the whole trail found."""

    state: Literal["ok", "torn", "tampered", "empty"]
    records: int
    """Whole, sealed lines that follow one another from the first."""
    says: str
    """One plain sentence."""
    at_line: int | None = None
    """The first line that is wrong, from 1; None where no line is."""


@dataclass(frozen=True, kw_only=True)
class Ends:
    """What was noted of the trail's end, beside it and outside; None where a note is gone."""

    head: Head | None
    anchor: Head | None
    is_anchored: bool
    """Whether there is a place outside at all."""


def check_lines(lines: Iterable[bytes], key: bytes, ends: Ends) -> TrailReport:
    """What the trail's lines and the notes of its end say together.

    `lines` come with their line ends; the last may have none.
    """
    noted = {
        head.link.seq: head.link.digest for head in (ends.head, ends.anchor) if head is not None
    }
    last = NOTHING
    fragment = b""
    numbered = iter(enumerate(lines, 1))
    for number, raw in numbered:
        if not raw.endswith(b"\n"):
            fragment = raw
            break
        line = check_line(raw, key)
        if line is None or line.seq != last.seq + 1 or line.prev != last.digest:
            says = _what_happened(number, line, last, (raw for _, raw in numbered), key)
            return _tampered(last, says, number)
        last = line.link
        if noted.get(last.seq, last.digest) != last.digest:
            return _tampered(last, f"line {number} is not the one that was written", number)
    return check_end(last, fragment, ends)


def check_end(last: Link, fragment: bytes, ends: Ends) -> TrailReport:
    """What the notes say of a trail whose whole lines end with `last`, with `fragment` behind."""
    head = ends.head
    if head is None:
        if last.seq == 0 and not fragment and (ends.anchor is None or not ends.anchor.link.seq):
            return TrailReport(state="empty", records=0, says="the trail is empty")
        return _tampered(last, "the note of where the trail ends is gone")
    is_restorable = (
        last.seq == head.link.seq - 1 and bool(fragment) and head.line.startswith(fragment)
    )
    if last.seq < head.link.seq and not is_restorable:
        return _cut(last, head.link.seq)
    reached = max(last.seq, head.link.seq)
    if ends.is_anchored:
        if ends.anchor is None:
            if reached:
                return _tampered(last, "the note outside the data folder is gone")
        elif ends.anchor.link.seq > reached:
            says = (
                f"the trail is an older copy: it ends at record {reached}, "
                f"and record {ends.anchor.link.seq} was written"
            )
            return _tampered(last, says)
    if fragment:
        says = f"the last line was torn by a crash: {len(fragment)} bytes of record {last.seq + 1}"
        return TrailReport(state="torn", records=last.seq, says=says, at_line=last.seq + 1)
    if not last.seq:
        return TrailReport(state="empty", records=0, says="the trail is empty")
    many = "1 record follows" if last.seq == 1 else f"{last.seq:,} records follow"
    return TrailReport(state="ok", records=last.seq, says=f"{many} one another without a gap")


def _cut(last: Link, written: int) -> TrailReport:
    if not last.seq:
        return _tampered(last, f"the trail was emptied or removed: {written} records were written")
    says = f"the end was cut off: record {written} was written, and the last is record {last.seq}"
    return _tampered(last, says, last.seq + 1)


def _what_happened(
    number: int, line: Line | None, last: Link, rest: Iterator[bytes], key: bytes
) -> str:
    """Why line `number` does not follow `last`."""
    behind = [
        found
        for _, raw in zip(range(_MOST_LOOKED_AT), rest, strict=False)
        if (found := check_line(raw, key)) is not None
    ]
    if line is None:
        if last is NOTHING and not behind:
            return "no line was sealed with this computer's key: trail or key are not its own"
        if any(found.prev == last.digest for found in behind):
            return f"line {number} was put in by something else than pmagent"
        return f"line {number} has been changed"
    expected = last.seq + 1
    if line.seq < expected:
        return f"record {line.seq} stands a second time, at line {number}"
    if line.seq == expected:
        return f"line {number} belongs to another trail"
    if any(found.seq == expected for found in behind):
        return f"the records are out of order from line {number} on"
    missing = f"record {expected} is" if line.seq == expected + 1 else (
        f"records {expected} to {line.seq - 1} are"
    )  # fmt: skip
    return f"{missing} missing before line {number}"


def _tampered(last: Link, says: str, at_line: int | None = None) -> TrailReport:
    return TrailReport(state="tampered", records=last.seq, says=says, at_line=at_line)
