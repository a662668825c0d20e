"""The week of the small garden: a board and a calendar in memory, planned by the real planner."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from pmagent.errors import PmagentError
from pmagent.tasks.board.changing import change_card, finish_card
from pmagent.tasks.board.placing import add_card, move_card
from pmagent.tasks.board.reading import card_id, cards_of, read_board, read_card
from pmagent.tasks.planner import day_page, plan_week, taken_option, week_table
from pmagent.types.actions import Checkpoint, Done, Outcome
from pmagent.types.jobs import Saved
from pmagent.types.pushes import PushDiff, PushResult
from pmagent.types.tasks import (
    Board,
    CalendarWindow,
    Card,
    CardLink,
    Habits,
    Hours,
    Move,
    Occurrence,
    ProposedCard,
    Weekday,
    WeekPlan,
    WeekTask,
)
from pmagent.types.week import CardChange, ExportForm, FileDiff, Proposal, TriageRow
from tests.tui.small_push import SmallElsewhere

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
BOARD = """---
kanban-plugin: board
---

## NOW (3)

- [ ] Show notes for episode 41 est:2h due:2026-11-24 priority:1 ^ep41
  - The guest wants to read them first.
- [ ] Mail the guest a proof est:30m due:2026-11-23 ^mail

## NEXT

- [ ] Outline of the pricing spec est:3h due:2026-11-26 priority:1 ^prd
- [ ] Listen to the first cut est:1h30m priority:2 ^cut
- [ ] Interview questions for Ruth est:1h due:2026-11-27 ^ruth

## LATER

- [ ] Deck for the retro est:4h due:2026-11-25 ^deck
- [ ] Tidy the feed's descriptions est:1h priority:3 ^feed

## WAITING

- [ ] Contract back from legal est:30m waiting:legal ^legal

## DONE

