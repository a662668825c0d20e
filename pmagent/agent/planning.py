"""One call, read and judged: what it would do, and what the rules say to that.

Nothing is done and nothing is recorded here. What cannot be planned is told as the way the call
ends.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ValidationError

from pmagent.agent.labels import must_ask
from pmagent.agent.rights import Rights
from pmagent.agent.session import Session
from pmagent.agent.tool import AnyTool, Plan, Reach
from pmagent.errors import AccessError, PmagentError, UsageError
from pmagent.types.actions import Decision, Denied, Failed, Json, Request, ToolCall

HookSays = Literal["allow", "ask"]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A call whose input was read and whose effect is known, with what the rules say of it."""

    call: ToolCall
    tool: AnyTool
    given: BaseModel
    plan: Plan
    decision: Decision

    @property
    def binding(self) -> str:
        """What a yes is bound to: the tool, its input, and what stands at its targets."""
        targets = [(t.asked, t.resolved, t.identity, t.links) for t in self.plan.targets]
        whole = [self.tool.name, self.given.model_dump(mode="json"), targets]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


class Planner:
    """Plans calls of the tools it is given."""

    def __init__(self, tools: Mapping[str, AnyTool], reach: Reach, rights: Rights) -> None:
        self._tools = tools
        self._reach = reach
        self._rights = rights

    def plan(
        self, call: ToolCall, session: Session, *, hook: HookSays | None = None
    ) -> Planned | Denied | Failed:
        """The call planned and decided; or why that cannot be. `hook` is what a hook said of it."""
        tool = self._tools.get(call.tool)
        if tool is None:
            known = ", ".join(sorted(self._tools))
            return Failed(message=f'there is no tool "{call.tool}"', hint=f"there are {known}")
        try:
            given = tool.Input.model_validate(call.input)
        except ValidationError as exc:
            return Failed(message=_first_fault(call.tool, exc), hint="mend the input")
        try:
            plan = tool.plan(given, self._reach)
        except AccessError as exc:
            decision = Decision(effect="deny", reason=exc.message, can_be_remembered=False)
            return Denied(decision=decision, by="wall", note=exc.hint)
        except PmagentError as exc:
            return Failed(message=exc.message, hint=exc.hint)
        decision = self._decide(call, plan, session, hook)
        return Planned(call=call, tool=tool, given=given, plan=plan, decision=decision)

    def preview(self, tool: str, given: Mapping[str, Json]) -> Plan:
        """What a call would do, undecided.

        Raises:
            UsageError: there is no such tool, or its input has no meaning.
            PmagentError: it cannot be planned.
        """
        found = self._tools.get(tool)
        if found is None:
            raise UsageError(f'there is no tool "{tool}"')
        try:
            return found.plan(found.Input.model_validate(given), self._reach)
        except ValidationError as exc:
            raise UsageError(_first_fault(tool, exc), "mend the input") from exc

    def look(self, tool: str, given: Mapping[str, Json]) -> Plan | None:
        """What a call would do, undecided; None where that cannot be said. Reads at most."""
        found = self._tools.get(tool)
        if found is None:
            return None
        try:
            return found.plan(found.Input.model_validate(given), self._reach)
        except (ValidationError, PmagentError):
            return None

    def still_holds(self, planned: Planned, session: Session) -> bool:
        """Whether the same call, planned now, would do to the same files what was shown."""
        again = self.plan(planned.call, session)
        return (
            isinstance(again, Planned)
            and again.binding == planned.binding
            and again.plan.changes == planned.plan.changes
            and again.plan.outgoing == planned.plan.outgoing
            and again.decision.effect != "deny"
        )

    def _decide(
        self, call: ToolCall, plan: Plan, session: Session, hook: HookSays | None
    ) -> Decision:
        request = Request(
            tool=call.tool,
            input=call.input,
            targets=plan.targets,
            command=plan.command,
            host=plan.host,
            is_outward=plan.is_outward,
        )
        if plan.is_publication and hook == "allow":
            hook = None  # a person says yes to what goes to the public, and no program
        decision = self._rights.policy(session).decide(request, hook=hook)
        if decision.effect == "deny" or not plan.is_outward:
            return decision
        if carried := session.carried(plan.outgoing):
            reason = f'it would carry words out that were read here: "{carried[0]}"'
            effect = "ask" if plan.is_publication else "deny"
            return Decision(effect=effect, reason=reason, can_be_remembered=False)
        if not session.exposure.is_whole:
            reason = "more was read in this session than can be remembered, so it may carry some"
            return Decision(effect="ask", reason=reason, can_be_remembered=False)
        if reason := must_ask(session.labels, is_outward=True):
            return Decision(effect="ask", reason=reason, can_be_remembered=False)
        if plan.is_final:
            reason = "it cannot be taken back, so it is asked about each time"
            return Decision(effect="ask", reason=reason, can_be_remembered=False)
        return decision


def _first_fault(tool: str, exc: ValidationError) -> str:
    fault = exc.errors()[0]
    if fault["type"] == "missing":
        return f'{tool} needs "{fault["loc"][-1]}"'
    where = ".".join(str(part) for part in fault["loc"]) or "input"
    return f'"{where}" of {tool} has no meaning: {fault["msg"].lower()}'
