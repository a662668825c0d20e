"""What waits in a list, and beside it the one under the bar; it decides nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from textual import events
from textual.containers import Horizontal
from textual.widget import Widget

from pmagent.tui.actions import Scope
from pmagent.tui.messages import CopyText
from pmagent.tui.paint.lines import Page, PageBuilder, Span
from pmagent.tui.paint.review import (
    KIND_SCOPES,
    Looked,
    ShownPlace,
    ShownValue,
    outgoing_text,
    paint_queue,
    paint_review,
    paint_review_heading,
    rows_for,
)
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.reviewed import QueueTold
from pmagent.tui.screens.confirming import ConfirmingScreen
from pmagent.tui.screens.job import JobScreen
from pmagent.tui.screens.reader import find_place
from pmagent.tui.widgets.lines import Lines, LineView
from pmagent.tui.work import Desk
from pmagent.types.actions import Json
from pmagent.types.reviews import Review


class QueueScreen(JobScreen, ConfirmingScreen):
    """The queue by expected loss, read again after every decision."""

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self.told: QueueTold | None = None
        self.edits: dict[str, dict[str, Json]] = {}
        """Values that were changed and are not accepted yet, by review."""
        self.has_snoozed = False
        self._looked: dict[str, float] = {}
        """Seconds that each was under the bar."""
        self._under: tuple[str, float] = ("", 0.0)

    def compose_body(self) -> Iterable[Widget]:
        """The queue, the one under the bar, and a line to type on (hidden)."""
        with Horizontal(id="panes"):
            yield LineView(id="items", keeps_cursor=True)
            yield LineView(id="detail")
        yield from self.compose_line()

    def on_mount(self) -> None:
        """Read what waits."""
        self.line.has_shortcuts = False
        self.action_refresh_queue()

    @property
    def detail(self) -> LineView:
        """The one under the bar."""
        return self.query_one("#detail", LineView)

    @property
    def review(self) -> Review | None:
        """The one under the bar."""
        value = self.view.value
        reviews = self.told.reviews if self.told is not None else ()
        return next((one for one in reviews if one.id == value), None)

    @property
    def changed(self) -> Mapping[str, Json]:
        """What was changed of it."""
        review = self.review
        return self.edits.get(review.id, {}) if review is not None else {}

    def hint_scopes(self) -> tuple[Scope, ...]:
        """The keys that the kind under the bar has."""
        review = self.review if self.is_mounted else None
        return (KIND_SCOPES[review.kind], *self.SCOPES) if review is not None else self.SCOPES

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """How many wait, of which kinds."""
        reviews = self.told.reviews if self.told is not None else None
        return paint_review_heading(reviews, self.doing_words, width, has_snoozed=self.has_snoozed)

    def minutes(self, review: Review) -> float:
        """How long it was under the bar."""
        self._note_time()
        return round(self._looked.get(review.id, 0.0) / 60, 2)

    # What the desk tells

    def on_queue_told(self, message: QueueTold) -> None:
        """Draw it; the bar stays where it was, else at what has come into its place."""
        review, place = self.review, max(self.view.cursor, 0)
        self.told = message
        ids = [one.id for one in message.reviews]
        self.edits = {name: edits for name, edits in self.edits.items() if name in ids}
        self._draw_queue()
        self.view.move_to(ids.index(review.id) if review and review.id in ids else place)
        self.show_review()
        if message.says:
            self.notify_person(message.says)

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """Another one."""
        if event.view is self.view:
            self.ask_nothing()
            self.show_review()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """From the queue to all of it; from a place to its lines."""
        if event.view is self.view:
            self.set_focus(self.detail)
        elif isinstance(event.value, ShownPlace):
            place = event.value.place
            self.desk.ask(self, "place", lambda garden: find_place(garden, place))
        elif isinstance(event.value, ShownValue):
            self.run_worker(self.run_action("edit"))

    def on_resize(self, event: events.Resize) -> None:
        """A low screen has one line for each."""
        super().on_resize(event)
        if self.told is not None:
            self._draw_queue()

    # What the person does

    def action_refresh_queue(self) -> None:
        """Read it again."""
        self.read_queue()

    def action_show_snoozed(self) -> None:
        """Also what is put off; again for without."""
        self.has_snoozed = not self.has_snoozed
        self.read_queue()

    def action_copy(self) -> None:
        """What would leave, else the value under the bar."""
        review = self.review
        if review is None:
            return
        text = outgoing_text(review)
        self.post_message(CopyText(text or review.title, "what would leave" if text else "it"))

    def action_other_pane(self) -> None:
        """Between the queue and the one under the bar."""
        self.set_focus(self.detail if self.view.has_focus else self.view)

    def action_back(self) -> None:
        """From the line, the question or the pane to the queue, from there to before."""
        if self.is_typing:
            self.stop_typing()
        elif self.is_asking:
            self.ask_nothing()
        elif not self.view.has_focus:
            self.set_focus(self.view)
        else:
            self.dismiss()

    def read_queue(self, says: str = "") -> None:
        """Ask for what waits now."""
        has_snoozed = self.has_snoozed

        def read(garden: GardenPort) -> QueueTold:
            found = garden.reviews.open(with_snoozed=has_snoozed)
            return QueueTold(found, garden.reviews.standings(), says)

        self.desk.ask(self, "queue", read)

    def show_review(self) -> None:
        """Draw the one under the bar, from its beginning."""
        self._note_time()
        review, told = self.review, self.told
        self.query_one("#hints", Lines).refresh_lines()

        def paint(width: int) -> Page:
            if review is None or told is None:
                return PageBuilder().page()
            standing = told.standings.get(review.command)
            edits = self.edits.get(review.id, {})
            return paint_review(Looked(review=review, edits=edits, standing=standing), width)

        self.detail.show(paint)
        self.detail.scroll_home(animate=False)

    def draw_again(self) -> None:
        """What was edited has changed."""
        self._draw_queue()
        self.show_review()

    def _draw_queue(self) -> None:
        told = self.told
        if told is None:
            return
        rows, edited = rows_for(self.size.height), set(self.edits)
        now = datetime.now(UTC)
        self.show_heading()
        self.view.show(lambda width: paint_queue(told.reviews, edited, now, width, rows=rows))

    def _note_time(self) -> None:
        name, since = self._under
        now = time.monotonic()
        if name:
            self._looked[name] = self._looked.get(name, 0.0) + now - since
        review = self.review
        self._under = (review.id if review is not None else "", now)
