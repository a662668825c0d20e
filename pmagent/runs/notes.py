"""The note that a run leaves to whoever takes over: a review, and a file where it may be one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pmagent.agent.gate import nobody
from pmagent.gatehouse import Gatehouse
from pmagent.reviews.asking import Setting, review_of_hand_off
from pmagent.reviews.queue import ReviewQueue
from pmagent.types.actions import Done, Json
from pmagent.types.runs import Run

FOLDER = "drafts/hand-offs"


@dataclass(frozen=True, kw_only=True)
class HandOffNotes:
    """Notes of one garden's runs."""

    gatehouse: Gatehouse
    queue: ReviewQueue
    setting: Callable[[str], Setting]

    def hand_off(self, run: Run, note: str) -> str:
        """Put the note into the queue, and into a file where that needs no asking; its path."""
        review = review_of_hand_off(run, {"note": note}, self.setting(run.command))
        self.queue.add(review)
        path = f"{FOLDER}/{run.command.replace(':', '-')}-{run.id}.md"
        given: dict[str, Json] = {"file_path": path, "content": note}
        by = f"procedure/{run.command}"
        outcome = self.gatehouse.perform("Write", given, by=by, why="handed over", asker=nobody)
        return path if isinstance(outcome, Done) else ""
