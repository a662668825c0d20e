"""This board beside one elsewhere, three ways: as it is here, as it is there, and as it was sent.

A field that was changed here alone is to be written; one that was changed there alone stays; one
that both have changed is for a person. Nothing is ever to be taken away there. Pure: what is there
and what was sent come in as values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from pmagent.nlp.counted import counted
from pmagent.tasks.board.efforts import format_effort, parse_effort
from pmagent.tasks.board.writing import one_line, write_link
from pmagent.types.pushes import FieldName, PushCard, PushField, TheirBoard, TheirCard, TheirList
from pmagent.types.tasks import Board, Card, Lane

EFFORT = "Effort: "
"""Begins the line of a description that says how long a card takes."""
MOST_NAME = 500
MOST_TEXT = 16_000
MOST_LABEL = 100
"""Characters that Trello takes, less those of the mark."""
_WORDS: tuple[FieldName, ...] = ("title", "text", "list", "due")
_Verdict = Literal["same", "write", "kept", "conflict"]


@dataclass(frozen=True, kw_only=True)
class CardFields:
    """What a card says, field by field; as a base, None where nothing is known."""

    title: str | None = None
    text: str | None = None
    list: str | None = None
    """The name of its list; as a base, the id of its list there."""
    due: str | None = None
    """A day as `2026-02-03`, or nothing."""


NOTHING = CardFields()


@dataclass(frozen=True, kw_only=True)
class CardRecord:
    """What is known of a card from earlier pushes."""

    key: str
    """What its mark there says."""
    id: str = ""
    """Its id there; empty where it was never sent."""
    base: CardFields = NOTHING
    """As both boards last agreed on it."""
    labels: frozenset[str] = frozenset()
    """Labels that it was given, in small letters."""
    tried: tuple[CardFields, ...] = ()
    """Of a push whose end is not known: what it sent, and what it was to replace."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How both boards say the same."""

    due_at: Callable[[date], datetime]
    """The end of a day's work."""
    day_of: Callable[[datetime], date]
    """The person's own day of a moment."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A card with what was found out about it."""

    push: PushCard
    card: Card
    record: CardRecord
    there: TheirCard | None = None
    list: TheirList | None = None
    """The list there that it belongs to; None where it stays in the one it is in."""
    writes: tuple[FieldName, ...] = ()
    """Fields that this board has changed."""
    labels: tuple[str, ...] = ()
    """Those that it lacks there."""
    agreed: CardFields = NOTHING
    """Fields that say the same in both places."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Both boards."""

    cards: tuple[Compared, ...]
    """Those that differ, in the order of this board."""
    same: tuple[Compared, ...]
    notes: tuple[str, ...]


def compare_boards(
    board: Board, theirs: TheirBoard, records: Mapping[str, CardRecord], terms: Terms
) -> Comparison:
    """What differs, card by card; `records` has every card of this board by its id."""
    sheet = _Sheet(board=board, theirs=theirs, terms=terms)
    cards: list[Compared] = []
    same: list[Compared] = []
    for lane in board.lanes:
        for card in lane.cards:
            found = sheet.compare(card, lane, records[card.id])
            if found is not None:
                (cards if found.push.fields or found.push.why else same).append(found)
    return Comparison(cards=tuple(cards), same=tuple(same), notes=tuple(_notes(sheet, records)))


def text_of(card: Card) -> str:
    """A card's description there: the lines below it, where it comes from, how long it takes."""
    told = {row.strip() for row in card.details}
    links = [row for link in card.links if (row := write_link(link)) not in told]
    effort = f"{EFFORT}{format_effort(card.effort)}" if card.effort is not None else ""
    return "\n\n".join(part for part in ("\n".join([*card.details, *links]), effort) if part)


def labels_of(card: Card) -> tuple[str, ...]:
    """A card's labels there: its tags, its project, and how urgent it is; each once."""
    priority = f"P{card.priority}" if card.priority is not None else ""
    kept: dict[str, str] = {}
    for name in (*card.tags, card.project, priority):
        kept.setdefault(name.casefold(), name[:MOST_LABEL])
    return tuple(name for name in kept.values() if name)


def home_of(board: Board, card: Card, lane: Lane) -> str:
    """The list a card belongs to: one that is ticked where it stands goes to that of such."""
    if not card.is_done or lane.is_done:
        return lane.title
    return next((one.title for one in board.lanes if one.is_done), lane.title)


