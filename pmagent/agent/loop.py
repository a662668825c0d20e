"""The loop: a turn is requests to a model and uses of tools, told as events.

It decides nothing about tools, which is the gate's, and writes no file. Whatever happens, a turn
ends with `TurnEnded`, what was said is kept, and the messages are such that the next turn works.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from pmagent.agent.answering import Answering
from pmagent.agent.budget import Estimate, Meter, estimate
from pmagent.agent.compaction import Shortening, Talk
from pmagent.agent.context import size_of, view_context
from pmagent.agent.controls import Controls
from pmagent.agent.crew import Inbox
from pmagent.agent.footing import Footing, Parent, Role, Starter
from pmagent.agent.tool_answers import as_data
from pmagent.agent.turn import End, Turn
from pmagent.agent.why import Said, Snapshot, card_of
from pmagent.errors import ModelError, PmagentError
from pmagent.types.sessions import Asked, Ended, Record
from pmagent.types.talk import Message, Model, Text, ToolSpec
from pmagent.types.turns import (
    Budget,
    ContextView,
    Noted,
    Spend,
    TurnBegan,
    TurnEnded,
    TurnEvent,
    Used,
    WhyCard,
)

BUSY = "a turn runs already"


class Loop:
    """A conversation with a model, one turn at a time.

    `run` is for one thread. All else may be called from any thread at any moment and returns at
    once, but for `compact`, which is for between turns.
    """

    def __init__(
        self,
        footing: Footing,
        model: Model,
        role: Role,
        *,
        starter: Starter | None = None,
        parent: Parent | None = None,
    ) -> None:
        """`parent` is that of a sub-agent: its controls and its meter hold here too."""
        self.footing = footing
        self.role = role
        self.model = model
        """May be changed at any moment; it holds from the next step on."""
        self.controls = Controls(parent.controls if parent else None)
        self.messages: list[Message] = []
        """What was said, as it was said. To be changed between turns only."""
        self.inbox = Inbox()
        self.starter = starter
        self.scale = 1.0
        """What the provider's count of tokens is to ours."""
        self._parent = parent
        self._busy = threading.Lock()
        self._turn: Turn | None = None
        self._asked: list[tuple[Message, str]] = []
        self._account: tuple[Spend, Meter | None] = (Spend(), None)
        """What earlier turns used, and the meter of the one that runs."""

    # -- a turn ------------------------------------------------------------------------------------

    def run(
        self, typed: str, message: Message | None = None, *, budget: Budget | None = None
    ) -> Iterator[TurnEvent]:
        """One turn. `typed` is what the person typed, `message` what the model is given for it.

        `TurnEnded` is the last event. An iterator that is closed early ends the turn as stopped:
        what runs is let finish.
        """
        if not self._busy.acquire(blocking=False):
            yield TurnEnded(
                reason="failed", text="", spend=Spend(), hint=f"{BUSY}: stop it, or queue this"
            )
            return
        try:
            given = message or Message(role="user", parts=(Text(text=typed),))
            yield from self._run(typed, given, budget or Budget())
        finally:
            self._busy.release()

    def _run(self, typed: str, message: Message, budget: Budget) -> Iterator[TurnEvent]:
        footing = self.footing
        turn = self._begin(typed, budget)
        end = End(reason="stopped", is_partial=True)
        try:
            yield TurnBegan(
                turn=turn.id, goal=turn.goal, model=self.model.card.id, at=footing.now()
            )
            try:
                end = yield from self._through(turn, typed, message)
            except PmagentError as exc:
                fault = exc.kind if isinstance(exc, ModelError) else type(exc).__name__
                end = End(reason="failed", hint=exc.hint, is_partial=bool(turn.text), fault=fault)
                yield Noted(text=exc.message, kind="error", hint=exc.hint)
            yield from self.inbox.take()
        finally:
            ended = turn.ended(end)
            footing.trace.end_below(turn.span, reason=end.reason)
            footing.trace.end(turn.span, reason=end.reason)
            self._account = (_sum(self._account[0], ended.spend), None)
            if self._asked and self._asked[-1][1] == turn.id:
                self.record(
                    Ended(
                        turn=turn.id,
                        reason=end.reason,
                        cost_usd=ended.spend.cost_usd,
                        checkpoints=tuple(turn.checkpoints),
                        shown=ended.text,
                    )
                )
        yield ended

    def _begin(self, typed: str, budget: Budget) -> Turn:
        footing, parent = self.footing, self._parent
        self.controls.begin()
        kind = "agent" if self.role.id else "turn"
        span = footing.trace.begin(kind, self.role.name or "turn", parent.span if parent else "")
        if parent is not None:
            meter = parent.meter.carve(budget)
        else:
            meter = Meter(budget, clock=footing.clock, price=footing.price)
        self._account = (self._account[0], meter)
        self._turn = Turn(
            id=footing.new_id(), typed=typed, span=span, meter=meter, model=self.model.card.id
        )
        return self._turn

    def _through(self, turn: Turn, typed: str, message: Message) -> Generator[TurnEvent, None, End]:
        """From what was asked to the end."""
        event = "SubagentStart" if self.role.id else "UserPromptSubmit"
        told = self.role.facts or {"prompt": typed}
        verdict = self.footing.fire(event, told)
        yield from (Noted(text=text, kind="hook") for text in verdict.system_messages)
        if verdict.stops or verdict.blocks or verdict.is_broken:
            failed = "; ".join(failure.what for failure in verdict.failures)
            why = verdict.stop_reason or verdict.reason or failed or "a hook refused it"
            yield Noted(text=why, kind="hook", hint="what you typed was not sent")
            return End(reason="hook", hint=why)
        parts = tuple(
            Text(text=as_data(text, source="hook", about=event)) for text in verdict.context
        )
        message = replace(message, parts=(*message.parts, *parts))
        self.messages.append(message)
        self._asked.append((message, turn.id))
        self.record(Asked(turn=turn.id, typed=typed, message=message, model=self.model.card.id))
        answering = Answering(self, turn)
        while True:
            end = yield from answering.step()
            if end is not None:
                return end

    def record(self, record: Record) -> None:
        """Keep what was said. What cannot be kept is said, and the turn goes on."""
        try:
            self.footing.record(record)
        except PmagentError as exc:
            said = f"this is not being kept: {exc.message}"
            self.inbox.post(Noted(text=said, kind="error", hint=exc.hint))

    # -- what it is made of ------------------------------------------------------------------------

    def talk(self) -> Talk:
        """What the next request is made of, as it is now."""
        return Talk(
            model=self.model, sections=tuple(self.role.sections()), tools=tuple(self.specs())
        )

    def reads(self, talk: Talk) -> int:
        """About what the next request has; the provider is not asked, which would take time."""
        request = talk.request(self.messages, max_tokens=1, role=self.role)
        fixed = len(request.system) + sum(len(str(spec.schema)) for spec in request.tools)
        return round((size_of(request.messages) + fixed // 4) * self.scale)

    def specs(self) -> Sequence[ToolSpec]:
        """The tools it may use now."""
        allowed = self.role.tools
        return [spec for spec in self.footing.specs() if allowed is None or spec.name in allowed]

    def as_parent(self, turn: Turn, specs: Sequence[ToolSpec]) -> Parent:
        """What those take over that it starts."""
        return Parent(
            footing=self.footing,
            role=self.role,
            model=self.model,
            meter=turn.meter,
            controls=self.controls,
            specs=specs,
            post=self.inbox.post,
            span=turn.step_span,
        )

    def shortening(self, turn: Turn | None) -> Shortening:
        """How the conversation is made shorter, in a turn or outside of one."""
        return Shortening(
            footing=self.footing,
            role=self.role,
            meter=turn.meter if turn is not None else None,
            stop=lambda: self.controls.is_stopped,
            record=self.record,
            kept_turns=lambda kept: self._kept_turns(kept, turn),
        )

    def _kept_turns(self, kept: Sequence[Message], turn: Turn | None) -> tuple[str, ...]:
        there = {id(message) for message in kept}
        now = turn.id if turn is not None else ""
        return tuple(at for message, at in self._asked if id(message) in there or at == now)

    # -- what a person does to it ------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether a turn runs."""
        return self._busy.locked()

    def halve(self) -> None:
        """Halve the steps that are left."""
        if (turn := self._turn) is not None and self.is_running:
            left = turn.meter.halve()
            said = f"{left} steps are left" if left else "there is no limit of steps to halve"
            self._tell_limits(turn, said)

    def restore(self) -> None:
        """Give back the steps that `halve` took."""
        if (turn := self._turn) is not None and self.is_running:
            left = turn.meter.restore()
            said = f"{left} steps are left" if left else "there is no limit of steps"
            self._tell_limits(turn, said)

    def _tell_limits(self, turn: Turn, said: str) -> None:
        self.inbox.post(Noted(text=said, kind="budget"))
        self.inbox.post(self.used(turn))

    def compact(self, focus: str = "") -> Iterator[TurnEvent]:
        """Make the conversation shorter now. Between turns; in one it says that it cannot."""
        if not self._busy.acquire(blocking=False):
            yield Noted(text=BUSY, kind="context", hint="compact when it is over")
            return
        try:
            self.controls.begin()
            shortening = self.shortening(None)
            kept = yield from shortening.shorten(
                self.talk(), self.messages, trigger="manual", focus=focus, force=True
            )
            self.messages[:] = kept
        finally:
            self._busy.release()

    def restart(self, messages: Sequence[Message]) -> None:
        """Go on from another conversation. Between turns."""
        self.messages[:] = messages
        self._asked.clear()

    # -- what is told of it ------------------------------------------------------------------------

    def why(self) -> WhyCard:
        """What are you doing, or what was done last?"""
        return card_of(self.snapshot())

    def snapshot(self) -> Snapshot:
        """Where it is."""
        if (turn := self._turn) is None:
            return Snapshot()
        snapshot = turn.now()
        waiting = self.controls.queued
        if snapshot.is_running and waiting:
            said = f'your message "{waiting[0]}", after this step'
            snapshot = replace(snapshot, next=Said(text=said, spans=(turn.span,)))
        return snapshot

    @property
    def meter(self) -> Meter | None:
        """That of the turn that runs or ran last."""
        return self._turn.meter if self._turn is not None else None

    @property
    def doing(self) -> str:
        """Where it is, in a few words."""
        turn = self._turn
        if turn is None:
            return ""
        ask = self.footing.asking()
        if ask is not None and ask.call.id in turn.running_calls:
            return "waiting for you"
        return "paused" if self.controls.is_paused else turn.doing

    def used(self, turn: Turn) -> Used:
        """The numbers after a step."""
        view = self.context()
        free = view.rows[-1].tokens
        return Used(
            spend=turn.meter.spend,
            budget=turn.meter.budget,
            context_tokens=view.limit_tokens - free,
            context_limit=view.limit_tokens,
        )

    def context(self) -> ContextView:
        """What the model would be sent now, in numbers."""
        talk = self.talk()
        return view_context(
            self.model.card, talk.sections, talk.tools, tuple(self.messages), scale=self.scale
        )

    @property
    def spend(self) -> Spend:
        """What all turns used, with the one that runs."""
        total, meter = self._account
        return total if meter is None else _sum(total, meter.spend)

    def estimate(self, message: Message) -> Estimate:
        """What the first request of a turn would use at most; the model may be asked to count."""
        talk = self.talk()
        most = self.model.card.max_output_tokens
        request = talk.request([*self.messages, message], max_tokens=most, role=self.role)
        return estimate(request, self.model, self.footing.price)


def _sum(one: Spend, other: Spend) -> Spend:
    costs = (one.cost_usd, other.cost_usd)
    return Spend(
        steps=one.steps + other.steps,
        usage=one.usage + other.usage,
        cost_usd=None if None in costs else sum(filter(None, costs), Decimal(0)),
        time_s=one.time_s + other.time_s,
        model_s=one.model_s + other.model_s,
    )
