"""The week of one garden: where its calendars, its board and its plans meet the pure work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from pmagent.errors import AccessError, ReadError, UsageError
from pmagent.jobs.boards import BoardDesk
from pmagent.jobs.grounds import JobGrounds
from pmagent.jobs.plan_files import calendar_path, diff_of, plan_files
from pmagent.jobs.plans import KeptWeek, Plans, digest_of, joined, kept_after, weeks_of
from pmagent.jobs.proposals import propose_cards, read_export, write_export
from pmagent.jobs.pushes import PushDesk, PushLinks
from pmagent.jobs.week_cards import as_the_board_is, ids_apart, not_past, plannable
from pmagent.jobs.week_files import WeekFiles, week_settings
from pmagent.jobs.week_pages import (
    WeekPast,
    look_back_page,
    monday_of,
    standup_page,
    triage_rows,
    weekly_page,
)
from pmagent.tasks.board.reading import cards_of
from pmagent.tasks.calendar.limits import MOST_BYTES
from pmagent.tasks.calendar.window import read_window
from pmagent.tasks.planner import (
    ReadHabits,
    day_page,
    diff_plans,
    habits_of,
    plan_week,
    read_outcomes,
    taken_option,
    week_table,
)
from pmagent.tasks.planner.minutes import WEEKDAYS
from pmagent.tasks.planner.own_past import Adjusted, adjust_estimates
from pmagent.types.actions import Done, Json
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
    WeekTask,
)
from pmagent.types.week import CardChange, ExportForm, FileDiff, Proposal, TriageRow

RunsSection = Callable[[str, tzinfo], str]
"""What the runs of a week come to, as Markdown, for a week such as `2026-W06`."""
MOST_DAYS = 62
UNREADABLE = "unreadable"
"""In the place of a digest: there is a file, and it is none of ours."""


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A plan that is looked at, and the moment that its files bear."""

    plan: WeekPlan
    stamp: datetime


