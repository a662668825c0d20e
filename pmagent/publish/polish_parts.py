"""The parts of a kit that a model may word: what each rests on, and what is wrong with a wording.

A title and a description rest on the whole talk, a chapter's title on what is said in the chapter,
a note on its cited line; a note may name who speaks, and what is named just before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from pmagent.nlp.figures import is_negated
from pmagent.publish.grounding.inventions import Grounds, Invention, read_grounds
from pmagent.publish.source import Source
from pmagent.safe_text import safe_text
from pmagent.types.publishing import Chapter, CitedLine, Kit, Turn

PartKind = Literal["title", "short", "long", "chapter", "note"]

_MOST: Mapping[PartKind, int] = {
    "title": 90, "short": 160, "long": 1_200, "chapter": 70, "note": 280,
}  # fmt: skip
"""Characters; what was found may be longer, and then that is the limit."""
_LEAST_SAID: Mapping[PartKind, float] = {
    "title": 0.34, "short": 0.4, "long": 0.4, "chapter": 0.34, "note": 0.5,
}  # fmt: skip
"""Share of the words that must be said where the part rests: below, it tells of something else."""
_AROUND = 3
"""Turns before and after a cited line whose names a note may use."""
_BESIDE = 800
"""Characters of what a part rests on that are shown with it."""
_MARKUP = re.compile(r"</?[a-zA-Z!][^>]*>|\]\(|`|\*\*|^#+ |\bhttps?://|\{\{|<\|")
_MOST_TOLD = 3
_TENTH = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Part:
    """One text of a kit that may be worded anew."""

    id: str
    """`t1`, `short`, `long`, `c1`, `n1`."""
    kind: PartKind
    label: str
    """As a sentence names it: `second title`."""
    text: str
    """As it was found without a model."""
    beside: str
    """Words it rests on, to be shown; empty where other parts show them."""
    said: str = ""
    """The cited line of a note, verbatim."""
    grounds: Grounds

    @property
    def most(self) -> int:
        """Characters a wording may have."""
        return max(_MOST[self.kind], len(self.text))


def parts_of(kit: Kit, source: Source) -> tuple[Part, ...]:
    """What may be worded, in the order in which it is shown. A title that is a quote may not."""
    turns = source.transcript.turns
    names = (*kit.transcript.speakers, source.transcript.document.title)
    whole = read_grounds([turn.text for turn in turns], names)
    parts = [
        Part(
            id=f"t{number}", kind="title", label=f"{_place(number)} title", text=idea.text,
            beside="", grounds=whole,
        )
        for number, idea in enumerate(kit.titles, 1)
        if idea.kind != "quote"
    ]  # fmt: skip
    rests = " ".join(line.source or line.text for line in kit.description.lines)
    texts: Mapping[PartKind, str] = {"short": kit.description.short, "long": kit.description.long}
    for kind, text in texts.items():
        if text:
            beside = rests if kind == "long" else ""
            parts.append(
                Part(
                    id=kind, kind=kind, label=f"{kind} description", text=text, beside=beside,
                    grounds=whole,
                )
            )  # fmt: skip
    parts.extend(_chapters(kit.chapters, turns, names))
    parts.extend(_notes(kit.notes, turns, names))
    return tuple(parts)


def show(part: Part) -> str:
    """The part as a model reads it."""
    kinds = {"chapter": "chapter title", "short": "short description", "long": "long description"}
    head = f"[{part.id}] {kinds.get(part.kind, part.kind)}: {part.text}"
    return f"{head}\n    said there: {part.beside}" if part.beside else head


def find_fault(part: Part, text: str) -> str:
    """Why a wording cannot be used, as what follows `the text`; empty where it can."""
    if text == part.text:
        return ""
    if not text:
        return "is empty"
    if len(text) > part.most:
        return f"has {len(text)} characters, and {part.most} is the most"
    if _MARKUP.search(text) or safe_text(text) != text:
        return "has markup or hidden characters in it"
    where = {"note": "its line", "chapter": "the chapter"}.get(part.kind, "the transcript")
    if inventions := part.grounds.inventions(text):
        return _named(inventions, where)
    if part.kind == "note" and is_negated(text) != is_negated(part.said):
        return "denies what its line says, or says what it denies"
    if part.grounds.share_said(text) < _LEAST_SAID[part.kind]:
        return f"is not about what {where} says"
    return ""


def apply(kit: Kit, texts: Mapping[str, str]) -> Kit:
    """The kit with these texts in place of what was found, which is kept beside them."""
    return replace(
        kit,
        titles=tuple(
            replace(idea, text=texts.get(f"t{number}", idea.text))
            for number, idea in enumerate(kit.titles, 1)
        ),
        description=replace(
            kit.description,
            short=texts.get("short", kit.description.short),
            long=texts.get("long", kit.description.long),
        ),
        chapters=tuple(
            _retitled(chapter, texts.get(f"c{number}", ""))
            for number, chapter in enumerate(kit.chapters, 1)
        ),
        notes=tuple(
            _reworded(line, texts.get(f"n{number}", "")) for number, line in enumerate(kit.notes, 1)
        ),
    )


def _retitled(chapter: Chapter, title: str) -> Chapter:
    if not title:
        return chapter
    others = (chapter.title, *chapter.titles) if chapter.title else chapter.titles
    return replace(chapter, title=title, titles=others)


def _reworded(line: CitedLine, text: str) -> CitedLine:
    return replace(line, text=text, source=line.source or line.text) if text else line


def _chapters(
    chapters: Sequence[Chapter], turns: Sequence[Turn], names: Sequence[str]
) -> list[Part]:
    ends = [*(chapter.turn for chapter in chapters[1:]), len(turns)]
    found: list[Part] = []
    for number, (chapter, end) in enumerate(zip(chapters, ends, strict=False), 1):
        said = [turn.text for turn in turns[chapter.turn : end]]
        found.append(
            Part(
                id=f"c{number}", kind="chapter", label=f"title of chapter {number}",
                text=chapter.title, beside=_opening(said), grounds=read_grounds(said, names),
            )
        )  # fmt: skip
    return found


def _notes(notes: Sequence[CitedLine], turns: Sequence[Turn], names: Sequence[str]) -> list[Part]:
    starts = [turn.first_line for turn in turns]
    # Times and lines may be wrong in a source; turns are in order of lines, or none is near.
    is_rising = all(one <= other for one, other in pairwise(starts))
    found: list[Part] = []
    for number, line in enumerate(notes, 1):
        said = line.source or line.text
        place = line.citation.locator
        first = max(0, bisect_right(starts, place.first_line) - 1 - _AROUND)
        last = bisect_left(starts, place.last_line + 1) + _AROUND
        near = [turn.text for turn in turns[first:last]] if is_rising else []
        who = f"{line.citation.speaker}: " if line.citation.speaker else ""
        found.append(
            Part(
                id=f"n{number}", kind="note", label=f"note {number}", text=line.text,
                beside=f"{who}{said}"[:_BESIDE], said=said,
                grounds=read_grounds((said, line.text), (*names, *near)),
            )
        )  # fmt: skip
    return found


def _opening(said: Sequence[str]) -> str:
    text = " ".join(said[: _AROUND * 2])
    return text[:_BESIDE]


def _place(number: int) -> str:
    return _TENTH[number - 1] if number <= len(_TENTH) else f"number {number}"


def _named(inventions: Sequence[Invention], where: str) -> str:
    """`named "2019", which the transcript never says`."""
    quoted = [one.text for one in inventions if one.kind == "quote"]
    named = [one.text for one in inventions if one.kind != "quote"]
    verb, texts = ("named", named) if named else ("quoted", quoted)
    shown = [f'"{safe_text(text)}"' for text in dict.fromkeys(texts)][:_MOST_TOLD]
    return f"{verb} {' and '.join(shown)}, which {where} never says"
