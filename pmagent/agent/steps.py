"""One request to a model, heard to its end or to where it broke off. What was said is kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from pmagent.errors import ModelError
from pmagent.types.talk import (
    Message,
    Model,
    ModelRequest,
    Stopped,
    StopReason,
    Text,
    TextDelta,
    ToolUse,
    Usage,
)

_CHARACTERS_A_TOKEN = 4
WHOLE: frozenset[StopReason] = frozenset({"end_turn", "stop_sequence", "tool_use", "pause_turn"})
"""Ends after which nothing is missing."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came of one request."""

    message: Message | None
    """What was said; partial where it broke off, None where nothing was."""
    usage: Usage
    reason: StopReason | None = None
    """Why the model ended; None where it did not come to an end."""
    error: ModelError | None = None
    """Why it broke off; None with no reason: it was stopped."""

    @property
    def text(self) -> str:
        """Its words."""
        return self.message.text if self.message is not None else ""

    @property
    def uses(self) -> Sequence[ToolUse]:
        """The tools it wants to be used."""
        return self.message.uses if self.message is not None else ()


def listen(
    model: Model, request: ModelRequest, stop: Callable[[], bool], *, reads: int
) -> Generator[str, None, Heard]:
    """Yields words as they come; gives what came of it.

    `reads` is the estimate of what the request has, for the usage of one that breaks off: it is
    paid for all the same.
    """
    said: list[str] = []
    error: ModelError | None = None
    try:
        for event in model.stream(request, stop=stop):
            match event:
                case TextDelta(text=text):
                    said.append(text)
                    yield text
                case Stopped(reason=reason, message=message, usage=usage):
                    return _whole(reason, message, usage)
                case _:
                    continue
            if stop():
                break
    except ModelError as exc:
        error = exc
    text = "".join(said)
    spent = Usage(
        input_tokens=reads, output_tokens=len(text) // _CHARACTERS_A_TOKEN, is_estimate=True
    )
    if error is None and not stop():
        error = ModelError("the model's answer ended before it was whole", kind="malformed")
    # A model that was never reached, such as for a missing key, has read nothing.
    usage = Usage() if error is not None and not text else spent
    return Heard(message=_partial(text), usage=usage, error=error)


def _whole(reason: StopReason, message: Message, usage: Usage) -> Heard:
    is_partial = reason not in WHOLE
    kept = Message(role="assistant", parts=message.parts, is_partial=is_partial)
    return Heard(message=kept if message.parts else None, usage=usage, reason=reason)


def _partial(text: str) -> Message | None:
    if not text:
        return None
    return Message(role="assistant", parts=(Text(text=text),), is_partial=True)
