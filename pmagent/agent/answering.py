"""One step of a turn: a request to the model, and the tools it wants to be used.

Each way in which an answer can end has its own way on here: done, tools, cut at a limit, paused by
the provider, refused, broken off. A step gives why the turn ends, or None where it goes on.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from pmagent.agent.budget import Verdict, foretell
from pmagent.agent.circles import LAST_STEPS, Finding, restated
from pmagent.agent.compaction import Talk
from pmagent.agent.context import FULL, size_of
from pmagent.agent.controls import any_of
from pmagent.agent.crew import Crew
from pmagent.agent.steps import Heard, listen
from pmagent.agent.tool_answers import not_run, note
from pmagent.agent.turn import End, Turn, why_of
from pmagent.errors import ModelError
from pmagent.hooks.verdict import after_stop
from pmagent.types.sessions import Stepped
from pmagent.types.talk import Message, Part, Text, Usage
from pmagent.types.turns import Noted, Paused, Resumed, Said, TurnEvent

if TYPE_CHECKING:
    from pmagent.agent.loop import Loop

MOST_PAUSES = 10
"""How often in a row a provider may pause its own turn."""
OFFLINE_HINT = 'answer from your files without a model: "/model offline"'
GO_ON = "Your answer was cut off at its limit. Go on exactly where it stopped, without repeating."
CUT_USE = "not run: the answer was cut off at its limit before it was whole; ask for less at once"
FINISH = "{} left. Come to an end now: answer with what you have, and say what is missing."
_TOO_LONG = ("too long", "context length", "context window", "maximum context", "too many tokens")


class Answering:
    """Takes the steps of one turn."""

    def __init__(self, loop: Loop, turn: Turn) -> None:
        self._loop = loop
        self._turn = turn

    def step(self) -> Generator[TurnEvent, None, End | None]:
        """One step."""
        loop, turn = self._loop, self._turn
        yield from loop.inbox.take()
        end = yield from self._wait_for_person()
        if end is not None:
            return end
        for text in loop.controls.take_queued():
            self._say(Text(text=text))
        talk = loop.talk()
        yield from self._make_room(talk)
        wanted = loop.model.card.max_output_tokens
        reads = loop.reads(talk)
        yield from self._foretell(talk, reads)
        verdict = turn.meter.judge(talk.model.card, input_tokens=reads, wanted=wanted)
        if verdict.reason is not None:
            return (yield from self._out_of(verdict))
        self._warn_of_end()
        turn.step_span = loop.footing.trace.begin(
            "step", f"step {turn.meter.spend.steps + 1}", turn.span
        )
        try:
            heard = yield from self._ask(talk, verdict.max_tokens, reads)
            end = yield from self._go_on(talk, heard)
        finally:
            loop.footing.trace.end(turn.step_span)
        yield loop.used(turn)
        if end is not None:
            return end
        return (yield from self._look_for_circles())

    # -- before the request ------------------------------------------------------------------------

    def _wait_for_person(self) -> Generator[TurnEvent, None, End | None]:
        """Wait while it is paused; the end where it was stopped."""
        controls, clock = self._loop.controls, self._loop.footing.clock
        if controls.is_paused and not controls.is_stopped:
            yield Paused(reason="you paused it")
            began = clock()
            while controls.wait():
                yield from self._loop.inbox.take()
            self._turn.meter.wait(max(0.0, clock() - began))
            if not controls.is_stopped:
                yield Resumed()
        return self._stopped() if controls.is_stopped else None

    def _make_room(self, talk: Talk) -> Generator[TurnEvent]:
        """Leave something out before the model can take no more."""
        loop = self._loop
        if size_of(loop.messages) * loop.scale > talk.room * FULL:
            yield from self._shorten(talk, force=False)

    def _shorten(self, talk: Talk, *, force: bool) -> Generator[TurnEvent]:
        shortening = self._loop.shortening(self._turn)
        messages = self._loop.messages
        kept = yield from shortening.shorten(talk, messages, trigger="auto", force=force)
        self._loop.messages[:] = kept

    def _foretell(self, talk: Talk, reads: int) -> Generator[TurnEvent]:
        """Say what the turn may cost, before its first request."""
        loop, meter = self._loop, self._turn.meter
        if loop.role.id or meter.spend.steps:
            return
        if said := foretell(talk.model.card, reads, meter.cost_left, loop.footing.price):
            hint = 'leave out what is old with "/compact", or take another model with "/model"'
            yield Noted(text=said, kind="budget", hint=hint)

    def _warn_of_end(self) -> None:
        turn = self._turn
        left = turn.meter.steps_left
        if left is None or not turn.meter.is_short:
            turn.is_told_short = False
        elif not turn.is_told_short and turn.meter.spend.steps:
            turn.is_told_short = True
            self._say(note(FINISH.format(f"{left} step{'s are' if left != 1 else ' is'}")))

    def _out_of(self, verdict: Verdict) -> Generator[TurnEvent, None, End | None]:
        turn = self._turn
        if verdict.reason == "steps" and turn.ladder.is_capped:
            # A person who says to go on lifts this limit, and the step is tried again.
            found = Finding(kind="nothing new", says=f"its last {LAST_STEPS} steps are used")
            return (yield from self._ask_person(found))
        yield Noted(text=verdict.says, kind="budget", hint=verdict.hint)
        return End(reason=verdict.reason or "steps", hint=verdict.hint)

    # -- the request -------------------------------------------------------------------------------

    def _ask(self, talk: Talk, max_tokens: int, reads: int) -> Generator[TurnEvent, None, Heard]:
        loop, turn = self._loop, self._turn
        footing, card = loop.footing, talk.model.card
        request = talk.request(loop.messages, max_tokens=max_tokens, role=loop.role)
        span = footing.trace.begin("model", card.id, turn.step_span)
        turn.at(f"thinking ({card.alias or card.id})", span)
        turn.open_answer()
        began = footing.clock()
        stop = any_of(lambda: loop.controls.is_stopped, lambda: turn.meter.is_late)
        answer = listen(talk.model, request, stop, reads=reads)
        heard: Heard | None = None
        usage = Usage(input_tokens=reads, is_estimate=True)
        try:
            heard = yield from self._hear(answer)
            self._calibrate(heard, reads)
            return heard
        finally:
            answer.close()
            usage = heard.usage if heard is not None else usage
            turn.meter.charge(usage, card, max(0.0, footing.clock() - began))
            footing.trace.end(
                span,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                reason=(heard.reason if heard is not None else None) or "broken off",
            )
            self._keep(heard, usage)

    def _hear(self, answer: Generator[str, None, Heard]) -> Generator[TurnEvent, None, Heard]:
        """Show the words as they come."""
        while True:
            try:
                words = next(answer)
            except StopIteration as ended:
                heard: Heard = ended.value
                return heard
            self._turn.say(words)
            yield Said(text=words)
            yield from self._loop.inbox.take()

    def _keep(self, heard: Heard | None, usage: Usage) -> None:
        """What was said is kept, also where nobody listened to the end."""
        turn = self._turn
        message = heard.message if heard is not None else None
        if heard is None and turn.answer_text:
            parts = (Text(text=turn.answer_text),)
            message = Message(role="assistant", parts=parts, is_partial=True)
        if message is not None:
            turn.heard(message.text)
            self._append(message, usage)

    def _calibrate(self, heard: Heard, reads: int) -> None:
        usage = heard.usage
        read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        if not usage.is_estimate and reads > 0 and read > 0:
            self._loop.scale = min(2.0, max(0.5, self._loop.scale * read / reads))

    # -- after it ----------------------------------------------------------------------------------

    def _go_on(self, talk: Talk, heard: Heard) -> Generator[TurnEvent, None, End | None]:
        """What the end of an answer means for the turn."""
        turn = self._turn
        was_cut, turn.was_cut = turn.was_cut, False
        if heard.reason != "pause_turn":
            turn.resumed_itself = 0
        match heard.reason:
            case None:
                return (yield from self._broken_off(talk, heard))
            case "refusal":
                yield Noted(text="the model refuses to go on", kind="model", hint=OFFLINE_HINT)
                return End(reason="refused", hint=OFFLINE_HINT, is_partial=bool(heard.text))
            case "max_tokens":
                return (yield from self._cut(heard, is_again=was_cut))
            case "model_context_window_exceeded":
                return (yield from self._full(talk, heard))
            case "pause_turn" if not heard.uses:
                turn.resumed_itself += 1
                if turn.resumed_itself > MOST_PAUSES:
                    return End(reason="cut", hint="ask for less at once", is_partial=True)
                return None
            case _:
                if heard.uses:
                    return (yield from self._use_tools(talk, heard))
                return (yield from self._finish())

    def _broken_off(self, talk: Talk, heard: Heard) -> Generator[TurnEvent, None, End | None]:
        error = heard.error
        if error is None:
            if self._turn.meter.is_late and not self._loop.controls.is_stopped:
                yield Noted(text="its time is up", kind="budget")
                return End(reason="time", hint="go on with another message", is_partial=True)
            return self._stopped(is_partial=heard.message is not None)
        if _is_too_long(error) and not self._turn.was_shortened:
            self._turn.was_shortened = True
            yield from self._shorten(talk, force=True)
            return None
        hint = f"{error.hint}; {OFFLINE_HINT}" if error.hint else OFFLINE_HINT
        yield Noted(text=error.message, kind="model", hint=hint)
        is_partial = bool(self._turn.text)
        return End(reason="failed", hint=hint, is_partial=is_partial, fault=error.kind)

    def _cut(self, heard: Heard, *, is_again: bool) -> Generator[TurnEvent, None, End | None]:
        """At the model's limit of output: once it is told to go on."""
        self._refuse_uses(heard)
        if is_again:
            yield Noted(text="the answer is longer than the model can say", kind="model")
            return End(reason="cut", hint="ask for less at once", is_partial=True)
        self._turn.was_cut = True
        self._say(note(GO_ON))
        return None

    def _full(self, talk: Talk, heard: Heard) -> Generator[TurnEvent, None, End | None]:
        """At the model's limit of context: once the conversation is made shorter."""
        self._refuse_uses(heard)
        if self._turn.was_shortened:
            yield Noted(text="the conversation is longer than the model can read", kind="context")
            return End(reason="cut", hint='start anew with "/clear"', is_partial=True)
        self._turn.was_shortened = True
        yield from self._shorten(talk, force=True)
        self._turn.was_cut = bool(heard.text)
        self._say(note(GO_ON))
        return None

    def _refuse_uses(self, heard: Heard) -> None:
        if heard.uses:
            answers = tuple(not_run(use, CUT_USE) for use in heard.uses)
            self._append(Message(role="user", parts=answers))

    def _use_tools(self, talk: Talk, heard: Heard) -> Generator[TurnEvent, None, End | None]:
        loop, turn = self._loop, self._turn
        why = why_of(heard.text)
        parent = loop.as_parent(turn, talk.tools)
        crew = Crew(parent, loop.inbox, loop.starter, why)
        turn.at("using tools", why=f"it said: {why}" if why else "")
        turn.then(f"look at what {len(heard.uses)} tools gave, then go on or answer")
        work = crew.perform(heard.uses)
        try:
            for event in work:
                spans = {used.call_id: used.span for used in crew.used}
                turn.note_event(event, spans)
                turn.agents_are(self._agents())
                yield event
        finally:
            work.close()
            ends = turn.note_used(crew.used)
            answers = tuple(used.answer for used in crew.used)
            self._append(Message(role="user", parts=answers))
        turn.agents_are(())
        turn.circles.note_spend(runs_out=turn.meter.runs_out)
        if ends:
            yield Noted(text=ends, kind="hook")
            return End(reason="hook", hint=ends)
        return self._stopped() if loop.controls.is_stopped else None

    def _agents(self) -> Sequence[tuple[str, str]]:
        starter = self._loop.starter
        if starter is None:
            return ()
        return starter.doing(self._loop.role.id)

    def _finish(self) -> Generator[TurnEvent, None, End | None]:
        """The model has said all: hooks, and the person, may want it to go on."""
        loop, turn = self._loop, self._turn
        if loop.controls.queued and not loop.controls.is_stopped:
            return None
        event = "SubagentStop" if loop.role.id else "Stop"
        verdict = loop.footing.fire(
            event,
            {
                "stop_hook_active": turn.continued > 0,
                "last_assistant_message": turn.last_text,
                "background_tasks": [],
                "session_crons": [],
                **loop.role.facts,
            },
        )
        yield from (Noted(text=text, kind="hook") for text in verdict.system_messages)
        after = after_stop(verdict, turn.continued)
        turn.continued = after.in_a_row
        if after.note:
            yield Noted(text=after.note, kind="hook")
        if not after.goes_on:
            return End(reason="done")
        wanted = "\n".join(text for text in (verdict.reason, *verdict.context) if text)
        yield Noted(text=f"a hook lets it not stop yet: {wanted}", kind="hook")
        self._say(note(f"A hook of the person wants you to go on: {wanted}"))
        return None

    # -- circles -----------------------------------------------------------------------------------

    def _look_for_circles(self) -> Generator[TurnEvent, None, End | None]:
        turn = self._turn
        found = turn.circles.end_step()
        if found is None:
            return None
        match turn.ladder.climb():
            case "restate":
                yield Noted(text=f"it goes in circles: {found.says}; it was told so", kind="loop")
                self._say(note(restated(turn.goal, turn.calls, found)))
                return None
            case "three steps":
                turn.meter.cap(LAST_STEPS)
                turn.is_told_short = True
                said = f"{found.says}; {LAST_STEPS} steps are left to it"
                yield Noted(text=f"it goes in circles: {said}", kind="loop")
                self._say(note(FINISH.format(f"{LAST_STEPS} steps are")))
                return None
            case "ask":
                return (yield from self._ask_person(found))
            case "hand back":
                return (yield from self._hand_back(found))

    def _ask_person(self, found: Finding) -> Generator[TurnEvent, None, End | None]:
        """Wait for the person, where one can be waited for; else hand it back."""
        loop, turn = self._loop, self._turn
        turn.ladder.climb_to_last()
        turn.meter.cap(None)
        if loop.role.id or not loop.footing.is_attended():
            return (yield from self._hand_back(found))
        said = f"it goes in circles: {found.says}"
        told = {"message": said, "notification_type": "agent_needs_input"}
        loop.footing.fire("Notification", told)
        loop.controls.pause()
        turn.at("waiting for you", why=said)
        yield Paused(reason=said)
        began = loop.footing.clock()
        while loop.controls.wait() and not loop.controls.queued:
            yield from loop.inbox.take()
        loop.controls.resume()
        turn.meter.wait(max(0.0, loop.footing.clock() - began))
        if loop.controls.is_stopped:
            return self._stopped()
        yield Resumed()
        return None

    def _hand_back(self, found: Finding) -> Generator[TurnEvent, None, End]:
        yield Noted(text=f"it was handed back: {found.says}", kind="loop")
        return End(reason="loop", hint="say what is missing, or ask in another way")

    # -- the conversation --------------------------------------------------------------------------

    def _stopped(self, *, is_partial: bool = False) -> End:
        return End(reason="stopped", is_partial=is_partial or bool(self._turn.text))

    def _say(self, part: Part) -> None:
        self._append(Message(role="user", parts=(part,)))

    def _append(self, message: Message, usage: Usage | None = None) -> None:
        loop = self._loop
        loop.messages.append(message)
        is_models = message.role == "assistant"
        loop.record(
            Stepped(
                turn=self._turn.id,
                message=message,
                usage=usage or Usage(),
                model=loop.model.card.id if is_models else "",
            )
        )


def _is_too_long(error: ModelError) -> bool:
    """Whether a provider says that the request has more than the model can read."""
    said = error.message.casefold()
    return error.kind == "invalid_request" and any(sign in said for sign in _TOO_LONG)
