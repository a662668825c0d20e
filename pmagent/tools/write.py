"""Write: one whole file, new or replaced."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.tools._changes import before_of, plan_change, write_target
from pmagent.tools._input import Input
from pmagent.types.actions import FileChange


class WriteInput(Input):
    """Which file, and all that it shall hold."""

    file_path: Annotated[str, Field(min_length=1)]
    content: Annotated[str, Field(max_length=20_000_000)]


class WriteTool:
    """Writes a file of the garden."""

    name = "Write"
    summary = "Write one whole file"
    Input = WriteInput

    def plan(self, given: WriteInput, reach: Reach) -> Plan:
        """What the file would hold instead of what it holds."""
        target = reach.walls.locate(given.file_path, "edit")
        before = before_of(target, reach)
        after = given.content.encode("utf-8", "surrogatepass")
        change = FileChange(path=target.resolved, before=before, after=after)
        return plan_change(target, change)

    def run(self, given: WriteInput, plan: Plan, reach: Reach) -> Result:
        """Replace the file, or make it and the folders on its way."""
        del given
        target, change = plan.targets[0], plan.changes[0]
        write_target(target, change.after or b"", reach)
        verb = "made" if change.before is None else "replaced"
        return Result(
            text=f'{verb} "{target.resolved}", {len(change.after or b""):,} bytes',
            data={"filePath": target.resolved, "success": True},
        )


tool = WriteTool()
