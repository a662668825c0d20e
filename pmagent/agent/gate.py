"""The one gate: every use of a tool, by whomever, is decided, asked, kept, run and recorded here.

    validate → plan → decide → pre hooks → decide again → ask → trail → checkpoint → run
             → post hooks → trail

A rule's no ends it before a hook runs. What a hook rewrites is planned and decided afresh, so that
what is asked is what would be done. A yes is for the call that was shown: the same tool, the same
input, the same files on disk. What cannot be written to the trail, or cannot be kept for undo, is
not done.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pmagent.agent.asking import AskWriter
from pmagent.agent.audit import Trail
from pmagent.agent.planning import HookSays, Planned, Planner
from pmagent.agent.rights import Rights
from pmagent.agent.rights_view import name_in_trail
from pmagent.agent.session import Session
from pmagent.agent.tool import AnyTool, Plan, Reach, Result, hook_input
from pmagent.errors import JournalError, PmagentError, TrailError
from pmagent.hooks.run import Hooks, Verdict, why_inert
from pmagent.journal.journal import Before, Journal
from pmagent.types.actions import (
    Ask,
    AskReply,
    Decision,
    Denied,
    Done,
    Failed,
    Json,
    No,
    NoAnswer,
    Outcome,
    ToolCall,
    Unanswered,
    Yes,
)

Asker = Callable[[Ask], AskReply]
MAX_SUBJECT = 2_000
_SUBJECTS = ("file_path", "source", "command", "url", "pattern", "query", "path")


def nobody(ask: Ask) -> AskReply:
    """The answer where no person is there: none. Never a no, never a yes."""
    del ask
    return NoAnswer()


def new_call_id() -> str:
    """Short, unique enough in one garden, and good to type: `a41f9c`."""
    return secrets.token_hex(3)


@dataclass(frozen=True, kw_only=True)
class _Cleared:
    """A call that may run."""

    planned: Planned
    context: tuple[str, ...] = ()
    """What hooks want to be added to its result."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a gate stands on."""

    tools: Mapping[str, AnyTool]
    reach: Reach
    rights: Rights
    journal: Journal
    hooks: Hooks
    trail: Trail
    now: Callable[[], datetime]
    root: str
    """The garden's folder, absolute."""


