"""The transcript as captions: WebVTT with voices, and SubRip with names.

Cues begin where the source says or where the words between two of its times fall; they never
overlap. A transcript without times has no captions: none are made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest

from pmagent.nlp.counted import counted
from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render._limits import SRT_LINE_CHARS, VTT_LINE_CHARS, cut_to
from pmagent.publish.render._speech import Said, said, timeline
from pmagent.types.publishing import Kit, Transcript

LINES = 2
"""Of a cue: what can be read at a glance."""
_BREATH = re.compile(r"[.!?…][\"”’')\]]*$|[。！？]$")
READ_WIDTH = 42
"""Characters of a line that are read at a glance (the broadcasters' rule): less than may be."""
_EVENED = 12
"""Lines of a sentence that are made even."""
_FULL_SHARE = 0.6
"""A cue ends with its sentence once a line is this full, else the next sentence joins it."""
_TIMING = re.compile(r"(\d{2,}):(\d\d):(\d\d)[.,](\d{3}) --> (\d{2,}):(\d\d):(\d\d)[.,](\d{3})")
_SHORTEST_MS = 1
_SEEN_MS = 1000
"""A cue stays so long, where nothing else is said."""


@dataclass(frozen=True, kw_only=True)
class Cue:
    """What is shown at one time."""

    start_ms: int
    end_ms: int
    speaker: str
    lines: tuple[str, ...]
    is_new_speaker: bool
    """False where the cue above has the same."""


def cues_of(talk: Transcript, *, width: int, with_names: bool = False) -> tuple[Cue, ...]:
    """The talk in cues of at most two lines of `width` characters; none where it has no times.

    With `with_names`, a new speaker's name takes its room on the first line.
    """
    line = timeline(talk)
    if line is None:
        return ()
    cues: list[Cue] = []
    above = ""
    clock = 0
    for turn in said(talk):
        lead = f"{turn.speaker}: " if with_names and turn.speaker and turn.speaker != above else ""
        for index, (start, end, lines) in enumerate(_pieces(turn, lead, width)):
            begins = max(line.at(start), clock)
            clock = max(line.until(end), begins + _SHORTEST_MS)
            is_new = index == 0 and turn.speaker != above
            cues.append(
                Cue(
                    start_ms=begins,
                    end_ms=clock,
                    speaker=turn.speaker,
                    lines=lines,
                    is_new_speaker=is_new,
                )
            )
        above = turn.speaker
    return tuple(_held(cues))


def _held(cues: Sequence[Cue]) -> Iterator[Cue]:
    """The cues, each shown long enough to be read where the next one leaves room."""
    for cue, below in zip_longest(cues, cues[1:]):
        most = below.start_ms if below else cue.start_ms + _SEEN_MS
        yield replace(cue, end_ms=max(cue.end_ms, min(cue.start_ms + _SEEN_MS, most)))


def _pieces(turn: Said, lead: str, width: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """(first character, end, lines) of each cue of a turn, by the line of all characters."""
    alone = f"{cut_to(lead[:-2], width - 1)}:" if len(lead) > width * 2 // 3 else ""
    for words in _sentences(turn.text, width):
        # A name that fills its line would leave no room for the words.
        rows = _wrapped(turn.text, words, "" if alone else lead, width)
        if alone:
            rows.insert(0, (words[0][0], words[0][0], alone))
        lead = alone = ""
        for at in range(0, len(rows), LINES):
            cue = rows[at : at + LINES]
            # Up to the next word, so that the screen is not blank for the length of a blank.
            end = cue[-1][1] + (turn.text[cue[-1][1] : cue[-1][1] + 1] == " ")
            lines = tuple(text for _, _, text in cue)
            yield turn.offset + cue[0][0], turn.offset + end, lines


def _sentences(text: str, width: int) -> Iterator[list[tuple[int, int]]]:
    """The words of each sentence; a short one goes with the next, the last with the one before."""
    held: list[tuple[int, int]] = []
    ready: list[tuple[int, int]] = []
    for first, last in _words(text, width):
        held.append((first, last))
        if _BREATH.search(text[first:last]) and last - held[0][0] >= width * _FULL_SHARE:
            if ready:
                yield ready
            ready, held = held, []
    is_short = bool(held) and held[-1][1] - held[0][0] < width * _FULL_SHARE / 2
    if ready and not is_short:
        yield ready
        ready = []
    if ready or held:
        yield ready + held


def _wrapped(
    text: str, words: Sequence[tuple[int, int]], lead: str, width: int
) -> list[tuple[int, int, str]]:
    """(first character, end, line): as few lines as there can be, of even length."""
    rows = _filled(text, words, lead, width)
    # Only what is seen at once need be even; long speech without a full stop stays linear.
    if 1 < len(rows) <= _EVENED:
        for narrower in range(width // 2, width):
            even = _filled(text, words, lead, narrower)
            if len(even) == len(rows) and all(len(row) <= width for _, _, row in even):
                return even
    return rows


def _filled(
    text: str, words: Sequence[tuple[int, int]], lead: str, width: int
) -> list[tuple[int, int, str]]:
    rows: list[tuple[int, int, str]] = []
    start, end, row = words[0][0], words[0][0], lead
    for first, last in words:
        gap = " " if row and not row.endswith(" ") and first > end else ""
        if row.strip() and len(row) + len(gap) + last - first > width:
            rows.append((start, end, row.strip()))
            row, gap, start = "", "", first
        row, end = f"{row}{gap}{text[first:last]}", last
    rows.append((start, end, row.strip()))
    return rows


def _words(text: str, width: int) -> Iterator[tuple[int, int]]:
    """(first, end) of each word; one longer than a line is cut, as Chinese has no blanks."""
    for match in re.finditer(r"\S+", text):
        for first in range(match.start(), match.end(), width):
            yield first, min(first + width, match.end())


def write_vtt(cues: Sequence[Cue]) -> str:
    """The cues as WebVTT, each with its voice."""
    blocks = ["WEBVTT\n"]
    for cue in cues:
        name = _escaped(cue.speaker.replace("<", "").replace(">", "").strip())
        text = "\n".join(_escaped(line) for line in cue.lines)
        voice = f"<v {name}>" if name else ""
        blocks.append(f"{_stamp(cue.start_ms, '.')} --> {_stamp(cue.end_ms, '.')}\n{voice}{text}\n")
    return "\n".join(blocks)


def write_srt(cues: Sequence[Cue]) -> str:
    """The cues as SubRip, numbered; names stand in the lines already."""
    blocks: list[str] = []
    for number, cue in enumerate(cues, start=1):
        # SubRip has no way to write these: an arrow is a timing line, a bracket a tag.
        text = "\n".join(_unmarked(line) for line in cue.lines)
        timing = f"{_stamp(cue.start_ms, ',')} --> {_stamp(cue.end_ms, ',')}"
        blocks.append(f"{number}\n{timing}\n{text}\n")
    return "\n".join(blocks)


def caption_problems(text: str, *, width: int, is_vtt: bool) -> tuple[str, ...]:
    """What a player would show wrong: cues that overlap or are empty, lines that are too long."""
    problems: dict[str, None] = {}
    if is_vtt and not text.startswith("WEBVTT"):
        problems["it does not begin with WEBVTT"] = None
    clock = -1
    is_seen = False
    for block in text.split("\n\n"):
        rows = block.strip("\n").split("\n")
        at = next((index for index, row in enumerate(rows) if _TIMING.fullmatch(row)), None)
        if at is None:
            continue
        is_seen = True
        start, end = _spans(rows[at])
        if start < clock or end <= start:
            problems["cues overlap, or end before they begin"] = None
        clock = max(clock, end)
        shown = [re.sub(r"^<v [^>]*>", "", row) for row in rows[at + 1 :]]
        if not any(row.strip() for row in shown):
            problems["a cue is empty"] = None
        if any(len(_shown(row) if is_vtt else row) > width for row in shown):
            problems[f"a line has more than {width} characters"] = None
    if not is_seen:
        problems["it has no cues"] = None
    return tuple(problems)


def _spans(row: str) -> tuple[int, int]:
    match = _TIMING.fullmatch(row)
    numbers = [int(part) for part in match.groups()] if match else [0] * 8
    start, end = (
        ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
        for hours, minutes, seconds, rest in (numbers[:4], numbers[4:])
    )
    return start, end


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shown(row: str) -> str:
    return row.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unmarked(line: str) -> str:
    return line.replace("-->", "→").replace("<", "‹").replace(">", "›")


def _stamp(milliseconds: int, point: str) -> str:
    seconds = milliseconds // 1000
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{clock}{point}{milliseconds % 1000:03d}"


def _make(kit: Kit, *, is_vtt: bool) -> Rendering:
    talk = kit.transcript
    line = timeline(talk)
    if line is None:
        why = "the transcript has no times" if said(talk) else "nothing is said in it"
        return Rendering(text="", remarks=(f"no captions: {why}",))
    width = READ_WIDTH if is_vtt else SRT_LINE_CHARS
    cues = cues_of(talk, width=width, with_names=not is_vtt)
    remarks = ["where a cue ends is estimated from where the next begins"]
    if line.ignored:
        remarks.append(f"{counted(line.ignored, 'time')} against the order of the others ignored")
    if not talk.speakers:
        remarks.append("the transcript names no speakers, so the captions name none")
    text = write_vtt(cues) if is_vtt else write_srt(cues)
    return Rendering(text=text, remarks=tuple(remarks))


VTT = Format(
    name="vtt",
    about="captions with voices",
    file_name="captions.vtt",
    media_type="text/vtt",
    make=partial(_make, is_vtt=True),
    check=partial(caption_problems, width=VTT_LINE_CHARS, is_vtt=True),
)
SRT = Format(
    name="srt",
    about="captions for players without voices",
    file_name="captions.srt",
    media_type="application/x-subrip",
    make=partial(_make, is_vtt=False),
    check=partial(caption_problems, width=SRT_LINE_CHARS, is_vtt=False),
)
FORMATS = (VTT, SRT)
