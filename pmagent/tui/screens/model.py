"""The models: what each costs, how much it takes in, and what leaves this computer with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import Do
from pmagent.tui.paint.lines import Span, span, spread
from pmagent.tui.paint.numbers import paint_models
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.talk import ModelUsed
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types.talk import ModelCard

if TYPE_CHECKING:
    from pmagent.tui.ports import Conversation


class ModelScreen(GardenScreen):
    """A list; the line that was being typed is still there behind it."""

    BINDINGS: ClassVar = bindings_for("model")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("model", "app")
    AUTO_FOCUS = "#models"

    def __init__(self, desk: Desk, vital: Vital, conversation: Conversation) -> None:
        super().__init__(desk, vital)
        self._conversation = conversation

    def compose_body(self) -> Iterable[Widget]:
        """The list."""
        yield LineView(id="models", keeps_cursor=True)

    def on_mount(self) -> None:
        """Draw it, at the one in use."""
        models = tuple(self._conversation.models())
        now = self._conversation.model.id
        place = next((at for at, card in enumerate(models) if card.id == now), 0)
        self.view.show(lambda width: paint_models(models, now, width), cursor=place)

    @property
    def view(self) -> LineView:
        """The list."""
        return self.query_one("#models", LineView)

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """Which answers now."""
        now = self._conversation.model
        right = (span(f"{now.alias or now.id} answers now", "quiet"),)
        return [spread((span("Models", "title"),), right, width)]

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Use it."""
        if isinstance(card := event.value, ModelCard):
            self._use(card)

    def on_model_used(self, message: ModelUsed) -> None:
        """It is in use: back to the line. The application says so there."""
        del message
        self.dismiss()

    def action_use(self) -> None:
        """Use the one under the bar."""
        if isinstance(card := self.view.value, ModelCard):
            self._use(card)

    def action_use_alias(self, alias: str) -> None:
        """Use the one that goes by this name."""
        for card in self._conversation.models():
            if card.alias == alias:
                self._use(card)
                return
        self.notify_person(f'no model is called "{alias}": settings name one', is_error=True)

    def action_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    def _use(self, card: ModelCard) -> None:
        name = card.alias or card.id
        if card.problem:
            self.notify_person(f"{name} cannot be used: {card.problem}", is_error=True)
        else:
            self.post_message(Do(f"use_model({name!r})"))
