"""A board that was exported from Trello as JSON (menu, Share, Export), as proposed cards.

Closed cards and cards of closed lists are left out, and counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from pmagent.errors import ReadError
from pmagent.tasks.board.importing import (
    Imported,
    as_list,
    as_mapping,
    day_of,
    json_of,
    proposed,
    read_each,
    tag_of,
    title_of,
)
from pmagent.types.tasks import Board, Card, ProposedCard

MOST_DETAILS = 200
_ID = re.compile(r"[0-9a-f]{24}")
_PRIORITIES = {"urgent": 1, "critical": 1, "high": 1, "p1": 1, "p2": 2, "p3": 3, "low": 3}


class _Given(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str = Field(min_length=1, max_length=64)
    pos: float = 0


class _List(_Given):
    name: str = ""
    closed: bool = False


class _Label(BaseModel):
    name: str | None = ""
    color: str | None = ""


class _Card(_Given):
    name: str = ""
    desc: str | None = ""
    closed: bool = False
    idList: str = ""  # noqa: N815 - as Trello calls it
    due: str | None = None
    start: str | None = None
    dueComplete: bool | None = False  # noqa: N815
    labels: tuple[_Label, ...] = ()
    idMembers: tuple[str, ...] = ()  # noqa: N815
    shortUrl: str = ""  # noqa: N815


class _Item(_Given):
    name: str = ""
    state: str = "incomplete"


class _Checklist(_Given):
    name: str = ""
    idCard: str = ""  # noqa: N815
    checkItems: tuple[_Item, ...] = ()  # noqa: N815


class _Member(_Given):
    fullName: str | None = ""  # noqa: N815
    username: str | None = ""


def import_trello(
    name: str, data: bytes, *, zone: str = "UTC", board: Board | None = None
) -> Imported:
    """The open cards of an export, list by list and in their order there; times are days in `zone`.

    Raises:
        ReadError: it is no export of a board.
    """
    whole = as_mapping(json_of(name, data))
    if whole is None or not isinstance(whole.get("cards"), list) or "lists" not in whole:
        raise ReadError(
            f'"{name}" is no export of a Trello board: it has no lists and cards',
            "in Trello choose Menu, Share, Print and export, Export as JSON",
        )
    cards, notes = read_each(name, "card", as_list(whole["cards"]), _Card)
    lists, more = read_each(name, "list", as_list(whole["lists"]), _List)
    checklists, worse = read_each(name, "checklist", as_list(whole.get("checklists")), _Checklist)
    members, _ = read_each(name, "member", as_list(whole.get("members")), _Member)
    people = {one.id: one.fullName or one.username or "" for one in members}
    lanes = {one.id: one for one in lists}
    order = {one.id: at for at, one in enumerate(sorted(lists, key=lambda one: one.pos))}
    kept, left_out = _sorted_out(cards, lanes)
    kept.sort(key=lambda one: (order[one.idList], one.pos))
    comments = _comments(as_list(whole.get("actions")))
    found: list[ProposedCard] = []
    for one in kept:
        own = sorted((c for c in checklists if c.idCard == one.id), key=lambda c: c.pos)
        who = ", ".join(people[ident] for ident in one.idMembers if people.get(ident))
        said = [f"- Members: {who}"] if who else []
        said += [f"- {told}" for told in comments.get(one.id, ())]
        card = _card(one, lanes[one.idList].name, (own, said), ZoneInfo(zone))
        reason = f'it is in the list "{lanes[one.idList].name}" of the Trello board'
        found.append(proposed(card, reason=reason, board=board, who=who))
    return Imported(cards=tuple(found), notes=(*notes, *more, *worse, *left_out))


def _sorted_out(
    cards: Sequence[_Card], lanes: Mapping[str, _List]
) -> tuple[list[_Card], tuple[str, ...]]:
    kept: list[_Card] = []
    closed = in_closed = nowhere = nameless = 0
    for one in cards:
        lane = lanes.get(one.idList)
        if one.closed:
            closed += 1
        elif lane is None:
            nowhere += 1
        elif lane.closed:
            in_closed += 1
        elif not one.name.strip():
            nameless += 1
        else:
            kept.append(one)
    told = (
        (closed, "archived in Trello"),
        (in_closed, "in an archived list"),
        (nowhere, "in a list that the export does not have"),
        (nameless, "without words"),
    )
    return kept, tuple(
        f"{count} {'card is' if count == 1 else 'cards are'} left out: {why}"
        for count, why in told
        if count
    )


def _card(
    one: _Card, lane: str, below: tuple[Sequence[_Checklist], Sequence[str]], zone: ZoneInfo
) -> Card:
    checklists, said = below
    labels = [label.name or label.color or "" for label in one.labels]
    priority = min((_PRIORITIES[n.casefold()] for n in labels if n.casefold() in _PRIORITIES),
                   default=None)  # fmt: skip
    details = [row for row in (one.desc or "").splitlines() if row.strip()]
    for checklist in checklists:
        details += [f"- {checklist.name}"] if checklist.name else []
        for item in sorted(checklist.checkItems, key=lambda item: item.pos):
            check = "x" if item.state == "complete" else " "
            details.append(f"- [{check}] {' '.join(item.name.split())}")
    details += said
    due = _moment(one.due, zone)
    # A card has a day to be done by, and a time that it is fixed to: this is none of these.
    told = [f"- Due at {due:%H:%M}"] if isinstance(due, datetime) else []
    told += [f"- {one.shortUrl}"] if one.shortUrl else []
    is_done = bool(one.dueComplete)
    return Card(
        id=f"trello-{one.id}",
        title=title_of(one.name),
        lane=lane,
        details=(*details[:MOST_DETAILS], *told),
        is_done=is_done,
        due=_day(one.due, zone),
        start=_day(one.start, zone),
        created=_made(one.id, zone),
        priority=priority,
        tags=tuple(dict.fromkeys(tag for label in labels if (tag := tag_of(label)))),
    )


def _comments(actions: Sequence[object]) -> Mapping[str, list[str]]:
    """What was said on each card, the oldest first."""
    told: dict[str, list[str]] = {}
    for one in reversed(actions):
        action = as_mapping(one) or {}
        data = as_mapping(action.get("data")) or {}
        card = as_mapping(data.get("card")) or {}
        text, ident = data.get("text"), card.get("id")
        if action.get("type") != "commentCard" or not isinstance(text, str):
            continue
        by = (as_mapping(action.get("memberCreator")) or {}).get("fullName")
        day = day_of(str(action.get("date", "")))
        head = ", ".join([str(part) for part in (by, day) if part]) or "comment"
        told.setdefault(str(ident), []).append(f"{head}: {' '.join(text.split())}")
    return told


def _made(ident: str, zone: ZoneInfo) -> date | None:
    """The day of an id: its first eight digits are the second in which it was made."""
    if _ID.fullmatch(ident) is None:
        return None
    return datetime.fromtimestamp(int(ident[:8], 16), zone).date()


def _day(said: str | None, zone: ZoneInfo) -> date | None:
    """The day that a time, which Trello has in UTC, is for the person."""
    at = _moment(said, zone)
    return at.date() if isinstance(at, datetime) else at


def _moment(said: str | None, zone: ZoneInfo) -> datetime | date | None:
    """The same with its time of day; a day alone where the export has none."""
    try:
        at = datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
    return at.astimezone(zone) if at is not None and at.tzinfo else day_of(said)
