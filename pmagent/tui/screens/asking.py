"""A screen on which a card may ask the person, above the line below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.work import Desk

if TYPE_CHECKING:
    from pmagent.tui.asks import Asks
    from pmagent.tui.widgets.card import PermissionCard


class AskingScreen(GardenScreen):
    """Shows the question that has waited longest; keys stay where they are until `^g`."""

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self.card: PermissionCard | None = None
        """The question to the person; made with the first one."""

    async def show_asks(self, asks: Asks) -> None:
        """Show the question that has waited longest; none where nothing asks."""
        waiting = asks.waiting
        if self.card is None and waiting:
            from pmagent.tui.widgets.card import PermissionCard  # noqa: PLC0415 - first frame

            self.card = PermissionCard(asks.clock)
            await self.mount(self.card, before="#rule")
            self.card.fit(self.size.height)
        if self.card is not None and waiting:
            self.card.show(waiting[0], len(waiting))
        elif self.card is not None:
            self.card.close()

    def answer(self) -> None:
        """Give the keys to the card, where it was long enough on screen."""
        if self.card is None or not self.card.take_keys():
            self.notify_person("it came this moment: read it, then ^g")

    def take_keys_back(self) -> None:
        """The card has let go of the keys."""

    def on_screen_resume(self) -> None:
        """A card that was covered begins anew; what was asked before this screen was there, too."""
        if self.card is not None:
            self.card.restart()
        elif self.vital.asks:
            from pmagent.tui.told import AsksChanged  # noqa: PLC0415 - first frame

            self.app.post_message(AsksChanged())  # pyright: ignore[reportUnknownMemberType]

    def on_resize(self, event: events.Resize) -> None:
        """A card leaves room for the rest."""
        super().on_resize(event)
        if self.card is not None:
            self.card.fit(event.size.height)