class Gate:
    """Performs calls one at a time."""

    def __init__(self, parts: Parts) -> None:
        self._planner = Planner(parts.tools, parts.reach, parts.rights)
        self._reach = parts.reach
        self._rights = parts.rights
        self._journal = parts.journal
        self._hooks = parts.hooks
        self._trail = parts.trail
        self._asks = AskWriter(now=parts.now)
        self._root = parts.root

    def perform(self, call: ToolCall, session: Session, asker: Asker = nobody) -> Outcome:
        """What came of the call. Expected refusals and failures are values, not exceptions."""
        try:
            planned = self._plan(call, session)
            if not isinstance(planned, Planned):
                return planned
            cleared = self._clear(planned, session, asker)
            return self._run(cleared, session) if isinstance(cleared, _Cleared) else cleared
        except TrailError as exc:
            return Failed(
                message=f"nothing was done: {exc.message}", hint=exc.hint, can_retry=False
            )

    # -- before: plan, hooks, ask ------------------------------------------------------------------

    def _plan(
        self, call: ToolCall, session: Session, *, hook: HookSays | None = None
    ) -> Planned | Outcome:
        """The call planned; or how it ends at once, recorded."""
        planned = self._planner.plan(call, session, hook=hook)
        match planned:
            case Planned(decision=Decision(effect="deny")):
                return self._deny(planned, session, by="hook" if hook else "rule")
            case Planned():
                return planned
            case Denied(decision=decision):
                self._record(call, session, "denied", _subject_of(call), decision)
                return planned
            case Failed(message=message, hint=hint):
                return self._fail(call, session, message, hint)

    def _clear(self, planned: Planned, session: Session, asker: Asker) -> _Cleared | Outcome:
        """Run the hooks that come before, and ask a person where that is needed."""
        verdict = self._fire("PreToolUse", planned, session)
        if verdict.stops or verdict.blocks or verdict.decision == "deny":
            note = verdict.reason or verdict.stop_reason
            return self._deny(planned, session, by="hook", note=note)
        call, says = planned.call, _hook_says(verdict)
        if verdict.updated_input is not None:
            call = replace(call, input=verdict.updated_input)
        if says is not None or call is not planned.call:
            again = self._plan(call, session, hook=says)
            if not isinstance(again, Planned):
                return again
            planned = again
        if verdict.is_broken:
            planned = replace(planned, decision=_broken(planned.decision, verdict))
        if planned.decision.effect == "ask":
            refusal = self._ask(planned, session, asker)
            if refusal is not None:
                return refusal
        plan = planned.plan
        self._record(planned.call, session, "allowed", plan.subject, planned.decision)
        return _Cleared(planned=planned, context=tuple(verdict.context))

    def _ask(self, planned: Planned, session: Session, asker: Asker) -> Outcome | None:
        """None where the person said yes to exactly this call; else how it ends, recorded."""
        if self._rights.mode(session) == "dontAsk":
            reason = f"{planned.decision.reason}, and this mode asks nobody"
            denied = replace(planned.decision, effect="deny", reason=reason)
            return self._deny(replace(planned, decision=denied), session, by="rule")
        permitted = self._fire("PermissionRequest", planned, session)
        if permitted.decision == "deny":
            return self._deny(planned, session, by="hook", note=permitted.reason)
        if permitted.decision == "allow" and planned.decision.can_be_remembered:
            return None
        ask = self._asks.write(planned.call, planned.plan, planned.decision)
        match asker(ask):
            case Yes(scope=scope):
                if not self._planner.still_holds(planned, session):
                    message = "what was approved has changed since, so nothing was done"
                    return self._fail(planned.call, session, message, "ask again")
                if scope in ask.scopes and scope != "once":
                    self._rights.remember(ask.grant, scope, session)
                return None
            case No(note=note):
                return self._deny(planned, session, by="person", note=note)
            case NoAnswer():
                plan = planned.plan
                self._record(planned.call, session, "asked", plan.subject, planned.decision)
                return Unanswered(decision=planned.decision, ask_id=ask.id)

    # -- the run -----------------------------------------------------------------------------------

    def _run(self, cleared: _Cleared, session: Session) -> Outcome:
        planned = cleared.planned
        call, plan = planned.call, planned.plan
        try:
            before = self._keep(plan, call)
        except PmagentError as exc:
            return self._fail(call, session, f"nothing was done: {exc.message}", exc.hint)
        failure: PmagentError | None = None
        result = Result(text="")
        try:
            result = planned.tool.run(planned.given, plan, self._reach)
        except PmagentError as exc:
            failure = exc
        finally:
            checkpoint, unkept = self._seal(before, call, f"{call.tool} {plan.subject}")
        if failure is not None:
            return self._fail(call, session, failure.message, failure.hint, checkpoint=checkpoint)
        session.note(result.labels, result.private_text)
        unwritten = (*unkept, *self._record_done(planned, session, checkpoint))
        said = self._after(planned, session, result)
        return Done(
            text="\n".join((said, *cleared.context, *unwritten)),
            data=result.data,
            checkpoint=checkpoint,
            labels=result.labels,
        )

    def _keep(self, plan: Plan, call: ToolCall) -> Before | None:
        match plan.keeps:
            case "nothing":
                return None
            case "paths":
                edited = [target.resolved for target in plan.targets if target.access == "edit"]
                return self._journal.prepare(edited, call=call)
            case "garden":
                return self._journal.prepare_all(call=call)

    def _seal(
        self, before: Before | None, call: ToolCall, summary: str
    ) -> tuple[str, tuple[str, ...]]:
        """The undo point of what was done, and what is to be said where it could not be made."""
        if before is None:
            return "", ()
        try:
            checkpoint = self._journal.commit(before, call, summary=summary[:MAX_SUBJECT])
        except PmagentError as exc:
            # What it replaced is on the disk: the next start makes an undo point of it.
            return "", (f"its undo point will be made at the next start: {exc.message}",)
        return (checkpoint.id if checkpoint is not None else ""), ()

    def _after(self, planned: Planned, session: Session, result: Result) -> str:
        """What the call gave, with what the hooks that come after make of it."""
        response = dict(result.data) or {"text": result.text}
        verdict = self._fire("PostToolUse", planned, session, {"tool_response": response})
        updated = verdict.updated_output
        text = updated if isinstance(updated, str) else result.text
        is_objecting = verdict.blocks or verdict.decision == "deny"
        notes = (*verdict.context, *((verdict.reason,) if is_objecting and verdict.reason else ()))
        return "\n".join((text, *notes))

    # -- hooks -------------------------------------------------------------------------------------

    def _fire(
        self,
        event: str,
        planned: Planned,
        session: Session,
        extra: Mapping[str, Json] | None = None,
    ) -> Verdict:
        """What the hooks of an event say. What they change in the garden can be undone."""
        payload: dict[str, Json] = {
            **session.for_hooks(),
            "permission_mode": self._rights.mode(session),
            "tool_name": planned.call.tool,
            "tool_input": hook_input(planned.given, planned.plan, self._root),
            "tool_use_id": planned.call.id,
            **(extra or {}),
        }
        before = None
        if _may_change_files(self._hooks, event):
            with suppress(JournalError):
                before = self._journal.prepare_all(call=planned.call)
        verdict = self._hooks.fire(event, payload, matches=planned.call.tool)
        if before is not None:
            by = replace(planned.call, by=f"hook/{event}")
            made, _ = self._seal(before, by, f"{event} hooks of {planned.call.tool}")
            if made:
                decision = Decision(effect="allow", reason="a hook of this garden changed files")
                self._record(by, session, "done", event, decision, checkpoint=made)
        return verdict

    # -- what is said of it ------------------------------------------------------------------------

    def _deny(
        self,
        planned: Planned,
        session: Session,
        *,
        by: Literal["rule", "person", "hook"],
        note: str = "",
    ) -> Denied:
        verdict = "asked" if by == "person" else "denied"
        subject = planned.plan.subject
        self._record(planned.call, session, verdict, subject, planned.decision, note=note)
        return Denied(decision=planned.decision, by=by, note=note)

    def _fail(
        self, call: ToolCall, session: Session, message: str, hint: str, *, checkpoint: str = ""
    ) -> Failed:
        decision = Decision(effect="deny", reason=message)
        self._record(call, session, "failed", _subject_of(call), decision, checkpoint=checkpoint)
        payload: dict[str, Json] = {
            **session.for_hooks(), "tool_name": call.tool, "tool_input": dict(call.input),
            "tool_use_id": call.id, "error": message,
        }  # fmt: skip
        self._hooks.fire("PostToolUseFailure", payload, matches=call.tool)
        return Failed(message=message, hint=hint, checkpoint=checkpoint)

    def _record(  # noqa: PLR0913 - one line of the trail
        self,
        call: ToolCall,
        session: Session,
        verdict: str,
        subject: str,
        decision: Decision,
        *,
        note: str = "",
        checkpoint: str = "",
    ) -> None:
        rule = decision.rule
        self._trail.append(
            kind="outcome" if verdict in {"done", "failed"} else "decision",
            call_id=call.id,
            by=call.by,
            tool=call.tool,
            verdict=verdict,
            subject=subject[:MAX_SUBJECT],
            reason=f"{decision.reason}; {note}" if note else decision.reason,
            rule=name_in_trail(rule) if rule is not None else "",
            session=session.id,
            checkpoint=checkpoint,
        )

    def _record_done(self, planned: Planned, session: Session, checkpoint: str) -> tuple[str, ...]:
        """Write that it was done. It was: so a trail that fails now is said, not raised."""
        subject, decision = planned.plan.subject, planned.decision
        try:
            self._record(planned.call, session, "done", subject, decision, checkpoint=checkpoint)
        except TrailError as exc:
            return (f"it was done, but not written to the trail: {exc.message}",)
        return ()


def _may_change_files(hooks: Hooks, event: str) -> bool:
    """Whether a program of somebody else may run at this moment."""
    return any(
        handler.event == event and handler.layer != "shipped" and not why_inert(handler)
        for handler in hooks.handlers
    )


def _hook_says(verdict: Verdict) -> HookSays | None:
    if verdict.decision == "allow" and not verdict.is_broken:
        return "allow"
    return "ask" if verdict.decision in {"ask", "defer"} else None


def _broken(decision: Decision, verdict: Verdict) -> Decision:
    """A guard that did not do its work leaves the question to a person."""
    failed = "; ".join(failure.what for failure in verdict.failures)
    reason = f"a guard did not do its work: {failed}"
    return replace(decision, effect="ask", reason=reason, can_be_remembered=False)


def _subject_of(call: ToolCall) -> str:
    for name in _SUBJECTS:
        if isinstance(value := call.input.get(name), str):
            return value[:MAX_SUBJECT]
    return ""
