"""A conversation as lines: questions, cited answers, abstentions, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len

from pmagent.nlp.counted import counted
from pmagent.tui.paint.lines import (
    PageBuilder,
    Span,
    clip_middle,
    clip_text,
    join,
    mark_words,
    pad_text,
    span,
    spread,
    wrap,
)
from pmagent.tui.paint.said import (
    MAX_TEXT_WIDTH,
    Growing,
    MapLink,
    Note,
    Said,
    Source,
    Suggestion,
    Welcome,
    paint_welcome,
)
from pmagent.tui.paint.vital import percent
from pmagent.types import Abstention, Answer, Citation, Found, Hit, Map, format_time

QUESTION = "› "
_MAX_SENTENCE = 2_000
"""Cells of one sentence that are shown; the reader has the rest."""
_BETWEEN = Span(" · ", "faint")


def sources_of(said: Said | Map) -> tuple[Source | Suggestion, ...]:
    """What the digits 1 to 9 open, in the order shown."""
    match said:
        case Answer():
            return _numbered(said)
        case Abstention(nearest=hits):
            return tuple(source_of(hit) for hit in hits)
        case Map():
            return tuple(source_of(hit) for hit in telling_hits(said))
        case MapLink(map=drawn):
            return sources_of(drawn)
        case Welcome(suggestions=suggestions):
            return tuple(Suggestion(text=text) for text in suggestions)
        case _:
            return ()


def source_of(hit: Hit) -> Source:
    """The exact words of a hit: their lines, and the time of the passage where they have none."""
    focus, around = hit.focus, hit.citation.locator
    if focus.start_ms is None and around.start_ms is not None:
        focus = replace(focus, start_ms=around.start_ms, is_interpolated=True)
    if focus.page is None:
        focus = replace(focus, page=around.page)
    return Source(citation=replace(hit.citation, locator=focus), quote=hit.quote)


def paint_said(builder: PageBuilder, question: str, said: Said, width: int) -> None:
    """Add one exchange: the question, and what came of it."""
    text_width = min(width, MAX_TEXT_WIDTH)
    if question:
        builder.add_all(wrap((span(question, "strong"),), text_width), gutter=QUESTION)
        builder.add()
    match said:
        case Answer():
            _paint_answer(builder, said, width)
        case Abstention():
            _paint_abstention(builder, said, width)
        case MapLink():
            _paint_link(builder, said, width)
        case Note():
            _paint_note(builder, said, text_width)
        case Welcome():
            paint_welcome(builder, said, width)
            return
        case Growing():
            pass
    builder.add()


def describe_found(found: Found) -> list[Span]:
    """How sure, from what, how fast: the line under an answer."""
    parts: list[Sequence[Span]] = [
        (span(f"{percent(found.confidence)} sure, an answer needs {percent(found.threshold)}"),),
        (span(searched_by(found)),),
        (span("refined"),) if found.is_refined else (),
        (span(f"{found.elapsed_ms:,.0f} ms"),) if found.elapsed_ms else (),
    ]
    return [part if part.style else Span(part.text, "quiet") for part in join(parts, _BETWEEN)]


def searched_by(found: Found) -> str:
    """What the archive was searched by, in the words of the status line."""
    coverage = found.coverage
    if found.tier == "words":
        return "by words"
    if found.tier == "static":
        return "by words and static vectors"
    if coverage.passages and coverage.with_meaning < coverage.passages:
        return f"by words and {percent(coverage.with_meaning / coverage.passages)} of meaning"
    return "by words and meaning"


def where_in(citation: Citation) -> str:
    """The place inside the file: `00:12:44`, `~00:12:44`, `p. 4` or `L42`."""
    locator = citation.locator
    if locator.start_ms is not None:
        return f"{'~' if locator.is_interpolated else ''}{format_time(locator.start_ms)}"
    return f"p. {locator.page}" if locator.page is not None else f"L{locator.first_line}"


def source_lines(sources: Sequence[Source], width: int) -> list[tuple[Span, ...]]:
    """One line a source: number, file, place, speaker and date in columns as wide as they need."""
    rows = [
        (
            span(source.citation.path).text,
            where_in(source.citation),
            clip_text(span(source.citation.speaker or "").text, 20),
        )
        for source in sources
    ]
    place_width = max((cell_len(place) for _, place, _ in rows), default=0)
    speaker_width = max((cell_len(speaker) for _, _, speaker in rows), default=0)
    room = width - 3 - (place_width + 2) - 12
    if room - speaker_width < 24:
        speaker_width = 0
    room -= speaker_width + 2 if speaker_width else 0
    path_width = min(max((cell_len(path) for path, _, _ in rows), default=0), max(room, 8))
    return [
        (
            span(f"{number}  ", "cite"),
            span(pad_text(clip_middle(path, path_width), path_width + 2)),
            span(pad_text(place, place_width + 2), "quiet"),
            span(pad_text(speaker, speaker_width + 2) if speaker_width else "", "quiet"),
            span(source.citation.date.isoformat(), "quiet"),
        )
        for number, (source, (path, place, speaker)) in enumerate(
            zip(sources, rows, strict=True), 1
        )
    ]


def _paint_note(builder: PageBuilder, note: Note, width: int) -> None:
    builder.add_all(wrap((span(note.text, "error" if note.is_error else ""),), width))
    if note.hint:
        builder.add_all(wrap((span(note.hint, "quiet"),), width))


def _numbered(answer: Answer) -> tuple[Source, ...]:
    sources: dict[tuple[str, int, int], Source] = {}
    for sentence in answer.sentences:
        sources.setdefault(
            _key(sentence.citation), Source(citation=sentence.citation, quote=sentence.text)
        )
    return tuple(sources.values())


def _key(citation: Citation) -> tuple[str, int, int]:
    return citation.path, citation.locator.first_line, citation.locator.last_line


def _paint_answer(builder: PageBuilder, answer: Answer, width: int) -> None:
    sources = _numbered(answer)
    numbers = {_key(source.citation): index for index, source in enumerate(sources, 1)}
    for sentence in answer.sentences:
        number = span(f" [{numbers[_key(sentence.citation)]}]", "cite")
        words = (span(clip_text(_safe(sentence.text), _MAX_SENTENCE)), number)
        builder.add_all(wrap(words, min(width, MAX_TEXT_WIDTH)))
    for difference in answer.differences:
        said = (span(f"But: {_safe(difference)}", "warn"),)
        builder.add_all(wrap(said, min(width, MAX_TEXT_WIDTH)))
    builder.add()
    _paint_sources(builder, sources, width)
    builder.add_all(wrap(describe_found(answer.found), width))


def _paint_sources(builder: PageBuilder, sources: Sequence[Source], width: int) -> None:
    for source, line in zip(sources, source_lines(sources, width), strict=True):
        builder.add_item(source, (line,))


def _paint_abstention(builder: PageBuilder, said: Abstention, width: int) -> None:
    text_width = min(width, MAX_TEXT_WIDTH)
    builder.add_all(wrap((span(abstention_sentence(said), "warn"),), text_width))
    if said.nearest:
        builder.add(span("The nearest passages, so that you can judge:", "quiet"))
        builder.add()
    _paint_quoted(builder, said.nearest, width)
    builder.add_all(wrap(describe_found(said.found), width))


def _paint_quoted(builder: PageBuilder, hits: Sequence[Hit], width: int) -> None:
    """Each hit with its place and its words."""
    text_width = min(width, MAX_TEXT_WIDTH)
    sources = [source_of(hit) for hit in hits]
    for hit, source, head in zip(hits, sources, source_lines(sources, width), strict=True):
        words = mark_words(clip_text(_safe(hit.quote), 3 * text_width), hit.why.terms, "", "mark")
        quote = wrap((span("   “"), *words, span("”")), text_width, indent=3)
        builder.add_item(source, (head, *quote))
        builder.add()


def abstention_sentence(said: Abstention) -> str:
    """Why there is no answer, with the number it failed by."""
    coverage = said.found.coverage
    if said.reason == "no_hits":
        return f"Nothing in {counted(coverage.documents, 'document')} says this."
    return (
        f"The archive does not say this clearly: {percent(said.found.confidence)} sure, "
        f"and an answer needs {percent(said.found.threshold)}."
    )


def _paint_link(builder: PageBuilder, link: MapLink, width: int) -> None:
    """What the map holds, a key that opens it, and the mentions that tell most."""
    drawn = link.map
    if isinstance(drawn, Abstention):
        words = f"{abstention_sentence(drawn)} {counted(len(drawn.nearest), 'passage')} near it."
    else:
        words = map_summary(drawn)
    open_it = (span("Enter", "key"), span(" opens the map", "quiet"))
    builder.add_item(link, (spread((span(words),), open_it, min(width, MAX_TEXT_WIDTH)),))
    if isinstance(drawn, Map):
        builder.add()
        _paint_quoted(builder, telling_hits(drawn), width)


def telling_hits(found: Map) -> tuple[Hit, ...]:
    """The first mention, the latest, and the one that fits best; by date, each once."""
    best = max(mentions_of(found), key=lambda hit: hit.score)
    hits = {hit.passage.id: hit for hit in (found.first, best, found.latest)}
    return tuple(sorted(hits.values(), key=lambda hit: hit.citation.date))


def mentions_of(found: Map) -> tuple[Hit, ...]:
    """The hits that are on the map, each once; the search may hold weaker ones beside them."""
    return tuple({hit.passage.id: hit for theme in found.themes for hit in theme.hits}.values())


def map_summary(found: Map) -> str:
    """`14 passages in 9 sources, 2024-02-11 to 2026-03-02`."""
    hits = mentions_of(found)
    sources = len({hit.citation.path for hit in hits})
    first, latest = found.first.citation.date, found.latest.citation.date
    when = f"{first} to {latest}" if first != latest else f"{first}"
    return f"{counted(len(hits), 'passage')} in {counted(sources, 'source')}, {when}"


def _safe(text: str) -> str:
    return span(text).text
