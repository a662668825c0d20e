"""What every screen has: a heading, hints, the status line, notices, and the smallest size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from pmagent.tui.actions import Scope
from pmagent.tui.messages import Failed
from pmagent.tui.paint.help import paint_hints
from pmagent.tui.paint.lines import Span, clip, rule, span
from pmagent.tui.paint.vital import Vital, paint_vital
from pmagent.tui.widgets.lines import LinePainter, Lines
from pmagent.tui.work import Desk

if TYPE_CHECKING:
    from pmagent.types import Status

MIN_WIDTH, MIN_HEIGHT = 60, 15
WIDE = 110
NOTICE_S = 5.0


class GardenScreen(Screen[None]):
    """A screen over the garden."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 (Textual's way)
    BINDINGS: ClassVar[list[BindingType]] = []
    SCOPES: ClassVar[tuple[Scope, ...]] = ()
    """Whose actions hold here."""
    HELP_SCOPES: ClassVar[tuple[Scope, ...]] = ()
    """Whose keys its help begins with; none where it begins with the commands."""

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__()
        self.desk = desk
        self.vital = vital
        self._notice: tuple[Span, ...] = ()
        self._notice_timer: Timer | None = None
        self._tiny = Lines(lambda _: [(span(self._too_small()),)], id="too-small")

    def compose(self) -> ComposeResult:
        """Heading, body, hints, status line."""
        yield Lines(self.paint_heading, id="heading")
        yield from self.compose_body()
        yield from self.compose_foot()

    def compose_body(self) -> Iterable[Widget]:
        """What stands between heading and foot."""
        return ()

    def compose_foot(self) -> Iterable[Widget]:
        """A rule that carries notices, the hints, and the status line."""
        yield Lines(self._paint_rule, id="rule")
        yield Lines(lambda width: [paint_hints(self.hint_scopes(), width)], id="hints")
        yield Lines(lambda width: [paint_vital(self.vital, width)], id="status")

    def hint_scopes(self) -> tuple[Scope, ...]:
        """Whose actions the bottom line and the palette name now."""
        return self.SCOPES

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """The lines at the top."""
        del width
        return []

    def show_heading(self) -> None:
        """Draw the heading again."""
        self.show_lines("#heading", self.paint_heading)

    def show_lines(self, selector: str, painter: LinePainter) -> None:
        """Draw `painter` in the lines widget that `selector` names."""
        self.query_one(selector, Lines).show(painter)

    def show_vital(self, vital: Vital) -> None:
        """Draw other numbers in the status line."""
        self.vital = vital
        if self.is_mounted:
            self.query_one("#status", Lines).refresh_lines()
            self._tiny.refresh_lines()

    def show_status(self, status: Status) -> None:
        """Draw another state of the files, where the screen shows them."""

    def on_failed(self, message: Failed) -> None:
        """A call of this screen's did not end well."""
        message.stop()
        self.show_failure(message)

    def show_failure(self, message: Failed) -> None:
        """Say what happened and what to do, in the rule where the screen has no better place."""
        hint = f"; {message.hint}" if message.hint else ""
        self.notify_person(f"{message.message}{hint}", is_error=True)

    def notify_person(self, text: str, *, is_error: bool = False) -> None:
        """Say something in the rule above the foot for a few seconds; nothing is covered."""
        self._notice = (span(f" {text} ", "error" if is_error else "ok"),)
        if self._notice_timer is not None:
            self._notice_timer.stop()
        self._notice_timer = self.set_timer(NOTICE_S, self._end_notice)
        self._refresh_rule()

    def on_resize(self, event: events.Resize) -> None:
        """Below the smallest size only that is said."""
        is_tiny = event.size.width < MIN_WIDTH or event.size.height < MIN_HEIGHT
        self.set_class(is_tiny, "-tiny")
        if is_tiny and not self._tiny.is_attached:
            self.mount(self._tiny)
        self._tiny.refresh_lines()

    def _too_small(self) -> str:
        size = self.size
        asks = f"{self.vital.asks} asks; " if self.vital.asks else ""
        return f"{asks}{size.width}×{size.height} is too small, {MIN_WIDTH}×{MIN_HEIGHT} is enough"

    def _end_notice(self) -> None:
        self._notice = ()
        self._refresh_rule()

    def _refresh_rule(self) -> None:
        for widget in self.query("#rule").results(Lines):
            widget.refresh_lines()

    def _paint_rule(self, width: int) -> list[tuple[Span, ...]]:
        if not self._notice:
            return [(rule(width),)]
        notice = clip(self._notice, width - 2)
        taken = sum(len(part.text) for part in notice)
        return [(rule(2), *notice, rule(width - 2 - taken))]
