"""What is indexed, how fast it goes, and every file with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, cast

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.paint.lines import Span, clip_middle, span, spread
from pmagent.tui.paint.status import Kept, paint_files, paint_status_heading
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types import FileState, Status


class StatusScreen(GardenScreen):
    """Counts and pace above, the files below."""

    CSS_PATH = "status.tcss"
    BINDINGS: ClassVar = bindings_for("status")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("status", "app")
    AUTO_FOCUS = "#files"

    def __init__(self, desk: Desk, vital: Vital, status: Status) -> None:
        super().__init__(desk, vital)
        self._status = status
        self._kept: Kept = "all"

    def compose_body(self) -> Iterable[Widget]:
        """The files."""
        yield LineView(id="files")

    def on_mount(self) -> None:
        """Draw what was told last."""
        self._show_files()

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """The folder and the numbers."""
        root = clip_middle(span(self.vital.root).text, width - 10)
        title = spread((span("Index", "title"),), (span(root, "quiet"),), width)
        progress = self.vital.progress
        return [title, (), *paint_status_heading(self._status, progress, self._kept, width)]

    def show_vital(self, vital: Vital) -> None:
        """The pace is part of the heading too."""
        super().show_vital(vital)
        if self.is_mounted:
            self.show_heading()

    def show_status(self, status: Status) -> None:
        """Draw the files again where they changed."""
        has_changed = self._status.files != status.files
        self._status = status
        if self.is_mounted:
            self.show_heading()
            if has_changed:
                self._show_files()

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """The whole reason, where the row has no room for it."""
        if isinstance(event.value, FileState) and event.value.reason:
            self.notify_person(f"{event.value.path}: {event.value.reason}")

    def action_keep(self, kept: str) -> None:
        """Show only the files of one state."""
        self._kept = cast("Kept", kept)
        self.show_heading()
        self._show_files(cursor=0)

    def action_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    def _show_files(self, cursor: int | None = None) -> None:
        files, kept = self._status.files, self._kept
        view = self.query_one("#files", LineView)
        view.show(lambda width: paint_files(files, kept, width), cursor=cursor)
