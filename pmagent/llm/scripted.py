"""A model that says what it is told to: for tests, simulations and demonstrations.

A script is a sequence of answers. Each is words, uses of tools, a stop reason, or a fault after
some words. It asks no network and takes no time unless told to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pmagent.errors import ModelError, ModelFault
from pmagent.types.actions import Json
from pmagent.types.talk import (
    Message,
    ModelCard,
    ModelEvent,
    ModelRequest,
    Opaque,
    Part,
    Stopped,
    StopReason,
    Text,
    TextDelta,
    ToolAnswer,
    ToolNamed,
    ToolUse,
    Usage,
)

_CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, kw_only=True)
class Answering:
    """One scripted answer."""

    text: str = ""
    uses: tuple[tuple[str, Mapping[str, Json]], ...] = ()
    """(tool, input) in order; ids are made from the place in the script."""
    reason: StopReason | None = None
    """None: `tool_use` where a tool is used, else `end_turn`."""
    fault: ModelFault | None = None
    """After the text, the answer breaks off in this way."""
    usage: Usage | None = None
    wait: Callable[[], None] | None = None
    """Called before each piece of the text; a test holds the answer up with it."""
    pieces: int = 3
    """In how many deltas the text comes."""


Script = Sequence[Answering] | Callable[[ModelRequest], Answering]
"""Answers in order; or a function of the request, for one that reacts."""


@dataclass
class ScriptedModel:
    """Replays a script; the requests it was given are kept in `requests`."""

    script: Script
    card: ModelCard = field(
        default_factory=lambda: ModelCard(id="scripted", is_local=True, is_free=True)
    )
    requests: list[ModelRequest] = field(default_factory=list[ModelRequest])

    def stream(
        self, request: ModelRequest, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[ModelEvent]:
        """The next answer of the script; an empty one once the script is at its end."""
        answering = self._next(request)
        self.requests.append(request)
        number = len(self.requests)
        for piece in _pieces(answering.text, answering.pieces):
            if answering.wait is not None:
                answering.wait()
            if stop():
                return
            yield TextDelta(text=piece)
        if stop():
            return
        if answering.fault is not None:
            raise ModelError(f"the script says {answering.fault}", kind=answering.fault)
        uses = tuple(
            ToolUse(id=f"use-{number}-{place}", tool=tool, input=given)
            for place, (tool, given) in enumerate(answering.uses, 1)
        )
        for use in uses:
            yield ToolNamed(id=use.id, tool=use.tool)
        parts: tuple[Part, ...] = ((Text(text=answering.text),) if answering.text else ()) + uses
        yield Stopped(
            reason=answering.reason or ("tool_use" if uses else "end_turn"),
            message=Message(role="assistant", parts=parts),
            usage=answering.usage or self._estimate(request, answering),
        )

    def count_tokens(self, request: ModelRequest) -> tuple[int, bool]:
        """A quarter of the characters."""
        return estimate_tokens(request), True

    def _next(self, request: ModelRequest) -> Answering:
        if callable(self.script):
            return self.script(request)
        number = len(self.requests)
        return self.script[number] if number < len(self.script) else Answering()

    def _estimate(self, request: ModelRequest, answering: Answering) -> Usage:
        return Usage(
            input_tokens=estimate_tokens(request),
            output_tokens=tokens_of(answering.text) + 10 * len(answering.uses),
            is_estimate=True,
        )


def estimate_tokens(request: ModelRequest) -> int:
    """About how many tokens a request has: a quarter of its characters."""
    characters = len(request.system)
    for message in request.messages:
        for part in message.parts:
            match part:
                case Text(text=text) | ToolAnswer(text=text):
                    characters += len(text)
                case ToolUse(input=given):
                    characters += len(str(dict(given)))
                case Opaque(data=data):
                    characters += len(str(dict(data)))
    characters += sum(len(t.name) + len(t.description) + len(str(t.schema)) for t in request.tools)
    return characters // _CHARACTERS_A_TOKEN + 1


def tokens_of(text: str) -> int:
    """About how many tokens a text has."""
    return len(text) // _CHARACTERS_A_TOKEN + 1 if text else 0


def _pieces(text: str, number: int) -> Iterator[str]:
    size = max(1, -(-len(text) // max(number, 1)))
    for start in range(0, len(text), size):
        yield text[start : start + size]
