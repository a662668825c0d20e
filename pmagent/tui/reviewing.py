"""What an application does about its review queue: the screen, the count, a person's editor."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pmagent.errors import PmagentError
from pmagent.tui.conversing import ConversingApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from pmagent.tui.ports import Desktop, GardenPort
    from pmagent.tui.reviewed import EditText, ReviewsCounted

COUNT_S = 5.0
"""How often it is looked what waits: a run in another process may have asked."""


class ReviewingApp(ConversingApp):
    """Counts what waits in every status line, and opens the queue."""

    _desktop: Desktop
    _environment: dict[str, str]

    def begin_watching(self) -> None:
        """Poll from now on."""
        super().begin_watching()
        self.set_interval(COUNT_S, self.count_reviews)

    def count_reviews(self) -> None:
        """Ask how much waits."""
        if self.desk.has_garden:
            self.desk.ask(self, "reviews", _count)

    def on_reviews_counted(self, message: ReviewsCounted) -> None:
        """The number stands in the status line of every screen."""
        if message.number != self.vital.reviews:
            self.set_vital(replace(self.vital, reviews=message.number))

    def action_show_review(self) -> None:
        """What waits for the person."""
        from pmagent.tui.screens.review import ReviewScreen  # noqa: PLC0415 - first frame

        if not self._is_at("review"):
            self.push_screen(ReviewScreen(self.desk, self.vital))

    def on_edit_text(self, message: EditText) -> None:
        """Open a text in the editor: here, or beside where it has a window of its own."""
        from pmagent.tui.outside import edit_text, has_window  # noqa: PLC0415 - first frame

        edit = partial(
            edit_text, message.text, message.suffix, self._desktop, self._environment, self.suspend
        )
        if has_window(self._environment):
            work = partial(self._edit_beside, edit, message.then)
            self.run_worker(work, thread=True, group="edit", exit_on_error=False)
        else:
            self._edit_here(edit, message.then)

    def _edit_here(self, edit: Callable[[], str], then: Callable[[str], None]) -> None:
        try:
            text = edit()
        except PmagentError as exc:
            self.tell_person(_words(exc), is_error=True)
        else:
            then(text)

    def _edit_beside(self, edit: Callable[[], str], then: Callable[[str], None]) -> None:
        self.call_from_thread(self.tell_person, "close the file in your editor when it is done")
        try:
            text = edit()
        except PmagentError as exc:
            self.call_from_thread(partial(self.tell_person, _words(exc), is_error=True))
        else:
            self.call_from_thread(then, text)


def _words(exc: PmagentError) -> str:
    return f"{exc.message}; {exc.hint}" if exc.hint else exc.message


def _count(garden: GardenPort) -> ReviewsCounted:
    from pmagent.tui.reviewed import ReviewsCounted  # noqa: PLC0415 - after the first frame

    return ReviewsCounted(garden.reviews.count())
