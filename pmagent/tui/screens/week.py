"""The board at the left and the plan beside it; on a narrow screen one of them at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, cast

from textual import events
from textual.containers import Horizontal
from textual.dom import DOMNode
from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import Failed
from pmagent.tui.paint.board import paint_lane
from pmagent.tui.paint.lines import Page, PageBuilder, Span, span, wrap
from pmagent.tui.paint.vital import Vital
from pmagent.tui.paint.week import days_shown, first_minute, paint_column, paint_day
from pmagent.tui.paint.week_about import (
    OPEN_LINES,
    Chosen,
    about_lines,
    paint_about,
    paint_found,
    paint_week_heading,
)
from pmagent.tui.paint.week_moves import paint_moves_below
from pmagent.tui.paint.week_values import Option, when_planned
from pmagent.tui.planned import WeekTold
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.board import COLUMN_CELLS, Column, Columns, PickView
from pmagent.tui.screens.week_days import monday_of, read_week
from pmagent.tui.screens.week_ways import WeekWaysScreen
from pmagent.tui.told import OpenPages
from pmagent.tui.widgets.lines import GUTTER, Lines, LineView
from pmagent.tui.work import Desk
from pmagent.types.tasks import (
    Block,
    Card,
    Occurrence,
    ProposedCard,
    TradeOff,
    Unplaced,
)

_LOW = 30
"""Rows below which no blank line stands between two cards."""
_DAY_CELLS = 24
"""Narrower, a title is cut after a few letters."""
_KINDS = (Card, Block, Occurrence, TradeOff, Option, Unplaced, ProposedCard)


class WeekScreen(WeekWaysScreen):
    """Three views over one week: `board` (with the day beside it), `day`, `week`."""

    CSS_PATH = ["job.tcss", "week.tcss"]  # noqa: RUF012 (Textual's way)
    BINDINGS: ClassVar = bindings_for("week")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("week", "app")
    OWN: ClassVar[tuple[Scope, ...]] = ("week",)
    HELP_SCOPES: ClassVar[tuple[Scope, ...]] = (
        "week",
        "board",
        "choice",
        "option",
        "found",
    )
    AUTO_FOCUS = ""  # what has the focus says which pane is open

    def __init__(self, desk: Desk, vital: Vital, view: str = "board") -> None:
        super().__init__(desk, vital)
        self.shown = "board" if view == "plan" else view
        self._is_open = False
        """Whether all is told of what is under the bar."""
        self._problem = ""
        self._told_moves: tuple[Chosen] | None = None
        """What was under the bar when moves were told: they are until the bar goes on."""

    def compose_body(self) -> Iterable[Widget]:
        """Columns, the day beside them, what is under the bar, and a line to type on (hidden)."""
        with Horizontal(id="panes"):
            yield Columns()
            yield PickView(id="plan")
        yield Lines(self._paint_about, id="about")
        yield from self.compose_line()

    def on_mount(self) -> None:
        """Read the week of today."""
        self.line.has_shortcuts = False
        self._dress()
        self.set_focus(self.view)
        self.desk.ask(self, "week", _read_today)
        # Back from an editor beside the terminal.
        terminal = cast("DOMNode", self.app)  # pyright: ignore[reportUnknownMemberType]
        self.watch(terminal, "app_focus", self._notice_focus, init=False)

    # What there is

    @property
    def view(self) -> LineView:
        """Where the keys go."""
        return self.plan_view if self.shown in {"day", "found"} else self.columns.here

    @property
    def chosen(self) -> Chosen:
        """What is under the bar."""
        value = self.view.value if self.is_mounted else None
        return value if isinstance(value, _KINDS) else None

    def hint_scopes(self) -> tuple[Scope, ...]:
        """The keys that what is under the bar has."""
        match self.chosen:
            case TradeOff():
                return ("choice", *self.SCOPES)
            case Option():
                return ("option", *self.SCOPES)
            case ProposedCard():
                return ("found", *self.SCOPES)
            case _:
                return ("board", *self.SCOPES)

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """Which days, how full, what wants attention."""
        if self._problem and self.week is None:
            return [(span("Week", "title"),), *wrap((span(self._problem, "error"),), width)]
        word = {"board": "lists", "week": "days"}.get(self.shown)
        lists = self.columns.told(word) if self.is_mounted and word else ""
        return paint_week_heading(
            self.week, self.shown, self.doing_words, width, is_stale=self.is_stale, lists=lists
        )

    # What the desk tells

    def on_week_told(self, message: WeekTold) -> None:
        """Draw it; the bar stays where it was."""
        is_planned = self.week is None or message.week.plan is not self.week.plan
        is_first = self.week is None or self.week.first != message.week.first
        self.week = message.week
        self.is_stale = self.is_stale and not is_planned
        if self.day is None or not message.week.first <= self.day <= message.week.last:
            is_now = message.week.first <= message.week.today <= message.week.last
            self.day = message.week.today if is_now else message.week.first
        self.draw()
        self.take_wanted()
        if is_first:
            self.first_bar()
        if message.says:
            self.notify_person(message.says)
        if is_planned and message.week.moves:
            # By then the bar is where it goes.
            self.call_after_refresh(self._tell_moves)
        if self.is_keep_next:
            self.is_keep_next = False
            self.action_keep()

    def show_failure(self, message: Failed) -> None:
        """Say it where the week would stand, if there is none."""
        self.is_keep_next = False
        if self.week is None and message.during == "week":
            hint = f"; {message.hint}" if message.hint else ""
            self._problem = f"{message.message}{hint}"
            self.show_heading()
            return
        if message.during == "job find":
            self.open_at("day")  # nothing will be found any more
        super().show_failure(message)

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """Tell of another one."""
        del event
        self.tell()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """More of it; of a card that was found, where it was said."""
        if isinstance(event.value, ProposedCard):
            if links := event.value.card.links:
                self.open_place(links[0].place)
        elif isinstance(event.value, Option):
            self.take_option(event.value)
        else:
            self.action_why()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The mouse goes from pane to pane too."""
        widget = event.widget
        if isinstance(widget, Column):
            self.columns.at = self.columns.number_of(widget)
            self._open(self.shown if self.shown == "week" else "board")
        elif widget is self.plan_view and self.shown not in {"day", "found"}:
            self._open("day")

    def on_resize(self, event: events.Resize) -> None:
        """A low screen has no blank lines."""
        super().on_resize(event)
        self.call_after_refresh(self.draw)

    # What the person does

    def open_at(self, view: str) -> None:
        """Another view; for `plan` the week is planned anew."""
        self._open("board" if view == "plan" else view)
        self.draw()
        self.set_focus(self.view)
        # A pane that was hidden has no lines before it is laid out.
        self.call_after_refresh(self.settle_bar)
        if view == "plan":
            self.action_replan()

    def action_other_view(self) -> None:
        """The week by days, or the board with the day."""
        self.open_at("board" if self.shown == "week" else "week")

    def action_other_pane(self) -> None:
        """Between the board and the day."""
        self.open_at("day" if self.shown in {"board", "week"} else "board")

    def action_why(self) -> None:
        """All of what is under the bar, or two lines of it; what is long on a page of its own."""
        week, chosen = self.week, self.chosen
        width = self.query_one("#about", Lines).size.width - 2 * GUTTER
        if week is not None and len(about_lines(week, chosen, width)) > OPEN_LINES:

            def paint(width: int) -> tuple[Page, list[int]]:
                builder = PageBuilder()
                builder.add_all(about_lines(week, chosen, width))
                return builder.page(), []

            self.post_message(OpenPages((span("Why it stands there", "title"),), paint))
            return
        self._is_open = not self._is_open
        self.tell()
        self.call_after_refresh(self.view.reveal)

    def action_next_choice(self) -> None:
        """The next choice, on the day's pane."""
        if self.week is None or not self.week.plan.trade_offs:
            self.notify_person("the plan puts no choice before you")
            return
        if self.shown != "day":
            self.open_at("day")
        self.call_after_refresh(self._go_choice)

    def action_find(self) -> None:
        """Promises and action items, in the place of the day."""
        super().action_find()
        self.open_at("found")

    def action_back(self) -> None:
        """From the line, the question or the pane to the board, from there to before."""
        if self.is_typing:
            self.stop_typing()
        elif self.shown == "found":
            self.open_at("day")
        else:
            self.dismiss()

    # How it is drawn

    def draw(self) -> None:
        """Columns, the day, the heading, what is under the bar."""
        week = self.week
        if week is None or not self.is_mounted:
            return
        self.columns.is_linked = self.shown == "week"
        if self.shown == "week":
            days, first = days_shown(week), first_minute(week)
            self.columns.show(
                [day.isoformat() for day in days],
                lambda number, width: paint_column(week, days[number], width, first),
                least_cells=_DAY_CELLS,
            )
        else:
            lanes, planned = week.lanes, when_planned(week)
            is_low = self.size.height < _LOW

            def paint(number: int, width: int) -> Page:
                lane = lanes[number]
                return paint_lane(lane, width, today=week.today, planned=planned, is_low=is_low)

            done = [number for number, lane in enumerate(lanes) if lane.is_done]
            names = [lane.title for lane in lanes]
            narrow = done if len(done) < len(lanes) else ()
            self.columns.show(names, paint, least_cells=COLUMN_CELLS, narrow=narrow)
        if self.shown == "found":
            found = self.found
            self.plan_view.show(lambda width: paint_found(found, width))
        elif (day := self.day) is not None:
            self.plan_view.show(lambda width: paint_day(week, day, width))
        self.tell()

    def settle_bar(self) -> None:
        """Where nothing is under the bar, the first thing that can be."""
        if self.view.cursor < 0:
            self.view.move_to(0)
        self.view.reveal()
        self.tell()

    def tell(self) -> None:
        """Draw what is said of the thing under the bar."""
        if self.is_mounted:
            self.show_heading()
            self.query_one("#about", Lines).refresh_lines()
            self.query_one("#hints", Lines).refresh_lines()

    def _paint_about(self, width: int) -> list[tuple[Span, ...]]:
        week = self.week
        if week is None:
            return []
        chosen = self.chosen
        if self._told_moves is not None and self._told_moves[0] == chosen and week.moves:
            return paint_moves_below(week, width)
        self._told_moves = None
        if chosen is None and not week.cards:
            words = "The board is empty: a adds a card, o finds promises in the transcripts."
            return wrap((span(words, "quiet"),), width)
        return paint_about(week, chosen, width, is_open=self._is_open)

    def _notice_focus(self, has_focus: bool) -> None:
        if has_focus:
            self.look_at_board()

    def _open(self, view: str) -> None:
        if view == self.shown:
            return
        was_week, self.shown = self.shown == "week", view
        if was_week or view == "week":
            self.columns.at = 0
        self._dress()
        if was_week or view == "week":
            self.draw()
            self.first_bar()
        self.tell()

    def _dress(self) -> None:
        for name in ("board", "day", "week", "found"):
            self.set_class(name == self.shown, f"-{name}")

    def first_bar(self) -> None:
        """The first that can be chosen of the open view; of the week, of the day that is open."""
        if self.week is not None and self.shown == "week":
            before = [day for day in days_shown(self.week) if self.day and day <= self.day]
            self.columns.begin_at(len(before) - 1)
            self.columns.step(0, row=0)
        elif self.shown == "board":
            self.columns.step(0, row=max(self.columns.here.cursor, 0))
        else:
            self.plan_view.move_to(0)
        self.set_focus(self.view)
        self.tell()

    def _tell_moves(self) -> None:
        self._told_moves = (self.chosen,)
        self.tell()

    def _go_choice(self) -> None:
        values = list(self.plan_view.page.values)
        places = [place for place, value in enumerate(values) if isinstance(value, TradeOff)]
        if places:
            here = self.plan_view.cursor
            self.plan_view.move_to(next((one for one in places if one > here), places[0]))
        self.tell()


def _read_today(garden: GardenPort) -> WeekTold:
    calls = garden.week
    return WeekTold(read_week(calls, monday_of(calls.today())))
