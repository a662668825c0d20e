"""`draft.*`: titles, description, chapters, notes, quotes and mentions of one transcript.

Every word is one that the transcript says, or composed around such words; no model has a part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pmagent.errors import UsageError
from pmagent.functions._arguments import (
    Given,
    document_of,
    fresh_path,
    number_in,
    records_of,
    text_of,
    texts_of,
    whole_of,
)
from pmagent.functions._cited import mark, without_marks
from pmagent.nlp.sentences import split_sentences
from pmagent.publish.notes import write_notes
from pmagent.publish.render import escape
from pmagent.publish.source import read_source
from pmagent.publish.wording import clip
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk, CallSpec, Function, Parameter
from pmagent.types.documents import format_time
from pmagent.types.publishing import Chapter, CitedLine, Kit

TITLES = 5
TITLE_LEAST, TITLE_MOST = 10, 70
"""Characters of a title."""
DESCRIPTION_LEAST, DESCRIPTION_MOST = 80, 400
SHORT_MOST = 160
_SAME = re.compile(r"[^\w]+")


def _kit(given: Given, desk: CallDesk) -> Kit:
    return desk.kit(fresh_path(document_of(given, "document", desk), desk))


def _titles(given: Given, desk: CallDesk) -> Json:
    wanted = whole_of(given, "count", TITLES)
    kit = _kit(given, desk)
    found: dict[str, str] = {}
    for text in _title_ideas(kit):
        shown = " ".join(text.split())
        if TITLE_LEAST <= len(shown) <= TITLE_MOST:
            found.setdefault(_SAME.sub("", shown.casefold()), shown)
    if len(found) < wanted:
        raise UsageError(
            f'"{kit.transcript.document.path}" gives {len(found)} titles, not {wanted}',
            "write them by hand: it says too little",
        )
    return list(found.values())[:wanted]


def _title_ideas(kit: Kit) -> Iterator[str]:
    """The kit's titles, then what else in it could stand as one."""
    yield from (idea.text for idea in kit.titles)
    yield from (chapter.title for chapter in kit.chapters)
    yield from (title for chapter in kit.chapters for title in chapter.titles)
    yield from (chapter.title for chapter in kit.suggestions)
    yield kit.transcript.document.title
    yield from (f"“{clip(quote.text, TITLE_MOST - 2)}”" for quote in kit.quotes)


def _description(given: Given, desk: CallDesk) -> Json:
    kit = _kit(given, desk)
    short, long = kit.description.short, kit.description.long
    if DESCRIPTION_LEAST <= len(short) <= DESCRIPTION_MOST:
        return short
    text = ""
    for start, end in split_sentences(long):
        longer = f"{text} {long[start:end]}".strip()
        if len(longer) > DESCRIPTION_MOST or len(text) >= DESCRIPTION_LEAST:
            break
        text = longer
    if len(text) < DESCRIPTION_LEAST:
        raise UsageError(
            f'"{kit.transcript.document.path}" says too little to be described',
            "write the description by hand",
        )
    return text


def _short(given: Given, desk: CallDesk) -> Json:
    kit = _kit(given, desk)
    text = kit.description.short or kit.transcript.document.title
    return clip(" ".join(text.split()), SHORT_MOST)


def _chapters(given: Given, desk: CallDesk) -> Json:
    return [
        {
            "at": format_time(chapter.start_ms) if chapter.start_ms is not None else None,
            "title": chapter.title or f"Part {number}",
            "line": chapter.start_line,
        }
        for number, chapter in enumerate(_kit(given, desk).chapters, start=1)
    ]


def _notes(given: Given, desk: CallDesk) -> Json:
    kit = _kit(given, desk)
    lines = _lines_along(kit, records_of(given, "chapters"), desk)
    if not lines:
        raise UsageError(
            f'no line of "{kit.transcript.document.path}" can stand alone in show notes',
            "write the notes by hand",
        )
    return "\n".join(f"- {escape(line.text)}{mark(line.citation)}" for line in lines) + "\n"


