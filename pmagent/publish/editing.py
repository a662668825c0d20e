"""A person's changes to a kit: each gives another kit, or says why it cannot be made.

The first chapter begins with the first turn, chapters rise from turn to turn, and no title is
empty: no change breaks that. What is quoted letter for letter can be taken out, never reworded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal, TypeAlias, TypeVar

from pmagent.types.publishing import Chapter, Kit, TitleIdea, Transcript, Turn

Part = Literal[
    "titles", "description", "chapters", "notes", "quotes", "mentions", "promises", "fresh"
]
"""What of a kit is changed."""

OPENING_WORDS = 8
"""Words of a turn that name a chapter until a person does better."""
MAX_LEAD_MS = 10_000
"""A chapter begins a little before its words; a longer distance is no lead, but another place."""

_FIRST_STAYS = "the first chapter begins where the talk does"
_NO_TEXT = "it cannot be empty: x takes it out"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A change that cannot be made."""

    why: str
    """One sentence."""


Edited: TypeAlias = Kit | Refused


@dataclass(frozen=True, kw_only=True)
class Edits:
    """A kit as it is now, the states it had before, and those that were taken back."""

    kit: Kit
    past: tuple[Kit, ...] = ()
    future: tuple[Kit, ...] = ()

    def then(self, kit: Kit) -> Edits:
        """Another state; what was taken back cannot be had again."""
        if kit == self.kit:
            return self
        return Edits(kit=kit, past=(*self.past, self.kit))

    def undo(self) -> Edits:
        """The state before; the same where there is none."""
        if not self.past:
            return self
        return Edits(kit=self.past[-1], past=self.past[:-1], future=(self.kit, *self.future))

    def redo(self) -> Edits:
        """The state that was taken back last; the same where there is none."""
        if not self.future:
            return self
        return Edits(kit=self.future[0], past=(*self.past, self.kit), future=self.future[1:])


# Chapters. A number counts from 0.


def nudge(kit: Kit, number: int, turns: int) -> Edited:
    """Begin a chapter so many turns later, or earlier where `turns` is negative."""
    room = _room(kit, number)
    if isinstance(room, Refused):
        return room
    goal = kit.chapters[number].turn + turns
    if goal in room:
        return _moved(kit, number, goal)
    return _at_the_edge(kit, number, turns)


def nudge_seconds(kit: Kit, number: int, seconds: float) -> Edited:
    """Begin a chapter at the nearest turn that is so many seconds away, or more, in that direction.

    A turn without a time is passed over.
    """
    room = _room(kit, number)
    if isinstance(room, Refused):
        return room
    turns, here = kit.transcript.turns, kit.chapters[number].turn
    now = turns[here].start_ms
    if now is None:
        return Refused(why="this place has no time: , and . go by lines")
    ahead = range(here + 1, room.stop) if seconds > 0 else range(here - 1, room.start - 1, -1)
    sign = 1 if seconds > 0 else -1
    for goal in ahead:
        then = turns[goal].start_ms
        if then is not None and (then - now) * sign >= abs(seconds) * 1000:
            return _moved(kit, number, goal)
    return _at_the_edge(kit, number, sign)


def split(kit: Kit, number: int, turn: int | None = None) -> Edited:
    """Begin another chapter inside this one: at `turn`, else at the best suggestion in it.

    Where nothing is suggested there, it is cut where half of its words are said.
    """
    if not kit.chapters:
        return Refused(why="there is no chapter to split")
    inside = _inside(kit, number)
    if not inside:
        return Refused(why="this chapter is one line long")
    if turn is not None and turn not in inside:
        return Refused(why="that line is not inside this chapter")
    fitting = (
        place
        for place, mark in enumerate(kit.suggestions)
        if (mark.turn in inside if turn is None else mark.turn == turn)
    )
    if (best := next(fitting, None)) is not None:
        return take(kit, best)
    goal = _middle(kit.transcript, inside) if turn is None else turn
    return _inserted(kit, chapter_at(kit.transcript, goal))


def take(kit: Kit, suggestion: int) -> Edited:
    """Make a suggested mark a chapter."""
    mark = kit.suggestions[suggestion]
    if any(chapter.turn == mark.turn for chapter in kit.chapters):
        return Refused(why="a chapter begins there already")
    title = _line(mark.title) or opening(kit.transcript, mark.turn)
    return _inserted(kit, replace(mark, title=title))


