"""What is written down of a call before it runs, so that it can be undone after a kill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pmagent.errors import JournalError
from pmagent.journal.manifest import (
    FORMAT,
    State,
    items,
    read_names,
    read_state,
    state_row,
    to_bytes,
    to_mapping,
)
from pmagent.types.actions import Json, ToolCall


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """A call that has begun."""

    at: datetime
    roots: tuple[str, ...]
    snapshot: str
    """Where the whole garden is stored; empty where `states` has it all."""
    states: Mapping[str, State]
    is_deep: bool = True
    """Whether what lies below a root that is a folder was looked at too."""
    call: ToolCall | None = None
    """Without its input."""


def encode_under_way(under_way: UnderWay) -> bytes:
    """As it is stored."""
    call = under_way.call
    return to_bytes({
        "format": FORMAT,
        "at": under_way.at.isoformat(),
        "roots": under_way.roots,
        "snapshot": under_way.snapshot,
        "states": [(path, state_row(state)) for path, state in under_way.states.items()],
        "deep": under_way.is_deep,
        "call": (call.id, call.tool, call.by) if call else None,
    })


def decode_under_way(data: bytes) -> UnderWay:
    """What `encode_under_way` gave.

    Raises:
        JournalError: it cannot be understood.
    """
    try:
        match to_mapping(data):
            case {
                "at": str(at), "roots": roots, "snapshot": str(snapshot), "states": rows,
                "deep": bool(is_deep), "call": call,
            }:  # fmt: skip
                return UnderWay(
                    at=datetime.fromisoformat(at), roots=read_names(roots), snapshot=snapshot,
                    states=dict(map(_read_row, items(rows))), is_deep=is_deep,
                    call=_read_call(call),
                )  # fmt: skip
            case _:
                raise ValueError("a field is missing")
    except (ValueError, RecursionError) as exc:
        raise JournalError(f"a call that was under way cannot be understood: {exc}") from exc


def _read_row(row: Json) -> tuple[str, State]:
    match row:
        case [str(path), state]:
            return path, read_state(state)
        case _:
            raise ValueError(f"{row!r:.80} is not a row")


def _read_call(value: Json) -> ToolCall | None:
    match value:
        case None:
            return None
        case [str(id_), str(tool), str(by)]:
            return ToolCall(id=id_, tool=tool, input={}, by=by)
        case _:
            raise ValueError(f"{value!r:.80} is not a call")
