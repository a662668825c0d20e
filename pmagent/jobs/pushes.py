"""This garden's board told to the person's own board elsewhere: compared first, sent when told to.

Reading that board and writing to it are calls of tools through the gate. What is written goes
through the outbox, so that each card is made once, whatever happens on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from pmagent.errors import AccessError, FetchError, UsageError
from pmagent.jobs.grounds import JobGrounds
from pmagent.jobs.push_records import PushRecords
from pmagent.jobs.push_steps import Step, steps_of
from pmagent.jobs.week_files import WeekFiles
from pmagent.publishers.trello.holding import read_board
from pmagent.tasks.board.comparing import CardFields, Compared, Comparison, Terms, compare_boards
from pmagent.tasks.board.reading import cards_of
from pmagent.tasks.board.taking import name_cards, take_fields
from pmagent.tasks.planner.minutes import WEEKDAYS
from pmagent.types.actions import Denied, Done, Failed, Json, Outcome, Unanswered
from pmagent.types.outbox import Effect
from pmagent.types.pushes import FieldName, PushDiff, Pushed, PushResult, TheirBoard
from pmagent.types.tasks import Habits

PLACE = "trello"
READ, PUSH = "trello.board", "trello.push"
CLOSE_OF_DAY = time(17)
"""Where no working hours are known."""


@dataclass(frozen=True, kw_only=True)
class PushLinks:
    """The way out, as far as a push looks at it itself."""

    target: Callable[[], str]
    """The address that effects on the board go to. Raises UsageError where none is set up."""
    effect: Callable[[str], Effect | None]
    """An effect on record, by its key."""


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A difference that is looked at, with all that it was made from."""

    diff: PushDiff
    comparison: Comparison
    theirs: TheirBoard
    text: str
    """This board's file."""


class PushDesk:
    """Compares and sends."""

    def __init__(
        self,
        grounds: JobGrounds,
        files: WeekFiles,
        links: PushLinks,
        habits: Callable[[], Habits],
    ) -> None:
        self._grounds = grounds
        self._files = files
        self._links = links
        self._habits = habits
        self._draft: _Draft | None = None

    def diff(self) -> PushDiff:
        """What a push would tell the board elsewhere."""
        records = self._records()
        theirs = self._read()
        board = self._files.board()
        cards = cards_of(board, with_archive=True)
        known = {card.id: records.of(card) for card in cards}
        found = compare_boards(board, theirs, known, self._terms())
        diff = PushDiff(
            place=PLACE,
            target=theirs.url,
            title=theirs.name,
            cards=tuple(one.push for one in found.cards),
            same=len(found.same),
            notes=(*found.notes, *_gone(theirs, {one.key for one in known.values()}, records)),
        )
        self._draft = _Draft(diff=diff, comparison=found, theirs=theirs, text=board.text)
        return diff

    def push(self, diff: PushDiff, ours: Sequence[str], theirs: Sequence[str]) -> PushResult:
        """Send what a diff says, and take what is to be taken."""
        draft = self._drafted(diff)
        _check_names(diff, ours, theirs)
        chosen = [
            one
            for one in draft.comparison.cards
            if one.push.state in {"new", "changed"} or one.card.id in ours
        ]
        taken = [one for one in draft.comparison.cards if one.card.id in theirs]
        self._check_taken(draft, taken)
        outcome, cards = self._send(draft, chosen)
        if not isinstance(outcome, Done):
            return PushResult(outcome=outcome)
        self._draft = None
        written = self._write(draft, chosen, taken)
        if written is not None and not isinstance(written, Done):
            return PushResult(outcome=written, cards=cards)
        self._agree(draft, taken)
        if written is not None and taken:
            outcome = replace(outcome, checkpoint=written.checkpoint)
        return PushResult(outcome=outcome, cards=cards, taken=tuple(one.card.id for one in taken))

    # -- there -------------------------------------------------------------------------------------

    def _read(self) -> TheirBoard:
        outcome = self._grounds.garden.perform(
            READ, {}, by="command", why="the board there, beside this one"
        )
        match outcome:
            case Done(data=data):
                return read_board(data)
            case Denied(decision=decision, note=note):
                raise AccessError(f"the board there is not read: {decision.reason}", note)
            case Unanswered(decision=decision):
                raise AccessError(
                    f"the board there is not read: {decision.reason}, and nobody is there to ask",
                    f'run it in a terminal, or allow it with "pmagent garden allow {READ}"',
                )
            case Failed(message=message, hint=hint):
                raise FetchError(message, hint)

    def _send(
        self, draft: _Draft, chosen: Sequence[Compared]
    ) -> tuple[Outcome, tuple[Pushed, ...]]:
        terms = self._terms()
        steps: list[Step] = [step for one in chosen for step in steps_of(one, terms)]
        if not steps:
            return Done(text="nothing is to be sent"), ()
        given: dict[str, Json] = {
            "board": draft.theirs.name,
            "lists": {one.id: one.name for one in draft.theirs.lists},
            "steps": steps,
        }
        why = f"{len(chosen)} of this board's cards"
        outcome = self._grounds.garden.perform(PUSH, given, by="command", why=why)
        return outcome, _pushed(outcome.data) if isinstance(outcome, Done) else ()

    # -- here --------------------------------------------------------------------------------------

    def _write(
        self, draft: _Draft, sent: Sequence[Compared], taken: Sequence[Compared]
    ) -> Outcome | None:
        """The board's file with the ids of cards that are there, and with what was taken.

        Without its id a card would be another one as soon as its title changes. Cards of an earlier
        push that ended in the midst get theirs as well.
        """
        board = self._files.board()
        compared = (*draft.comparison.cards, *draft.comparison.same)
        known = [one for one in compared if one.there is not None]
        named = {one.card.id for one in (*known, *sent)}
        text = name_cards(board.text, named, seen=draft.text)
        try:
            for one in taken:
                text = take_fields(text, one.card.id, _there(one, draft.theirs, self._terms()))
        except UsageError as exc:
            return Failed(message=exc.message, hint=exc.hint)
        if text == board.text:
            return None
        given = {"file_path": board.path, "old_string": board.text, "new_string": text}
        what = ", ".join(f'"{one.card.title}"' for one in taken)
        why = f"taken from the board there: {what}" if taken else "ids of cards that are there"
        return self._grounds.garden.perform("Edit", given, by="command", why=why)

    def _check_taken(self, draft: _Draft, taken: Sequence[Compared]) -> None:
        """See that what is to be taken can be, and has its list here, before anything is sent.

        Raises:
            UsageError: one cannot.
        """
        board = self._files.board()
        names = {lane.title.casefold() for lane in board.lanes}
        for one in taken:
            for field in one.push.fields:
                if field.name == "list" and field.there.strip().casefold() not in names:
                    raise UsageError(
                        f'"{one.card.title}" is in the list "{field.there}" there, which this '
                        "board does not have",
                        "make a list of that name on this board, and push again",
                    )
        text = board.text
        for one in taken:
            text = take_fields(text, one.card.id, _there(one, draft.theirs, self._terms()))

    def _agree(self, draft: _Draft, taken: Sequence[Compared]) -> None:
        """Note what both boards say alike by now."""
        terms = self._terms()
        fields = {
            one.card.id: one.agreed
            for one in (*draft.comparison.cards, *draft.comparison.same)
            if one.there is not None
        }
        for one in taken:
            if one.there is not None:
                whole = _there(one, draft.theirs, terms, is_whole=True)
                ident = one.there.list if whole.list is not None else None
                fields[one.card.id] = CardFields(
                    title=whole.title, text=whole.text, due=whole.due, list=ident
                )
        self._records().agree(fields)

    # -- parts -------------------------------------------------------------------------------------

    def _drafted(self, diff: PushDiff) -> _Draft:
        """What a diff was made from; it is made again where another was looked at since.

        Raises:
            UsageError: it is another one by now.
        """
        kept = self._draft
        if kept is not None and kept.diff == diff and kept.text == self._files.board().text:
            return kept
        again = self.diff()
        if again != diff or self._draft is None:
            raise UsageError("one of the boards has changed since", "look at what differs again")
        return self._draft

    def _records(self) -> PushRecords:
        target = self._links.target()
        return PushRecords(self._grounds.data_dir, target, self._links.effect, self._terms().day_of)

    def _terms(self) -> Terms:
        habits = self._habits()
        zone = ZoneInfo(habits.zone)
        ends = {name: max(one.end for one in hours) for name, hours in habits.hours if hours}
        usual = max(ends.values(), default=CLOSE_OF_DAY)

        def due_at(day: date) -> datetime:
            return datetime.combine(day, ends.get(WEEKDAYS[day.weekday()], usual), zone)

        return Terms(due_at=due_at, day_of=lambda at: at.astimezone(zone).date())


