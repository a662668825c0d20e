"""What an application does about the week: it opens the board and the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmagent.tui.reviewing import ReviewingApp

if TYPE_CHECKING:
    from pmagent.tui.planned import OpenKeep, OpenPush, PushEnded


class PlanningApp(ReviewingApp):
    """Opens the week at the board, the day, the week or a fresh plan; and what a push would do."""

    def action_show_week(self, view: str = "board") -> None:
        """The board and the plan."""
        from pmagent.tui.screens.week import WeekScreen  # noqa: PLC0415 - first frame

        screen = self.screen
        if isinstance(screen, WeekScreen):
            screen.open_at(view)
        else:
            self.push_screen(WeekScreen(self.desk, self.vital, view))

    def on_open_keep(self, message: OpenKeep) -> None:
        """What keeping a plan would write, and the question."""
        from pmagent.tui.screens.keeping import KeepScreen  # noqa: PLC0415 - first frame

        screen = KeepScreen(
            self.desk,
            self.vital,
            painter=message.painter,
            question=message.question,
            then=message.then,
        )
        self.push_screen(screen)

    def on_open_push(self, message: OpenPush) -> None:
        """What the board elsewhere would be told."""
        from pmagent.tui.screens.push import PushScreen  # noqa: PLC0415 - first frame

        del message
        if not isinstance(self.screen, PushScreen):
            self.push_screen(PushScreen(self.desk, self.vital))

    def on_push_ended(self, message: PushEnded) -> None:
        """Show it where it was sent from; where that was left, say it in numbers."""
        from pmagent.tui.paint.push import result_foot  # noqa: PLC0415 - first frame
        from pmagent.tui.screens.push import PushScreen  # noqa: PLC0415 - first frame

        for screen in self.open_screens(PushScreen):
            screen.show_result(message.result)
            return
        result = message.result
        is_broken = isinstance(result, str)
        words = result if is_broken else "".join(part.text for part in result_foot(result))
        self.tell_person(f"the push: {words}", is_error=is_broken)
