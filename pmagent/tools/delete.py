"""Delete: a file put into the trash, from where it can be brought back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import ReadError
from pmagent.tools._changes import before_of
from pmagent.tools._input import Input, edit_rule
from pmagent.types.actions import FileChange


class DeleteInput(Input):
    """Which file."""

    file_path: Annotated[str, Field(min_length=1)]


class DeleteTool:
    """Puts a file into the trash outside the garden."""

    name = "Delete"
    summary = "Put a file into the trash"
    Input = DeleteInput

    def plan(self, given: DeleteInput, reach: Reach) -> Plan:
        """The file gone."""
        target = reach.walls.locate(given.file_path, "edit")
        held = before_of(target, reach)
        if held is None:
            raise ReadError(f'there is no file "{given.file_path}"', "check its name")
        return Plan(
            subject=target.resolved,
            targets=(target,),
            changes=(FileChange(path=target.resolved, before=held, after=None),),
            keeps="paths",
            risk='removes the file; "pmagent undo" and the trash bring it back',
            grant=edit_rule(target.resolved),
        )

    def run(self, given: DeleteInput, plan: Plan, reach: Reach) -> Result:
        """A copy in the trash first, then the file."""
        del given
        target, change = plan.targets[0], plan.changes[0]
        reach.trash.keep(target.resolved, change.before or b"")
        reach.walls.delete(target.asked, expected=target.identity)
        return Result(
            text=f'put "{target.resolved}" into the trash',
            data={"filePath": target.resolved, "success": True},
        )


tool = DeleteTool()
