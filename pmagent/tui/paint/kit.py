"""A kit's tabs: what each is called, what can be chosen in it, and where that stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pmagent.nlp.counted import counted
from pmagent.publish.editing import Part
from pmagent.tui.paint.answer import where_in
from pmagent.tui.paint.lines import Span, clip, clip_middle, clip_text, join, span, spread, width_of
from pmagent.tui.paint.said import Source
from pmagent.types.documents import Citation, Locator
from pmagent.types.publishing import Chapter, Kit, Transcript

Tab = Literal["titles", "description", "chapters", "notes", "quotes", "mentions", "promises"]
TABS: tuple[Tab, ...] = (
    "titles", "description", "chapters", "notes", "quotes", "mentions", "promises",
)  # fmt: skip
_NAMES: dict[Tab, tuple[str, str]] = {
    "titles": ("Titles", "Titles"),
    "description": ("Description", "About"),
    "chapters": ("Chapters", "Chapters"),
    "notes": ("Show notes", "Notes"),
    "quotes": ("Quotes", "Quotes"),
    "mentions": ("Mentions", "Mentions"),
    "promises": ("Promises & new", "Promises"),
}
"""In full, and in little room."""
_BETWEEN = Span(" · ", "faint")


class Item(NamedTuple):
    """One thing in a tab."""

    part: Part | Literal["suggestions", "sentences"]
    number: int
    """Its place in that part of the kit, from 0."""


@dataclass(frozen=True, kw_only=True)
class KitState:
    """What stands at the right of the heading."""

    doing: str = ""
    """What is being done, such as `writing…`."""
    is_changed: bool = False
    """Whether it is not written as it is."""
    folder: str = ""
    """Where it was written."""


def paint_kit_heading(kit: Kit, tab: Tab, state: KitState, width: int) -> list[tuple[Span, ...]]:
    """The transcript, what it holds and whether it is written; the tabs; what to know of it."""
    document = kit.transcript.document
    right = join((*_facts(kit), _state_words(state)), _BETWEEN)
    room = max(width - width_of(right) - 8, 12)
    name = span(document.title or document.path).text
    left = (span("Kit  ", "quiet"), span(clip_text(name, room), "title"))
    lines = [spread(left, right, width), paint_tabs(kit, tab, width)]
    if kit.remarks:
        more = len(kit.remarks) - 1
        tail = f"  and {more} more, see 2" if more else ""
        head = clip_text(span(kit.remarks[0]).text, max(width - len(tail) - 2, 8))
        lines.append((span(f"! {head}", "warn"), span(tail, "quiet")))
    return lines


def paint_tabs(kit: Kit, tab: Tab, width: int) -> tuple[Span, ...]:
    """The tabs with how much each holds; the open one in brackets, so that no colour is needed."""
    for is_short, has_counts in ((False, True), (True, True), (True, False)):
        parts = [_tab(kit, each, each == tab, is_short, has_counts) for each in TABS]
        line = join(parts, Span("  "))
        if width_of(line) <= width:
            return line
    return clip(line, width)


def cite_turn(transcript: Transcript, turn: int) -> Citation:
    """The line on which a turn begins."""
    said, document = transcript.turns[turn], transcript.document
    return Citation(
        path=document.path,
        locator=Locator(
            first_line=said.first_line,
            last_line=said.first_line,
            start_ms=said.start_ms,
            is_interpolated=said.is_interpolated,
        ),
        title=document.title,
        date=document.date,
        date_source=document.date_source,
        speaker=said.speaker,
    )


def source_of_item(kit: Kit, item: Item) -> Source | None:
    """The lines that something is taken from; None for what no single place says."""
    number = item.number
    match item.part:
        case "chapters" | "suggestions":
            mark = _marks(kit, item)[number]
            return Source(citation=cite_turn(kit.transcript, mark.turn), quote="")
        case "titles":
            said = kit.titles[number].citation
            return Source(citation=said, quote=kit.titles[number].text) if said else None
        case "description":
            lines = kit.description.lines
            return Source(citation=lines[0].citation, quote=lines[0].text) if lines else None
        case "sentences" | "notes":
            lines = kit.notes if item.part == "notes" else kit.description.lines
            line = lines[number]
            return Source(citation=line.citation, quote=line.source or line.text)
        case "quotes":
            return Source(citation=kit.quotes[number].citation, quote=kit.quotes[number].text)
        case "mentions":
            return Source(citation=kit.mentions[number].citation, quote=kit.mentions[number].text)
        case "promises":
            return Source(citation=kit.promises[number].citation, quote=kit.promises[number].text)
        case "fresh":
            return Source(citation=kit.fresh[number].citation, quote=kit.fresh[number].subject)


def words_of_item(kit: Kit, item: Item) -> str:
    """What is copied, and what a person begins to reword from."""
    number = item.number
    match item.part:
        case "titles":
            return kit.titles[number].text
        case "description":
            return kit.description.long if number else kit.description.short
        case "sentences":
            return kit.description.lines[number].text
        case "chapters" | "suggestions":
            return _marks(kit, item)[number].title
        case "notes":
            return kit.notes[number].text
        case "quotes":
            return kit.quotes[number].text
        case "mentions":
            return kit.mentions[number].text
        case "promises":
            return kit.promises[number].text
        case "fresh":
            return kit.fresh[number].subject


def copied_words(kit: Kit, item: Item) -> str:
    """The words with what belongs to them outside of the kit: a time, a speaker, a link."""
    words, number = words_of_item(kit, item), item.number
    match item.part:
        case "chapters" | "suggestions":
            return f"{chapter_place(_marks(kit, item)[number])} {words}"
        case "quotes":
            said = kit.quotes[number].citation
            who = f"{said.speaker}, " if said.speaker else ""
            return f"“{words}” — {who}{where_in(said)}"
        case "mentions":
            url = kit.mentions[number].url
            return f"[{words}]({url})" if url else words
        case _:
            return words


def chapter_place(chapter: Chapter) -> str:
    """`00:12:44`, `~00:12:44`, or `L42` where the transcript has no times."""
    place = Locator(
        first_line=chapter.start_line,
        last_line=chapter.start_line,
        start_ms=chapter.start_ms,
        is_interpolated=chapter.is_interpolated,
    )
    if place.start_ms is None:
        return f"L{place.first_line}"
    return f"{'~' if place.is_interpolated else ''}{_clock(place.start_ms)}"


def length_words(milliseconds: int) -> str:
    """`3:12`, `1:02:03`."""
    seconds = max(milliseconds, 0) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def _clock(milliseconds: int) -> str:
    seconds = milliseconds // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _marks(kit: Kit, item: Item) -> Sequence[Chapter]:
    return kit.chapters if item.part == "chapters" else kit.suggestions


def _facts(kit: Kit) -> list[tuple[Span, ...]]:
    talk = kit.transcript
    length = length_words(talk.end_ms) if talk.end_ms else counted(talk.words, "word")
    made = "" if kit.made_by == "offline" else f"worded by {kit.made_by}"
    return [(span(text, "quiet"),) for text in (length, clip_middle(made, 28)) if text]


def _state_words(state: KitState) -> tuple[Span, ...]:
    if state.doing:
        return (span(state.doing, "note"),)
    if state.is_changed:
        return (span("changed, not written", "warn"),)
    return (span("written", "ok"),) if state.folder else (span("not written", "quiet"),)


def _tab(kit: Kit, tab: Tab, is_open: bool, is_short: bool, has_counts: bool) -> tuple[Span, ...]:
    name = _NAMES[tab][is_short]
    number = count_of(kit, tab) if has_counts else 0
    count = f" {number}" if number else ""
    if is_open:
        return (span(f"[{name}", "title"), span(count, "strong"), span("]", "title"))
    return (span(name), span(count, "quiet"))


def count_of(kit: Kit, tab: Tab) -> int:
    """How much a tab holds; 0 where a number says nothing."""
    match tab:
        case "titles":
            return len(kit.titles)
        case "description":
            return 0
        case "chapters":
            return len(kit.chapters)
        case "notes":
            return len(kit.notes)
        case "quotes":
            return len(kit.quotes)
        case "mentions":
            return len(kit.mentions)
        case "promises":
            return len(kit.promises) + len(kit.fresh)
