"""Transcripts as JSON: Whisper and its kin, and the transcripts of Podcasting 2.0.

Only what was said is kept: probabilities, token numbers and single words with times are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import cast

from pmagent.ingest.parsers import MOST_BLOCKS, Fit, Source
from pmagent.ingest.parsers._json import (
    Places,
    is_closed,
    list_start,
    milliseconds,
    objects_from,
    value_place,
)
from pmagent.types import Block, Parsed

_LISTS = ("segments", "transcription", "utterances")
_WORDS = ("text", "body")
_STARTS = ("start", "startTime")
_ENDS = ("end", "endTime")


class _TranscriptJson:
    suffixes = frozenset({".json"})

    def fit(self, source: Source) -> Fit:
        """A list whose first object has words and a start."""
        start = list_start(source.text, *_LISTS)
        if start is None:
            return Fit.NO
        first = next(objects_from(source.text, start), None)
        return Fit.CONTENT if first and _is_segment(first[2]) else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a segment."""
        text, places = source.text, Places(source.text)
        at = list_start(text, *_LISTS) or 0
        items = islice(objects_from(text, at), MOST_BLOCKS + 1)
        blocks: list[Block] = []
        is_podcast = False
        for start, end, segment in items:
            at = end
            is_podcast = is_podcast or "body" in segment
            line = places.line(value_place(text, start, *_WORDS))
            if _is_segment(segment):
                blocks.append(_block(segment, line))
        broken = (
            () if is_closed(text, at) else (f"the JSON is damaged below line {places.line(at)}",)
        )
        return Parsed(
            blocks=tuple(blocks),
            format="podcast transcript" if is_podcast else "whisper",
            warnings=source.decoded.warnings + broken,
        )


def _is_segment(item: Mapping[str, object]) -> bool:
    return isinstance(_first(item, _WORDS), str) and _start_ms(item) is not None


def _block(segment: Mapping[str, object], line: int) -> Block:
    speaker = segment.get("speaker")
    return Block(
        text=" ".join(str(_first(segment, _WORDS)).split()),
        first_line=line,
        speaker=speaker.strip() or None if isinstance(speaker, str) else None,
        start_ms=_start_ms(segment),
        end_ms=milliseconds(_first(segment, _ENDS)) or _offset(segment, "to"),
    )


def _start_ms(segment: Mapping[str, object]) -> int | None:
    stated = milliseconds(_first(segment, _STARTS))
    return stated if stated is not None else _offset(segment, "from")


def _offset(segment: Mapping[str, object], key: str) -> int | None:
    """whisper.cpp counts in milliseconds, below `offsets`."""
    offsets = segment.get("offsets")
    if not isinstance(offsets, dict):
        return None
    value = cast("dict[str, object]", offsets).get(key)
    return value if isinstance(value, int) and value >= 0 else None


def _first(item: Mapping[str, object], keys: tuple[str, ...]) -> object:
    return next((item[key] for key in keys if key in item), None)


PARSER = _TranscriptJson()
