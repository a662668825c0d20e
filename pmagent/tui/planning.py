"""What an application does about the week: it opens the board and the plan."""

from __future__ import annotations

from pmagent.tui.reviewing import ReviewingApp


class PlanningApp(ReviewingApp):
    """Opens the week at the board, the day, the week or a fresh plan."""

    def action_show_week(self, view: str = "board") -> None:
        """The board and the plan."""
        from pmagent.tui.screens.week import WeekScreen  # noqa: PLC0415 - first frame

        screen = self.screen
        if isinstance(screen, WeekScreen):
            screen.open_at(view)
        else:
            self.push_screen(WeekScreen(self.desk, self.vital, view))
