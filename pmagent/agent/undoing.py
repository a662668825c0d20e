"""Taking back what was done, as an undo point of its own and written to the trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pmagent.agent.audit import Trail
from pmagent.journal.journal import Journal
from pmagent.types.actions import Checkpoint, FileChange, ToolCall


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """The way back, for a person."""

    journal: Journal
    trail: Trail
    session: Callable[[], str]
    """The session's id."""
    new_id: Callable[[], str]

    def preview(
        self, checkpoint: str, *, rewind: bool
    ) -> tuple[Sequence[FileChange], Sequence[str]]:
        """What taking it back would change, and the files somebody has edited since."""
        if rewind:
            undo = self.journal.preview_rewind(checkpoint, including=True)
        else:
            undo = self.journal.preview(checkpoint)
        return undo.changes, undo.conflicts

    def undo(self, checkpoint: str, *, rewind: bool, overwrite: bool) -> Checkpoint:
        """Take it back.

        Raises:
            JournalError: a file was edited since, or the journal cannot be used.
            TrailError: the trail cannot be written; nothing was changed.
        """
        call = ToolCall(id=self.new_id(), tool="Undo", input={"checkpoint": checkpoint})
        verb = "rewind to before" if rewind else "undo"
        self._write(call, "allowed", f"{verb} {checkpoint}", "")
        if rewind:
            done = self.journal.rewind(checkpoint, including=True, overwrite=overwrite, call=call)
        else:
            done = self.journal.undo(checkpoint, overwrite=overwrite, call=call)
        self._write(call, "done", done.summary, done.id)
        return done

    def _write(self, call: ToolCall, verdict: str, subject: str, checkpoint: str) -> None:
        self.trail.append(
            kind="undo", call_id=call.id, by=call.by, tool="Undo", verdict=verdict,
            subject=subject, reason="asked for by a person", session=self.session(),
            checkpoint=checkpoint,
        )  # fmt: skip
