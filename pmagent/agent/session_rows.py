"""The records of a session as versioned JSON, and back. Pure.

A record that is kept is never changed, so each says in which form it is written. Form 1 is the only
one; a later one is told apart by its `v`, and is read beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

from pmagent.types.actions import Json
from pmagent.types.sessions import (
    Asked,
    Compacted,
    Ended,
    Marked,
    Record,
    Renamed,
    Rewound,
    Stepped,
)
from pmagent.types.talk import Message, Opaque, Part, Role, Text, ToolAnswer, ToolUse, Usage

FORM = 1
_Fields = dict[str, Json]


def kind_of(record: Record) -> str:
    """`asked`, `stepped`, `ended`, `compacted`, `rewound`, `renamed` or `marked`."""
    return type(record).__name__.lower()


def turn_of(record: Record) -> str:
    """The turn that the record belongs to, or goes back to; empty for the whole session."""
    match record:
        case Asked() | Stepped() | Ended():
            return record.turn
        case Rewound():
            return record.to_turn
        case Compacted() | Renamed() | Marked():
            return ""


def write_record(record: Record) -> str:
    """The record as one JSON object that SQLite can hold."""
    fields: _Fields = {"v": FORM, "kind": kind_of(record), **_fields(record)}
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, from a model or a file
        return json.dumps(fields, separators=(",", ":"))
    return text


def read_record(body: str) -> Record:
    """The record that `write_record` wrote.

    Raises:
        ValueError: it is damaged, or of a form that is not known here.
    """
    try:
        fields = cast("_Fields", json.loads(body))
        if fields["v"] != FORM:
            raise ValueError(f"a record of form {fields['v']} is not known here")
        return _READERS[str(fields["kind"])](fields)
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as exc:
        raise ValueError(f"a record is damaged: {exc}") from exc


def map_texts(record: Record, change: Callable[[str], str]) -> Record:
    """The record with `change` made to all words in it that a person, a model or a tool wrote.

    What only a provider understands stays as it is: it is sealed by it.
    """
    match record:
        case Asked():
            message = _changed(record.message, change)
            return replace(record, typed=change(record.typed), message=message)
        case Stepped():
            return replace(record, message=_changed(record.message, change))
        case Ended():
            return replace(record, shown=change(record.shown))
        case Compacted():
            return replace(record, summary=change(record.summary))
        case Renamed():
            return replace(record, name=change(record.name))
        case Rewound() | Marked():
            return record


def map_json(value: Json, change: Callable[[str], str]) -> Json:
    """`value` with `change` made to every text in it, names of fields aside."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: map_json(inner, change) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [map_json(inner, change) for inner in value]
    return value


def message_fields(message: Message) -> dict[str, Json]:
    """A message as JSON."""
    fields: _Fields = {"role": message.role, "parts": [_part_fields(p) for p in message.parts]}
    if message.is_partial:
        fields["is_partial"] = True
    return fields


def _fields(record: Record) -> _Fields:
    match record:
        case Asked():
            return {
                "turn": record.turn,
                "typed": record.typed,
                "message": message_fields(record.message),
                "model": record.model,
            }
        case Stepped():
            return {
                "turn": record.turn,
                "message": message_fields(record.message),
                "usage": _usage_fields(record.usage),
                "model": record.model,
            }
        case Ended():
            return {
                "turn": record.turn,
                "reason": record.reason,
                "cost_usd": None if record.cost_usd is None else str(record.cost_usd),
                "checkpoints": list(record.checkpoints),
                "shown": record.shown,
            }
        case Compacted():
            return {
                "summary": record.summary,
                "kept_turns": list(record.kept_turns),
                "by": record.by,
            }
        case Rewound():
            return {"to_turn": record.to_turn}
        case Renamed():
            return {"name": record.name}
        case Marked():
            return {"facts": dict(record.facts)}


def _part_fields(part: Part) -> _Fields:
    match part:
        case Text():
            return {"type": "text", "text": part.text}
        case ToolUse():
            fields: _Fields = {
                "type": "tool_use",
                "id": part.id,
                "tool": part.tool,
                "input": dict(part.input),
            }
            return {**fields, "problem": part.problem} if part.problem else fields
        case ToolAnswer():
            fields = {"type": "tool_answer", "id": part.id, "text": part.text}
            if part.is_error:
                fields["is_error"] = True
            return {**fields, "data": dict(part.data)} if part.data else fields
        case Opaque():
            return {"type": "opaque", "data": dict(part.data)}


