"""notes.write: a page that a procedure has made, below `drafts/` or `reports/` and nowhere else."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import AccessError
from pmagent.tools._changes import before_of, plan_change, write_target
from pmagent.tools._input import Input
from pmagent.types.actions import FileChange
from pmagent.types.calls import CallSpec, Parameter

FOLDERS = ("drafts/", "reports/")


class NotesWriteInput(Input):
    """Which page, and all that it shall hold."""

    path: Annotated[str, Field(min_length=1)]
    text: Annotated[str, Field(min_length=1, max_length=5_000_000)]


class NotesWriteTool:
    """Writes a page below the folders that procedures may write to."""

    name = "notes.write"
    summary = "Write a page below drafts/ or reports/"
    Input = NotesWriteInput
    spec = CallSpec(
        name="notes.write",
        summary="Write a page below drafts/ or reports/",
        parameters=(Parameter(name="path", shape="str"), Parameter(name="text", shape="str")),
        gives="{path: str, bytes: int, is_new: bool}",
        effect="internal",
    )

    def plan(self, given: NotesWriteInput, reach: Reach) -> Plan:
        """What the page would hold instead of what it holds.

        Raises:
            AccessError: it is not below the folders.
        """
        target = reach.walls.locate(given.path, "edit")
        if not target.resolved.startswith(FOLDERS):
            raise AccessError(
                f'"{target.resolved}" is not below "drafts/" or "reports/"',
                "a procedure writes its pages there; move one with Rename",
            )
        after = given.text.encode("utf-8", "surrogatepass")
        change = FileChange(path=target.resolved, before=before_of(target, reach), after=after)
        return plan_change(target, change)

    def run(self, given: NotesWriteInput, plan: Plan, reach: Reach) -> Result:
        """Replace the page, or make it and the folders on its way."""
        del given
        target, change = plan.targets[0], plan.changes[0]
        written = change.after or b""
        write_target(target, written, reach)
        is_new = change.before is None
        return Result(
            text=f'{"made" if is_new else "replaced"} "{target.resolved}", {len(written):,} bytes',
            data={"path": target.resolved, "bytes": len(written), "is_new": is_new},
        )


tool = NotesWriteTool()
