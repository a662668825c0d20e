"""Chapters as Podcasting 2.0 players read them: JSON chapters 1.2."""

from __future__ import annotations

import json
import math
from typing import cast

from pmagent.publish.render._escape import plain
from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render._times import Mark, marks_of, rising, untitled
from pmagent.publish.render.post import title_of
from pmagent.types.publishing import Kit

VERSION = "1.2.0"
MEDIA_TYPE = "application/json+chapters"


def read_chapters(text: str) -> tuple[Mark, ...]:
    """The chapters of such a file, as it has them. Silent ones (`toc: false`) are not told.

    Raises:
        ValueError: it is no such file; the message says why.
    """
    try:
        tree = cast("object", json.loads(text))
    except RecursionError as exc:
        raise ValueError("it is nested too deeply") from exc
    except ValueError as exc:
        raise ValueError("it is not JSON") from exc
    match tree:
        case {"version": str(version), "chapters": list()} if version.startswith("1."):
            found = cast("dict[str, list[object]]", tree)["chapters"]
            return tuple(mark for item in found if (mark := _mark(item)) is not None)
        case _:
            raise ValueError("it has no version 1 list of chapters")


def _mark(item: object) -> Mark | None:
    match item:
        case {"toc": False}:
            return None
        case {"startTime": bool()}:
            pass
        case {"startTime": int() | float() as start} if math.isfinite(start) and start >= 0:
            named = cast("dict[str, object]", item).get("title")
            return Mark(start_ms=round(start * 1000), title=named if isinstance(named, str) else "")
        case _:
            pass
    raise ValueError("a chapter has no start time")


def chapters_problems(text: str) -> tuple[str, ...]:
    """What a player would stumble over."""
    try:
        marks = read_chapters(text)
    except ValueError as exc:
        return (str(exc),)
    problems: list[str] = []
    if not marks:
        problems.append("it has no chapters")
    if not rising([mark.start_ms for mark in marks]):
        problems.append("the chapters are not in the order of their times")
    if any(not mark.title.strip() for mark in marks):
        problems.append("a chapter has no title")
    return tuple(problems)


def _make(kit: Kit) -> Rendering:
    found = marks_of(kit)
    if not found.marks:
        return Rendering(text="", remarks=found.remarks)
    told = {
        "version": VERSION,
        "title": title_of(kit),
        "description": plain(kit.description.short),
        "chapters": [
            {"startTime": mark.start_ms / 1000, "title": mark.title} for mark in found.marks
        ],
    }
    if not told["description"]:
        del told["description"]
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return Rendering(text=text, remarks=(*found.remarks, *untitled(kit)))


CHAPTERS = Format(
    name="chapters",
    about="chapters for Podcasting 2.0 players",
    file_name="chapters.json",
    media_type=MEDIA_TYPE,
    make=_make,
    check=chapters_problems,
)
FORMATS = (CHAPTERS,)
