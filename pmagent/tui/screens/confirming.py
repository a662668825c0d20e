"""A screen that asks once more, in a line above its keys, before a garden grows or a file goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.widget import Widget

from pmagent.tui.paint.exact import spelled
from pmagent.tui.paint.lines import Span, span, wrap
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.widgets.lines import Lines
from pmagent.tui.work import Desk


class ConfirmingScreen(GardenScreen):
    """Holds one question at a time; any other key of the screen leaves it unanswered."""

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self._question = ""
        self._key = ""
        self._confirmed: Callable[[], None] | None = None

    def compose_foot(self) -> Iterable[Widget]:
        """The question above what every screen has below."""
        yield Lines(self._paint_question, id="question")
        yield from super().compose_foot()

    @property
    def is_asking(self) -> bool:
        """Whether a question waits."""
        return self._confirmed is not None

    def ask_first(self, question: str, key: str, then: Callable[[], None]) -> None:
        """Do `then` only once `key` is pressed."""
        self._question, self._key, self._confirmed = question, key, then
        self.query_one("#question", Lines).refresh_lines()

    def ask_nothing(self) -> None:
        """Take the question back."""
        self._question, self._key, self._confirmed = "", "", None
        self.query_one("#question", Lines).refresh_lines()

    def action_confirm(self) -> None:
        """Yes."""
        self._take("y")

    def action_overwrite(self) -> None:
        """Yes, over what has changed since."""
        self._take("o")

    def _take(self, key: str) -> None:
        then = self._confirmed
        if then is not None and key == self._key:
            self.ask_nothing()
            then()

    def _paint_question(self, width: int) -> list[tuple[Span, ...]]:
        if self._confirmed is None:
            return []
        keys = (span(f"  {self._key}", "key"), span(" does it   ", "quiet"))
        away = (span("Esc", "key"), span(" leaves it", "quiet"))
        return wrap((span(spelled(self._question), "warn"), *keys, *away), width)