def merge(kit: Kit, number: int, step: Literal[1, -1] = 1) -> Edited:
    """One chapter of this one and the next, or with `step` -1 the one before.

    The earlier one gives the title; the mark that goes becomes a suggestion.
    """
    gone = number + 1 if step > 0 else number
    if gone >= len(kit.chapters):
        return Refused(why="there is no chapter after this one")
    if gone <= 0:
        return Refused(why="there is no chapter before this one")
    mark = kit.chapters[gone]
    chapters = (*kit.chapters[:gone], *kit.chapters[gone + 1 :])
    suggestions = sorted((*kit.suggestions, mark), key=lambda each: -each.strength)
    return replace(kit, chapters=chapters, suggestions=tuple(suggestions))


def retitle(kit: Kit, number: int, title: str) -> Edited:
    """A title of the person's own; the one it had stays among the others."""
    title = _line(title)
    if not title:
        return Refused(why="a title cannot be empty")
    chapter = kit.chapters[number]
    if title == chapter.title:
        return kit
    others = tuple(other for other in (chapter.title, *chapter.titles) if other not in {"", title})
    return _with_chapter(kit, number, replace(chapter, title=title, titles=others))


def next_title(kit: Kit, number: int) -> Edited:
    """The next of a chapter's titles; after the last comes the first again."""
    chapter = kit.chapters[number]
    ring = [title for title in chapter.titles if _line(title) and title != chapter.title]
    if not ring:
        return Refused(why="there is no other title for it: T writes one")
    others = (*ring[1:], *((chapter.title,) if chapter.title else ()))
    return _with_chapter(kit, number, replace(chapter, title=_line(ring[0]), titles=others))


def chapter_at(transcript: Transcript, turn: int) -> Chapter:
    """A chapter that begins with a turn, called by the turn's first words."""
    said = transcript.turns[turn]
    return Chapter(
        turn=turn,
        start_line=said.first_line,
        start_ms=said.start_ms,
        is_interpolated=said.is_interpolated,
        title=opening(transcript, turn),
    )


def opening(transcript: Transcript, turn: int) -> str:
    """The first words of a turn; never empty."""
    said = transcript.turns[turn]
    words = said.text.split()[:OPENING_WORDS]
    return " ".join(words).rstrip(" .,;:!?…–—-") or f"Line {said.first_line}"


# What stands in the other lists


def choose_title(kit: Kit, number: int) -> Edited:
    """Put a title first: what the post is called by."""
    chosen = kit.titles[number]
    others = (*kit.titles[:number], *kit.titles[number + 1 :])
    return replace(kit, titles=(chosen, *others))


def describe(kit: Kit, length: Literal["short", "long"], text: str) -> Edited:
    """The description in the person's words; of its sentences those stay that are still in it."""
    text = _line(text)
    if not text:
        return Refused(why="a description cannot be empty")
    if length == "short":
        return replace(kit, description=replace(kit.description, short=text))
    lines = tuple(line for line in kit.description.lines if line.text in text)
    return replace(kit, description=replace(kit.description, long=text, lines=lines))


def reword(kit: Kit, part: Part, number: int, text: str) -> Edited:
    """A title, a chapter's title, a note or a name in the person's words."""
    text = _line(text)
    if not text:
        return Refused(why=_NO_TEXT)
    match part:
        case "titles":
            title = replace(kit.titles[number], text=text)
            return replace(kit, titles=_put(kit.titles, number, title))
        case "chapters":
            return retitle(kit, number, text)
        case "notes":
            line = kit.notes[number]
            source = line.source or line.text
            line = replace(line, text=text, source="" if text == source else source)
            return replace(kit, notes=_put(kit.notes, number, line))
        case "mentions":
            named = replace(kit.mentions[number], text=text)
            return replace(kit, mentions=_put(kit.mentions, number, named))
        case "description":
            return describe(kit, "short" if number == 0 else "long", text)
        case "quotes" | "promises" | "fresh":
            return Refused(why="it is quoted letter for letter: x takes it out")


def add_title(kit: Kit, text: str) -> Edited:
    """A title of the person's own, as the first."""
    text = _line(text)
    if not text:
        return Refused(why="a title cannot be empty")
    others = tuple(title for title in kit.titles if title.text != text)
    return replace(kit, titles=(TitleIdea(text=text, kind="subject"), *others))


