"""What the key does that keeps a plan: the exact files, the question, the writing."""

from __future__ import annotations

from dataclasses import replace

from pmagent.nlp.counted import counted
from pmagent.tui.paint.ran import outcome_words
from pmagent.tui.paint.vital import Vital
from pmagent.tui.paint.week_about import paint_keeping
from pmagent.tui.planned import OpenKeep, PlanKept, PlanPreviewed
from pmagent.tui.screens.week_changes import WeekChangesScreen, Written
from pmagent.tui.work import Desk
from pmagent.types.actions import Done


class WeekKeepingScreen(WeekChangesScreen):
    """What is kept fits the board as it is: a plan of an older one is made anew first."""

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self.is_keep_next = False
        """Whether the plan that is being made is to be kept."""

    def on_plan_previewed(self, message: PlanPreviewed) -> None:
        """Show it in full, with the question."""
        self.done()
        week = self.week
        if week is None:
            return
        changed = [one for one in message.files if one.diff]
        if not changed and week.is_kept:
            self.notify_person("nothing would change: this plan is kept already")
            return
        files = message.files
        number = counted(len(changed), "file")
        self.post_message(
            OpenKeep(
                lambda width: paint_keeping(files, week, width),
                f"Write {number} below drafts/plans, and let this plan stand?",
                self._keep,
            )
        )

    def on_plan_kept(self, message: PlanKept) -> None:
        """Say where it is, or why not all of it is."""
        self.done()
        failed = next((one for one in message.files if not isinstance(one.outcome, Done)), None)
        done = [one.outcome for one in message.files if isinstance(one.outcome, Done)]
        if points := tuple(one.checkpoint for one in done if one.checkpoint):
            self._undo.append(Written(points=points))
        if failed is not None:
            words = " ".join(text for text, _ in outcome_words(failed.outcome))
            self.notify_person(f"{failed.path}: {words}", is_error=True)
            return
        if self.week is not None:
            self.week = replace(self.week, is_kept=True, has_standing=True, moves=())
        folder = message.files[0].path.rpartition("/")[0] if message.files else "drafts/plans"
        self.draw()
        self.notify_person(f"wrote {counted(len(message.files), 'file')} to {folder}; u undoes")

    def action_keep(self) -> None:
        """What keeping the plan writes, then a question."""
        week = self.week
        if week is None:
            return
        if self.is_stale:
            # What is kept is what fits the board: the page says what moves.
            self.is_keep_next = True
            self.action_replan()
            return
        if not self.start_doing("comparing"):
            return
        plan = week.plan
        self.desk.ask(self, "job preview", lambda garden: PlanPreviewed(garden.week.preview(plan)))

    def _keep(self) -> None:
        week = self.week
        if week is not None and self.start_doing("writing the plan"):
            plan = week.plan
            self.desk.start(self, "job keep", lambda garden: PlanKept(garden.week.keep(plan)))
