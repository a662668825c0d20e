"""`draft.post`: the whole post as Markdown, from parts that a person may have changed.

Marks become numbers that lead to a list of sources at the end: who, when, and the line of the
transcript. Paths stay at home.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmagent.errors import AccessError, ReadError
from pmagent.functions._arguments import (
    Doc,
    Given,
    document_of,
    fresh_path,
    number_in,
    records_of,
    text_in,
    text_of,
)
from pmagent.functions._cited import Place, renumber
from pmagent.publish.render import escape, link
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk, CallSpec, Function, Parameter
from pmagent.types.documents import format_time
from pmagent.types.publishing import Kit

Records = Sequence[Mapping[str, Json]]


class _Sources:
    """Numbers the places that are cited, the same place once."""

    def __init__(self, doc: Doc, kit: Kit, desk: CallDesk) -> None:
        self._doc = doc
        self._kit = kit
        self._desk = desk
        self._numbers: dict[Place, int] = {}

    def number(self, place: Place) -> int:
        """Its number in the list, from 1."""
        return self._numbers.setdefault(place, len(self._numbers) + 1)

    def rows(self) -> list[str]:
        """The list at the end; empty where nothing is cited."""
        if not self._numbers:
            return []
        told = [f"{number}. {self._told(place)}" for place, number in self._numbers.items()]
        head = f"From the transcript of “{escape(self._doc.title)}” where nothing else is named:"
        return ["## Sources", "", head, "", *told, ""]

    def _told(self, place: Place) -> str:
        """`Nell, 00:04:33, line 42`; another document by its title."""
        line = f"line {place.line}"
        if place.path != self._doc.path:
            return f"“{escape(self._title(place.path))}”, {line}"
        for turn in self._kit.transcript.turns:
            if turn.first_line <= place.line <= turn.last_line:
                time = format_time(turn.start_ms) if turn.start_ms is not None else ""
                estimated = "~" if turn.is_interpolated else ""
                parts = (escape(turn.speaker or ""), f"{estimated}{time}" if time else "", line)
                return ", ".join(part for part in parts if part)
        return line

    def _title(self, path: str) -> str:
        try:
            return self._desk.archive.document(path).title
        except (AccessError, ReadError):
            return path.rpartition("/")[2]


def _post(given: Given, desk: CallDesk) -> Json:
    doc = document_of(given, "document", desk)
    sources = _Sources(doc, desk.kit(fresh_path(doc, desk)), desk)
    description = " ".join(text_of(given, "description").split())
    notes = text_of(given, "notes").strip()
    rows = [escape(description), ""] if description else []
    rows += ["## Show notes", "", renumber(notes, sources.number), ""] if notes else []
    rows += _chapters(records_of(given, "chapters"))
    rows += _quotes(records_of(given, "quotes"), sources)
    rows += _links(records_of(given, "links"))
    return "\n".join([*rows, *sources.rows()]).rstrip() + "\n"


def _chapters(chapters: Records) -> list[str]:
    named = [(text_in(one, "at"), escape(text_in(one, "title"))) for one in chapters]
    points = [f"- {at} {title}" if at else f"- {title}" for at, title in named]
    return ["## Chapters", "", *points, ""] if points else []


def _quotes(quotes: Records, sources: _Sources) -> list[str]:
    rows: list[str] = []
    for one in quotes:
        path, _, line = text_in(one, "place").rpartition(":")
        is_placed = path and line.isdigit()
        number = sources.number(Place(path=path, line=int(line))) if is_placed else 0
        who = ", ".join(part for part in (text_in(one, "speaker"), text_in(one, "at")) if part)
        rows += [f"> “{escape(text_in(one, 'text'))}”{f' [{number}]' if number else ''}"]
        rows += [">", f"> — {escape(who)}"] if who else []
        rows += [""]
    return ["## Quotes", "", *rows] if rows else []


def _links(links: Records) -> list[str]:
    """Links first; what has no address is named on one line, so that a person may add one."""
    points = [
        f"- {link(text_in(one, 'text'), text_in(one, 'url'))}" for one in links if one.get("url")
    ]
    bare = [
        escape(text_in(one, "text"))
        for one in sorted(links, key=lambda one: -number_in(one, "count"))
        if not one.get("url")
    ]
    if bare:
        points.append(f"- {'Also mentioned' if points else 'Mentioned'}: {', '.join(bare)}")
    return ["## Links", "", *points, ""] if points else []


functions = (
    Function(
        spec=CallSpec(
            name="draft.post",
            summary="The whole post as Markdown, without its title: notes, chapters, quotes, links",
            parameters=(
                Parameter(name="document", shape="any"),
                Parameter(name="description", shape="str"),
                Parameter(name="notes", shape="cited_text"),
                Parameter(name="chapters", shape="[any]", is_optional=True),
                Parameter(name="quotes", shape="[any]", is_optional=True),
                Parameter(name="links", shape="[any]", is_optional=True),
            ),
            gives="str",
        ),
        run=_post,
    ),
)
