"""Agent: gives a task to a sub-agent, and gives back its last words."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import AgentTask, Plan, Reach, Result
from pmagent.errors import ReadError
from pmagent.tools._input import Input, bounded


class AgentInput(Input):
    """Who is to do what."""

    prompt: Annotated[str, Field(min_length=1, max_length=100_000)]
    description: Annotated[str, Field(max_length=1_000)] = ""
    subagent_type: Annotated[str, Field(min_length=1, max_length=200)]
    model: Annotated[str, Field(max_length=200)] = ""
    run_in_background: bool = False


class AgentTool:
    """Starts a sub-agent and waits for it."""

    name = "Agent"
    summary = (
        "Give a task to a sub-agent that works on its own and hands back its findings. Several in "
        "one answer work at the same time"
    )
    Input = AgentInput

    def plan(self, given: AgentInput, reach: Reach) -> Plan:
        """Nothing is touched: each of the sub-agent's own calls passes the gate."""
        del reach
        if given.run_in_background:
            raise ReadError("nothing runs in the background here", "leave run_in_background out")
        what = given.description or " ".join(given.prompt.split())[:100]
        return Plan(
            subject=f"{given.subagent_type}: {what}",
            risk="it may do no more than whoever starts it, and each of its calls is decided",
            grant=_grant(given.subagent_type),
        )

    def run(self, given: AgentInput, plan: Plan, reach: Reach) -> Result:
        """Run it to its end. What it read counts for the session already."""
        del plan
        report = reach.spawn(
            AgentTask(
                agent=given.subagent_type,
                prompt=given.prompt,
                description=given.description,
                model=given.model,
            )
        )
        spend = report.spend
        return Result(
            text=bounded(report.text) or "it said nothing",
            data={
                "status": "completed" if report.reason == "done" else report.reason,
                "agentId": report.id,
                "content": [{"type": "text", "text": report.text}],
                "totalDurationMs": round(spend.time_s * 1000),
                "totalTokens": spend.usage.total_tokens,
                "steps": spend.steps,
            },
        )


def _grant(name: str) -> str:
    """The rule that lets it be started again; none for a name that a rule cannot hold."""
    return f"Agent({name})" if name.replace("-", "").replace("_", "").isalnum() else ""


tool = AgentTool()