def _usage_fields(usage: Usage) -> _Fields:
    return {
        "input": usage.input_tokens,
        "output": usage.output_tokens,
        "cache_read": usage.cache_read_tokens,
        "cache_write": usage.cache_write_tokens,
        "is_estimate": usage.is_estimate,
    }


def _changed(message: Message, change: Callable[[str], str]) -> Message:
    return replace(message, parts=tuple(_changed_part(part, change) for part in message.parts))


def _changed_part(part: Part, change: Callable[[str], str]) -> Part:
    match part:
        case Text():
            return Text(text=change(part.text))
        case ToolUse():
            return replace(part, input=_changed_fields(part.input, change))
        case ToolAnswer():
            data = _changed_fields(part.data, change)
            return replace(part, text=change(part.text), data=data)
        case Opaque():
            return part


def _changed_fields(fields: Mapping[str, Json], change: Callable[[str], str]) -> Mapping[str, Json]:
    return {key: map_json(value, change) for key, value in fields.items()}


# -- reading -------------------------------------------------------------------------------------


def _asked(fields: _Fields) -> Record:
    return Asked(
        turn=str(fields["turn"]),
        typed=str(fields["typed"]),
        message=_message(fields["message"]),
        model=str(fields["model"]),
    )


def _stepped(fields: _Fields) -> Record:
    usage = cast("dict[str, int]", fields["usage"])
    return Stepped(
        turn=str(fields["turn"]),
        message=_message(fields["message"]),
        usage=Usage(
            input_tokens=usage["input"],
            output_tokens=usage["output"],
            cache_read_tokens=usage["cache_read"],
            cache_write_tokens=usage["cache_write"],
            is_estimate=bool(usage["is_estimate"]),
        ),
        model=str(fields["model"]),
    )


def _ended(fields: _Fields) -> Record:
    cost = fields["cost_usd"]
    return Ended(
        turn=str(fields["turn"]),
        reason=str(fields["reason"]),
        cost_usd=None if cost is None else Decimal(str(cost)),
        checkpoints=tuple(cast("list[str]", fields["checkpoints"])),
        shown=str(fields["shown"]),
    )


def _compacted(fields: _Fields) -> Record:
    return Compacted(
        summary=str(fields["summary"]),
        kept_turns=tuple(cast("list[str]", fields["kept_turns"])),
        by="person" if fields["by"] == "person" else "limit",
    )


_READERS: Mapping[str, Callable[[_Fields], Record]] = {
    "asked": _asked,
    "stepped": _stepped,
    "ended": _ended,
    "compacted": _compacted,
    "rewound": lambda fields: Rewound(to_turn=str(fields["to_turn"])),
    "renamed": lambda fields: Renamed(name=str(fields["name"])),
    "marked": lambda fields: Marked(facts=cast("dict[str, Json]", fields["facts"])),
}


def _message(value: Json) -> Message:
    fields = cast("_Fields", value)
    return Message(
        role=cast("Role", fields["role"]),
        parts=tuple(_part(part) for part in cast("list[_Fields]", fields["parts"])),
        is_partial=bool(fields.get("is_partial")),
    )


def _part(fields: _Fields) -> Part:
    kind = fields["type"]
    if kind == "text":
        return Text(text=str(fields["text"]))
    if kind == "tool_use":
        return ToolUse(
            id=str(fields["id"]),
            tool=str(fields["tool"]),
            input=cast("_Fields", fields["input"]),
            problem=str(fields.get("problem", "")),
        )
    if kind == "tool_answer":
        return ToolAnswer(
            id=str(fields["id"]),
            text=str(fields["text"]),
            is_error=bool(fields.get("is_error")),
            data=cast("_Fields", fields.get("data", {})),
        )
    if kind == "opaque":
        return Opaque(data=cast("_Fields", fields["data"]))
    raise ValueError(f"a part of the kind {kind!r} is not known here")
