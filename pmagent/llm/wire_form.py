"""A request as the Messages API has it: one body of JSON, made from our own values. Pure.

It asks for nothing that only some servers have unless told that they have it: no server tools, no
betas. What would be refused is mended here: text that cannot be encoded, empty parts, uses of a
tool that were never answered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from pmagent.llm.probe import Feature
from pmagent.types.actions import Json
from pmagent.types.talk import (
    Message,
    ModelRequest,
    Opaque,
    Part,
    Text,
    ToolAnswer,
    ToolUse,
)

Body = dict[str, Json]
_UNANSWERED = "not run: the answer before was cut off"
_JSON_ONLY = (
    "Answer with one JSON value and nothing else: no words before or after it, no code fence. "
    "It must fit this JSON Schema:"
)


def body_of(
    request: ModelRequest,
    model: str,
    *,
    missing: frozenset[Feature],
    most_output: int | None = None,
    is_told: bool = False,
) -> Body:
    """The body of a request, without what is `missing` at the server.

    `is_told`: the schema of the answer is written into the instructions too, for servers that may
    take the field and ignore it.
    """
    system = request.system
    body: Body = {
        "model": model,
        "max_tokens": min(request.max_tokens, most_output or request.max_tokens),
        "messages": [*_messages(request.messages, with_opaque="opaque" not in missing)],
    }
    if request.tools:
        body["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}
            for tool in request.tools
        ]
    config: dict[str, Json] = {}
    if request.effort is not None and "effort" not in missing:
        config["effort"] = request.effort
    if request.output_schema is not None:
        schema = dict(request.output_schema)
        if "structure" not in missing:
            config["format"] = {"type": "json_schema", "schema": schema}
        if is_told or "structure" in missing:
            told = f"{_JSON_ONLY}\n{json.dumps(schema, ensure_ascii=False)}"
            system = f"{system}\n\n{told}" if system else told
    if config:
        body["output_config"] = config
    if system:
        body["system"] = system
    if "caching" not in missing:
        body["cache_control"] = {"type": "ephemeral"}
    return {key: encodable(value) for key, value in body.items()}


def optional_in(body: Mapping[str, Json]) -> frozenset[Feature]:
    """Which things a body asks for that a server may not know."""
    found: set[Feature] = set()
    if "cache_control" in body:
        found.add("caching")
    config = body.get("output_config")
    if isinstance(config, Mapping):
        found.update({"structure"} if "format" in config else ())
        found.update({"effort"} if "effort" in config else ())
    if any(block.get("type") not in _OURS for block in _blocks(body)):
        found.add("opaque")
    return frozenset(found)


def counting_body(body: Mapping[str, Json]) -> Body:
    """The part of a body whose tokens are counted."""
    return {key: body[key] for key in ("model", "messages", "system", "tools") if key in body}


def encodable(value: Json) -> Json:
    """`value` with half characters, which UTF-8 cannot hold, replaced.

    A file name of undecodable bytes or a character cut in two must not stop a request.
    """
    match value:
        case str():
            return whole_text(value)
        case Mapping():
            return {whole_text(key): encodable(item) for key, item in value.items()}
        case Sequence():
            return [encodable(item) for item in value]
        case _:
            return value


def whole_text(text: str) -> str:
    """`text` with pairs of half characters joined and lone ones replaced."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


_OURS = frozenset({"text", "tool_use", "tool_result"})


def _messages(messages: Sequence[Message], *, with_opaque: bool) -> Iterable[Json]:
    joined: list[tuple[str, list[Part]]] = []
    for message in messages:
        parts = [part for part in message.parts if _is_sent(part, with_opaque=with_opaque)]
        if not parts:
            continue
        if joined and joined[-1][0] == message.role:
            joined[-1][1].extend(parts)
        else:
            joined.append((message.role, parts))
    _answer_all(joined)
    for role, parts in joined:
        # The answers to tools stand first in their message, or the whole is refused.
        ordered = sorted(parts, key=lambda part: not isinstance(part, ToolAnswer))
        kept = parts if role == "assistant" else ordered
        yield {"role": role, "content": [_block(part) for part in kept]}


def _answer_all(joined: list[tuple[str, list[Part]]]) -> None:
    """Give each use of a tool its answer, and leave out answers to nothing."""
    asked: list[str] = []
    for role, parts in joined:
        if role == "assistant":
            asked = [part.id for part in parts if isinstance(part, ToolUse)]
            continue
        parts[:] = [p for p in parts if not isinstance(p, ToolAnswer) or p.id in asked]
        answered = {part.id for part in parts if isinstance(part, ToolAnswer)}
        parts.extend(_missing_answers(item for item in asked if item not in answered))
        asked = []
    if asked:
        joined.append(("user", _missing_answers(asked)))
    joined[:] = [(role, parts) for role, parts in joined if parts]


def _missing_answers(ids: Iterable[str]) -> list[Part]:
    return [ToolAnswer(id=item, text=_UNANSWERED, is_error=True) for item in ids]


def _is_sent(part: Part, *, with_opaque: bool) -> bool:
    match part:
        case Text(text=text):
            return bool(text.strip())  # a blank one is refused
        case Opaque():
            return with_opaque
        case _:
            return True


def _block(part: Part) -> Json:
    match part:
        case Text(text=text):
            return {"type": "text", "text": text}
        case ToolUse():
            return {"type": "tool_use", "id": part.id, "name": part.tool, "input": {**part.input}}
        case ToolAnswer():
            block: dict[str, Json] = {
                "type": "tool_result",
                "tool_use_id": part.id,
                "content": part.text or "(nothing)",
            }
            if part.is_error:
                block["is_error"] = True
            return block
        case Opaque(data=data):
            return {**data}


def _blocks(body: Mapping[str, Json]) -> Iterable[Mapping[str, Json]]:
    messages = body.get("messages")
    for message in messages if isinstance(messages, list) else ():
        content = message.get("content") if isinstance(message, Mapping) else None
        for block in content if isinstance(content, list) else ():
            if isinstance(block, Mapping):
                yield block
