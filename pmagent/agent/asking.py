"""A question to a person, written so that nothing of the call is hidden.

What is shown is what is decided: the whole canonical input or the exact bytes, every control and
direction character spelled out, never cut. What is too long to be taken in gets no lasting yes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from pmagent.agent.tool import Plan
from pmagent.safe_text import spell_out
from pmagent.types.actions import Ask, Decision, Scope, ToolCall

MAX_FOR_REMEMBERED = 2_000
"""Characters of an argument up to which a lasting yes is offered."""
_VERBS = {"WebFetch": "FETCH", "Bash": "RUN"}


class AskWriter:
    """Writes questions; the clock is given."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now

    def write(self, call: ToolCall, plan: Plan, decision: Decision) -> Ask:
        """The question for one call."""
        body = spell_out(plan.body or _canonical(call), newlines=True)
        is_outside = any(target.resolved.startswith("/") for target in plan.targets)
        where = " (outside the garden)" if is_outside else ""
        verb = _VERBS.get(call.tool, call.tool.upper())
        return Ask(
            id=call.id,
            call=call,
            decision=decision,
            at=self._now(),
            title=f"{verb} {spell_out(plan.subject)}{where}",
            body=body,
            risk=plan.risk,
            changes=plan.changes,
            scopes=_scopes(plan, decision, body),
            grant=plan.grant,
        )


def _scopes(plan: Plan, decision: Decision, body: str) -> tuple[Scope, ...]:
    rule = decision.rule
    is_by_rule = rule is not None and rule.effect == "ask"
    is_clear = len(body) <= MAX_FOR_REMEMBERED and body == (plan.body or body)
    if not plan.grant or not decision.can_be_remembered or is_by_rule or not is_clear:
        return ("once",)
    return ("once", "session", "folder")


def _canonical(call: ToolCall) -> str:
    return json.dumps(call.input, ensure_ascii=False, indent=1, sort_keys=True)
