"""Glob: the names of files that fit a pattern, latest changed first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.tools._globs import glob_matcher
from pmagent.tools._input import Input

MAX_NAMES = 1_000


class GlobInput(Input):
    """Which names, and below which folder."""

    pattern: Annotated[str, Field(min_length=1, max_length=4_000)]
    path: str = ""


class GlobTool:
    """Lists files of the garden."""

    name = "Glob"
    summary = "The names of files that fit a pattern"
    Input = GlobInput

    def plan(self, given: GlobInput, reach: Reach) -> Plan:
        """Look up the folder."""
        glob_matcher(given.pattern)
        target = reach.walls.locate(given.path or ".", "read")
        return Plan(subject=given.pattern, targets=(target,), risk="only lists names")

    def run(self, given: GlobInput, plan: Plan, reach: Reach) -> Result:
        """Walk the folder; links are not followed, and what may not be read is not named."""
        folder = plan.targets[0].resolved
        base = f"{folder}/" if folder else ""
        matcher = glob_matcher(given.pattern)
        entries = [
            entry
            for entry in reach.walls.walk(folder)
            if entry.kind == "file" and matcher.search(entry.path.removeprefix(base))
        ]
        entries.sort(key=lambda entry: (-entry.mtime_ns, entry.path))
        names = [entry.path for entry in entries[:MAX_NAMES]]
        text = "\n".join(names) or "no file fits"
        if len(entries) > len(names):
            text += f"\n… {len(entries) - len(names):,} more; narrow the pattern"
        return Result(
            text=text,
            data={
                "filenames": names,
                "numFiles": len(entries),
                "truncated": len(entries) > len(names),
            },
        )


tool = GlobTool()
