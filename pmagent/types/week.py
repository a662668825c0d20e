"""The week of one garden, as front ends call it: calendars, a board, and the plan of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from pmagent.types.actions import Outcome
from pmagent.types.jobs import Saved
from pmagent.types.pushes import PushDiff, PushResult
from pmagent.types.tasks import (
    Board,
    CalendarWindow,
    Card,
    Habits,
    Move,
    ProposedCard,
    WeekPlan,
)

ExportForm = Literal["todo.txt", "taskwarrior", "json"]
EXPORT_FORMS: tuple[ExportForm, ...] = ("todo.txt", "taskwarrior", "json")


@dataclass(frozen=True, kw_only=True)
class CardChange:
    """What came of a change of the board."""

    path: str
    """The board's file."""
    outcome: Outcome
    card: Card | None = None
    """As it stands now; None where it was not written, or several were."""
    cards: tuple[Card, ...] = ()
    """All that were put on the board."""
    notes: tuple[str, ...] = ()
    """One sentence each: what in the words was not understood."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Cards that are on no board until a person takes them."""

    cards: tuple[ProposedCard, ...]
    notes: tuple[str, ...] = ()
    """One sentence each: what was left out."""


@dataclass(frozen=True, kw_only=True)
class FileDiff:
    """One file that keeping a plan writes."""

    path: str
    diff: str
    """Unified; empty where nothing changes."""
    is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class TriageRow:
    """A card that wants a person's word, and for what."""

    card: Card
    reasons: tuple[str, ...]
    """`no effort`, `no day`, `overdue by 3 days`, `waiting for Gil`."""


class WeekCalls(Protocol):
    """The week. Every call blocks; `plan` takes a tenth of a second, `propose` a second a file.

    What is written goes through the gate, so that one undo point takes each file back.
    """

    def today(self) -> date:
        """The day it is by the clock of the person's own zone."""
        ...

    def now(self) -> datetime:
        """The moment it is, in the person's own zone."""
        ...

    def notes(self) -> Sequence[str]:
        """What of the settings was not understood, and what is guessed; one sentence each."""
        ...

    def habits(self) -> Habits:
        """How the person works."""
        ...

    def window(self, first: date, last: date) -> CalendarWindow:
        """What the calendars say of some days, both inclusive."""
        ...

    def board(self) -> Board:
        """The board as its file has it; an empty one where there is no file.

        Raises:
            ReadError: it cannot be read.
        """
        ...

    def plan(
        self,
        first: date,
        last: date,
        *,
        now: datetime | None = None,
        seed: int = 0,
        before: WeekPlan | None = None,
    ) -> WeekPlan:
        """The best plan for some days, with its moves against the one that stands. Writes nothing.

        `now` is the clock's where it is None. Where no plan stands for these days, as little as can
        be moves against `before`, such as a plan that a person has looked at.

        Raises:
            UsageError: `last` is before `first`, or the days are too many.
        """
        ...

    def standing(self, first: date, last: date) -> WeekPlan | None:
        """The plan that was kept for any of these days; None where none was."""
        ...

    def moves(self, plan: WeekPlan) -> Sequence[Move]:
        """What a plan changes against the one that stands."""
        ...

    def page(self, plan: WeekPlan, day: date) -> str:
        """One day of a plan as Markdown."""
        ...

    def table(self, plan: WeekPlan, *, width: int = 80, has_reasons: bool = False) -> str:
        """A plan by days for a terminal; no line is wider.

        With `has_reasons` each block has its own below it, and the choices are at the end.
        """
        ...

    def preview(self, plan: WeekPlan) -> Sequence[FileDiff]:
        """What `keep` would write, file by file, as exact differences."""
        ...

    def keep(self, plan: WeekPlan) -> Sequence[Saved]:
        """Write a plan below `drafts/plans/`, and let it stand from now on.

        An `.ics` of its blocks and a page a day, for each week. It ends at the first refusal, and
        then the plan before it stands.
        """
        ...

    def add(self, words: str, *, lane: str = "") -> CardChange:
        """Put a card on the board, with the marks in its words; else into Inbox, or the first list.

        Raises:
            UsageError: there are no words.
        """
        ...

    def done(self, name: str, *, spent: int | None = None) -> CardChange:
        """Finish a card, by its id or words of its title; `spent` is in minutes.

        Raises:
            UsageError: no card, or several, fit the name.
        """
        ...

    def move(self, name: str, lane: str, *, before: str = "") -> CardChange:
        """Put a card at the end of a list, or above the card with the id `before`.

        Raises:
            UsageError: no card, or several, fit the name; or there is no such list.
        """
        ...

    def change(self, card: Card) -> CardChange:
        """Bring the card of this id to these values; to another list where `lane` is another.

        Raises:
            UsageError: there is no such card or list.
        """
        ...

    def take_option(self, plan: WeekPlan, choice_id: str, option: int) -> CardChange:
        """Change the board as an option of a plan's choice says; `option` counts from 0.

        An option that changes no card is the person's own to do: nothing is written, and the
        sentence in `notes` says what it is.

        Raises:
            UsageError: the plan has no such choice or option, or its card is open no more.
        """
        ...

    def propose(self, names: Sequence[str] = ()) -> Proposal:
        """Promises and action items of documents, as cards with quote and time. Writes nothing.

        Without names the newest transcripts are read.

        Raises:
            UsageError: no document, or several, fit a name.
        """
        ...

    def take(self, proposed: Sequence[ProposedCard], *, lane: str = "") -> CardChange:
        """Put proposed cards on the board, at once; a duplicate is left out, and said."""
        ...

    def import_file(self, path: str) -> Proposal:
        """The cards of an export of Trello, Taskwarrior or todo.txt. Writes nothing.

        Raises:
            ReadError: it is none of these.
        """
        ...

    def export(self, form: ExportForm) -> str:
        """The cards of the board in another program's format."""
        ...

    def push_diff(self) -> PushDiff:
        """What a push would tell the board elsewhere. Reads both, writes nothing.

        Raises:
            UsageError: no board elsewhere is set up.
            FetchError: it cannot be read.
            AccessError: the gate does not let it be read.
        """
        ...

    def push(
        self, diff: PushDiff, *, ours: Sequence[str] = (), theirs: Sequence[str] = ()
    ) -> PushResult:
        """Send what a diff says, through the gate and the outbox; each card is made once.

        Of cards in conflict, `ours` names those to be written over there, `theirs` those that are
        brought here; the others stay as they are in both places.

        Raises:
            UsageError: a name is no card in conflict.
        """
        ...

    def triage(self) -> Sequence[TriageRow]:
        """Open cards without effort, day or priority, overdue, or waiting too long."""
        ...

    def standup(self, day: date) -> str:
        """What was done, what is planned for the day and what waits, as Markdown."""
        ...

    def look_back(self, week: str) -> str:
        """A week (`2026-W06`) that is over: expected against actual, estimate bias; as Markdown.

        Raises:
            UsageError: it is no week.
        """
        ...

    def weekly(self, week: str) -> str:
        """The report of a week as Markdown. The same data give the same bytes.

        Raises:
            UsageError: it is no week.
        """
        ...
