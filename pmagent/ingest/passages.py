"""Cut a document into passages that are searched and cited, and say where each word of them stands.

A passage is about 150 words of whole turns under one heading, without overlap; only a turn longer
than that is cut, between sentences. Lines are exact always. Times are exact where the source marks
them and otherwise estimated by counting words between two marks, and said to be.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pmagent.nlp.sentences import split_sentences
from pmagent.types import Block, Locator, Passage, Segment, Time

TARGET_WORDS = 150
"""Of 80, 150 and 250 words, 150 without overlap recalled most per word read."""
LONGEST_TURN = 190
"""A turn up to this long stays whole."""
SHORT_PASSAGE = 60
"""A passage shorter than this takes one more turn even beyond the target."""
ENOUGH_WORDS = 100
"""From here on a change of speaker ends the passage."""
WIDEST_JOIN = 8
"""Source lines that may lie between two parts of one segment: a cue's number, time and gap."""
USUAL_MS_PER_WORD = 375
"""160 words a minute, for what follows the only mark of a recording."""

_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class _Piece:
    """A stretch of one block: all of it, or some sentences of a long one."""

    block: Block
    start: int
    end: int
    words: int
    word_index: int
    """Words of the document before it."""
    line: int
    """Source line its first character stands on."""


def split_passages(path: str, blocks: Sequence[Block]) -> tuple[Passage, ...]:
    """The passages of a document, in order; every word of `blocks` is in exactly one."""
    clock = _Clock(blocks)
    seen: Counter[str] = Counter()
    passages: list[Passage] = []
    for group in _groups(list(_pieces(blocks))):
        segments = _segments(group, clock)
        locator = _locator(group, segments, clock)
        passages.append(
            Passage(
                id=_identity(path, locator, segments, seen),
                path=path,
                position=len(passages),
                segments=segments,
                locator=locator,
                heading=group[0].block.heading,
            )
        )
    return tuple(passages)


def locate(passage: Passage, start: int, end: int) -> Locator:
    """Where characters `start` to `end` of `passage.text` stand in the file.

    A span that begins inside a "Speaker: " label begins at the speaker's first word.
    """
    first: tuple[Segment, int] | None = None
    last: tuple[Segment, int] | None = None
    for segment, raw, shown in _words_as_shown(passage):
        if shown[1] > start and first is None:
            first = (segment, raw)
        if shown[0] < end:
            last = (segment, raw)
    if first is None or last is None:
        return passage.locator
    if _line_at(*last) < _line_at(*first):
        last = first
    time = _time_at(*first)
    after = _time_at(*last)
    return Locator(
        first_line=_line_at(*first),
        last_line=_line_at(*last),
        start_ms=time.ms if time else None,
        end_ms=max(after.ms, time.ms) if time and after else None,
        is_interpolated=bool(time and time.is_interpolated),
        page=passage.locator.page,
    )


def speaker_at(passage: Passage, start: int) -> str | None:
    """Who says the word at character `start` of `passage.text`."""
    for segment, _, shown in _words_as_shown(passage):
        if shown[1] > start:
            return segment.speaker
    return passage.segments[-1].speaker if passage.segments else None


def _words_as_shown(passage: Passage) -> Iterator[tuple[Segment, int, tuple[int, int]]]:
    """Each word: its segment, its offset there, and its span in `passage.text`."""
    cursor = 0
    for segment in passage.segments:
        cursor += len(segment.speaker) + 2 if segment.speaker else 0
        for word in _WORD.finditer(segment.text):
            length = word.end() - word.start()
            yield segment, word.start(), (cursor, cursor + length)
            cursor += length + 1
        # The gap behind the last word is the line break between segments.


def _line_at(segment: Segment, offset: int) -> int:
    return segment.first_line + segment.text.count("\n", 0, offset)


def _time_at(segment: Segment, offset: int) -> Time | None:
    times = segment.times
    index = bisect_right([time.offset for time in times], offset) - 1
    if index < 0:
        return None
    before = times[index]
    if segment.is_cued or before.offset == offset or index + 1 == len(times):
        return before
    after = times[index + 1]
    said = len(segment.text[before.offset : offset].split())
    words = len(segment.text[before.offset : after.offset].split()) or 1
    ms = before.ms + round((after.ms - before.ms) * said / words)
    return Time(offset=offset, ms=ms, is_interpolated=True)


def _pieces(blocks: Sequence[Block]) -> Iterator[_Piece]:
    index = 0
    for block in blocks:
        words = len(block.text.split())
        if 0 < words <= LONGEST_TURN:
            yield _Piece(block, 0, len(block.text), words, index, block.first_line)
        elif words:
            yield from _cut_turn(block, words, index)
        index += words


