"""plan.keep: the files of a plan, below `drafts/plans/`, at once: one question, one undo point."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import AccessError
from pmagent.nlp.counted import counted
from pmagent.tools._changes import before_of, write_target
from pmagent.tools._input import Input, edit_rule
from pmagent.types.actions import FileChange

FOLDER = "drafts/plans/"


class PlanFileInput(Input):
    """One file, and all that it shall hold."""

    path: Annotated[str, Field(min_length=1)]
    text: Annotated[str, Field(max_length=5_000_000)]


class PlanKeepInput(Input):
    """The files that differ."""

    files: Annotated[list[PlanFileInput], Field(min_length=1, max_length=400)]


class PlanKeepTool:
    """Writes the calendar and the pages of a plan."""

    name = "plan.keep"
    summary = "Write the files of a plan below drafts/plans/"
    Input = PlanKeepInput

    def plan(self, given: PlanKeepInput, reach: Reach) -> Plan:
        """What each file would hold instead of what it holds.

        Raises:
            AccessError: one is not below the folder of plans.
        """
        targets = tuple(reach.walls.locate(one.path, "edit") for one in given.files)
        for target in targets:
            if not target.resolved.startswith(FOLDER):
                raise AccessError(
                    f'"{target.resolved}" is not below "{FOLDER}"', "a plan is written there"
                )
        changes = tuple(
            FileChange(
                path=target.resolved,
                before=before_of(target, reach),
                after=one.text.encode("utf-8", "surrogatepass"),
            )
            for target, one in zip(targets, given.files, strict=True)
        )
        folder = targets[0].resolved.rpartition("/")[0]
        return Plan(
            subject=f"{counted(len(changes), 'file')} in {folder}",
            targets=targets,
            changes=changes,
            keeps="paths",
            risk='"pmagent undo" takes all of it back at once',
            grant=edit_rule(targets[0].resolved),
        )

    def run(self, given: PlanKeepInput, plan: Plan, reach: Reach) -> Result:
        """Replace the files, or make them and the folders on their way."""
        del given
        for target, change in zip(plan.targets, plan.changes, strict=True):
            write_target(target, change.after or b"", reach)
        paths = [target.resolved for target in plan.targets]
        return Result(text=f"wrote {counted(len(paths), 'file')}", data={"paths": list(paths)})


tool = PlanKeepTool()
