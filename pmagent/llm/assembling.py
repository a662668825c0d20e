"""An answer put together from the frames of a stream. Pure, and strict with what it relies on.

Frames are the decoded events of the Messages API. Kinds that are not known are passed over, as
its description asks; a known one of the wrong shape is a fault. The input of a tool is read only
once it is whole: a cut or broken one is kept as a problem and never guessed at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, cast, get_args

from pmagent.errors import ModelError
from pmagent.llm.wire_form import whole_text
from pmagent.types.actions import Json
from pmagent.types.talk import (
    Message,
    ModelEvent,
    Opaque,
    Part,
    Stopped,
    StopReason,
    Text,
    TextDelta,
    ToolNamed,
    ToolUse,
    Usage,
)

Frame = Mapping[str, Json]
_REASONS: frozenset[str] = frozenset(get_args(StopReason))
_USAGE = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_creation_input_tokens": "cache_write_tokens",
}
_LONGEST_NAME = 256


@dataclass
class _Block:
    """One part of the answer while it comes."""

    data: dict[str, Json]
    pieces: list[str] = field(default_factory=list[str])
    """The words, or the JSON of an input, as they came."""
    is_whole: bool = False


@dataclass
class Assembler:
    """Takes frames, gives events; the end of the answer is in `stopped` once it is whole."""

    _blocks: dict[int, _Block] = field(default_factory=dict[int, _Block])
    _usage: dict[str, int] = field(default_factory=dict[str, int])
    _reason: str = ""
    has_begun: bool = False
    stopped: Stopped | None = None

    def take(self, frame: Frame) -> Iterator[ModelEvent]:
        """What one frame brings.

        Raises:
            ModelError: it has not the shape that its kind has.
        """
        match frame.get("type"):
            case "message_start":
                self.has_begun = True
                self._take_usage(_mapping(frame, "message").get("usage"))
            case "content_block_start":
                yield from self._start(frame)
            case "content_block_delta":
                yield from self._add(frame)
            case "content_block_stop":
                self._block(frame).is_whole = True
            case "message_delta":
                self._take_usage(frame.get("usage"))
                reason = _mapping(frame, "delta").get("stop_reason")
                self._reason = reason if isinstance(reason, str) else self._reason
            case "message_stop":
                if not self.has_begun:
                    _broken("it ends before it begins")
                self.stopped = self._stopped()
            case str():
                return
            case _:
                _broken("an event says not what it is")

    def _start(self, frame: Frame) -> Iterator[ModelEvent]:
        place = frame.get("index")
        if not isinstance(place, int) or place in self._blocks:
            _broken("a part has no place of its own")
        data = dict(_mapping(frame, "content_block"))
        block = self._blocks[place] = _Block(data=data)
        match data.get("type"):
            case "text":
                text = data.get("text")
                if isinstance(text, str) and text:
                    block.pieces.append(whole_text(text))
                    yield TextDelta(text=block.pieces[-1])
            case "tool_use":
                yield ToolNamed(id=_name(data, "id"), tool=_name(data, "name"))
            case str():
                return
            case _:
                _broken("a part says not what it is")

    def _add(self, frame: Frame) -> Iterator[ModelEvent]:
        block, delta = self._block(frame), _mapping(frame, "delta")
        match block.data.get("type"), delta.get("type"):
            case "text", "text_delta":
                text = delta.get("text")
                if not isinstance(text, str):
                    _broken("words are no text")
                if text:
                    block.pieces.append(whole_text(text))
                    yield TextDelta(text=block.pieces[-1])
            case _, "input_json_delta":
                piece = delta.get("partial_json")
                if not isinstance(piece, str):
                    _broken("the input of a tool is no text")
                block.pieces.append(piece)
            case "text" | "tool_use", _:
                return  # such as citations, which are not asked for
            case _:
                _grow(block.data, delta)

    def _block(self, frame: Frame) -> _Block:
        place = frame.get("index")
        block = self._blocks.get(place) if isinstance(place, int) else None
        if block is None:
            _broken("more comes of a part that has not begun")
        return block

    def _take_usage(self, usage: Json) -> None:
        # Counts in later frames are of the whole answer, so they replace earlier ones; what a frame
        # leaves out stands.
        if isinstance(usage, Mapping):
            for theirs, ours in _USAGE.items():
                count = usage.get(theirs)
                if isinstance(count, int) and count >= 0:
                    self._usage[ours] = count

    def _stopped(self) -> Stopped:
        parts = tuple(part for block in self._blocks.values() for part in _parts(block))
        uses = any(isinstance(part, ToolUse) for part in parts)
        # A reason that is missing or not among the seven: what the answer holds decides.
        reason = self._reason if self._reason in _REASONS else "tool_use" if uses else "end_turn"
        return Stopped(
            reason=cast("StopReason", reason),
            message=Message(role="assistant", parts=parts),
            usage=Usage(**self._usage, is_estimate=not self._usage),
        )


def _parts(block: _Block) -> Iterator[Part]:
    match block.data.get("type"):
        case "text":
            text = "".join(block.pieces)
            if text:
                yield Text(text=text)
        case "tool_use":
            given, problem = _read_input(block)
            yield ToolUse(
                id=_name(block.data, "id"),
                tool=_name(block.data, "name"),
                input=given,
                problem=problem,
            )
        case _:
            data = dict(block.data)
            if block.pieces:
                given, problem = _read_input(block)
                data["input"] = {} if problem else {**given}
            yield Opaque(data=data)


def _read_input(block: _Block) -> tuple[Mapping[str, Json], str]:
    """The input of a tool, and why it is none."""
    text = "".join(block.pieces)
    if not text.strip():
        given = block.data.get("input")
        if isinstance(given, Mapping):
            return given, ""
        return {}, "" if given is None else "its input is not a JSON object"
    try:
        read = cast("Json", json.loads(text, parse_constant=_no_number))
    except (ValueError, RecursionError):
        cut = "" if block.is_whole else ", and was cut off"
        return {}, f"its input is not whole JSON{cut}"
    if not isinstance(read, Mapping):
        return {}, "its input is not a JSON object"
    return read, ""


def _grow(data: dict[str, Json], delta: Mapping[str, Json]) -> None:
    """Add to a part that only its provider understands: words to words, all else in its place."""
    for key, value in delta.items():
        if key == "type":
            continue
        held = data.get(key)
        if isinstance(held, str) and isinstance(value, str):
            data[key] = held + value
        else:
            data[key] = value


def _mapping(frame: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    value = frame.get(key)
    if not isinstance(value, Mapping):
        _broken(f'an event is without its "{key}"')
    return value


def _name(data: Mapping[str, Json], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME:
        _broken(f'a use of a tool is without its "{key}"')
    return whole_text(value)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _broken(why: str) -> NoReturn:
    raise ModelError(
        f"the answer of the model is damaged: {why}",
        "ask again; if it stays so, the server does not keep to the Messages API",
        kind="malformed",
    )
