"""What keeping a plan would write, in full, and the question whether to: one key writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.paint.lines import Span, span, wrap
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.diff import DiffScreen
from pmagent.tui.widgets.diff import PagesPainter
from pmagent.tui.widgets.lines import Lines
from pmagent.tui.work import Desk


class KeepScreen(DiffScreen):
    """Leaving it writes nothing."""

    CSS_PATH = "week.tcss"
    BINDINGS: ClassVar = bindings_for("keep", "diff")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("keep", "diff", "app")
    HELP_SCOPES: ClassVar[tuple[Scope, ...]] = ("keep", "diff")

    def __init__(
        self,
        desk: Desk,
        vital: Vital,
        *,
        painter: PagesPainter,
        question: str,
        then: Callable[[], None],
    ) -> None:
        super().__init__(desk, vital, title=(span("What would be written", "title"),),
                         painter=painter)  # fmt: skip
        self._question = question
        self._then = then

    def compose_foot(self) -> Iterable[Widget]:
        """The question above what every screen has below."""
        yield Lines(self._paint_question, id="question")
        yield from super().compose_foot()

    def action_confirm(self) -> None:
        """Write it, and go back to the plan."""
        self.dismiss()
        self._then()

    def _paint_question(self, width: int) -> list[tuple[Span, ...]]:
        return wrap((span(self._question, "warn"),), width)
