"""The undo points, newest first, each with what taking it back would change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from pmagent.nlp.counted import counted
from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import Failed
from pmagent.tui.paint.diff import diff_of
from pmagent.tui.paint.lines import Page, Span, clip_middle, span, spread
from pmagent.tui.paint.undo import paint_points, paint_preview, point_words
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.base import WIDE
from pmagent.tui.screens.confirming import ConfirmingScreen
from pmagent.tui.told import OpenPages, PointsTold, UndoPreviewed
from pmagent.tui.widgets.diff import DiffView, PagesPainter
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types.actions import Checkpoint


class UndoScreen(ConfirmingScreen):
    """Points at the left; at the right, where there is room, what the one under the bar changes.

    A file that has changed since is never overwritten but by a key of its own.
    """

    CSS_PATH = "undo.tcss"
    BINDINGS: ClassVar = bindings_for("undo")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("undo", "app")
    AUTO_FOCUS = "#points"

    def __init__(self, desk: Desk, vital: Vital, point_id: str = "", *, rewind: bool) -> None:
        super().__init__(desk, vital)
        self._first = point_id
        """The point to begin at."""
        self._rewinds_first = rewind
        self._points: tuple[Checkpoint, ...] | None = None
        self._preview: UndoPreviewed | None = None
        self._wanted: tuple[str, bool] | None = None
        """Which undo is being previewed to be done."""
        self._opens = False

    def compose_body(self) -> Iterable[Widget]:
        """Points and preview."""
        with Horizontal(id="panes"):
            yield LineView(id="points", keeps_cursor=True)
            yield DiffView(id="undo-preview")

    def on_mount(self) -> None:
        """Ask for the points."""
        self.desk.ask(self, "points", lambda garden: PointsTold(garden.checkpoints()))

    @property
    def view(self) -> LineView:
        """The points."""
        return self.query_one("#points", LineView)

    @property
    def pane(self) -> DiffView:
        """What the one under the bar changes."""
        return self.query_one(DiffView)

    @property
    def point(self) -> Checkpoint | None:
        """The one under the bar."""
        value = self.view.value
        return value if isinstance(value, Checkpoint) else None

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """What it is."""
        root = clip_middle(span(self.vital.root).text, width - 10)
        points = self._points
        number = "" if points is None else f"  {counted(len(points), 'point')}, newest first"
        title = (span("Undo", "title"), span(number, "quiet"))
        return [spread(title, (span(root, "quiet"),), width)]

    # What the desk tells

    def on_points_told(self, message: PointsTold) -> None:
        """Draw them, and look at the one under the bar."""
        points = self._points = tuple(message.points)
        self._wanted = None
        self.show_heading()
        place = next((at for at, point in enumerate(points) if point.id == self._first), None)
        if self._first and place is None:
            self.notify_person(f"undo point {self._first} is no longer kept", is_error=True)
        self._first = ""
        self.view.show(lambda width: paint_points(points, width), cursor=place or 0)
        if message.undone is not None:
            self.notify_person(f"{point_words(message.undone)}; this can be taken back too")
        if self._rewinds_first and place is not None:
            self._rewinds_first = False
            self.call_after_refresh(self.action_take_back, True)
        else:
            self.call_after_refresh(self._look)

    def on_undo_previewed(self, message: UndoPreviewed) -> None:
        """Show it; where it is wanted, do it, or ask first."""
        point = self.point
        if point is None or message.point.id != point.id:
            return
        self._preview = message
        self.pane.show_pages(self._painter(message))
        if self._opens:
            self._opens = False
            self._open(message)
        if self._wanted == (point.id, message.rewind):
            self._wanted = None
            self._go_on(message)

    def show_failure(self, message: Failed) -> None:
        """Say it, and want nothing any more."""
        self._wanted, self._opens = None, False
        super().show_failure(message)

    # What the person does

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """Look at another."""
        if event.view is self.view:
            self.ask_nothing()
            self._wanted, self._opens = None, False
            self._look()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Go to what it changes."""
        if event.view is self.view:
            self.action_open()

    def action_open(self) -> None:
        """The pane beside the list, or a screen of its own."""
        if self.point is None:
            return
        if self.size.width >= WIDE:
            self.pane.focus()
        elif self._preview is not None and self._preview.point.id == self.point.id:
            self._open(self._preview)
        else:
            self._opens = True
            self._look()

    def action_take_back(self, rewind: bool) -> None:
        """Take back this one, or all since; what stands against it is looked at first."""
        point = self.point
        if point is None:
            return
        if point.undone_by and not rewind:
            self.notify_person(f"taken back already, by #{point.undone_by}", is_error=True)
            return
        self.ask_nothing()
        self._wanted = (point.id, rewind)
        self._look(rewind=rewind)

    def action_step(self, step: int) -> None:
        """The next file of what it would change, or the one before."""
        self.pane.step(step)

    def action_other_pane(self) -> None:
        """Between list and preview."""
        if self.view.has_focus and self.size.width >= WIDE:
            self.pane.focus()
        else:
            self.view.focus()

    def action_back(self) -> None:
        """From the question or the pane to the list, from there to where it was opened."""
        if self.is_asking:
            self.ask_nothing()
        elif self.pane.has_focus:
            self.view.focus()
        else:
            self.dismiss()

    def _go_on(self, preview: UndoPreviewed) -> None:
        """Do what was previewed: at once, or after the key that its danger asks for."""
        point, rewind = preview.point, preview.rewind
        if preview.conflicts:
            number = len(preview.conflicts)
            files = preview.conflicts[0] if number == 1 else f"{number:,} files"
            question = f"Nothing is done yet: {files} changed since. Overwrite that too?"
            self.ask_first(question, "o", lambda: self._undo(point, rewind=rewind, overwrite=True))
        elif rewind:
            number = len(preview.diffs)
            files = "1 file" if number == 1 else f"{number:,} files"
            question = f"Take back “{point_words(point)}” and all since, in {files}?"
            self.ask_first(question, "y", lambda: self._undo(point, rewind=True))
        else:
            self._undo(point, rewind=False)

    def _undo(self, point: Checkpoint, *, rewind: bool, overwrite: bool = False) -> None:
        def call(garden: GardenPort) -> PointsTold:
            undone = garden.undo(point.id, rewind=rewind, overwrite=overwrite)
            return PointsTold(garden.checkpoints(), undone)

        self.desk.ask(self, "undo", call)

    def _look(self, *, rewind: bool = False) -> None:
        point = self.point
        if point is None:
            self.pane.show_pages(_nothing)
            return

        def look(garden: GardenPort) -> UndoPreviewed:
            changes, conflicts = garden.preview_undo(point.id, rewind=rewind)
            diffs = [diff_of(change) for change in changes]
            return UndoPreviewed(point, rewind=rewind, diffs=diffs, conflicts=conflicts)

        self.desk.ask(self, "preview", look)

    def _open(self, preview: UndoPreviewed) -> None:
        title = (span("undo ", "quiet"), span(point_words(preview.point), "title"))
        self.post_message(OpenPages(title, self._painter(preview)))

    def _painter(self, preview: UndoPreviewed) -> PagesPainter:
        diffs, conflicts, rewind = preview.diffs, preview.conflicts, preview.rewind
        return lambda width: paint_preview(diffs, conflicts, width, rewind=rewind)


def _nothing(width: int) -> tuple[Page, tuple[int, ...]]:
    del width
    return Page(), ()
