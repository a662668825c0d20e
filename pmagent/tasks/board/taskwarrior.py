"""Taskwarrior's own JSON (`task export`, `task import`), read and written."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from pmagent.errors import ReadError
from pmagent.tasks.board.efforts import parse_effort
from pmagent.tasks.board.importing import (
    Imported,
    as_list,
    as_mapping,
    json_of,
    proposed,
    read_each,
    tag_of,
    text_of,
    title_of,
)
from pmagent.tasks.board.reading import cards_of
from pmagent.types.tasks import Board, Card, Effort

_NAMESPACE = uuid.UUID("6f0f5c0a-9f0e-5b7c-8f39-70a6d1a2c3b4")
_OURS = "task-"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PRIORITIES = {"H": 1, "M": 2, "L": 3}
_FORM = "%Y%m%dT%H%M%SZ"
_UTC = ZoneInfo("UTC")


class _Annotation(BaseModel):
    description: str = ""


class _Task(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    uuid: str = Field(min_length=1, max_length=64)
    description: str = Field(min_length=1)
    status: str = "pending"
    entry: str | None = None
    due: str | None = None
    wait: str | None = None
    scheduled: str | None = None
    end: str | None = None
    project: str = ""
    priority: str = ""
    tags: tuple[str, ...] = ()
    depends: tuple[str, ...] | str = ()
    annotations: tuple[_Annotation, ...] = ()
    estimate: str | float | None = None
    pmagent_id: str = ""


def import_taskwarrior(
    name: str, data: bytes, *, zone: str = "UTC", board: Board | None = None
) -> Imported:
    """Every task that is pending, waiting or completed. Its times become days in `zone`.

    Raises:
        ReadError: it is no export of Taskwarrior.
    """
    tasks, notes = read_each(name, "task", _tasks(name, data), _Task)
    kept = [task for task in tasks if task.status not in {"deleted", "recurring"}]
    left = len(tasks) - len(kept)
    if left:
        told = "task is" if left == 1 else "tasks are"
        notes = (*notes, f"{left} {told} left out: deleted, or the pattern of a recurring one")
    own = {task.uuid: task.pmagent_id or _id_of(task.uuid) for task in kept}
    ids = _with_board(own, kept, board)
    notes = (*notes, *_unknown(tasks, kept, ids))
    reason = "it is a task of Taskwarrior"
    cards = tuple(
        proposed(_card(task, ids, ZoneInfo(zone)), reason=reason, board=board) for task in kept
    )
    return Imported(cards=cards, notes=notes)


def export_taskwarrior(cards: Sequence[Card], *, zone: str = "UTC") -> str:
    """A JSON list for `task import`; a day is due at its end.

    The same card has the same uuid, and one that came from Taskwarrior has the one it had there.
    What a card waits for is left out where that is none of these cards.
    """
    known = {card.id for card in cards}
    listed = [
        _task(replace(card, after=tuple(one for one in card.after if one in known)), ZoneInfo(zone))
        for card in cards
    ]
    rows = ",\n".join(json.dumps(one, ensure_ascii=False) for one in listed)
    return f"[\n{rows}\n]\n" if rows else "[]\n"


def _tasks(name: str, data: bytes) -> Sequence[object]:
    """A list, or one object on each line as older versions export."""
    text = text_of(name, data).strip()
    if text.startswith("{"):
        joined = ",".join(row.strip().rstrip(",") for row in text.split("\n") if row.strip())
        found = as_list(json_of(name, f"[{joined}]".encode()))
    else:
        found = as_list(json_of(name, data))
    if not any("description" in (as_mapping(one) or {}) for one in found) and text != "[]":
        raise ReadError(
            f'"{name}" is no export of Taskwarrior: it has no tasks', 'make one with "task export"'
        )
    return found


def _id_of(ident: str) -> str:
    """What a task's card is known by: its whole uuid, so that it can be given back."""
    return f"{_OURS}{ident if _UUID.fullmatch(ident) else ident[:8]}"


def _depends(task: _Task) -> Sequence[str]:
    listed = task.depends.split(",") if isinstance(task.depends, str) else task.depends
    return [one.strip() for one in listed if one.strip()]


def _with_board(
    ids: Mapping[str, str], kept: Sequence[_Task], board: Board | None
) -> Mapping[str, str]:
    """The ids by uuid, with those of tasks that were put on the board before."""
    listed = cards_of(board, with_archive=True) if board is not None else ()
    known = {card.id for card in listed}
    asked = {one for task in kept for one in _depends(task)}
    return {one: _id_of(one) for one in asked if _id_of(one) in known} | dict(ids)


def _unknown(
    tasks: Sequence[_Task], kept: Sequence[_Task], ids: Mapping[str, str]
) -> Iterator[str]:
    """A sentence for each task that waits for one that is nowhere."""
    read = {task.uuid for task in tasks}
    for task in kept:
        for one in _depends(task):
            if one not in ids and one not in read:
                title = title_of(task.description)
                yield f'"{title}" waits for a task that is not in the file: {one}'


def _card(task: _Task, ids: Mapping[str, str], zone: ZoneInfo) -> Card:
    effort = parse_effort(str(task.estimate)) if task.estimate is not None else None
    return Card(
        id=ids[task.uuid],
        title=title_of(task.description),
        lane="",
        details=tuple(f"- {' '.join(one.description.split())}" for one in task.annotations),
        is_done=task.status == "completed",
        effort=effort,
        due=_day(task.due, zone),
        start=_day(task.scheduled or task.wait, zone),
        priority=_PRIORITIES.get(task.priority),
        project=task.project,
        tags=tuple(dict.fromkeys(tag for one in task.tags if (tag := tag_of(one)))),
        after=tuple(ids[one] for one in _depends(task) if one in ids),
        created=_day(task.entry, zone),
        done_on=_day(task.end, zone) if task.status == "completed" else None,
    )


def _day(said: str | None, zone: ZoneInfo) -> date | None:
    """The day that a time of Taskwarrior, which is in UTC, is for the person."""
    if not said:
        return None
    try:
        return datetime.strptime(said, _FORM).replace(tzinfo=_UTC).astimezone(zone).date()
    except ValueError:
        return None


def _task(card: Card, zone: ZoneInfo) -> dict[str, object]:
    task: dict[str, object] = {
        "uuid": _uuid(card.id),
        "description": " ".join(card.title.split()),
        "status": "completed" if card.is_done else "pending",
        "pmagent_id": card.id,
    }
    by_number = {1: "H", 2: "M"}
    pairs: tuple[tuple[str, object], ...] = (
        ("entry", card.created and _stamp(card.created, zone, time())),
        ("due", card.due and _stamp(card.due, zone)),
        ("scheduled", card.start and _stamp(card.start, zone, time())),
        ("end", card.is_done and card.done_on and _stamp(card.done_on, zone)),
        ("project", ".".join(card.project.split())),
        ("priority", card.priority and by_number.get(card.priority, "L")),
        ("tags", list(card.tags)),
        ("depends", [_uuid(ident) for ident in card.after]),
        ("estimate", card.effort and _estimate(card.effort)),
    )
    return task | {name: value for name, value in pairs if value}


def _uuid(ident: str) -> str:
    own = ident.removeprefix(_OURS)
    if own != ident and _UUID.fullmatch(own):
        return own
    return str(uuid.uuid5(_NAMESPACE, ident))


def _stamp(day: date, zone: ZoneInfo, at: time = time(23, 59)) -> str:
    return datetime.combine(day, at, zone).astimezone(_UTC).strftime(_FORM)


def _estimate(effort: Effort) -> str:
    return f"{effort.likely}m"