def is_same_text(one: str, other: str) -> bool:
    """Whether two descriptions say the same, whatever the space around their lines."""
    return _rows(one) == _rows(other)


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """Both boards beside each other."""

    board: Board
    theirs: TheirBoard
    terms: Terms

    def compare(self, card: Card, lane: Lane, record: CardRecord) -> Compared | None:
        """A card beside its own there; None where it is not to be sent."""
        found = [one for one in self.theirs.cards if record.id and one.id == record.id]
        found = found or [one for one in self.theirs.cards if one.mark == record.key]
        blank = Compared(
            push=PushCard(card=card.id, title=card.title, state="left"), card=card, record=record
        )
        if not found:
            return self._unseen(blank, lane)
        there = replace(blank, there=found[0], push=replace(blank.push, url=found[0].url))
        if len(found) > 1:
            why = (
                f"{len(found)} cards there bear its mark: archive all but one, and take the mark "
                "out of them"
            )
            return _told(there, why)
        return self._seen(there, found[0], lane)

    def _unseen(self, blank: Compared, lane: Lane) -> Compared | None:
        """A card that is not there: to be made, or left."""
        if blank.card.is_done:
            return None
        if blank.record.id:
            why = (
                "it was sent, and somebody has deleted it there or taken it to another board; "
                "another ^id sends it anew"
            )
            return _told(blank, why)
        wanted = self._list(lane.title)
        if wanted is None:
            return _told(blank, _no_list(lane.title))
        if why := _unfit(blank.card):
            return _told(blank, why)
        card, labels = blank.card, labels_of(blank.card)
        shown: dict[FieldName, str] = {
            "title": card.title, "list": wanted.name, "text": text_of(card),
            "due": str(card.due or ""), "label": ", ".join(labels),
        }  # fmt: skip
        fields = tuple(
            PushField(name=name, here=here, there="") for name, here in shown.items() if here
        )
        made = replace(blank, list=wanted, labels=labels, writes=tuple(one.name for one in fields))
        return replace(made, push=replace(made.push, state="new", fields=fields))

    def _seen(self, blank: Compared, there: TheirCard, lane: Lane) -> Compared:
        """A card that is there, field by field."""
        card = blank.card
        if there.is_archived or self._name(there.list) is None:
            if card.is_done:
                return blank
            return _told(blank, "it is archived there, and stays so", is_kept=True)
        wanted = self._list(home_of(self.board, card, lane))
        if wanted is None and not card.is_done:
            return _told(blank, _no_list(lane.title))
        if why := _unfit(card):
            return _told(blank, why)
        stays = self._name(there.list) or ""
        here = CardFields(title=card.title, text=text_of(card), due=str(card.due or ""),
                          list=wanted.name if wanted is not None else stays)  # fmt: skip
        now = CardFields(title=there.name, text=there.text, list=stays, due=self.day_of(there))
        base = self._base(blank.record, now)
        known = {name.casefold() for name in there.labels} | blank.record.labels
        labels = tuple(one for one in labels_of(card) if one.casefold() not in known)
        verdicts: dict[FieldName, _Verdict] = {
            name: _verdict(name, here, now, base) for name in _WORDS
        }
        same = {name for name, said in verdicts.items() if said == "same"}
        agreed = CardFields(
            title=now.title if "title" in same else None,
            text=now.text if "text" in same else None,
            due=now.due if "due" in same else None,
            list=there.list if "list" in same else None,
        )
        push = replace(blank.push, state="kept")
        made = replace(blank, list=wanted, labels=labels, agreed=agreed, push=push)
        return self._judged(made, verdicts, (here, now, base))

    def _base(self, record: CardRecord, now: CardFields) -> CardFields:
        """As both last agreed, by names. What is there and was ours to send or replace is ours."""
        base = self._named(record.base)
        for tried in map(self._named, record.tried):
            own = {
                name for name in _WORDS
                if said_of(name, tried) is not None and _folded(name, tried) == _folded(name, now)
            }  # fmt: skip
            base = CardFields(
                title=tried.title if "title" in own else base.title,
                text=tried.text if "text" in own else base.text,
                list=tried.list if "list" in own else base.list,
                due=tried.due if "due" in own else base.due,
            )
        return base

    def _named(self, of: CardFields) -> CardFields:
        if of.list is None:
            return of
        return replace(of, list=self._name(of.list) or "a list that is gone")

    def day_of(self, there: TheirCard) -> str:
        """When a card there is due, by the person's own day."""
        return str(self.terms.day_of(there.due)) if there.due is not None else ""

    def _judged(
        self,
        made: Compared,
        verdicts: Mapping[FieldName, _Verdict],
        three: tuple[CardFields, CardFields, CardFields],
    ) -> Compared:
        """A card there with its state, and the fields that belong to that."""
        fields = {name: _field(name, *three) for name, said in verdicts.items() if said != "same"}
        writes = [name for name, said in verdicts.items() if said in {"write", "conflict"}]
        kept = [name for name, said in verdicts.items() if said == "kept"]
        if made.labels and made.there is not None:
            had = ", ".join(sorted(made.record.labels)) if made.record.id else None
            fields["label"] = PushField(
                name="label", here=", ".join(labels_of(made.card)),
                there=", ".join(made.there.labels), base=had,
            )  # fmt: skip
            writes.append("label")
        push = replace(made.push, fields=tuple(fields.values()))
        if "conflict" in verdicts.values():
            push = replace(push, state="conflict")
        elif writes:
            stays = f"the {' and the '.join(kept)} there stays" if kept else ""
            told = tuple(fields[name] for name in fields if name not in kept)
            push = replace(push, state="changed", fields=told, why=stays)
        return replace(made, push=push, writes=tuple(writes))

    def _list(self, name: str) -> TheirList | None:
        wanted = name.strip().casefold()
        found = (one for one in self.theirs.lists if one.name.strip().casefold() == wanted)
        return next(found, None)

    def _name(self, ident: str) -> str | None:
        return next((one.name for one in self.theirs.lists if one.id == ident), None)