def _there(
    one: Compared, theirs: TheirBoard, terms: Terms, *, is_whole: bool = False
) -> CardFields:
    """What is to be taken of a card there: the fields that differ, or all."""
    there = one.there
    if there is None:
        return CardFields()
    differing: set[FieldName] = {field.name for field in one.push.fields}
    names = {entry.id: entry.name for entry in theirs.lists}

    def is_taken(name: FieldName) -> bool:
        return is_whole or name in differing

    due = str(terms.day_of(there.due)) if there.due is not None else ""
    return CardFields(
        title=there.name if is_taken("title") else None,
        text=there.text if is_taken("text") else None,
        list=names.get(there.list) if is_taken("list") else None,
        due=due if is_taken("due") else None,
    )


def _gone(theirs: TheirBoard, known: set[str], records: PushRecords) -> Sequence[str]:
    """A sentence for each card that was sent from here, and is on this board no more."""
    open_ = [one for one in theirs.cards if one.mark and not one.is_archived]
    return tuple(
        f'"{one.name}" is gone here, and stays there: {one.url}'
        for one in open_
        if one.mark not in known and records.sent_name(one.mark)
    )


def _check_names(diff: PushDiff, ours: Sequence[str], theirs: Sequence[str]) -> None:
    """See that each name is a card in conflict, and is decided one way.

    Raises:
        UsageError: one is not.
    """
    open_ = {card.card for card in diff.cards if card.state == "conflict"}
    for name in (*ours, *theirs):
        if name not in open_:
            listed = ", ".join(sorted(open_)) or "none"
            raise UsageError(f'"{name}" is no card in conflict', f"in conflict: {listed}")
    if both := set(ours) & set(theirs):
        raise UsageError(f'"{min(both)}" cannot be both ours and theirs', "name it once")


def _pushed(data: Mapping[str, Json]) -> tuple[Pushed, ...]:
    rows = data.get("cards")
    return tuple(
        Pushed(
            card=str(row["card"]),
            title=str(row["title"]),
            state="sent" if row["state"] == "sent"
            else "waiting" if row["state"] == "waiting" else "failed",
            url=str(row["url"]),
            why=str(row["why"]),
        )
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping)
    )  # fmt: skip
