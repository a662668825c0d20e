"""The audit trail: every decision and what came of it, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Input

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.paint.audit import fits, paint_entry, paint_trail, paint_trail_heading
from pmagent.tui.paint.lines import Span, clip_middle, span, spread
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.rule_text import TrailFilter, filter_text, parse_filter
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.told import OpenPages, OpenUndo, TrailTold
from pmagent.tui.widgets.composer import Composer
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types.actions import AuditEntry

FIRST_LIMIT = 1_000
MORE = 10
"""How many times more is read when the bar comes to the oldest that was."""


class AuditScreen(GardenScreen):
    """A list as long as the trail; older entries are read when the bar comes to them."""

    CSS_PATH = "audit.tcss"
    BINDINGS: ClassVar = bindings_for("audit")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("audit", "app")
    AUTO_FOCUS = "#trail"

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self._wanted = TrailFilter()
        self._limit = FIRST_LIMIT
        self._told: TrailTold | None = None
        self._shown: list[AuditEntry] = []

    def compose_body(self) -> Iterable[Widget]:
        """The entries, and a line for the filter (hidden)."""
        yield LineView(id="trail", keeps_cursor=True)
        yield Composer("words, agent:NAME path:notes/ tool:Bash verdict:denied", id="trail-line")

    def on_mount(self) -> None:
        """Read the latest."""
        self.line.has_shortcuts = False
        self._read()

    @property
    def view(self) -> LineView:
        """The entries."""
        return self.query_one("#trail", LineView)

    @property
    def line(self) -> Composer:
        """Where the filter is typed."""
        return self.query_one("#trail-line", Composer)

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """How many, and whether the chain holds."""
        root = clip_middle(span(self.vital.root).text, width - 10)
        lines = [spread((span("Audit", "title"),), (span(root, "quiet"),), width), ()]
        if self._told is None:
            return [*lines, (span("reading…", "quiet"),)]
        is_all = len(self._told.entries) < self._told.limit
        shown = len(self._shown)
        return [
            *lines,
            *paint_trail_heading(shown, self._told.state, self._wanted, width, is_all=is_all),
        ]

    def on_trail_told(self, message: TrailTold) -> None:
        """Draw them; the bar stays on its entry."""
        value = self.view.value
        self._told = message
        entries = sorted(message.entries, key=lambda entry: -entry.seq)
        shown = self._shown = [entry for entry in entries if fits(entry, self._wanted)]
        kept = value.seq if isinstance(value, AuditEntry) else -1
        place = next((at for at, entry in enumerate(shown) if entry.seq == kept), 0)
        self.show_heading()
        self.view.show(lambda width: paint_trail(shown, width), cursor=place)
        if not shown:
            self._read_on()

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """Read on where the bar has come to the oldest that was read."""
        if self._shown and event.value is self._shown[-1]:
            self._read_on()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """All of an entry."""
        if isinstance(entry := event.value, AuditEntry):
            title = (span("audit ", "quiet"), span(f"entry {entry.seq:,}", "title"))
            self.post_message(OpenPages(title, lambda width: (paint_entry(entry, width), ())))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Filter by what was typed."""
        event.stop()
        self._filter(parse_filter(event.value))
        self._stop_typing()

    def action_filter(self) -> None:
        """Type a filter."""
        self.line.put(filter_text(self._wanted))
        self.line.add_class("-open")
        # At once: what is typed next belongs to the line already.
        self.set_focus(self.line)

    def action_keep(self, verdict: str) -> None:
        """Only what was decided so; everything for nothing."""
        self._filter(TrailFilter(verdict=verdict))

    def action_undo(self, rewind: bool) -> None:
        """Show what taking it back would change."""
        entry = self.view.value
        if not isinstance(entry, AuditEntry):
            return
        if not entry.checkpoint:
            self.notify_person("it changed no file; ↶ marks what did", is_error=True)
            return
        self.post_message(OpenUndo(entry.checkpoint, rewind=rewind))

    def action_back(self) -> None:
        """From the filter to the list, from there to where it was opened."""
        if self.line.has_class("-open"):
            self._stop_typing()
        else:
            self.dismiss()

    def _filter(self, wanted: TrailFilter) -> None:
        self._wanted = wanted
        self._limit = FIRST_LIMIT
        self._read()

    def _read_on(self) -> None:
        """Older entries too, where there are any."""
        if self._told is not None and len(self._told.entries) >= self._limit:
            self._limit *= MORE
            self._read()

    def _stop_typing(self) -> None:
        self.line.remove_class("-open")
        self.set_focus(self.view)

    def _read(self) -> None:
        wanted, limit = self._wanted, self._limit

        def read(garden: GardenPort) -> TrailTold:
            entries = garden.audit(
                limit=limit,
                verdict=wanted.verdict or None,
                path=wanted.path or None,
                agent=wanted.agent or None,
            )
            return TrailTold(entries, garden.audit_state(), limit)

        self.desk.ask(self, "trail", read)
