"""What stands in each tab of a kit, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from pmagent.nlp.counted import counted
from pmagent.publish.editing import opening
from pmagent.tui.paint.answer import where_in
from pmagent.tui.paint.kit import Item, Tab, chapter_place, length_words
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip_text,
    join,
    pad_text,
    span,
    spread,
    width_of,
    wrap,
)
from pmagent.tui.paint.said import MAX_TEXT_WIDTH
from pmagent.tui.paint.vital import percent
from pmagent.types.documents import Citation
from pmagent.types.publishing import Chapter, CitedLine, Fresh, Kit, Mention

SHORT_LIMIT = 160
"""Characters that a short description may have where it is shown: in a search, in a player."""
_BETWEEN = Span(" · ", "faint")
_MAX_SEEN = 2
_ROOM_FOR_TITLES = 72
_EMPTY: dict[Tab, str] = {
    "titles": "No title was found for this transcript.",
    "description": "",
    "chapters": "There is nothing to divide: the transcript says nothing.",
    "notes": "No sentence was found that stands for the whole.",
    "quotes": "No words were found that stand alone as a quote.",
    "mentions": "Nobody and nothing is named that is worth a link.",
    "promises": "Nothing is promised for later, and nothing is new against the archive.",
}

Rows = list[tuple[Span, ...]]


def paint_tab(kit: Kit, tab: Tab, width: int) -> Page:
    """What a tab holds, each with its place, as items that can be chosen."""
    builder = PageBuilder()
    match tab:
        case "titles":
            _paint_titles(builder, kit, width)
        case "description":
            _paint_description(builder, kit, width)
        case "chapters":
            _paint_chapters(builder, kit, width)
        case "notes":
            _paint_cited(builder, "notes", kit.notes, width)
        case "quotes":
            _paint_quotes(builder, kit, width)
        case "mentions":
            for number, mention in enumerate(kit.mentions):
                builder.add_item(Item("mentions", number), _mention(mention, width))
                builder.add()
        case "promises":
            _paint_promises(builder, kit, width)
    page = builder.page()
    if not page.lines and _EMPTY[tab]:
        builder.add_all(wrap((span(_EMPTY[tab], "quiet"),), width))
    return builder.page()


def shown_suggestions(kit: Kit) -> Sequence[int]:
    """Which suggestions are shown: the best, as many as there are chapters, in order of place."""
    taken = {chapter.turn for chapter in kit.chapters}
    best = [number for number, mark in enumerate(kit.suggestions) if mark.turn not in taken]
    most = max(len(kit.chapters), 3)
    return sorted(best[:most], key=lambda number: kit.suggestions[number].turn)


def _paint_chapters(builder: PageBuilder, kit: Kit, width: int) -> None:
    marks = sorted(
        chain(
            ((mark.turn, Item("chapters", number)) for number, mark in enumerate(kit.chapters)),
            ((kit.suggestions[n].turn, Item("suggestions", n)) for n in shown_suggestions(kit)),
        ),
        key=lambda entry: entry[0],
    )
    both = (*kit.chapters, *kit.suggestions)
    place_width = max((len(chapter_place(mark)) for mark in both), default=0)
    for _, item in marks:
        if item.part == "chapters":
            row = _chapter(kit, item.number, place_width, width)
        else:
            row = _suggestion(kit, kit.suggestions[item.number], place_width, width)
        builder.add_item(item, [row])


def _chapter(kit: Kit, number: int, place_width: int, width: int) -> tuple[Span, ...]:
    chapter = kit.chapters[number]
    place = chapter_place(chapter).rjust(place_width)
    length = _length(kit, number)
    has_room = bool(chapter.titles) and width >= _ROOM_FOR_TITLES
    others = counted(len(chapter.titles), "other title") if has_room else ""
    right = join([(span(text, "quiet"),) for text in (others, length.rjust(5)) if text], _BETWEEN)
    room = max(width - place_width - 2 - width_of(right) - 2, 8)
    title = clip_text(span(chapter_name(kit, chapter)).text, room)
    style = "strong" if chapter.title else "quote"
    return spread((span(f"{place}  ", "date"), span(title, style)), right, width)


def _suggestion(kit: Kit, mark: Chapter, place_width: int, width: int) -> tuple[Span, ...]:
    place = chapter_place(mark).rjust(place_width)
    right = (span(f"also possible {percent(mark.strength)}", "faint"),)
    room = max(width - place_width - 4 - width_of(right) - 2, 8)
    title = clip_text(span(chapter_name(kit, mark)).text, room)
    return spread((span(f"{place}  + ", "faint"), span(title, "quiet")), right, width)


def chapter_name(kit: Kit, chapter: Chapter) -> str:
    """Its title; the words it begins with where it has none."""
    return chapter.title or f"“{opening(kit.transcript, chapter.turn)} …”"


def _length(kit: Kit, number: int) -> str:
    chapters, talk = kit.chapters, kit.transcript
    is_last = number == len(chapters) - 1
    start_ms = chapters[number].start_ms
    end_ms = talk.end_ms if is_last else chapters[number + 1].start_ms
    if start_ms is not None and end_ms is not None:
        return length_words(end_ms - start_ms)
    end = len(talk.turns) if is_last else chapters[number + 1].turn
    return counted(end - chapters[number].turn, "turn")


def _paint_titles(builder: PageBuilder, kit: Kit, width: int) -> None:
    for number, title in enumerate(kit.titles):
        words = wrap((span(title.text, "" if number else "strong"),), width)
        about = [(span(title.kind, "quiet"),)]
        if title.citation is not None:
            about.append((span(where_in(title.citation), "date"),))
        if number == 0:
            about.insert(0, (span("the post's title", "note"),))
        builder.add_item(Item("titles", number), [*words, (Span("  "), *join(about, _BETWEEN))])
        builder.add()


def _paint_description(builder: PageBuilder, kit: Kit, width: int) -> None:
    about = kit.description
    text_width = min(width, MAX_TEXT_WIDTH)
    number = len(about.short)
    style = "warn" if number > SHORT_LIMIT else "quiet"
    builder.add(span("Short  ", "title"), span(f"{number} of {SHORT_LIMIT} characters", style))
    builder.add_item(Item("description", 0), _text(about.short, text_width))
    builder.add()
    builder.add(span("Long  ", "title"), span(counted(len(about.long.split()), "word"), "quiet"))
    builder.add_item(Item("description", 1), _text(about.long, text_width))
    if about.lines:
        builder.add()
        builder.add(span("Its sentences, and where they are said", "title"))
        _paint_cited(builder, "sentences", about.lines, width)
    if kit.remarks:
        builder.add()
        builder.add(span("What to know before using it", "title"))
        for remark in kit.remarks:
            builder.add_all(wrap((span("! ", "warn"), span(remark)), text_width, indent=2))


def _paint_cited(builder: PageBuilder, part: str, lines: Sequence[CitedLine], width: int) -> None:
    for number, line in enumerate(lines):
        is_short = bool(line.source) and line.source != line.text
        mark = (span("  shortened", "quiet"),) if is_short else ()
        rows = _placed(line.citation, (span(line.text), *mark), width)
        item = Item("sentences" if part == "sentences" else "notes", number)
        builder.add_item(item, rows)


def _paint_quotes(builder: PageBuilder, kit: Kit, width: int) -> None:
    for number, quote in enumerate(kit.quotes):
        words = (span("“", "quiet"), span(quote.text, "strong"), span("”", "quiet"))
        rows = wrap(words, min(width, MAX_TEXT_WIDTH), indent=1)
        builder.add_item(Item("quotes", number), [*rows, (Span("  "), *_who(quote.citation))])
        builder.add()


def _mention(mention: Mention, width: int) -> Rows:
    about = f"{mention.kind} · {counted(mention.count, 'time')}"
    right = (span(about, "quiet"), span(f"  {where_in(mention.citation)}", "date"))
    name = clip_text(span(mention.text).text, max(width - width_of(right) - 2, 8))
    rows = [spread((span(name, "strong"),), right, width)]
    if mention.url:
        rows.append((Span("  "), span(clip_text(span(mention.url).text, width - 2), "link")))
    if mention.seen_before:
        seen = mention.seen_before[:_MAX_SEEN]
        names = ", ".join(f"{_base(place.path)} {where_in(place)}" for place in seen)
        more = len(mention.seen_before) - len(seen)
        words = f"{names} and {more} more" if more else names
        line = (span("  seen before in ", "note"), span(words, "quiet"))
        rows.extend(wrap(line, width, indent=4))
    return rows


def _paint_promises(builder: PageBuilder, kit: Kit, width: int) -> None:
    if kit.promises:
        builder.add(span("Promised for later", "title"))
    for number, promise in enumerate(kit.promises):
        words = (span(f"“{promise.text}”"),)
        builder.add_item(Item("promises", number), _placed(promise.citation, words, width))
    if kit.promises and kit.fresh:
        builder.add()
    if kit.fresh:
        builder.add(span("New against the archive", "title"))
    for number, fresh in enumerate(kit.fresh):
        words = (span(fresh.subject, "strong"), span(_before(fresh), "quiet"))
        builder.add_item(Item("fresh", number), _placed(fresh.citation, words, width))


def _before(fresh: Fresh) -> str:
    last = fresh.last_before
    if last is None:
        return "  never before"
    return f"  last on {last.date} in {_base(last.path)} {where_in(last)}"


def _placed(citation: Citation, words: Sequence[Span], width: int) -> Rows:
    """A place, and beside it words on as many lines as they need."""
    place = pad_text(where_in(citation), 10)
    return wrap((span(place, "date"), *words), width, indent=10)


def _who(citation: Citation) -> tuple[Span, ...]:
    who = f"{citation.speaker}, " if citation.speaker else ""
    return (span(who, "quiet"), span(where_in(citation), "date"))


def _text(text: str, width: int) -> Rows:
    return wrap((span(text),), width) if text else [(span("empty: T writes it", "quiet"),)]


def _base(path: str) -> str:
    return span(path).text.rsplit("/", 1)[-1]
