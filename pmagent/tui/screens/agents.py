"""The sub-agents: those that run and what they do, those that have ended, those there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.paint.lines import Page, PageBuilder, Span, pad_text, span, spread, wrap
from pmagent.tui.paint.turn import AgentRow, Turn
from pmagent.tui.paint.turn_lines import paint_agent
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types.commands import AgentFile

if TYPE_CHECKING:
    from pmagent.tui.ports import Conversation
    from pmagent.tui.screens.talking import Talking

LOOK_S = 1.0


class AgentsScreen(GardenScreen):
    """A list that follows what they do."""

    BINDINGS: ClassVar = bindings_for("agents")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("agents", "app")
    AUTO_FOCUS = "#agents"

    def __init__(
        self, desk: Desk, vital: Vital, conversation: Conversation, talking: Talking
    ) -> None:
        super().__init__(desk, vital)
        self._conversation = conversation
        self._talking = talking
        self._kinds = tuple(conversation.agents())

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield LineView(id="agents", keeps_cursor=True)

    def on_mount(self) -> None:
        """Draw it now, and again every second."""
        self._draw(cursor=0)
        self.set_interval(LOOK_S, self._draw)

    @property
    def view(self) -> LineView:
        """The list."""
        return self.query_one("#agents", LineView)

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """How many run."""
        turn = self._turn
        running = len(turn.running_agents) if turn is not None else 0
        words = f"{running} running" if running else "none runs"
        return [spread((span("Sub-agents", "title"),), (span(words, "quiet"),), width)]

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Look at what it does."""
        if isinstance(event.value, AgentRow):
            self._talking.peek(event.value)

    def action_peek(self) -> None:
        """Look at what the one under the bar does."""
        if isinstance(row := self.view.value, AgentRow):
            self._talking.peek(row)

    def action_control(self, what: str) -> None:
        """Stop or pause the one under the bar; a paused one goes on."""
        row = self.view.value
        if not isinstance(row, AgentRow):
            return
        wanted = "resume" if what == "pause" and row.doing == "paused" else what
        done = self._conversation.control_agent(
            row.began.id, cast('Literal["stop", "pause", "resume"]', wanted)
        )
        words = {"stop": "is stopped", "pause": "pauses after its step", "resume": "goes on"}
        if done:
            self.notify_person(f"{row.began.name} {words[wanted]}")
        else:
            self.notify_person(f"{row.began.name} has ended already", is_error=True)

    def action_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    @property
    def _turn(self) -> Turn | None:
        return self._talking.turn or self._talking.last

    def _draw(self, cursor: int | None = None) -> None:
        turn, kinds = self._turn, self._kinds
        rows = tuple(turn.agents.values()) if turn is not None else ()
        self.show_heading()
        self.view.show(lambda width: paint_agents(rows, kinds, width), cursor=cursor)


def paint_agents(rows: tuple[AgentRow, ...], kinds: tuple[AgentFile, ...], width: int) -> Page:
    """Those of the turn, each a line that can be looked into; then the kinds there are."""
    builder = PageBuilder()
    ordered = sorted(rows, key=lambda row: row.ended is not None)
    for row in ordered:
        builder.add_item(row, [paint_agent(row, width)])
    if not rows:
        builder.add(span("No sub-agent has a part in this turn.", "quiet"))
    builder.add()
    builder.add(span("What can be handed on", "title"))
    name_width = min(max((len(kind.name) for kind in kinds), default=0) + 2, 24)
    for kind in kinds:
        model = "" if kind.model in {"", "inherit"} else f" [{kind.model}]"
        name = span(pad_text(span(kind.name).text, name_width), "key")
        words = span(" ".join(kind.description.split()))
        builder.add_all(wrap((name, words, span(model, "quiet")), width, indent=name_width))
    return builder.page()
