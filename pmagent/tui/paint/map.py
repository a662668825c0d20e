"""A where-map as lines: the heading, the timeline, the mentions by theme, time or score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pmagent.nlp.counted import counted
from pmagent.tui.paint.answer import (
    abstention_sentence,
    mentions_of,
    searched_by,
    source_of,
    where_in,
)
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip,
    clip_middle,
    clip_text,
    join,
    mark_words,
    span,
    spread,
    width_of,
    wrap,
)
from pmagent.tui.paint.vital import percent
from pmagent.types import Abstention, Hit, Map

Order = Literal["theme", "time", "score"]
ORDERS: tuple[Order, ...] = ("theme", "time", "score")

_BLOCKS = "▁▂▃▄▅▆▇█"
_BETWEEN = Span(" · ", "faint")
_MAX_DUPLICATES = 2


@dataclass(frozen=True, kw_only=True)
class Column:
    """One bar of the timeline."""

    label: str
    """`2024-Q3`, or `2024` where quarters would be too many."""
    count: int


def paint_heading(found: Map | Abstention, order: Order, width: int) -> list[tuple[Span, ...]]:
    """How many, from where, since when; how sure and by what."""
    search = found.found
    sure = (
        span(percent(search.confidence), ""),
        span(f" sure, needs {percent(search.threshold)}", "quiet"),
    )
    how = (
        span("refined, " if search.is_refined else "", "quiet"),
        span(searched_by(search), "quiet"),
    )
    if isinstance(found, Abstention):
        lines = wrap((span(abstention_sentence(found), "warn"),), width)
        return [*lines, clip(join((how,), _BETWEEN), width)]
    hits = mentions_of(found)
    first, latest = found.first.citation.date, found.latest.citation.date
    when = f"{first} to {latest}" if first != latest else f"{first}"
    left = join(
        (
            (span(counted(len(hits), "passage"), "strong"),),
            (span(counted(len({hit.citation.path for hit in hits}), "source")),),
            (span(when),),
        ),
        _BETWEEN,
    )
    right = (span("by ", "quiet"), span(order, "strong"))
    return [spread(left, right, width), clip(join((sure, how), _BETWEEN), width)]


def paint_timeline(
    timeline: Sequence[tuple[str, int]], width: int, *, here: str = "", rows: int = 1
) -> list[tuple[Span, ...]]:
    """Bars over their counts over their years; the column of quarter `here` has its count in `[ ]`.

    `rows` is the height of the tallest bar. The counts are the same facts as the bars, so nothing
    is lost without colour or block characters.
    """
    columns = bin_timeline(timeline, width)
    if not columns:
        return []
    cell = max(4, min(8, width // len(columns)))
    here = here if len(columns[0].label) > 4 else here[:4]
    top = max(column.count for column in columns) or 1
    lines = [
        tuple(
            span(_bar(column.count, top, rows, row).ljust(cell), _bar_style(column, here))
            for column in columns
        )
        for row in range(rows - 1, -1, -1)
    ]
    counts = tuple(
        span(f"[{column.count}]".ljust(cell), "strong")
        if column.label == here
        else span((str(column.count) if column.count else "·").ljust(cell), "quiet")
        for column in columns
    )
    return [*lines, counts, _labels(columns, cell)]


def bin_timeline(timeline: Sequence[tuple[str, int]], width: int) -> list[Column]:
    """The timeline in columns that fit: quarters, or years where quarters would be too narrow."""
    columns = [Column(label=label, count=count) for label, count in timeline]
    if len(columns) * 4 > width:
        years: dict[str, int] = {}
        for column in columns:
            years[column.label[:4]] = years.get(column.label[:4], 0) + column.count
        columns = [Column(label=label, count=count) for label, count in years.items()]
    # A century of years does not fit either: the latest stay.
    return columns[-max(width // 4, 1) :]


def quarter_of(hit: Hit) -> str:
    """`2024-Q3`, as in `Map.timeline`."""
    day = hit.citation.date
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def paint_mentions(found: Map | Abstention, order: Order, width: int) -> Page:
    """The hits as items, grouped and ordered; each with when, where, who and the words."""
    builder = PageBuilder()
    if isinstance(found, Abstention):
        if found.nearest:
            builder.add(span("Nearest passages", "title"))
        for hit in found.nearest:
            builder.add_item(hit, _paint_hit(hit, "", width))
            builder.add()
        return builder.page()
    for label, hits in groups_of(found, order):
        count = span(f" {len(hits)}", "quiet")
        builder.add(*clip((span(label, "title"), count), width))
        for hit in hits:
            builder.add_item(hit, _paint_hit(hit, _note(found, hit), width))
        builder.add()
    return builder.page()


def groups_of(found: Map, order: Order) -> list[tuple[str, Sequence[Hit]]]:
    """(heading, hits) in the order asked for; within a theme oldest first."""
    if order == "theme":
        return [(theme.label, theme.hits) for theme in found.themes]
    hits = list(mentions_of(found))
    if order == "score":
        return [("Best first", sorted(hits, key=lambda hit: -hit.score))]
    years: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=_when):
        years.setdefault(str(hit.citation.date.year), []).append(hit)
    return list(years.items())


def _when(hit: Hit) -> tuple[str, str, int]:
    return hit.citation.date.isoformat(), hit.citation.path, hit.citation.locator.first_line


def _note(found: Map, hit: Hit) -> str:
    is_first = hit.passage.id == found.first.passage.id
    is_latest = hit.passage.id == found.latest.passage.id
    if is_first and is_latest:
        return "only mention" if len(mentions_of(found)) == 1 else "first and latest"
    return "first" if is_first else "latest" if is_latest else ""


def _paint_hit(hit: Hit, note: str, width: int) -> list[tuple[Span, ...]]:
    citation = source_of(hit).citation
    place, date = where_in(citation), citation.date.isoformat()
    speaker = clip_text(span(citation.speaker or "").text, 18)
    right = (span(note, "note"),) if note else ()
    tail = (span(f" {place}", "quiet"), span(f"  {speaker}" if speaker else "", "quiet"))
    room = width - len(date) - 2 - width_of(tail) - (len(note) + 2 if note else 0)
    if room < 14:
        tail = tail[:1]
        room = width - len(date) - 2 - width_of(tail) - (len(note) + 2 if note else 0)
    name = clip_middle(_base(citation.path), max(room, 4))
    left = (span(date, "date"), span("  "), span(name), *tail)
    lines = [spread(left, right, width)]
    quote = mark_words(clip_text(span(hit.quote).text, 3 * width), hit.why.terms, "quote", "mark")
    wrapped = wrap((span("“", "quote"), *quote, span("”", "quote")), width, indent=1)
    lines.extend(wrapped[:1] if len(wrapped) == 1 else _two_lines(wrapped, width))
    if hit.duplicates:
        lines.append(_also(hit, width))
    return lines


def _two_lines(wrapped: list[tuple[Span, ...]], width: int) -> list[tuple[Span, ...]]:
    if len(wrapped) == 2:
        return wrapped
    return [wrapped[0], clip((*wrapped[1], Span("…", "quote")), width)]


def _also(hit: Hit, width: int) -> tuple[Span, ...]:
    names = ", ".join(
        f"{_base(copy.path)} {where_in(copy)}" for copy in hit.duplicates[:_MAX_DUPLICATES]
    )
    number = len(hit.duplicates)
    places = "" if number == 1 else f"{number} places: "
    return clip((span(f"= also in {places}", "note"), span(names, "quiet")), width)


def _base(path: str) -> str:
    return span(path).text.rsplit("/", 1)[-1]


def _bar(count: int, top: int, rows: int, row: int) -> str:
    eighths = 0 if not count else max(1, round(count / top * rows * 8)) - row * 8
    return _BLOCKS[min(eighths, 8) - 1] * 2 if eighths > 0 else ""


def _bar_style(column: Column, here: str) -> str:
    return "bar-here" if column.label == here else "bar"


def _labels(columns: Sequence[Column], cell: int) -> tuple[Span, ...]:
    """Quarters under wide columns; under narrow ones only years, each at its first column."""
    if len(columns[0].label) == 4:
        return tuple(span(column.label.ljust(cell), "quiet") for column in columns)
    parts: list[Span] = []
    year = ""
    for column in columns:
        now, quarter = column.label[:4], column.label[5:]
        if cell >= len("2024 Q1 "):
            text = quarter if now == year else f"{now} {quarter}"
        else:
            text = "" if now == year else now
        year = now
        parts.append(span(text.ljust(cell), "quiet"))
    return tuple(parts)