class Week:
    """The week, as `types.week.WeekCalls` says. Calls block."""

    def __init__(self, grounds: JobGrounds, runs_section: RunsSection, links: PushLinks) -> None:
        self._grounds = grounds
        self._settings = week_settings(grounds.week)
        self._files = WeekFiles(grounds.walls, self._settings)
        self._plans = Plans(grounds.data_dir, self._digest_of)
        self._desk = BoardDesk(grounds, self._files, self.today)
        self._pushes = PushDesk(grounds, self._files, links, self.habits)
        self._runs_section = runs_section
        self._zone = ""
        self._draft: _Draft | None = None
        self._made: _Draft | None = None
        """The plan that was made last, and the moment it was made for."""

    # -- what there is -----------------------------------------------------------------------------

    def today(self) -> date:
        """The day it is by the clock of the person's own zone."""
        return self.now().date()

    def now(self) -> datetime:
        """The moment it is, in the person's own zone."""
        return self._grounds.now().astimezone(ZoneInfo(self.habits().zone))

    def notes(self) -> Sequence[str]:
        """What of the settings was not understood, and what is guessed."""
        problems = read_outcomes(self._files.outcomes()).problems
        named = self._settings.outcomes
        if named and not self._is_there(named):
            problems = (f'there is no "{named}", which week.outcomes names', *problems)
        return (*self._habits().problems, *self._zone_notes(), *problems)

    def habits(self) -> Habits:
        """How the person works; in the zone of their calendars where none is set."""
        return self._habits().habits

    def _habits(self) -> ReadHabits:
        given = self._settings.habits
        if "zone" not in given and not self._zone:
            found = self._files.calendars()
            day = self._grounds.now().date()
            # Where there is no calendar yet, one may come; where none names a zone, ours is used.
            window = read_window(found.files, day, day) if found.files else None
            self._zone = window.zone if window is not None and window.is_zone_said else ""
        return habits_of(given, zone=self._zone or self._grounds.zone.name)

    def _zone_notes(self) -> Sequence[str]:
        """Which zone is used where neither the settings nor a calendar name one."""
        own = self._grounds.zone
        if self._zone or "zone" in self._settings.habits:
            return ()
        says = f"as {own.source} says" if own.source else "as nothing names another"
        return (f"times are those of {own.name}, {says}",)

    def window(self, first: date, last: date) -> CalendarWindow:
        """What the calendars say of some days."""
        found = self._files.calendars()
        zone = self.habits().zone
        window = read_window(
            found.files,
            first,
            last,
            zone=zone,
            mtimes=found.written,
            owners=self._settings.me,
        )
        notes = found.notes
        if not found.files:
            listed = ", ".join(self._settings.calendars)
            notes = (*notes, f"no calendar is known: put an export (.ics) at {listed}")
        return replace(window, notes=(*window.notes, *notes))

    def board(self) -> Board:
        """The board as its file has it."""
        return self._files.board()

    # -- the plan ----------------------------------------------------------------------------------

    def plan(
        self,
        first: date,
        last: date,
        *,
        now: datetime | None = None,
        seed: int = 0,
        before: WeekPlan | None = None,
    ) -> WeekPlan:
        """The best plan for some days. Writes nothing."""
        if last < first:
            raise UsageError(f"{last} is before {first}", "name the earlier day first")
        if (last - first).days >= MOST_DAYS:
            raise UsageError(f"these are more than {MOST_DAYS} days", "plan fewer at a time")
        task = self._task(first, last, now or self._grounds.now(), seed)
        task = replace(task, before=task.before or before)
        kept = self._plans.all(task.habits.zone)
        away = [block for one in kept.standing for block in one.plan.blocks]
        away = [one for one in away if not first <= one.start.date() <= last]
        adjusted = self._adjusted(task)
        cards, notes = plannable(replace(task, cards=adjusted.cards), away)
        plan = plan_week(replace(task, cards=cards))
        plan = ids_apart(plan, task.before, away, kept.gone)
        today = task.now.astimezone(ZoneInfo(task.habits.zone)).date()
        told = (*self._unread(task.window), *adjusted.notes, *plan.notes, *notes, *self.notes())
        plan = not_past(replace(plan, notes=tuple(dict.fromkeys(told))), today)
        self._made = _Draft(plan=plan, stamp=task.now)
        return plan

    def _unread(self, window: CalendarWindow) -> Sequence[str]:
        """What a plan stands on that is not there, or was not read."""
        refused = [f"{one.file} was not read: {one.reason}" for one in window.refusals]
        board = self.board()
        if not board.text:
            refused.append(f'there is no board "{board.path}": "pmagent tasks add" begins one')
        elif not cards_of(board):
            refused.append(f'"{board.path}" has no card: nothing is to be planned')
        return (*refused, *window.notes)

    def _adjusted(self, task: WeekTask) -> Adjusted:
        """The cards with estimates as the person's past corrects them."""
        if not self._settings.learns:
            return Adjusted(cards=task.cards)
        return adjust_estimates(task.cards, cards_of(self.board(), with_archive=True))

    def standing(self, first: date, last: date) -> WeekPlan | None:
        """The plan that was kept for any of these days."""
        kept = self._plans.of(weeks_of(first, last), self.habits().zone)
        plan = joined(kept, first, last)
        if plan is None:
            return None
        cards = cards_of(self.board(), with_archive=True)
        return as_the_board_is(plan, cards, self._grounds.now())

    def moves(self, plan: WeekPlan) -> Sequence[Move]:
        """What a plan changes against the one that stands."""
        before = self.standing(plan.first, plan.last)
        whys = {move.block: move.why for move in plan.moves}
        blank = WeekPlan(first=plan.first, last=plan.last, blocks=())
        return diff_plans(before or blank, plan, lambda move: whys.get(move.block, ""))

    def page(self, plan: WeekPlan, day: date) -> str:
        """One day of a plan as Markdown."""
        return day_page(self._task_of(plan), plan, day)

    def table(self, plan: WeekPlan, *, width: int = 80, has_reasons: bool = False) -> str:
        """A plan by days for a terminal."""
        return week_table(self._task_of(plan), plan, width=width, has_reasons=has_reasons)

    def preview(self, plan: WeekPlan) -> Sequence[FileDiff]:
        """What `keep` would write."""
        return tuple(diff_of(*row) for row in self._changes(plan, self._weeks(plan)))

    def keep(self, plan: WeekPlan) -> Sequence[Saved]:
        """Write a plan, and let it stand."""
        weeks = self._weeks(plan)
        texts = {path: text for path, _, text in self._changes(plan, weeks)}
        saved: tuple[Saved, ...] = ()
        if texts:
            why = f"the plan from {plan.first} to {plan.last}"
            files: list[Json] = [{"path": path, "text": text} for path, text in texts.items()]
            given: dict[str, Json] = {"files": files}
            outcome = self._grounds.garden.perform("plan.keep", given, by="command", why=why)
            saved = tuple(Saved(path=path, outcome=outcome) for path in texts)
            if not isinstance(outcome, Done):
                return saved
        now = {one.week: self._files.text(calendar_path(one.week)) or "" for one in weeks}
        self._plans.put(weeks, now)
        return saved

    def _digest_of(self, week: str) -> str:
        try:
            text = self._files.text(calendar_path(week))
        except (AccessError, ReadError):
            return UNREADABLE
        return digest_of(text) if text is not None else ""

    def _weeks(self, plan: WeekPlan) -> Sequence[KeptWeek]:
        # What is shown is what is written, to the second that the files bear.
        if self._draft is None or self._draft.plan != plan:
            self._draft = _Draft(plan=plan, stamp=self._grounds.now().replace(microsecond=0))
        zone = self.habits().zone
        before = self._plans.of(weeks_of(plan.first, plan.last), zone)
        return kept_after(before, plan, zone, self._draft.stamp)

    def _changes(
        self, plan: WeekPlan, weeks: Sequence[KeptWeek]
    ) -> Iterator[tuple[str, str | None, str]]:
        """(path, text now, text then) of each file that is not as it would be written."""
        task = self._task_of(plan)
        today = task.now.astimezone(ZoneInfo(task.habits.zone)).date()
        files = plan_files(task, plan, weeks, today=today, is_there=self._is_there)
        for path, text in files.items():
            before = self._files.text(path)
            if before != text:
                yield path, before, text

    def _is_there(self, path: str) -> bool:
        return self._files.text(path) is not None

    def _task_of(self, plan: WeekPlan) -> WeekTask:
        is_last = self._made is not None and self._made.plan == plan
        now = self._made.stamp if self._made is not None and is_last else self._grounds.now()
        return self._task(plan.first, plan.last, now, plan.seed)

    def _task(self, first: date, last: date, now: datetime, seed: int) -> WeekTask:
        return WeekTask(
            window=self.window(first, last),
            cards=cards_of(self.board()),
            habits=self.habits(),
            now=now,
            before=self.standing(first, last),
            priorities=read_outcomes(self._files.outcomes()).priorities,
            seed=seed,
        )

    # -- the board ---------------------------------------------------------------------------------

    def add(self, words: str, *, lane: str = "") -> CardChange:
        """Put a card on the board."""
        return self._desk.add(words, lane)

    def done(self, name: str, *, spent: int | None = None) -> CardChange:
        """Finish a card."""
        return self._desk.done(name, spent)

    def move(self, name: str, lane: str, *, before: str = "") -> CardChange:
        """Put a card elsewhere."""
        return self._desk.move(name, lane, before)

    def change(self, card: Card) -> CardChange:
        """Bring the card of this id to these values."""
        return self._desk.change(card)

    def take_option(self, plan: WeekPlan, choice_id: str, option: int) -> CardChange:
        """Change the board as an option of a plan's choice says."""
        board = self.board()
        taken = taken_option(plan, choice_id, option, cards_of(board))
        if taken.card is not None:
            return self._desk.change(taken.card)
        done = Done(text="the board stays as it is")
        return CardChange(path=board.path, outcome=done, notes=(taken.advice,))

    def propose(self, names: Sequence[str] = ()) -> Proposal:
        """Promises and action items of documents, as cards. Writes nothing."""
        return propose_cards(self._grounds.archive(), names, self.board(), self._files.text)

    def take(self, proposed: Sequence[ProposedCard], *, lane: str = "") -> CardChange:
        """Put proposed cards on the board, at once."""
        return self._desk.take(proposed, lane)

    def import_file(self, path: str) -> Proposal:
        """The cards of an export that lies in the garden."""
        data, _ = self._grounds.walls.read(path, limit=MOST_BYTES)
        return self.import_bytes(path, data)

    def import_bytes(self, name: str, data: bytes) -> Proposal:
        """The same of an export that a front end has read where a person named it."""
        return read_export(name, data, zone=self.habits().zone, board=self.board())

    def export(self, form: ExportForm) -> str:
        """The cards of the board in another program's format."""
        return write_export(cards_of(self.board()), form, zone=self.habits().zone)

    # -- the board elsewhere -----------------------------------------------------------------------

    def push_diff(self) -> PushDiff:
        """What a push would tell the board elsewhere. Reads both, writes nothing."""
        return self._pushes.diff()

    def push(
        self, diff: PushDiff, *, ours: Sequence[str] = (), theirs: Sequence[str] = ()
    ) -> PushResult:
        """Send what a diff says, through the gate and the outbox."""
        return self._pushes.push(diff, ours, theirs)

    # -- what it adds up to ------------------------------------------------------------------------

    def triage(self) -> Sequence[TriageRow]:
        """Open cards that want a word."""
        return triage_rows(self.board(), self.today())

    def standup(self, day: date) -> str:
        """What was done, what the day holds and what waits, as Markdown."""
        worked = {name for name, hours in self.habits().hours if hours}
        since = day - timedelta(days=1)
        while since > day - timedelta(weeks=1) and WEEKDAYS[since.weekday()] not in worked:
            since -= timedelta(days=1)
        plan = self.standing(day, day)
        return standup_page(day, since, self.board(), plan, self.window(day, day))

    def look_back(self, week: str) -> str:
        """A week that is over, as Markdown."""
        return look_back_page(self._past(week))

    def weekly(self, week: str) -> str:
        """The report of a week as Markdown."""
        past = self._past(week)
        return weekly_page(past, self._runs_section(past.week, ZoneInfo(self.habits().zone)))

    def _past(self, week: str) -> WeekPast:
        first = monday_of(week)
        return WeekPast(
            week=week.strip().upper(),
            board=self.board(),
            plan=self.standing(first, first + timedelta(days=6)),
            outcomes=self._files.outcomes(),
        )
