"""The ways through days and weeks: keys, and what the mouse finds in the heading."""

from __future__ import annotations

from datetime import date, timedelta

from textual import events

from pmagent.tui.paint.vital import Vital
from pmagent.tui.paint.week import days_shown
from pmagent.tui.paint.week_about import EARLIER, LATER, word_at
from pmagent.tui.screens.week_board import WeekBoardScreen
from pmagent.tui.widgets.lines import GUTTER, Lines, LineView
from pmagent.tui.work import Desk

_A_WEEK = 7


class WeekWaysScreen(WeekBoardScreen):
    """Another day may be in another week, which is read and planned then."""

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self.day: date | None = None
        """The day beside the board; None until a week is read."""

    @property
    def plan_view(self) -> LineView:
        """The day, or the cards that were found."""
        return self.query_one("#plan", LineView)

    def open_at(self, view: str) -> None:
        """Another view."""
        del view

    def first_bar(self) -> None:
        """Put the bar where the open view begins."""

    def action_next_choice(self) -> None:
        """The next choice."""

    def on_click(self, event: events.Click) -> None:
        """What the heading names, the mouse opens: a view, another week, what wants attention."""
        heading = self.query_one("#heading", Lines)
        if event.widget is not heading or self.is_typing:
            return
        lines = self.paint_heading(heading.size.width - 2 * GUTTER)
        if 0 <= event.y < len(lines):
            self._do_word(word_at(lines[event.y], event.x - GUTTER))

    def action_step(self, by: int) -> None:
        """The column beside; on the day, another day."""
        if self.shown == "day":
            self.action_turn_day(by)
        elif self.shown == "week":
            self._step_day(by)
        elif self.shown == "board":
            self.columns.step(by)
            self.tell()

    def action_turn_day(self, by: int) -> None:
        """The day before or after, in another week where it must be."""
        if self.week is None or self.day is None:
            return
        if self.shown == "week":
            self._step_day(by)
        else:
            self._go_day(self.day + timedelta(days=by))

    def action_turn_week(self, by: int) -> None:
        """The week before or after."""
        if self.week is not None and self.day is not None:
            self._go_day(self.day + timedelta(days=by * _A_WEEK))

    def action_today(self) -> None:
        """Today, in whatever view."""
        if self.week is None:
            return
        self._go_day(self.week.today)
        if self.shown == "week":
            self.first_bar()

    def _step_day(self, by: int) -> None:
        """The column beside; at the edge another week."""
        if self.week is None:
            return
        if self.columns.step(by):
            self.day = days_shown(self.week)[self.columns.at]
            self.tell()
        else:
            edge = self.week.last if by > 0 else self.week.first
            self._go_day(edge + timedelta(days=by))

    def _do_word(self, word: str) -> None:
        match word.strip("[]"):
            case "board" | "day" | "week" | "found" as view:
                self.open_at(view)
            case words if words == EARLIER:
                self.action_turn_week(-1)
            case words if words == LATER:
                self.action_turn_week(1)
            case words if words.endswith(": c"):
                self.action_next_choice()
            case words if words.endswith(": m"):
                self.action_moves()
            case words if words.endswith(": p"):
                self.action_keep()
            case words if words.endswith(": r"):
                self.action_replan()
            case _:
                return

    def _go_day(self, day: date) -> None:
        self.day = day
        if self.week is not None and self.week.first <= day <= self.week.last:
            self.draw()
            if self.shown == "day":
                self.plan_view.move_to(0)
        else:
            self.read_week(day)
