"""Rename: a file under another name or in another folder."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import ReadError, UsageError
from pmagent.tools._changes import before_of
from pmagent.tools._input import Input, edit_rule
from pmagent.types.actions import FileChange


class RenameInput(Input):
    """Where it is, and where it shall be."""

    source: Annotated[str, Field(min_length=1)]
    destination: Annotated[str, Field(min_length=1)]


class RenameTool:
    """Moves a file."""

    name = "Rename"
    summary = "Move a file, or give it another name"
    Input = RenameInput

    def plan(self, given: RenameInput, reach: Reach) -> Plan:
        """The file gone from one place and whole at the other.

        Raises:
            UsageError: something stands at the destination.
        """
        source = reach.walls.locate(given.source, "edit")
        destination = reach.walls.locate(given.destination, "edit")
        held = before_of(source, reach)
        if held is None:
            raise ReadError(f'there is no file "{given.source}"', "check its name")
        if destination.exists:
            raise UsageError(f'"{given.destination}" is there already', "choose another name")
        change = FileChange(
            path=destination.resolved, before=None, after=held, moved_from=source.resolved
        )
        return Plan(
            subject=f"{source.resolved} → {destination.resolved}",
            targets=(source, destination),
            changes=(change,),
            keeps="paths",
            risk='moves the file; "pmagent undo" takes it back',
            grant=edit_rule(destination.resolved),
        )

    def run(self, given: RenameInput, plan: Plan, reach: Reach) -> Result:
        """Move it; what stands at the destination is never replaced."""
        del given
        source, destination = plan.targets
        folder = destination.resolved.rpartition("/")[0]
        if folder:
            reach.walls.make_folder(folder)
        reach.walls.rename(source.asked, destination.asked, expected=source.identity)
        return Result(
            text=f'moved "{source.resolved}" to "{destination.resolved}"',
            data={"source": source.resolved, "destination": destination.resolved, "success": True},
        )


tool = RenameTool()
