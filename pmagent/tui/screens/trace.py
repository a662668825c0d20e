"""What a run did: the tree of its parts with a bar each, and all that is known of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from pmagent.traces.text import by_address
from pmagent.traces.waterfall import Waterfall, WaterfallRow, waterfall
from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import CopyText, Failed
from pmagent.tui.paint.lines import Span, clip, span
from pmagent.tui.paint.trace import (
    paint_axis,
    paint_part,
    paint_trace_heading,
    paint_value,
    paint_waterfall,
    paint_words,
)
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.screens.reader import find_place
from pmagent.tui.told import OpenPages
from pmagent.tui.traced import Explained, TraceTold, read_trace, runs_of
from pmagent.tui.widgets.lines import Lines, LineView
from pmagent.tui.work import Desk
from pmagent.types.runs import StepRow
from pmagent.types.traces import TraceEvent

_NO_SPANS = "Nothing of it was measured; o says what it did."


class TraceScreen(GardenScreen):
    """The parts at the left or above, the one under the bar at the right or below."""

    CSS_PATH = "trace.tcss"
    BINDINGS: ClassVar = bindings_for("trace")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("trace", "app")
    AUTO_FOCUS = "#spans"

    def __init__(self, desk: Desk, vital: Vital, run: str = "") -> None:
        super().__init__(desk, vital)
        self._wanted = run
        self._told: TraceTold | None = None
        self._drawn: Waterfall | None = None
        self._steps: Mapping[tuple[str, str], StepRow] = {}
        self._problem = ""

    def compose_body(self) -> Iterable[Widget]:
        """The axis above the parts, and the one under the bar."""
        with Horizontal(id="panes"):
            with Vertical(id="tree"):
                yield Lines(self._paint_axis, id="axis")
                yield LineView(id="spans", keeps_cursor=True)
            yield LineView(id="part")

    def on_mount(self) -> None:
        """Read it."""
        self._look()

    @property
    def view(self) -> LineView:
        """The parts."""
        return self.query_one("#spans", LineView)

    @property
    def part(self) -> LineView:
        """What is known of one of them."""
        return self.query_one("#part", LineView)

    @property
    def row(self) -> WaterfallRow | None:
        """The part under the bar."""
        value = self.view.value
        return value if isinstance(value, WaterfallRow) else None

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """What it is, how it stands, what it took."""
        if self._problem:
            return [(span("trace", "title"),), clip((span(self._problem, "error"),), width)]
        if self._told is None:
            return [(span("trace", "title"),), (span("reading…", "quiet"),)]
        return paint_trace_heading(self._told.run, self._drawn, width)

    # What the desk tells

    def on_trace_told(self, message: TraceTold) -> None:
        """Draw it; the bar stays on its part."""
        kept = self.row.span.id if self.row is not None else ""
        self._told, self._wanted, self._problem = message, message.run.id, ""
        drawn = self._drawn = waterfall(message.spans)
        steps = self._steps = by_address(message.steps)
        self.show_heading()
        self.show_lines("#axis", self._paint_axis)
        if drawn is None:
            self.view.show(lambda width: paint_words(_NO_SPANS, width))
            return
        rows = drawn.rows
        place = next((at for at, row in enumerate(rows) if row.span.id == kept), 0)
        events = message.events
        self.view.show(lambda width: paint_waterfall(drawn, events, steps, width), cursor=place)
        self._show_part(rows[place])

    def on_explained(self, message: Explained) -> None:
        """Show it on a screen of its own."""
        title = (span("explain ", "quiet"), span(message.run, "title"))
        text = message.text
        self.post_message(OpenPages(title, lambda width: (paint_words(text, width), ())))

    def show_failure(self, message: Failed) -> None:
        """Say what happened: in the heading where there is no trace, else in the rule."""
        if self._told is not None:
            super().show_failure(message)
            return
        self._problem = f"{message.message}; {message.hint}" if message.hint else message.message
        self.show_heading()

    # What the person does

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """Show the part under the bar."""
        if event.view is self.view and self.row is not None:
            self._show_part(self.row)

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Open what it read or gave."""
        if event.view is self.view:
            self.action_open()

    def action_open(self) -> None:
        """The document that was read, else the value that the step gave."""
        step = self._step_of(self.row)
        if step is None:
            self.notify_person("it is no part of a step that is on record", is_error=True)
            return
        value = step.value
        path = value.get("path") if isinstance(value, Mapping) else None
        if isinstance(path, str) and isinstance(value, Mapping) and value.get("kind") == "document":
            self.desk.ask(self, "place", lambda garden: find_place(garden, path))
            return
        title = (span(f"{step.address} {step.verb} ", "quiet"), span(step.name, "title"))
        self.post_message(OpenPages(title, lambda width: (paint_value(step, width), ())))

    def action_explain(self) -> None:
        """Why the run went as it did."""
        if self._told is not None:
            run = self._told.run.id
            self.desk.ask(
                self, "explain", lambda garden: Explained(run, runs_of(garden).explain(run))
            )

    def action_step(self, step: int) -> None:
        """The next or the last part that did not end well."""
        if self._drawn is None:
            return
        rows = self._drawn.rows
        here = max(self.view.cursor, 0)
        ahead = range(here + 1, len(rows)) if step > 0 else range(here - 1, -1, -1)
        for number in ahead:
            if rows[number].span.status in {"error", "interrupted"}:
                self.view.move_to(number)
                return
        self.notify_person("no other part failed" if step > 0 else "none before it failed")

    def action_copy(self) -> None:
        """Copy what is known of the part."""
        if self.row is not None:
            text = "\n".join(line.text for line in self.part.page.lines)
            self.post_message(CopyText(text, "the part"))

    def action_look_again(self) -> None:
        """Read it again."""
        self._look()

    def action_other_pane(self) -> None:
        """Between the parts and the one under the bar."""
        self.set_focus(self.part if self.view.has_focus else self.view)

    def action_back(self) -> None:
        """From the part to the parts, from there to where it was opened."""
        if self.part.has_focus:
            self.set_focus(self.view)
        else:
            self.dismiss()

    def _look(self) -> None:
        wanted = self._wanted
        self.desk.ask(self, "trace", lambda garden: read_trace(garden, wanted))

    def _show_part(self, row: WaterfallRow) -> None:
        step, steps, events = self._step_of(row, is_own=True), self._steps, self._events_of(row)
        self.part.show(lambda width: paint_part(row, step, events, steps, width))
        self.part.scroll_home(animate=False)

    def _events_of(self, row: WaterfallRow) -> tuple[TraceEvent, ...]:
        if self._told is None:
            return ()
        place = row.span.trace, row.span.id
        return tuple(event for event in self._told.events if (event.trace, event.span) == place)

    def _step_of(self, row: WaterfallRow | None, *, is_own: bool = False) -> StepRow | None:
        """The step on record that a part is, or else is below of."""
        above = {each.span.id: each for each in self._drawn.rows} if self._drawn else {}
        while row is not None:
            address = row.span.facts.get("address")
            if isinstance(address, str) and (step := self._steps.get((row.span.run, address))):
                return step
            row = None if is_own else above.get(row.span.parent)
        return None

    def _paint_axis(self, width: int) -> list[tuple[Span, ...]]:
        if self._drawn is None:
            return []
        return paint_axis(self._drawn, self._steps, width)