def _notes(sheet: _Sheet, records: Mapping[str, CardRecord]) -> Sequence[str]:
    """What is not sent, and why, where no row says it."""
    open_ = {one.mark for one in sheet.theirs.cards if one.mark and not one.is_archived}
    archived = sum(records[card.id].key in open_ for card in sheet.board.archive)
    said = [f"{counted(archived, 'card')} archived here, and left as it is there"] * bool(archived)
    owners = {one.key: one.id for one in records.values() if one.id}
    here = {one.id for one in sheet.theirs.cards}
    return [
        *said,
        *(
            f'"{one.name}" there bears the mark of another card, as a copy does, and is left '
            f"alone: {one.url}"
            for one in sheet.theirs.cards
            if owners.get(one.mark, one.id) in here - {one.id} and not one.is_archived
        ),
    ]


def _verdict(name: FieldName, here: CardFields, there: CardFields, base: CardFields) -> _Verdict:
    ours, theirs, known = (_folded(name, of) for of in (here, there, base))
    if ours == theirs:
        return "same"
    if known is None:
        return "conflict"
    return "kept" if ours == known else "write" if theirs == known else "conflict"


def _folded(name: FieldName, of: CardFields) -> object:
    """What of a field counts when two are compared; None where nothing is known of it."""
    said = said_of(name, of)
    if said is None or name == "due":
        return said
    return _rows(said) if name == "text" else one_line(said).casefold() if name == "list" else (
        one_line(said)
    )  # fmt: skip


def said_of(name: FieldName, of: CardFields) -> str | None:
    """One field of a card."""
    match name:
        case "title":
            return of.title
        case "text":
            return of.text
        case "list":
            return of.list
        case _:
            return of.due


def _field(name: FieldName, here: CardFields, there: CardFields, base: CardFields) -> PushField:
    ours, theirs = said_of(name, here) or "", said_of(name, there) or ""
    return PushField(name=name, here=ours, there=theirs, base=said_of(name, base))


def _rows(text: str) -> tuple[str, ...]:
    """The rows that count, and last how long it takes, however that is spelled."""
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    told = [row.removeprefix(EFFORT) for row in rows if row.startswith(EFFORT)]
    efforts = [(said, parse_effort(said)) for said in told]
    spelled = [format_effort(effort) if effort is not None else said for said, effort in efforts]
    return (*(row for row in rows if not row.startswith(EFFORT)), *(EFFORT + s for s in spelled))


def _told(blank: Compared, why: str, *, is_kept: bool = False) -> Compared:
    push = replace(blank.push, state="kept" if is_kept else "left", why=why)
    return replace(blank, push=push)


def _no_list(name: str) -> str:
    return f'the board there has no list "{name}": make one of that name there'


def _unfit(card: Card) -> str:
    """Why a card is not taken there; empty where it is."""
    if not one_line(card.title):
        return "it has no words"
    if len(one_line(card.title)) > MOST_NAME:
        return f"its title is longer than the {MOST_NAME} characters that are taken there"
    # As JavaScript, and so Trello, counts: most emoji are two characters.
    if len(text_of(card).encode("utf-16-le", "surrogatepass")) // 2 > MOST_TEXT:
        return f"its text is longer than the {MOST_TEXT:,} characters that are taken there"
    return ""
