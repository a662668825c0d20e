"""Edit: one passage of a file replaced by another."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import ReadError, UsageError
from pmagent.tools._changes import before_of, plan_change, write_target
from pmagent.tools._input import Input
from pmagent.types.actions import FileChange


class EditInput(Input):
    """Which file, the words that stand there, and the ones that shall."""

    file_path: Annotated[str, Field(min_length=1)]
    old_string: Annotated[str, Field(min_length=1)]
    new_string: str
    replace_all: bool = False


class EditTool:
    """Changes a passage of a file."""

    name = "Edit"
    summary = "Replace one passage of a file"
    Input = EditInput

    def plan(self, given: EditInput, reach: Reach) -> Plan:
        """The file with the passage replaced.

        Raises:
            UsageError: the words are not there, or stand there more than once.
        """
        target = reach.walls.locate(given.file_path, "edit")
        before = before_of(target, reach)
        if before is None:
            raise ReadError(f'there is no file "{given.file_path}"', 'make it with "Write"')
        old, new = given.old_string.encode(), given.new_string.encode()
        count = before.count(old)
        if count == 0:
            raise UsageError(f'"{target.resolved}" does not hold these words', "read it again")
        if count > 1 and not given.replace_all:
            raise UsageError(
                f'"{target.resolved}" holds these words {count} times',
                "give more of what stands around them, or set replace_all",
            )
        change = FileChange(path=target.resolved, before=before, after=before.replace(old, new))
        return plan_change(target, change)

    def run(self, given: EditInput, plan: Plan, reach: Reach) -> Result:
        """Replace the file by its changed self."""
        target, change = plan.targets[0], plan.changes[0]
        write_target(target, change.after or b"", reach)
        return Result(
            text=f'changed "{target.resolved}"',
            data={
                "filePath": target.resolved,
                "oldString": given.old_string,
                "newString": given.new_string,
                "success": True,
            },
        )


tool = EditTool()
