"""What a push would tell a board elsewhere, looked at before it is sent; then what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar, cast

from textual.message_pump import MessagePump
from textual.widget import Widget

from pmagent.errors import PmagentError
from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import Failed
from pmagent.tui.paint.lines import Page, PageBuilder, Span, clip, span, wrap
from pmagent.tui.paint.push import (
    PushRow,
    Side,
    paint_push_diff,
    paint_push_result,
    push_foot,
    push_heading,
    result_foot,
)
from pmagent.tui.paint.vital import Vital
from pmagent.tui.planned import PushCompared, PushEnded
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.job import JobScreen
from pmagent.tui.widgets.lines import Lines, LineView
from pmagent.tui.work import Desk
from pmagent.types.pushes import PushDiff, PushResult

_READING = "reading both boards"
_SENDING = "sending"


class PushScreen(JobScreen):
    """Nothing is sent but by Enter, and then as the gate says."""

    CSS_PATH = ["job.tcss", "week.tcss"]  # noqa: RUF012 (Textual's way)
    BINDINGS: ClassVar = bindings_for("push")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("push", "app")
    OWN: ClassVar[tuple[Scope, ...]] = ("push",)
    HELP_SCOPES: ClassVar[tuple[Scope, ...]] = ("push", "pushed")
    AUTO_FOCUS = "#items"

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self.diff: PushDiff | None = None
        self.result: PushResult | None = None
        """None until it was sent."""
        self._sides: dict[str, Side] = {}
        self._problem = ""

    def compose_body(self) -> Iterable[Widget]:
        """The cards, and below them what Enter does."""
        yield LineView(id="items")
        yield Lines(self._paint_foot, id="about")

    def on_mount(self) -> None:
        """Read both boards."""
        self.action_again()

    def hint_scopes(self) -> tuple[Scope, ...]:
        """What is over, or could not be read, can be read again."""
        return self.SCOPES if self.is_open else ("pushed", "app")

    @property
    def is_open(self) -> bool:
        """Whether there is something that could be sent yet."""
        result = self.result
        return self.diff is not None and not (result and (result.cards or result.taken))

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """Which board elsewhere."""
        return push_heading(self.diff, self.doing_words, width, is_sent=self.result is not None)

    # What is told

    def on_push_compared(self, message: PushCompared) -> None:
        """Show what differs, from the first card on."""
        self.done()
        self.diff, self.result, self._problem = message.diff, None, ""
        ids = {one.card for one in message.diff.cards if one.state == "conflict"}
        self._sides = {name: side for name, side in self._sides.items() if name in ids}
        self._draw(cursor=0)

    def show_result(self, result: PushResult | str) -> None:
        """What became of each card; what was not let through can be sent again."""
        self.done()
        if isinstance(result, str):
            self.notify_person(result, is_error=True)
            return
        self.result = result
        self._draw(cursor=0)

    def show_failure(self, message: Failed) -> None:
        """Say it in the place of the cards, where there are none."""
        self.done()
        if self.diff is not None:
            super().show_failure(message)
            return
        hint = f": {message.hint}" if message.hint else ""
        self._problem = f"{message.message}{hint}"
        self._draw()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """The mouse chooses a version of a card in conflict."""
        event.stop()
        if isinstance(event.value, PushRow) and event.value.side is not None:
            self._choose(event.value, event.value.side)

    # What the person does

    def action_again(self) -> None:
        """Read both boards, whatever was shown."""
        if self.start_doing(_READING):
            self._draw()
            # The gate may ask before a board elsewhere is read.
            self.desk.start(
                self, "job compare", lambda garden: PushCompared(garden.week.push_diff())
            )

    def action_choose_side(self, side: Side) -> None:
        """Which version counts of the card under the bar; once more leaves it open."""
        row = self.view.value
        if not isinstance(row, PushRow) or row.card.state != "conflict":
            self.notify_person("only a card in conflict asks for that: n goes to the next")
            return
        self._choose(row, side)

    def action_next_conflict(self) -> None:
        """The next card that was changed in both places."""
        places = [
            place
            for place, value in enumerate(self.view.page.values)
            if isinstance(value, PushRow) and value.is_head and value.card.state == "conflict"
        ]
        if not places:
            self.notify_person("no card was changed in both places")
            return
        here = self.view.cursor
        self.view.move_to(next((one for one in places if one > here), places[0]))

    def action_send(self) -> None:
        """All that the line below says."""
        diff = self.diff
        if diff is None or not self.is_open:
            self.notify_person("r reads both boards first")
            return
        ours = [name for name, side in self._sides.items() if side == "ours"]
        theirs = [name for name, side in self._sides.items() if side == "theirs"]
        if not (diff.to_send or ours or theirs):
            self.notify_person("there is nothing to send")
            return
        if self.start_doing(_SENDING):
            # Told to the application: it goes on where this screen is left.
            call = partial(_push, diff, ours, theirs)
            self.desk.start(cast("MessagePump", self.app), "job push", call)  # pyright: ignore[reportUnknownMemberType]

    def action_back(self) -> None:
        """To the board; what is being sent goes on, and is told there."""
        self.dismiss()

    # How

    def _choose(self, row: PushRow, side: Side) -> None:
        if self.result is not None or self.doing:
            return
        name = row.card.card
        if self._sides.get(name) == side:
            del self._sides[name]
        else:
            self._sides[name] = side
        self._draw()

    def _draw(self, cursor: int | None = None) -> None:
        self.view.show(self._paint, cursor=cursor)
        self.show_heading()
        self.query_one("#about", Lines).refresh_lines()
        self.query_one("#hints", Lines).refresh_lines()

    def _paint(self, width: int) -> Page:
        if self.diff is not None and self.result is not None:
            return paint_push_result(self.result, self.diff, width)
        if self.diff is not None:
            return paint_push_diff(self.diff, self._sides, width)
        builder = PageBuilder()
        if self._problem:
            builder.add_all(wrap((span(self._problem, "error"),), width))
            builder.add()
            builder.add(span("r", "key"), span(" tries again", "quiet"))
        else:
            builder.add(span(f"{_READING}…", "quiet"))
        return builder.page()

    def _paint_foot(self, width: int) -> list[tuple[Span, ...]]:
        if self.diff is None:
            return []
        if self.result is not None:
            return [clip(result_foot(self.result), width)]
        return wrap(push_foot(self.diff, self._sides), width)


def _push(
    diff: PushDiff, ours: Sequence[str], theirs: Sequence[str], garden: GardenPort
) -> PushEnded:
    try:
        return PushEnded(garden.week.push(diff, ours=ours, theirs=theirs))
    except PmagentError as exc:
        return PushEnded(f"{exc.message}; {exc.hint}" if exc.hint else exc.message)