def remove(kit: Kit, part: Part, number: int) -> Edited:
    """The kit without a title, chapter, note, quote, mention, promise or new subject."""
    match part:
        case "titles":
            if len(kit.titles) == 1:
                return Refused(why="it is the only title")
            return replace(kit, titles=_without(kit.titles, number))
        case "chapters":
            return merge(kit, number, -1) if number else Refused(why=_FIRST_STAYS)
        case "notes":
            return replace(kit, notes=_without(kit.notes, number))
        case "quotes":
            return replace(kit, quotes=_without(kit.quotes, number))
        case "mentions":
            return replace(kit, mentions=_without(kit.mentions, number))
        case "promises":
            return replace(kit, promises=_without(kit.promises, number))
        case "fresh":
            return replace(kit, fresh=_without(kit.fresh, number))
        case "description":
            return Refused(why="a description cannot be empty")


def renew(kit: Kit, made: Kit, part: Part) -> Kit:
    """The kit with one part as it was made anew; all of `made` where the transcript has changed."""
    if made.transcript.document.digest != kit.transcript.document.digest:
        return made
    match part:
        case "titles":
            return replace(kit, titles=made.titles)
        case "description":
            return replace(kit, description=made.description)
        case "chapters":
            return replace(kit, chapters=made.chapters, suggestions=made.suggestions)
        case "notes":
            return replace(kit, notes=made.notes)
        case "quotes":
            return replace(kit, quotes=made.quotes)
        case "mentions":
            return replace(kit, mentions=made.mentions)
        case "promises" | "fresh":
            return replace(kit, promises=made.promises, fresh=made.fresh)


def _room(kit: Kit, number: int) -> range | Refused:
    """The turns with which a chapter may begin."""
    if number == 0:
        return Refused(why=_FIRST_STAYS)
    return range(kit.chapters[number - 1].turn + 1, _end(kit, number))


def _inside(kit: Kit, number: int) -> range:
    return range(kit.chapters[number].turn + 1, _end(kit, number))


def _end(kit: Kit, number: int) -> int:
    is_last = number == len(kit.chapters) - 1
    return len(kit.transcript.turns) if is_last else kit.chapters[number + 1].turn


def _at_the_edge(kit: Kit, number: int, direction: int) -> Refused:
    if direction < 0:
        return Refused(why="the chapter before leaves no line that begins earlier")
    is_last = number == len(kit.chapters) - 1
    what = "the talk ends" if is_last else "the next chapter begins"
    return Refused(why=f"{what} before a line that begins later")


def _moved(kit: Kit, number: int, turn: int) -> Kit:
    chapter, turns = kit.chapters[number], kit.transcript.turns
    said, start_ms = turns[turn], turns[turn].start_ms
    if start_ms is not None:
        start_ms = _led(start_ms, _lead(chapter, turns[chapter.turn].start_ms), turns[turn - 1])
    moved = replace(
        chapter,
        turn=turn,
        start_line=said.first_line,
        start_ms=start_ms,
        is_interpolated=said.is_interpolated,
    )
    others = (mark for mark in kit.suggestions if mark.turn != turn)
    return replace(_with_chapter(kit, number, moved), suggestions=tuple(others))


def _lead(chapter: Chapter, said_ms: int | None) -> int:
    """How long before its words a chapter begins."""
    if said_ms is None or chapter.start_ms is None:
        return 0
    lead = said_ms - chapter.start_ms
    return lead if 0 <= lead <= MAX_LEAD_MS else 0


def _led(start_ms: int, lead_ms: int, before: Turn) -> int:
    """The start with its lead, where that does not reach into the turn before."""
    led = start_ms - lead_ms
    is_free = before.start_ms is None or led > before.start_ms
    return led if led >= 0 and is_free else start_ms


def _middle(transcript: Transcript, inside: range) -> int:
    counts = [max(len(transcript.turns[turn].text.split()), 1) for turn in inside]
    half = (sum(counts) + 1) / 2
    return next(turn for turn, sum_ in zip(inside, accumulate(counts), strict=True) if sum_ >= half)


def _inserted(kit: Kit, chapter: Chapter) -> Kit:
    chapters = sorted((*kit.chapters, chapter), key=lambda each: each.turn)
    others = tuple(mark for mark in kit.suggestions if mark.turn != chapter.turn)
    return replace(kit, chapters=tuple(chapters), suggestions=others)


def _with_chapter(kit: Kit, number: int, chapter: Chapter) -> Kit:
    return replace(kit, chapters=_put(kit.chapters, number, chapter))


def _put(values: Sequence[T], number: int, value: T) -> tuple[T, ...]:
    return (*values[:number], value, *values[number + 1 :])


def _without(values: Sequence[T], number: int) -> tuple[T, ...]:
    return (*values[:number], *values[number + 1 :])


def _line(text: str) -> str:
    return " ".join(text.split())
