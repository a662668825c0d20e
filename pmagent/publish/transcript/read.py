"""A document as turns: who says what, on which lines, and when.

Named blocks are turns; cues are put together by speaker; a text nobody is named in is read as its
paragraphs. What is only a sound, a heading or an advertisement's mark is no turn. Nothing is
guessed: what the source does not tell stays empty, and the transcript's notes say what is odd.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmagent.nlp.sentences import split_sentences
from pmagent.publish.transcript.notes import remark
from pmagent.publish.transcript.times import Clock
from pmagent.types.documents import Block, Document
from pmagent.types.publishing import Transcript, Turn

SHORT_CUED_TURN = 60
"""Words from which cues of one speaker may be cut, at the end of a sentence or before a pause."""
LONG_CUED_TURN = 120
"""Words from which they are cut at the next cue."""
LONG_PARAGRAPH = 400
"""Words of a block beyond which it is cut between sentences."""
PIECE_WORDS = 100
"""About as many words as a piece of such a block has."""
PAUSE_MS = 2_000

_ENDS = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*$")
_NOBODY = re.compile(
    r"(?i)(?:(?:ad|commercial|sponsor|music)?\s*break|sponsors?|ads?|advert\w*|music|jingle|theme)"
)
_SOUND = re.compile(r"(?i)[♪♫🎵🎶\s]+|[\[(*♪♫{<]+[^\])*}>]{0,40}[\])*♪♫}>]+|♪.{0,200}♪")
_HAS_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A stretch of one block."""

    block: Block
    text: str
    """On one line."""
    word_index: int
    """Words of the document before it."""
    first_line: int
    last_line: int


def read_transcript(document: Document) -> Transcript:
    """The turns of a document, in order, with what is odd about it.

    Linear in its words. A document without a word gives no turns and a note.
    """
    blocks = document.parsed.blocks
    clock = Clock(blocks)
    groups = list(_groups(_parts(blocks)))
    turns = tuple(_turn(group, clock) for group in groups)
    spoken: Counter[str] = Counter()
    for turn in turns:
        if turn.speaker:
            spoken[turn.speaker] += len(turn.text.split())
    return Transcript(
        document=document,
        turns=turns,
        speakers=tuple(sorted(spoken, key=lambda name: (-spoken[name], name))),
        end_ms=_end(groups, clock),
        notes=(*remark(turns, blocks), *clock.notes),
    )


def headed_lines(document: Document) -> tuple[int, ...]:
    """Source lines of the first words under each heading but the first: marks a person made."""
    lines: list[int] = []
    last: tuple[str, ...] | None = None
    for block in document.parsed.blocks:
        if _is_heading(block):
            continue
        if last is not None and block.heading != last:
            lines.append(block.first_line)
        last = block.heading
    return tuple(lines)


def _parts(blocks: Sequence[Block]) -> Iterator[_Part]:
    """What is said, in parts no longer than a turn may be."""
    is_talk = _is_talk(blocks)
    has_begun = not is_talk
    index = 0
    for block in blocks:
        words = len(block.text.split())
        has_begun = has_begun or block.speaker is not None or block.end_ms is not None
        if has_begun and _is_said(block):
            yield from _cut(block, words, index)
        index += words


def _is_talk(blocks: Sequence[Block]) -> bool:
    """Whether most of it is said by somebody named; what stands above the first is no talk then."""
    named = sum(len(block.text) for block in blocks if block.speaker)
    return named * 2 > sum(len(block.text) for block in blocks)


def _is_said(block: Block) -> bool:
    if block.speaker and _NOBODY.fullmatch(block.speaker):
        return False
    if _is_heading(block) or not _HAS_WORD.search(block.text):
        return False
    return not _SOUND.fullmatch(" ".join(block.text[:400].split()))


def _is_heading(block: Block) -> bool:
    return bool(block.heading) and not block.speaker and block.text.strip() == block.heading[-1]


def _cut(block: Block, words: int, index: int) -> Iterator[_Part]:
    """The block, or a long one in pieces of whole sentences of nearly equal length."""
    if words <= LONG_PARAGRAPH:
        yield _part(block, block.text, block.first_line, index)
        return
    share = words / round(words / PIECE_WORDS)
    begin = taken = 0
    line = block.first_line
    for start, end in split_sentences(block.text):
        count = len(block.text[start:end].split())
        if taken and taken + count / 2 > share:
            piece = block.text[begin:start]
            yield _part(block, piece, line, index)
            line += piece.count("\n")
            index += taken
            begin, taken = start, 0
        taken += count
    yield _part(block, block.text[begin:], line, index)


def _part(block: Block, raw: str, line: int, index: int) -> _Part:
    lead = len(raw) - len(raw.lstrip())
    return _Part(
        block=block,
        text=" ".join(raw.split()),
        word_index=index,
        first_line=line + raw.count("\n", 0, lead),
        last_line=line + raw.rstrip().count("\n"),
    )


def _groups(parts: Iterator[_Part]) -> Iterator[list[_Part]]:
    group: list[_Part] = []
    words = 0
    for part in parts:
        if group and _begins_turn(group[-1], part, words):
            yield group
            group, words = [], 0
        group.append(part)
        words += len(part.text.split())
    if group:
        yield group


def _begins_turn(last: _Part, part: _Part, words: int) -> bool:
    old, new = last.block, part.block
    if old.speaker != new.speaker or old.heading != new.heading:
        return True
    if old is new:
        return True
    if new.end_ms is not None:
        is_pause = old.end_ms is not None and (new.start_ms or 0) - old.end_ms >= PAUSE_MS
        is_good = is_pause or bool(_ENDS.search(old.text.rstrip()))
        return words >= LONG_CUED_TURN or (words >= SHORT_CUED_TURN and is_good)
    return True


def _turn(group: Sequence[_Part], clock: Clock) -> Turn:
    first, last = group[0], group[-1]
    start_ms, is_interpolated = clock.at(first.word_index)
    return Turn(
        text=" ".join(part.text for part in group),
        first_line=first.first_line,
        last_line=max(first.first_line, last.last_line),
        speaker=first.block.speaker,
        start_ms=start_ms,
        is_interpolated=is_interpolated,
    )


def _end(groups: Sequence[Sequence[_Part]], clock: Clock) -> int | None:
    if not groups:
        return None
    last = groups[-1][-1]
    if last.block.end_ms is not None and clock.at(last.word_index)[0] is not None:
        return max(last.block.end_ms, clock.at(last.word_index)[0] or 0)
    return clock.at(last.word_index + len(last.text.split()))[0]
