"""What the keys do about the choices of a plan: let one stand, take an option, see what moved."""

from __future__ import annotations

from dataclasses import replace

from pmagent.tui.paint.lines import Page, PageBuilder, span
from pmagent.tui.paint.week_choices import option_words, shift_words
from pmagent.tui.paint.week_moves import move_lines, moves_heading
from pmagent.tui.paint.week_values import Option
from pmagent.tui.planned import CardChanged
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.week_keeping import WeekKeepingScreen
from pmagent.tui.told import OpenPages
from pmagent.types.tasks import TradeOff


class WeekChoicesScreen(WeekKeepingScreen):
    """An option that changes a card is a change of the board as any other: the gate may ask."""

    def accept(self, choice: TradeOff) -> None:
        """Close a choice; the board and the plan stay as they are."""
        week = self.week
        if week is None:
            return
        rest = tuple(one for one in week.plan.trade_offs if one.id != choice.id)
        self.week = replace(week, plan=replace(week.plan, trade_offs=rest), is_kept=False)
        self._undo.append(choice)
        self.draw()
        self.settle_bar()
        self.notify_person("it stands as it is said; p keeps the plan, u opens the choice again")

    def open_again(self, choice: TradeOff) -> None:
        """Put it behind the others."""
        if self.week is not None:
            plan = self.week.plan
            plan = replace(plan, trade_offs=(*plan.trade_offs, choice))
            self.week = replace(self.week, plan=plan, is_kept=False)
            self.draw()
            self.notify_person("the choice is open again")

    def take_option(self, option: Option) -> None:
        """Change the card and plan anew; or say what the person does where no card changes."""
        week = self.week
        if week is None:
            return
        if option.shift is None:
            if option.is_as_said:
                self.accept(option.choice)
            else:
                self.notify_person(option_words(week, option))
            return
        if self.is_stale:
            self.notify_person("the board has changed: r plans anew, then choose", is_error=True)
        elif self.start_doing("writing the board"):
            plan, says = week.plan, f"taken: {shift_words(week, option)}"

            def take(garden: GardenPort) -> CardChanged:
                change = garden.week.take_option(plan, option.choice.id, option.number)
                return CardChanged(change, says, is_planned=True)

            self.desk.start(self, "job board", take)

    def action_moves(self) -> None:
        """All that the plan changes, and why, on a page of its own."""
        week = self.week
        if week is None:
            return
        if not week.moves:
            self.notify_person("no block has moved")
            return

        def paint(width: int) -> tuple[Page, list[int]]:
            builder = PageBuilder()
            builder.add_all(move_lines(week, week.moves, width))
            return builder.page(), []

        self.post_message(OpenPages((span(moves_heading(week), "title"),), paint))
