"""The one gate: every use of a tool, by whomever, is decided, asked, kept, run and recorded here.

    validate → plan → decide → pre hooks → decide again → ask → trail → checkpoint → run
             → post hooks → trail

A rule's no ends it before a hook runs. What a hook rewrites is planned and decided afresh, so that
what is asked is what would be done. A yes is for the call that was shown: the same tool, the same
input, the same files on disk. What cannot be written to the trail, or cannot be kept for undo, is
not done. Calls may come from several threads: each is decided, asked and recorded in its turn, and
only what a call that keeps nothing does, which is to read, overlaps with others.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pmagent.agent.asking import AskWriter
from pmagent.agent.audit import Trail
from pmagent.agent.hook_calls import NOTIFICATION, HookCalls, broken, end_of, hook_says, seal
from pmagent.agent.planning import HookSays, Planned, Planner
from pmagent.agent.rights import Rights
from pmagent.agent.rights_view import name_in_trail
from pmagent.agent.session import Session
from pmagent.agent.tool import AnyTool, Errand, Plan, Reach, Result, subject_of
from pmagent.errors import PmagentError, TrailError
from pmagent.hooks.run import Hooks, Verdict
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


OWN_ERRAND = Errand()
"""Of a call that is made for the person, or whoever asks for it, without a turn."""
CALLED_OFF = "not run: stopped by the person"


def silent(sequences: Sequence[str]) -> None:
    """No terminal is there."""
    del sequences


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

    @property
    def only_reads(self) -> bool:
        """Whether it may run beside others."""
        return self.planned.plan.keeps == "nothing"


@dataclass(frozen=True, kw_only=True)
class _Ran:
    """What a call did, before it is written down."""

    result: Result
    failure: PmagentError | None = None
    checkpoint: str = ""
    unkept: tuple[str, ...] = ()


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
    ring: Callable[[Sequence[str]], None] = silent
    """Shows what hooks want the terminal to do."""


class Gate:
    """Performs calls, from any thread: one at a time but for what reads do."""

    def __init__(self, parts: Parts) -> None:
        self.turn = threading.RLock()
        """Held by the call that is decided, asked, recorded or changes something."""
        self.asking: Ask | None = None
        """The question that a person is asked now."""
        self.planner = Planner(parts.tools, parts.reach, parts.rights)
        self._reach = parts.reach
        self._rights = parts.rights
        self._journal = parts.journal
        self._hooks = HookCalls(
            hooks=parts.hooks,
            journal=parts.journal,
            rights=parts.rights,
            root=parts.root,
            ring=parts.ring,
            record_kept=self._record_kept,
        )
        self._trail = parts.trail
        self._asks = AskWriter(now=parts.now)

    def perform(
        self,
        call: ToolCall,
        session: Session,
        asker: Asker = nobody,
        errand: Errand = OWN_ERRAND,
    ) -> Outcome:
        """What came of the call. Expected refusals and failures are values, not exceptions.

        `asker` is called in this thread, and never while another question is open.
        """
        try:
            with self.turn:
                if errand.is_off():
                    return Failed(message=CALLED_OFF, can_retry=False)
                session = session.seen(errand.mode, self._rights.mode(session), errand.facts)
                planned = self._plan(call, session)
                if not isinstance(planned, Planned):
                    return planned
                cleared = self._clear(planned, session, asker)
                if not isinstance(cleared, _Cleared):
                    return cleared
                if not cleared.only_reads:
                    return self._finish(cleared, session, self._run(cleared, errand))
            ran = self._run(cleared, errand)
            with self.turn:
                return self._finish(cleared, session, ran)
        except TrailError as exc:
            return Failed(
                message=f"nothing was done: {exc.message}", hint=exc.hint, can_retry=False
            )

    def close(self) -> None:
        """Wait for what still runs beside."""
        self._hooks.settle()

    def only_reads(self, tool: str, given: Mapping[str, Json]) -> bool:
        """Whether a call would change and send nothing, so that it may run beside others."""
        plan = self.planner.look(tool, given)
        return plan is not None and plan.keeps == "nothing" and not plan.is_outward

    def fire(self, event: str, extra: Mapping[str, Json], session: Session) -> Verdict:
        """What the hooks say at a moment that is not about a tool; a notification says nothing."""
        if event == NOTIFICATION:
            message, kind = str(extra.get("message")), str(extra.get("notification_type"))
            self._hooks.notify(message, kind, session)
            return Verdict()
        call = ToolCall(id=new_call_id(), tool=event, input={}, by=f"hook/{event}")
        with self.turn:
            return self._hooks.at(event, extra, call, session)

    # -- before: plan, hooks, ask ------------------------------------------------------------------

    def _plan(
        self, call: ToolCall, session: Session, *, hook: HookSays | None = None
    ) -> Planned | Outcome:
        """The call planned; or how it ends at once, recorded."""
        planned = self.planner.plan(call, session, hook=hook)
        match planned:
            case Planned(decision=Decision(effect="deny")):
                return self._deny(planned, session, by="hook" if hook else "rule")
            case Planned():
                return planned
            case Denied(decision=decision):
                self._record(
                    call, session, "denied", subject_of(call.input)[:MAX_SUBJECT], decision
                )
                return planned
            case Failed(message=message, hint=hint):
                return self._fail(call, session, message, hint)

    def _clear(self, planned: Planned, session: Session, asker: Asker) -> _Cleared | Outcome:
        """Run the hooks that come before, and ask a person where that is needed."""
        verdict = self._hooks.about("PreToolUse", planned, session)
        if verdict.stops or verdict.blocks or verdict.decision == "deny":
            note = verdict.reason or verdict.stop_reason
            denied = self._deny(planned, session, by="hook", note=note)
            return replace(denied, ends_turn=end_of(verdict))
        call, says = planned.call, hook_says(verdict)
        if verdict.updated_input is not None:
            call = replace(call, input=verdict.updated_input)
        if says is not None or call is not planned.call:
            again = self._plan(call, session, hook=says)
            if not isinstance(again, Planned):
                return again
            planned = again
        if verdict.is_broken:
            planned = replace(planned, decision=broken(planned.decision, verdict))
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
        permitted = self._hooks.about("PermissionRequest", planned, session)
        if permitted.decision == "deny":
            return self._deny(planned, session, by="hook", note=permitted.reason)
        if permitted.decision == "allow" and planned.decision.can_be_remembered:
            return None
        ask = self._asks.write(planned.call, planned.plan, planned.decision)
        match self._answer(ask, asker, session):
            case Yes(scope=scope):
                if not self.planner.still_holds(planned, session):
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
                return Unanswered(decision=planned.decision, ask_id=ask.id, grant=ask.grant)

    def _answer(self, ask: Ask, asker: Asker, session: Session) -> AskReply:
        self._hooks.notify(ask.title, "permission_prompt", session)
        self.asking = ask
        try:
            return asker(ask)
        finally:
            self.asking = None

    # -- the run -----------------------------------------------------------------------------------

    def _run(self, cleared: _Cleared, errand: Errand) -> _Ran:
        """Do it, and make its undo point."""
        planned = cleared.planned
        call, plan = planned.call, planned.plan
        failure: PmagentError | None = None
        result = Result(text="")
        try:
            before = self._keep(plan, call)
        except PmagentError as exc:
            said = type(exc)(f"nothing was done: {exc.message}", exc.hint)
            return _Ran(result=result, failure=said)
        checkpoint, unkept = "", tuple[str, ...]()
        try:
            result = planned.tool.run(planned.given, plan, replace(self._reach, spawn=errand.spawn))
        except PmagentError as exc:
            failure = exc
        finally:
            summary = f"{call.tool} {plan.subject}"
            checkpoint, unkept = seal(self._journal, before, call, summary)
        return _Ran(result=result, failure=failure, checkpoint=checkpoint, unkept=unkept)

    def _finish(self, cleared: _Cleared, session: Session, ran: _Ran) -> Outcome:
        """Write down what was done, and hear the hooks that come after."""
        planned, result = cleared.planned, ran.result
        if (failure := ran.failure) is not None:
            message, hint = failure.message, failure.hint
            return self._fail(planned.call, session, message, hint, checkpoint=ran.checkpoint)
        session.note(result.labels, result.private_text)
        unwritten = (*ran.unkept, *self._record_done(planned, session, ran.checkpoint))
        said, verdict = self._after(planned, session, result)
        return Done(
            text="\n".join((said, *cleared.context, *unwritten)),
            data=result.data,
            checkpoint=ran.checkpoint,
            labels=result.labels,
            ends_turn=end_of(verdict),
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

    def _after(self, planned: Planned, session: Session, result: Result) -> tuple[str, Verdict]:
        """What the call gave, with what the hooks that come after make of it."""
        response = dict(result.data) or {"text": result.text}
        verdict = self._hooks.about("PostToolUse", planned, session, {"tool_response": response})
        updated = verdict.updated_output
        text = updated if isinstance(updated, str) else result.text
        is_objecting = verdict.blocks or verdict.decision == "deny"
        notes = (*verdict.context, *((verdict.reason,) if is_objecting and verdict.reason else ()))
        return "\n".join((text, *notes)), verdict

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
        self._record(
            call,
            session,
            "failed",
            subject_of(call.input)[:MAX_SUBJECT],
            decision,
            checkpoint=checkpoint,
        )
        told: dict[str, Json] = {
            "tool_name": call.tool, "tool_input": dict(call.input), "tool_use_id": call.id,
            "error": message,
        }  # fmt: skip
        self._hooks.tell("PostToolUseFailure", told, session)
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

    def _record_kept(self, call: ToolCall, session: Session, event: str, checkpoint: str) -> None:
        decision = Decision(effect="allow", reason="a hook of this garden changed files")
        self._record(call, session, "done", event, decision, checkpoint=checkpoint)

    def _record_done(self, planned: Planned, session: Session, checkpoint: str) -> tuple[str, ...]:
        """Write that it was done. It was: so a trail that fails now is said, not raised."""
        subject, decision = planned.plan.subject, planned.decision
        try:
            self._record(planned.call, session, "done", subject, decision, checkpoint=checkpoint)
        except TrailError as exc:
            return (f"it was done, but not written to the trail: {exc.message}",)
        return ()
