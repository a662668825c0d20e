"""Passages as rows of `index.db` and back. The one place that knows the columns' form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from pmagent.types import Locator, Passage, Segment, Time

PASSAGE_COLUMNS = (
    "hash, document, position, segments, heading, speakers, first_line, last_line, "
    "start_ms, end_ms, is_interpolated, page"
)


def to_row(passage: Passage, document: int) -> tuple[object, ...]:
    """The values of `PASSAGE_COLUMNS`, in order."""
    where = passage.locator
    segments = [
        [
            part.text,
            part.first_line,
            part.speaker,
            [[time.offset, time.ms, int(time.is_interpolated)] for time in part.times],
            int(part.is_cued),
        ]
        for part in passage.segments
    ]
    return (
        passage.id,
        document,
        passage.position,
        json.dumps(segments, ensure_ascii=False, separators=(",", ":")),
        json.dumps(passage.heading, ensure_ascii=False) if passage.heading else "",
        "\n".join(passage.speakers),
        where.first_line,
        where.last_line,
        where.start_ms,
        where.end_ms,
        int(where.is_interpolated),
        where.page,
    )


def from_row(path: str, row: Sequence[object]) -> Passage:
    """The passage of one row of `PASSAGE_COLUMNS`, in the document at `path`."""
    segments = cast(
        "list[tuple[str, int, str | None, list[tuple[int, int, int]], int]]",
        json.loads(str(row[3])),
    )
    heading = cast("list[str]", json.loads(str(row[4]))) if row[4] else []
    return Passage(
        id=str(row[0]),
        path=path,
        position=cast("int", row[2]),
        segments=tuple(
            Segment(
                text=text,
                first_line=first_line,
                speaker=speaker,
                times=tuple(
                    Time(offset=offset, ms=ms, is_interpolated=bool(estimated))
                    for offset, ms, estimated in times
                ),
                is_cued=bool(is_cued),
            )
            for text, first_line, speaker, times, is_cued in segments
        ),
        locator=Locator(
            first_line=cast("int", row[6]),
            last_line=cast("int", row[7]),
            start_ms=cast("int | None", row[8]),
            end_ms=cast("int | None", row[9]),
            is_interpolated=bool(row[10]),
            page=cast("int | None", row[11]),
        ),
        heading=tuple(heading),
    )
