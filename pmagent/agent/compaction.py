"""The conversation with a model, and how it is made shorter when the model can take no more."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Literal

from pmagent.agent.budget import Meter
from pmagent.agent.context import (
    FULL,
    Section,
    Shortened,
    clip_old,
    drop,
    joined,
    room_of,
    size_of,
    summarise,
)
from pmagent.agent.footing import Footing, Role
from pmagent.agent.recap import REQUEST, recap
from pmagent.agent.session_messages import valid_messages
from pmagent.agent.steps import listen
from pmagent.agent.tool_answers import note
from pmagent.types.sessions import Compacted, Record
from pmagent.types.talk import Message, Model, ModelRequest, ToolSpec
from pmagent.types.turns import Noted

SUMMARY_TOKENS = 2_000
OFFLINE = "offline"


@dataclass(frozen=True, kw_only=True)
class Talk:
    """Everything one request is made of, but for how much may be said."""

    model: Model
    sections: Sequence[Section]
    tools: Sequence[ToolSpec]

    @property
    def room(self) -> int:
        """Tokens the conversation may have."""
        return room_of(self.model.card, self.sections, self.tools)

    def request(self, messages: Sequence[Message], *, max_tokens: int, role: Role) -> ModelRequest:
        """The request; the instructions whole, the messages as every provider takes them."""
        return ModelRequest(
            system=joined(self.sections),
            messages=tuple(valid_messages(messages)),
            tools=tuple(self.tools),
            max_tokens=max_tokens,
            effort=role.effort,
            output_schema=role.output_schema,
        )


@dataclass(frozen=True, kw_only=True)
class Shortening:
    """What making it shorter needs, and whom it tells."""

    footing: Footing
    role: Role
    meter: Meter | None
    """None: outside of a turn, where nothing limits it."""
    stop: Callable[[], bool]
    record: Callable[[Record], None]
    kept_turns: Callable[[Sequence[Message]], tuple[str, ...]]
    """The turns that messages still tell whole."""

    def shorten(
        self,
        talk: Talk,
        messages: Sequence[Message],
        *,
        trigger: Literal["auto", "manual"],
        focus: str = "",
        force: bool = False,
    ) -> Generator[Noted, None, Sequence[Message]]:
        """The messages, shorter: clipped, and where that is not enough summarised, then dropped.

        With `force` it is summarised in any case: a person wants it, or the model said that it can
        take no more. A hook can keep a person from it, but not make the next request fail.
        """
        is_manual = trigger == "manual"
        told = {"trigger": trigger, "custom_instructions": focus, **self.role.facts}
        verdict = self.footing.fire("PreCompact", told)
        if verdict.blocks and is_manual:
            yield Noted(text=f"a hook keeps it as it is: {verdict.reason}", kind="hook")
            return messages
        kept = tuple(messages)
        size = size_of(kept)
        limit = min(int(talk.room * FULL), size // 2) if force else int(talk.room * FULL)
        summary = ""
        done: list[str] = []
        clipped = clip_old(kept)
        if clipped is not None:
            kept = clipped.messages
            done.append(clipped.says)
        if (force or size_of(kept) > limit) and not verdict.blocks:
            short = yield from self._summarised(talk, kept, focus, is_forced=force)
            if short is not None:
                kept, summary = short.messages, short.summary
                done.append(short.says)
        while size_of(kept) > (int(talk.room * FULL) if is_manual else limit):
            dropped = drop(kept, talk.room)
            if dropped is None or size_of(dropped.messages) >= size_of(kept):
                break
            kept = dropped.messages
            done.append(dropped.says)
            summary = summary or recap(messages)
        if done:
            yield Noted(text="; ".join(done), kind="context")
            if summary:
                by = "person" if is_manual else "limit"
                self.record(Compacted(summary=summary, kept_turns=self.kept_turns(kept), by=by))
            after = {"trigger": trigger, "compact_summary": summary, **self.role.facts}
            self.footing.fire("PostCompact", after)
        elif is_manual:
            yield Noted(text="there is nothing to leave out yet", kind="context")
        return kept

    def _summarised(
        self, talk: Talk, messages: Sequence[Message], focus: str, *, is_forced: bool
    ) -> Generator[Noted, None, Shortened | None]:
        notes: list[Noted] = []

        def write(older: Sequence[Message]) -> str:
            text, said = self._write(talk, older, focus)
            notes.extend(said)
            return text

        room = min(talk.room, size_of(messages)) if is_forced else talk.room
        short = summarise(messages, room, write)
        yield from notes
        return short

    def _write(
        self, talk: Talk, older: Sequence[Message], focus: str
    ) -> tuple[str, Sequence[Noted]]:
        """The summary by the model where it is one and can, else the lines that stand there."""
        if talk.model.card.id == OFFLINE:
            return recap(older), ()
        asked = f"{REQUEST}\nKeep above all: {focus}" if focus else REQUEST
        messages = [*older, Message(role="user", parts=(note(asked),))]
        request = ModelRequest(
            system=joined(talk.sections),
            messages=tuple(valid_messages(messages)),
            # Messages that use tools are refused without them.
            tools=tuple(talk.tools),
            max_tokens=min(SUMMARY_TOKENS, talk.model.card.max_output_tokens),
        )
        reads = size_of(request.messages) + len(request.system) // 4
        if self.meter is not None:
            verdict = self.meter.judge(
                talk.model.card, input_tokens=reads, wanted=request.max_tokens
            )
            if verdict.reason is not None:
                return recap(older), ()
        began = self.footing.clock()
        heard = listen(talk.model, request, self.stop, reads=reads)
        while True:
            try:
                next(heard)
            except StopIteration as end:
                answer = end.value
                break
        if self.meter is not None:
            took = max(0.0, self.footing.clock() - began)
            self.meter.charge(answer.usage, talk.model.card, took)
        if answer.text.strip() and answer.reason in {"end_turn", "stop_sequence"}:
            return answer.text.strip(), ()
        why = answer.error.message if answer.error is not None else "it gave none"
        said = f"the model could not summarise ({why}), so the summary is made of its lines"
        return recap(older), (Noted(text=said, kind="context"),)
