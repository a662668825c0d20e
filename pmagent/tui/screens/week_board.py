"""What moves cards between lists and within them: keys, and the mouse that drags."""

from __future__ import annotations

from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.board import Column, Columns
from pmagent.tui.screens.week_choices import WeekChoicesScreen
from pmagent.tui.work import Desk
from pmagent.types.tasks import Card, Lane


class WeekBoardScreen(WeekChoicesScreen):
    """Each move is one change of the board's file, and the bar goes with the card."""

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self.shown = "board"
        """`board`, `day`, `week` or `found`."""
        self._carried: Card | None = None
        """The card that the mouse holds."""

    @property
    def columns(self) -> Columns:
        """The lists, or the days."""
        return self.query_one(Columns)

    @property
    def lane(self) -> Lane | None:
        """The list with the bar."""
        if self.week is None or self.shown != "board":
            return None
        lanes = self.week.lanes
        return lanes[self.columns.at] if self.columns.at < len(lanes) else None

    def follow(self, card_id: str) -> None:
        """Put the bar on a card of the board."""
        if self.week is None or self.shown != "board":
            return
        for number, lane in enumerate(self.week.lanes):
            ids = [card.id for card in lane.cards]
            if card_id in ids:
                self.columns.step(number - self.columns.at, row=ids.index(card_id))
                self.tell()
                return

    def on_column_grabbed(self, event: Column.Grabbed) -> None:
        """The mouse holds a card."""
        value = event.column.value
        self._carried = value if isinstance(value, Card) else None

    def on_column_dropped(self, event: Column.Dropped) -> None:
        """Into another list with it."""
        card, self._carried = self._carried, None
        if card is None or self.week is None or self.shown != "board":
            return
        lanes = self.week.lanes
        number = self.columns.number_of(event.column)
        if number < len(lanes) and lanes[number].title != card.lane:
            self._move(card, lanes[number].title)

    def action_carry(self, by: int) -> None:
        """The card into the list beside."""
        card, week = self.chosen, self.week
        if not isinstance(card, Card) or week is None or self.shown != "board":
            self.notify_person("a card of the board can be moved: Tab goes there", is_error=True)
            return
        wanted = self.columns.at + by
        if 0 <= wanted < len(week.lanes):
            self._move(card, week.lanes[wanted].title)
        else:
            self.notify_person("there is no list beyond this one")

    def action_lift(self, by: int) -> None:
        """Higher or lower in its list."""
        card, lane = self.chosen, self.lane
        if not isinstance(card, Card) or lane is None:
            return
        ids = [one.id for one in lane.cards]
        place = ids.index(card.id)
        wanted = place + by
        if not 0 <= wanted < len(ids):
            return
        below = wanted if by < 0 else wanted + 1
        before = ids[below] if below < len(ids) else ""
        self.change(lambda week: week.move(card.id, lane.title, before=before), "moved")

    def _move(self, card: Card, lane: str) -> None:
        self.change(lambda week: week.move(card.id, lane), f'moved to "{lane}"')
