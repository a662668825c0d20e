"""Fires the hooks of the gate, and reads what their verdict means for a call.

What a program of somebody else changes in the garden while it runs as a hook can be taken back like
a call's own changes. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Thread

from pmagent.agent.planning import HookSays, Planned
from pmagent.agent.rights import Rights
from pmagent.agent.session import Session
from pmagent.agent.tool import hook_input
from pmagent.errors import JournalError, PmagentError
from pmagent.hooks.run import Hooks, Verdict, why_inert
from pmagent.journal.journal import Before, Journal
from pmagent.types.actions import Decision, Json, ToolCall

MAX_SUMMARY = 2_000
NOTIFICATION = "Notification"
LONGEST_BELL_S = 5.0


@dataclass(frozen=True, kw_only=True)
class HookCalls:
    """Fires hooks and keeps what they change."""

    hooks: Hooks
    journal: Journal
    rights: Rights
    root: str
    """The garden's folder, absolute."""
    ring: Callable[[Sequence[str]], None]
    """Shows what hooks want the terminal to do: bells, titles, notifications."""
    record_kept: Callable[[ToolCall, Session, str, str], None]
    """Writes down that the hooks of an event changed files: call, session, event, undo point."""
    bells: list[Thread] = field(default_factory=list[Thread])
    """The threads in which hooks are told something that nobody waits for."""

    def about(
        self,
        event: str,
        planned: Planned,
        session: Session,
        extra: Mapping[str, Json] | None = None,
    ) -> Verdict:
        """What the hooks of an event say to a call."""
        payload: dict[str, Json] = {
            "tool_name": planned.call.tool,
            "tool_input": hook_input(planned.given, planned.plan, self.root),
            "tool_use_id": planned.call.id,
            **(extra or {}),
        }
        return self.at(event, payload, planned.call, session, matches=planned.call.tool)

    def at(
        self,
        event: str,
        extra: Mapping[str, Json],
        call: ToolCall,
        session: Session,
        *,
        matches: str = "",
    ) -> Verdict:
        """What they say at a moment; a change of theirs is kept under `call`."""
        payload: dict[str, Json] = {
            **session.for_hooks(), "permission_mode": self.rights.mode(session), **extra,
        }  # fmt: skip
        before = None
        if _may_change_files(self.hooks, event):
            with suppress(JournalError):
                before = self.journal.prepare_all(call=call)
        verdict = self.hooks.fire(event, payload, matches=matches)
        self._ring(verdict)
        if before is not None:
            by = replace(call, by=f"hook/{event}")
            made, _ = seal(self.journal, before, by, f"{event} hooks of {call.tool}")
            if made:
                self.record_kept(by, session, event, made)
        return verdict

    def tell(self, event: str, extra: Mapping[str, Json], session: Session) -> None:
        """Tell the hooks of something that they cannot decide."""
        told = {**session.for_hooks(), **extra}
        self._ring(self.hooks.fire(event, told, matches=str(extra.get("tool_name") or "")))

    def notify(self, message: str, kind: str, session: Session) -> None:
        """Tell the hooks that something waits for the person; nobody waits for the hooks."""
        if not any(handler.event == NOTIFICATION for handler in self.hooks.handlers):
            return
        told = {"message": message, "notification_type": kind}
        # A daemon: a bell that is late must not keep the program from ending.
        bell = Thread(
            target=self.tell, args=(NOTIFICATION, told, session), daemon=True, name="notify"
        )
        self.bells[:] = [*(thread for thread in self.bells if thread.is_alive()), bell]
        bell.start()

    def settle(self) -> None:
        """Wait until no hook is still being told something, but not for ever."""
        for bell in self.bells:
            bell.join(LONGEST_BELL_S)

    def _ring(self, verdict: Verdict) -> None:
        if verdict.terminal_sequences:
            self.ring(verdict.terminal_sequences)


def seal(
    journal: Journal, before: Before | None, call: ToolCall, summary: str
) -> tuple[str, tuple[str, ...]]:
    """The undo point of what was done, and what is to be said where it could not be made."""
    if before is None:
        return "", ()
    try:
        checkpoint = journal.commit(before, call, summary=summary[:MAX_SUMMARY])
    except PmagentError as exc:
        # What it replaced is on the disk: the next start makes an undo point of it.
        return "", (f"its undo point will be made at the next start: {exc.message}",)
    return (checkpoint.id if checkpoint is not None else ""), ()


def hook_says(verdict: Verdict) -> HookSays | None:
    """What a verdict is to the rules."""
    if verdict.decision == "allow" and not verdict.is_broken:
        return "allow"
    return "ask" if verdict.decision in {"ask", "defer"} else None


def broken(decision: Decision, verdict: Verdict) -> Decision:
    """A guard that did not do its work leaves the question to a person."""
    failed = "; ".join(failure.what for failure in verdict.failures)
    reason = f"a guard did not do its work: {failed}"
    return replace(decision, effect="ask", reason=reason, can_be_remembered=False)


def end_of(verdict: Verdict) -> str:
    """Why a hook wants all to end; empty where none does."""
    if not verdict.stops:
        return ""
    return verdict.stop_reason or f"{verdict.by or 'a hook'} ended it"


def _may_change_files(hooks: Hooks, event: str) -> bool:
    """Whether a program of somebody else may run at this moment."""
    return any(
        handler.event == event and handler.layer != "shipped" and not why_inert(handler)
        for handler in hooks.handlers
    )