**Complete**
- [x] Book the studio est:15m ^studio
"""
_DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
HABITS = Habits(
    zone="UTC",
    hours=tuple(
        (day, (Hours(start=time(9), end=time(12, 30)), Hours(start=time(13, 30), end=time(17))))
        for day in _DAYS
    ),
    deep_from=time(9),
    deep_until=time(12),
)


def meeting(day: int, start: str, end: str, summary: str) -> Occurrence:
    begins, ends = (
        datetime.combine(MONDAY + timedelta(days=day), time.fromisoformat(one), UTC)
        for one in (start, end)
    )
    return Occurrence(
        summary=summary, start=begins, end=ends, uid=f"{summary}-{day}", calendar="Work",
        file="calendar/week.ics", location="Room 2" if "Review" in summary else "",
    )  # fmt: skip


MEETINGS: tuple[Occurrence, ...] = (
    *(meeting(day, "09:00", "09:15", "Standup") for day in range(5)),
    meeting(0, "13:00", "15:00", "Review with finance"),
    meeting(1, "10:00", "12:00", "Recording, episode 42"),
    meeting(1, "13:30", "16:30", "Planning day"),
    meeting(2, "09:30", "12:30", "Offsite"),
    meeting(2, "13:30", "16:00", "Offsite, second half"),
    meeting(3, "11:00", "12:00", "One to one"),
)
FOUND = ProposedCard(
    card=Card(
        id="found-1",
        title="Send the chart to Tomas",
        lane="",
        links=(CardLink(place="talks/ep-010-the-price-of-a-seat.vtt:2",
                        quote="I will send Tomas the chart by Friday.", at="00:02:02"),),
    ),
    kind="promise",
    who="Nell",
    reason="a promise: I will",
)  # fmt: skip


class SmallWeek:
    """Writes its board at once; `keep` writes names of files and remembers the plan."""

    def __init__(self, changed: Callable[[str, bytes], Checkpoint] | None = None) -> None:
        self.text = BOARD
        self.clock = NOW
        self.meetings = MEETINGS
        self.kept: WeekPlan | None = None
        self.refuses: Outcome | None = None
        """What the gate says to the next write instead of letting it happen."""
        self.may_read = threading.Event()
        """Reading the transcripts waits for it, five seconds at most."""
        self.may_read.set()
        self.breaks: PmagentError | None = None
        """What reading the transcripts ends in."""
        self.note = ""
        """What is to be said because there is no calendar."""
        self.elsewhere = SmallElsewhere()
        self._changed = changed

    def push_diff(self) -> PushDiff:
        return self.elsewhere.diff()

    def push(
        self, diff: PushDiff, *, ours: Sequence[str] = (), theirs: Sequence[str] = ()
    ) -> PushResult:
        return self.elsewhere.push(diff, ours, theirs)

    def today(self) -> date:
        return self.clock.date()

    def now(self) -> datetime:
        return self.clock

    def notes(self) -> Sequence[str]:
        return ()

    def habits(self) -> Habits:
        return HABITS

    def window(self, first: date, last: date) -> CalendarWindow:
        return CalendarWindow(
            first=first, last=last, zone="UTC", occurrences=self.meetings,
            files=() if self.note else ("calendar/week.ics",),
            known_until=MONDAY + timedelta(days=13), notes=(self.note,) * bool(self.note),
        )  # fmt: skip

    def board(self) -> Board:
        return read_board("board.md", self.text)

    def task(self, first: date, last: date) -> WeekTask:
        cards = cards_of(self.board())
        window = self.window(first, last)
        return WeekTask(window=window, cards=cards, habits=HABITS, now=self.clock, before=self.kept)

    def plan(
        self,
        first: date,
        last: date,
        *,
        now: datetime | None = None,
        seed: int = 0,
        before: WeekPlan | None = None,
    ) -> WeekPlan:
        del now, seed
        task = self.task(first, last)
        return plan_week(replace(task, before=task.before or before), steps=20)

    def standing(self, first: date, last: date) -> WeekPlan | None:
        del first, last
        return self.kept

    def moves(self, plan: WeekPlan) -> Sequence[Move]:
        return plan.moves

    def page(self, plan: WeekPlan, day: date) -> str:
        return day_page(self.task(plan.first, plan.last), plan, day)

    def table(self, plan: WeekPlan, *, width: int = 80) -> str:
        return week_table(self.task(plan.first, plan.last), plan, width=width)

    def _files(self, plan: WeekPlan) -> dict[str, str]:
        days = {"mon": MONDAY, "tue": MONDAY + timedelta(days=1)}
        return {
            f"drafts/plans/2026-W48/{name}.md": self.page(plan, day) for name, day in days.items()
        }

    def preview(self, plan: WeekPlan) -> Sequence[FileDiff]:
        def diff(page: str) -> str:
            return "\n".join(difflib.unified_diff([], page.splitlines(), "a", "b", lineterm=""))

        files = self._files(plan).items()
        return [FileDiff(path=path, diff=diff(page), is_new=self.kept is None)
                for path, page in files]  # fmt: skip

    def keep(self, plan: WeekPlan) -> Sequence[Saved]:
        files = self._files(plan)
        if self.refuses is not None:
            return (Saved(path=next(iter(files)), outcome=self.refuses),)
        self.kept = plan
        return [Saved(path=path, outcome=self._write(path, text)) for path, text in files.items()]

    def add(self, words: str, *, lane: str = "") -> CardChange:
        card = replace(read_card(words, lane), id=card_id(words))
        return self._put(add_card(self.text, card, lane=lane).text, card.id)

    def done(self, name: str, *, spent: int | None = None) -> CardChange:
        return self._put(finish_card(self.text, name, day=NOW.date(), spent=spent).text, name)

    def move(self, name: str, lane: str, *, before: str = "") -> CardChange:
        return self._put(move_card(self.text, name, lane=lane, before=before).text, name)

    def change(self, card: Card) -> CardChange:
        return self._put(change_card(self.text, card).text, card.id)

    def take_option(self, plan: WeekPlan, choice_id: str, option: int) -> CardChange:
        taken = taken_option(plan, choice_id, option, cards_of(self.board()))
        assert taken.card is not None
        return self.change(taken.card)

    def propose(self, names: Sequence[str] = ()) -> Proposal:
        del names
        assert self.may_read.wait(5)
        if self.breaks is not None:
            raise self.breaks
        return Proposal(cards=(FOUND,))

    def take(self, proposed: Sequence[ProposedCard], *, lane: str = "") -> CardChange:
        card = proposed[0].card
        return self._put(add_card(self.text, card, lane=lane or "NOW").text, card.id)

    def import_file(self, path: str) -> Proposal:
        del path
        return Proposal(cards=())

    def export(self, form: ExportForm) -> str:
        del form
        return ""

    def triage(self) -> Sequence[TriageRow]:
        return ()

    def standup(self, day: date) -> str:
        return f"# Standup {day}\n\nNothing waits.\n"

    def look_back(self, week: str) -> str:
        return f"# {week}\n"

    def weekly(self, week: str) -> str:
        return f"# {week}\n"

    def _put(self, text: str, name: str) -> CardChange:
        if self.refuses is not None:
            return CardChange(path="board.md", outcome=self.refuses)
        self.text = text
        cards = {card.id: card for card in cards_of(self.board())}
        return CardChange(
            path="board.md", outcome=self._write("board.md", text), card=cards.get(name)
        )

    def _write(self, path: str, text: str) -> Done:
        point = self._changed(path, text.encode()) if self._changed is not None else None
        return Done(text="written", checkpoint=point.id if point is not None else "")