def _lines_along(
    kit: Kit, chapters: Sequence[Mapping[str, Json]], desk: CallDesk
) -> Sequence[CitedLine]:
    """The kit's own points, or those along chapters that a person or a model has set otherwise."""
    lines = [number for one in chapters if (number := number_in(one, "line")) > 0]
    if not lines or lines == [chapter.start_line for chapter in kit.chapters]:
        return kit.notes
    source = read_source(desk.archive, kit.transcript.document.path)
    return write_notes(source, [Chapter(turn=0, start_line=line) for line in lines])


def _quotes(given: Given, desk: CallDesk) -> Json:
    return [
        {
            "text": quote.text,
            "speaker": quote.citation.speaker or "",
            "at": _time(quote.citation.locator.start_ms),
            "place": quote.citation.place,
        }
        for quote in _kit(given, desk).quotes
    ]


def _mentions(given: Given, desk: CallDesk) -> Json:
    return [
        {
            "text": mention.text,
            "kind": mention.kind,
            "url": mention.url,
            "count": mention.count,
            "place": mention.citation.place,
        }
        for mention in _kit(given, desk).mentions
    ]


def _time(start_ms: int | None) -> str | None:
    return format_time(start_ms) if start_ms is not None else None


def _drop(given: Given, desk: CallDesk) -> Json:
    del desk
    notes, claims = text_of(given, "notes"), texts_of(given, "claims")
    rows = notes.split("\n")
    dropped: set[int] = set()
    for claim in claims:
        wanted = _folded(claim)
        found = {number for number, row in enumerate(rows) if wanted and wanted in _folded(row)}
        if not found:
            raise UsageError(
                f'the notes do not say "{clip(claim, 120)}"', "take it out of the notes by hand"
            )
        dropped |= found
    left = [row for number, row in enumerate(rows) if number not in dropped]
    if not "".join(left).strip():
        raise UsageError("no line of the notes would be left", "write the notes by hand")
    return "\n".join(left)


def _folded(text: str) -> str:
    return " ".join(without_marks(text).casefold().split())


_DOCUMENT = Parameter(name="document", shape="any")


def _spec(name: str, summary: str, gives: str, *more: Parameter) -> CallSpec:
    return CallSpec(
        name=f"draft.{name}", summary=summary, parameters=(_DOCUMENT, *more), gives=gives
    )


functions = (
    Function(
        spec=_spec(
            "titles",
            "So many titles of 10 to 70 characters, the surest first",
            "[str 10..70]",
            Parameter(name="count", shape="int", is_optional=True),
        ),
        run=_titles,
    ),
    Function(
        spec=_spec("description", "What it is about in a sentence or two", "str 80..400"),
        run=_description,
    ),
    Function(
        spec=_spec("short", "What it is about in at most 160 characters", "str 1..160"), run=_short
    ),
    Function(
        spec=_spec(
            "chapters",
            "Where its parts begin, and what they are called",
            "[{at: time?, title: str, line: int}]",
        ),
        run=_chapters,
    ),
    Function(
        spec=_spec(
            "notes",
            "Its points in order, a cited line each",
            "cited_text",
            Parameter(name="chapters", shape="[any]", is_optional=True),
        ),
        run=_notes,
    ),
    Function(
        spec=_spec(
            "quotes",
            "Sentences worth quoting, letter for letter",
            "[{text: str, speaker: str, at: time?, place: str}]",
        ),
        run=_quotes,
    ),
    Function(
        spec=_spec(
            "mentions",
            "People and things it names",
            "[{text: str, kind: str, url: str, count: int, place: str}]",
        ),
        run=_mentions,
    ),
    Function(
        spec=CallSpec(
            name="draft.drop",
            summary="The notes without the lines that say these claims",
            parameters=(
                Parameter(name="notes", shape="cited_text"),
                Parameter(name="claims", shape="[str]"),
            ),
            gives="cited_text",
        ),
        run=_drop,
    ),
)
