"""The kit as JSON, for programs: every part with its place in the source."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from pmagent.publish.render._format import Format, Rendering
from pmagent.types.documents import Citation
from pmagent.types.publishing import Chapter, CitedLine, Fresh, Kit, Mention

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

VERSION = 1
_LISTS = ("titles", "title_ideas", "chapters", "suggestions", "notes", "quotes", "mentions")
_MORE_LISTS = ("description_lines", "promises", "fresh", "speakers", "remarks")


def kit_fields(kit: Kit) -> dict[str, Json]:
    """The kit as plain values: the strings first, what they are made of beside them."""
    talk = kit.transcript
    return {
        "version": VERSION,
        "path": talk.document.path,
        "title": talk.document.title,
        "digest": talk.document.digest,
        "made_by": kit.made_by,
        "end_ms": talk.end_ms,
        "speakers": list(talk.speakers),
        "titles": [idea.text for idea in kit.titles],
        "title_ideas": [
            {
                "text": idea.text,
                "kind": idea.kind,
                "citation": _place(idea.citation) if idea.citation else None,
            }
            for idea in kit.titles
        ],
        "description": kit.description.long or kit.description.short,
        "short_description": kit.description.short,
        "description_lines": [_line(line) for line in kit.description.lines],
        "chapters": [_chapter(chapter) for chapter in kit.chapters],
        "suggestions": [_chapter(chapter) for chapter in kit.suggestions],
        "notes": [_line(line) for line in kit.notes],
        "quotes": [{"text": one.text, **_place(one.citation)} for one in kit.quotes],
        "mentions": [_mention(mention) for mention in kit.mentions],
        "promises": [{"text": one.text, **_place(one.citation)} for one in kit.promises],
        "fresh": [_fresh(one) for one in kit.fresh],
        "remarks": list(dict.fromkeys((*kit.remarks, *talk.notes))),
    }


def json_problems(text: str) -> tuple[str, ...]:
    """Which fields are missing or of the wrong kind."""
    try:
        tree = cast("object", json.loads(text))
    except (ValueError, RecursionError):
        return ("it is not JSON",)
    if not isinstance(tree, dict):
        return ("it is not an object",)
    fields = cast("dict[str, object]", tree)
    problems: list[str] = []
    if fields.get("version") != VERSION:
        problems.append(f"its version is not {VERSION}")
    if not isinstance(fields.get("description"), str):
        problems.append('"description" is not a text')
    problems += [
        f'"{name}" is not a list'
        for name in (*_LISTS, *_MORE_LISTS)
        if not isinstance(fields.get(name), list)
    ]
    return tuple(problems)


def _place(citation: Citation) -> dict[str, Json]:
    locator = citation.locator
    return {
        "path": citation.path,
        "line": locator.first_line,
        "last_line": locator.last_line,
        "start_ms": locator.start_ms,
        "is_estimate": locator.is_interpolated,
        "speaker": citation.speaker,
    }


def _line(line: CitedLine) -> Json:
    return {"text": line.text, "source": line.source or line.text, **_place(line.citation)}


def _chapter(chapter: Chapter) -> Json:
    return {
        "start_line": chapter.start_line,
        "start_ms": chapter.start_ms,
        "title": chapter.title,
        "is_estimate": chapter.is_interpolated,
        "turn": chapter.turn,
        "titles": list(chapter.titles),
        "strength": round(chapter.strength, 4),
    }


def _mention(mention: Mention) -> Json:
    return {
        "text": mention.text,
        "kind": mention.kind,
        "count": mention.count,
        "url": mention.url or None,
        "score": round(mention.score, 4),
        "seen_before": [
            {**_place(one), "date": one.date.isoformat(), "title": one.title}
            for one in mention.seen_before
        ],
        **_place(mention.citation),
    }


def _fresh(one: Fresh) -> Json:
    before = one.last_before
    last = {**_place(before), "date": before.date.isoformat()} if before else None
    return {"text": one.subject, "last_before": last, **_place(one.citation)}


def _make(kit: Kit) -> Rendering:
    # Escaped to ASCII: a lone surrogate or an invisible mark in a file name cannot break a pipe.
    return Rendering(text=json.dumps(kit_fields(kit), indent=2) + "\n")


FORMATS = (
    Format(
        name="json",
        about="the whole kit for programs",
        file_name="kit.json",
        media_type="application/json",
        make=_make,
        check=json_problems,
    ),
)
