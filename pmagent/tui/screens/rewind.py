"""The turns of this conversation, to go on from before one: its words, its files, or both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.paint.lines import Span, span, spread
from pmagent.tui.paint.sessions import paint_turns
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.confirming import ConfirmingScreen
from pmagent.tui.talk import RewoundTo
from pmagent.tui.told import OpenUndo
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types.sessions import TurnRow

if TYPE_CHECKING:
    from pmagent.tui.ports import Conversation


class RewindScreen(ConfirmingScreen):
    """The latest turn first."""

    CSS_PATH = "rewind.tcss"
    BINDINGS: ClassVar = bindings_for("rewind")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("rewind", "app")
    AUTO_FOCUS = "#turns"

    def __init__(self, desk: Desk, vital: Vital, conversation: Conversation) -> None:
        super().__init__(desk, vital)
        self._rows = tuple(reversed(conversation.turns()))

    def compose_body(self) -> Iterable[Widget]:
        """The turns."""
        yield LineView(id="turns", keeps_cursor=True)

    def on_mount(self) -> None:
        """Draw them."""
        rows = self._rows
        self.view.show(lambda width: paint_turns(rows, width), cursor=0)

    @property
    def view(self) -> LineView:
        """The turns."""
        return self.query_one("#turns", LineView)

    @property
    def row(self) -> TurnRow | None:
        """The one under the bar."""
        value = self.view.value
        return value if isinstance(value, TurnRow) else None

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """What is done with them."""
        number = len(self._rows)
        words = f"{number:,} turn{'' if number == 1 else 's'}, latest first"
        title = (span("Rewind  ", "title"), span(words if number else "no turn yet", "quiet"))
        right = (span("go on from before a turn; what you typed comes back", "quiet"),)
        return [spread(title, right, width)]

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """Look at another."""
        del event
        self.ask_nothing()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """The conversation alone: files stay."""
        if isinstance(row := event.value, TurnRow):
            self._rewind(row, files=False)

    def on_rewound_to(self, message: RewoundTo) -> None:
        """Done: back to the line. The application shows what is left."""
        del message
        self.dismiss()

    def action_rewind(self) -> None:
        """The conversation alone."""
        if self.row is not None:
            self._rewind(self.row, files=False)

    def action_files(self) -> None:
        """Files alone, with the preview of an undo."""
        point = self._first_point()
        if not point:
            self.notify_person("nothing was changed since this turn", is_error=True)
            return
        self.post_message(OpenUndo(point, rewind=True))
        self.dismiss()

    def action_both(self) -> None:
        """The conversation and the files; asks first."""
        row = self.row
        if row is None:
            return
        if not self._first_point():
            self._rewind(row, files=False)
            return
        number = sum(len(each.checkpoints) for each in self._since(row))
        changes = "1 change" if number == 1 else f"{number:,} changes"
        question = f"Take back {changes} to files, and go on from before this turn?"
        self.ask_first(question, "y", lambda: self._rewind(row, files=True))

    def action_back(self) -> None:
        """From the question to the list, from there to where it was opened."""
        if self.is_asking:
            self.ask_nothing()
        else:
            self.dismiss()

    def _since(self, row: TurnRow) -> tuple[TurnRow, ...]:
        """This turn and those after it, the latest first."""
        return self._rows[: self._rows.index(row) + 1]

    def _first_point(self) -> str:
        """The oldest undo point since the turn under the bar; empty where there is none."""
        if self.row is None:
            return ""
        points = [row.checkpoints[0] for row in self._since(self.row) if row.checkpoints]
        return points[-1] if points else ""

    def _rewind(self, row: TurnRow, *, files: bool) -> None:
        def rewind(garden: GardenPort) -> RewoundTo:
            conversation = garden.converse()
            typed = conversation.rewind(row.turn, files=files)
            return RewoundTo(typed, conversation.turns(), files=files)

        self.desk.start(self, "rewind", rewind)
