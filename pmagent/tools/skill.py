"""Skill: runs a slash command for the agent, and gives what comes of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.tools._input import Input, bounded


class SkillInput(Input):
    """Which command, without its slash, and what stands behind it."""

    skill: Annotated[str, Field(min_length=1, max_length=200)]
    args: Annotated[str, Field(max_length=10_000)] = ""


class SkillTool:
    """Runs commands that only read; what they would write is handed back as a draft."""

    name = "Skill"
    summary = "What a slash command makes, such as digest, quotes, related or where"
    Input = SkillInput

    def plan(self, given: SkillInput, reach: Reach) -> Plan:
        """Nothing is touched beforehand: what a command reads, it reads inside the walls."""
        del reach
        name = given.skill.strip().removeprefix("/")
        return Plan(subject=f"/{name} {given.args}".strip(), risk="only reads the garden")

    def run(self, given: SkillInput, plan: Plan, reach: Reach) -> Result:
        """Run it."""
        del plan
        made = reach.skill(given.skill.strip().removeprefix("/"), given.args)
        return Result(
            text=bounded(made.text),
            data=made.data,
            labels=made.labels,
            private_text=made.private_text,
        )


tool = SkillTool()
