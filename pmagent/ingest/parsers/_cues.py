"""Captions of all kinds as cues that know their source lines, read as sloppily as they are written.

A cue is a timing line and the text below it. Numbers, names of cues and blank lines inside a cue
are told apart by what follows them, not by where a specification wants them.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pmagent.ingest.parsers import MOST_BLOCKS
from pmagent.ingest.parsers._times import TIME, read_time
from pmagent.ingest.parsers._turns import Turns, find_turns
from pmagent.types import Block

ARROW = re.compile(rf"\s*(?P<start>{TIME})\s*-{{1,2}}>\s*(?P<end>{TIME})")
"""WebVTT and SRT: `00:00:16.154 --> 00:00:19.046`, also with one dash or a comma."""
COMMA = re.compile(rf"\s*(?P<start>{TIME})\s*,\s*(?P<end>{TIME})\s*$")
"""SBV: `0:00:16.154,0:00:19.046`."""

_TAG = re.compile(
    r"<(?P<close>/?)(?:(?:c|i|b|u|s|v|em|strong|lang|ruby|rt|font)(?:[.\s/][^<>]{0,500})?"
    r"|\d{1,3}:[\d:.,]{2,12})>",
    re.IGNORECASE,
)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?[ \t]+(?P<name>[^<>]{1,100})>")
_INLINE_TIME = re.compile(r"<\d{1,3}:\d{2}(?::\d{2})?[.,]\d{1,3}>")
_STYLE = re.compile(r"\{\\[^{}]{0,100}\}|\[br\]", re.IGNORECASE)
_ROLLING_SHARE = 0.3
"""Share of cues that begin with the line above them, from which captions are seen to roll."""


@dataclass
class Cue:
    """One caption: when, and its text lines with their source lines."""

    start_ms: int
    end_ms: int
    lines: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


def read_cues(
    lines: Sequence[str], timing: re.Pattern[str], *, has_names: bool = False
) -> list[Cue]:
    """The cues among `lines`, up to `MOST_BLOCKS`. Text above the first timing line is in none.

    With `has_names`, a line alone above a timing line is the cue's name, else only a number is.
    """
    cues: list[Cue] = []
    for index, line in enumerate(lines):
        match = timing.match(line) if ":" in line else None
        if match is not None:
            if len(cues) > MOST_BLOCKS:
                break
            start, end = read_time(match["start"]) or 0, read_time(match["end"]) or 0
            cues.append(Cue(start, max(start, end)))
        elif (
            cues
            and line.strip()
            and not (
                lines[index + 1 : index + 2]
                and timing.match(lines[index + 1])
                and (line.strip().isdecimal() or (has_names and not lines[index - 1].strip()))
            )
        ):
            cues[-1].lines.append((index + 1, line))
    return cues


def has_cue(lines: Sequence[str], timing: re.Pattern[str]) -> bool:
    """Whether any line is a timing line."""
    return any(timing.match(line) for line in lines if ":" in line)


def blocks_of_cues(cues: Sequence[Cue]) -> list[Block]:
    """One block a cue and voice, without tags; rolling captions say each line once."""
    shown = [Cue(cue.start_ms, cue.end_ms, list(_plain_lines(cue))) for cue in cues]
    if _is_rolling(cues, shown):
        shown = _said_once(shown)
    turns = find_turns([text for cue in shown for _, text in cue.lines if not _voice(text)[0]])
    writer = _Writer(turns if turns and turns.shape == "name" else None)
    for cue in shown:
        writer.write(cue)
    return writer.blocks


def _plain_lines(cue: Cue) -> Iterator[tuple[int, str]]:
    for number, line in cue.lines:
        if "<" in line or "&" in line or "{" in line or "[" in line:
            line = _plain(line)
        if text := " ".join(line.split()):
            yield number, text


def _plain(line: str) -> str:
    """The line without tags and styles; a voice tag stays, it says who speaks."""
    bare = _TAG.sub(_voice_only, _STYLE.sub(" ", line)) if "<" in line else _STYLE.sub(" ", line)
    return html.unescape(bare) if "&" in bare else bare


def _voice_only(match: re.Match[str]) -> str:
    return match.group() if not match["close"] and _VOICE.fullmatch(match.group()) else ""


def _is_rolling(cues: Sequence[Cue], shown: Sequence[Cue]) -> bool:
    if any(_INLINE_TIME.search(line) for cue in cues[:50] for _, line in cue.lines):
        return True
    repeats = sum(
        bool(above.lines and cue.lines) and above.lines[-1][1] == cue.lines[0][1]
        for above, cue in pairwise(shown)
    )
    return len(shown) > 3 and repeats >= _ROLLING_SHARE * len(shown)


def _said_once(cues: Sequence[Cue]) -> list[Cue]:
    """The cues without lines that the cue above has shown already."""
    kept: list[Cue] = []
    above: set[str] = set()
    for cue in cues:
        texts = {text for _, text in cue.lines}
        kept.append(
            Cue(cue.start_ms, cue.end_ms, [line for line in cue.lines if line[1] not in above])
        )
        # A cue may show nothing for a moment; the line above it is still being read.
        above = texts or above
    return kept


def _voice(text: str) -> tuple[str | None, str]:
    """The voice a line begins with, and the words."""
    match = _VOICE.match(text)
    return (match["name"].strip(), text[match.end() :]) if match else (None, text)


class _Writer:
    """Writes cues as blocks and remembers who speaks."""

    def __init__(self, turns: Turns | None) -> None:
        self.blocks: list[Block] = []
        self._turns = turns
        self._speaker: str | None = None

    def write(self, cue: Cue) -> None:
        """The cue's blocks: a new one where a voice begins."""
        lines: list[tuple[int, str]] = []
        # A voice tag holds for its own cue; a name before a colon until the next name.
        speaker = self._speaker if self._turns else None
        for number, text in self._split_voices(cue):
            named, words = self._name(text)
            if named is not None:
                self._put(cue, lines, speaker)
                lines, speaker = [], named or None
            if words.strip():
                lines.append((number, words.strip()))
        self._put(cue, lines, speaker)
        self._speaker = speaker

    def _split_voices(self, cue: Cue) -> Iterator[tuple[int, str]]:
        """Each line, or each part of it that begins with a voice tag."""
        for number, text in cue.lines:
            starts = [match.start() for match in _VOICE.finditer(text)] if "<v" in text else []
            for start, end in zip([0, *starts], [*starts, len(text)], strict=True):
                if text[start:end].strip():
                    yield number, text[start:end].strip()

    def _name(self, text: str) -> tuple[str | None, str]:
        """Who begins to speak on a line (None where nobody new does, empty where it is unsaid)."""
        voice, words = _voice(text)
        if voice is not None:
            return voice, words
        head = self._turns.head(text, is_first=True) if self._turns else None
        if head is not None:
            return head.name, head.rest
        if text.startswith(">>"):
            return "", text.lstrip("> ")
        return None, text

    def _put(self, cue: Cue, lines: Sequence[tuple[int, str]], speaker: str | None) -> None:
        if not lines:
            return
        first, last = lines[0][0], lines[-1][0]
        texts = dict.fromkeys(range(first, last + 1), "")
        counted = Counter(number for number, _ in lines)
        for number, text in lines:
            texts[number] = f"{texts[number]} {text}" if counted[number] > 1 else text
        self.blocks.append(
            Block(
                text="\n".join(text.strip() for text in texts.values()),
                first_line=first,
                speaker=speaker,
                start_ms=cue.start_ms,
                end_ms=cue.end_ms,
            )
        )
