"""The runs of procedures, the latest first: how each stands and what it took."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import CopyText, Do
from pmagent.tui.paint.lines import Span, clip, span, spread
from pmagent.tui.paint.trace import paint_runs, paint_words
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.told import OpenPages
from pmagent.tui.traced import Explained, RunsTold, runs_of
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types.runs import Run

LIMIT = 1_000


class RunsScreen(GardenScreen):
    """One line a run; Enter shows its trace."""

    BINDINGS: ClassVar = bindings_for("runs")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("runs", "app")
    AUTO_FOCUS = "#runs"

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self._runs: tuple[Run, ...] | None = None

    def compose_body(self) -> Iterable[Widget]:
        """The runs."""
        yield LineView(id="runs", keeps_cursor=True)

    def on_mount(self) -> None:
        """Read them."""
        self._look()

    @property
    def view(self) -> LineView:
        """The runs."""
        return self.query_one("#runs", LineView)

    @property
    def run_here(self) -> Run | None:
        """The one under the bar."""
        value = self.view.value
        return value if isinstance(value, Run) else None

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """How many, and how many wait."""
        title = span("Runs  ", "title")
        if self._runs is None:
            return [(title, span("reading…", "quiet"))]
        waiting = sum(run.state == "waiting" for run in self._runs)
        words = f"{len(self._runs):,}, latest first"
        right = (span(f"{waiting:,} waiting", "warn"),) if waiting else ()
        here = self.run_here
        about = " ".join((here.reason or here.key).split()) if here is not None else ""
        return [
            spread((title, span(words, "quiet")), right, width),
            clip((span(about, "quiet"),), width),
        ]

    def on_runs_told(self, message: RunsTold) -> None:
        """Draw them; the bar stays on its run."""
        kept = self.run_here.id if self.run_here is not None else ""
        runs = self._runs = message.runs
        place = next((at for at, run in enumerate(runs) if run.id == kept), 0)
        self.view.show(lambda width: paint_runs(runs, width), cursor=place)
        self.show_heading()

    def on_explained(self, message: Explained) -> None:
        """Show it on a screen of its own."""
        title = (span("explain ", "quiet"), span(message.run, "title"))
        text = message.text
        self.post_message(OpenPages(title, lambda width: (paint_words(text, width), ())))

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """Say of another why it stands so."""
        del event
        self.show_heading()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """What it did."""
        if isinstance(run := event.value, Run):
            self.post_message(Do(f"show_trace({run.id!r})"))

    def action_open(self) -> None:
        """What it did."""
        if self.run_here is not None:
            self.post_message(Do(f"show_trace({self.run_here.id!r})"))

    def action_explain(self) -> None:
        """Why it went as it did."""
        if self.run_here is not None:
            run = self.run_here.id
            self.desk.ask(
                self, "explain", lambda garden: Explained(run, runs_of(garden).explain(run))
            )

    def action_copy(self) -> None:
        """Copy its id."""
        if self.run_here is not None:
            self.post_message(CopyText(self.run_here.id, "the id of the run"))

    def action_look_again(self) -> None:
        """Read the list again."""
        self._look()

    def action_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    def _look(self) -> None:
        self.desk.ask(self, "runs", lambda garden: RunsTold(runs_of(garden).list(LIMIT)))