def _cut_turn(block: Block, words: int, index: int) -> Iterator[_Piece]:
    """A long turn in parts of nearly equal length, each of whole sentences."""
    parts = -(-words // TARGET_WORDS)
    share = words / parts
    start = end = taken = before = 0
    line = block.first_line
    for sentence_start, sentence_end in split_sentences(block.text):
        count = len(block.text[sentence_start:sentence_end].split())
        if taken and taken + count / 2 > share:
            yield _Piece(block, start, end, taken, index + before, line)
            before += taken
            line += block.text.count("\n", start, sentence_start)
            start, taken = sentence_start, 0
        taken += count
        end = sentence_end
    if taken:
        yield _Piece(block, start, len(block.text), taken, index + before, line)


def _groups(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    words = 0
    for piece in pieces:
        if group and _ends_before(group[-1], words, piece):
            yield group
            group, words = [], 0
        group.append(piece)
        words += piece.words
    if group:
        yield group


def _ends_before(last: _Piece, words: int, piece: _Piece) -> bool:
    old, new = last.block, piece.block
    if old.heading != new.heading or old.page != new.page:
        return True
    if words + piece.words <= TARGET_WORDS:
        return words >= ENOUGH_WORDS and old.speaker != new.speaker
    return words >= SHORT_PASSAGE or piece.words > TARGET_WORDS


def _segments(group: Sequence[_Piece], clock: _Clock) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for piece in group:
        text, first_line, cut = _verbatim(piece)
        times = clock.times(piece)
        if cut:
            times = tuple(replace(time, offset=max(0, time.offset - cut)) for time in times)
        joined = _joined(segments[-1], piece, text, first_line, times) if segments else None
        if joined is not None:
            segments[-1] = joined
        else:
            segments.append(
                Segment(
                    text=text,
                    first_line=first_line,
                    speaker=piece.block.speaker,
                    times=times,
                    is_cued=piece.block.end_ms is not None,
                )
            )
    return tuple(segments)


def _verbatim(piece: _Piece) -> tuple[str, int, int]:
    """The piece's text without blank lines around it, its source line, and what was cut before."""
    text = piece.block.text[piece.start : piece.end]
    lead = len(text) - len(text.lstrip("\n"))
    return text[lead:].rstrip("\n"), piece.line + lead, lead


def _joined(
    last: Segment, piece: _Piece, text: str, first_line: int, times: tuple[Time, ...]
) -> Segment | None:
    """`last` with the piece behind it, where both are one speaker's and close together."""
    gap = first_line - (last.first_line + last.text.count("\n"))
    is_cued = piece.block.end_ms is not None
    if (last.speaker, last.is_cued) != (piece.block.speaker, is_cued):
        return None
    if piece.block.speaker is None and not is_cued:
        return None  # a heading, an item and a paragraph of prose end where they end
    if not 0 <= gap <= WIDEST_JOIN:
        return None
    joint = "\n" * gap or " "
    shift = len(last.text) + len(joint)
    moved = tuple(replace(time, offset=time.offset + shift) for time in times)
    return Segment(
        text=last.text + joint + text,
        first_line=last.first_line,
        speaker=last.speaker,
        times=last.times + moved,
        is_cued=is_cued,
    )


def _locator(group: Sequence[_Piece], segments: Sequence[Segment], clock: _Clock) -> Locator:
    start = segments[0].times[0] if segments[0].times else None
    last = group[-1]
    end_ms = last.block.end_ms or clock.at(last.word_index + last.words)
    return Locator(
        first_line=segments[0].first_line,
        last_line=max(part.first_line + part.text.count("\n") for part in segments),
        start_ms=start.ms if start else None,
        end_ms=max(start.ms, end_ms) if start and end_ms is not None else None,
        is_interpolated=bool(start and start.is_interpolated),
        page=group[0].block.page,
    )


def _identity(path: str, locator: Locator, segments: Sequence[Segment], seen: Counter[str]) -> str:
    """A hash of where and what; equal spans on one line are told apart by their count."""
    body = "\0".join(f"{part.speaker or ''}\1{part.text}" for part in segments)
    what = f"{path}\0{locator.first_line}-{locator.last_line}\0{body}"
    seen[what] += 1
    return hashlib.sha256(f"{what}\0{seen[what]}".encode()).hexdigest()[:32]


class _Clock:
    """The times a document marks, and the estimate between them by words spoken."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        anchors: list[tuple[int, int]] = []
        index = 0
        for block in blocks:
            if block.start_ms is not None:
                anchors.append((index, block.start_ms))
            for offset, ms in block.marks:
                anchors.append((index + len(block.text[:offset].split()), ms))
            index += len(block.text.split())
        if anchors and anchors[0][0] > 0:
            anchors.insert(0, (0, 0))
        self._anchors = _rising(anchors)

    def at(self, word: int) -> int | None:
        """Milliseconds at word number `word`, or None where the document marks no time."""
        if not self._anchors:
            return None
        index = max(0, bisect_right(self._anchors, (word, 1 << 62)) - 1)
        base_word, base_ms = self._anchors[index]
        return base_ms + round((word - base_word) * self._ms_per_word(index))

    def times(self, piece: _Piece) -> tuple[Time, ...]:
        """The piece's own start, and the marks inside it, by offset in its text."""
        block = piece.block
        times: list[Time] = []
        is_cue = block.end_ms is not None
        if block.start_ms is not None and (piece.start == 0 or is_cue):
            times.append(Time(offset=0, ms=block.start_ms))
        elif (ms := self.at(piece.word_index)) is not None:
            times.append(Time(offset=0, ms=ms, is_interpolated=True))
        for offset, ms in block.marks:
            if piece.start <= offset < piece.end:
                times.append(Time(offset=offset - piece.start, ms=ms))
        end_ms = self.at(piece.word_index + piece.words)
        if not is_cue and end_ms is not None:
            times.append(Time(offset=piece.end - piece.start, ms=end_ms, is_interpolated=True))
        return tuple(sorted(times, key=lambda time: time.offset))

    def _ms_per_word(self, index: int) -> float:
        anchors = self._anchors
        if index + 1 < len(anchors):
            words = anchors[index + 1][0] - anchors[index][0]
            return (anchors[index + 1][1] - anchors[index][1]) / words if words else 0.0
        words = anchors[-1][0] - anchors[0][0]
        return (anchors[-1][1] - anchors[0][1]) / words if words > 0 else USUAL_MS_PER_WORD


def _rising(anchors: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The marks without those that run backwards: a mistyped one must not bend the others."""
    kept: list[tuple[int, int]] = []
    for (word, ms), following in pairwise([*anchors, (1 << 62, 1 << 62)]):
        if (kept and ms < kept[-1][1]) or ms > following[1]:
            continue
        kept.append((word, ms))
    return kept
