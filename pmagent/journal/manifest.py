"""What the journal writes down about one undo point, and how that is spelled on disk.

Pure values. A state is what one path held at one moment. On disk all of it is JSON in short rows;
names that are not UTF-8 are kept as JSON keeps lone surrogates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, cast

from pmagent.errors import JournalError
from pmagent.types.actions import Json

FORMAT = 1

Stamp: TypeAlias = tuple[int, int, int, int]
"""Inode, size, mtime in ns, ctime in ns: while it stays, the file has not been touched."""


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Nothing is there."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file whose bytes are in the journal."""

    blob: str
    """The object's name."""
    sha256: str
    """Of the bytes alone. The object's name is a SHA-1, which two files can be made to share."""
    size: int
    mode: int


@dataclass(frozen=True, kw_only=True)
class NotKept:
    """A file that is known but whose bytes are not in the journal."""

    stamp: Stamp
    why: str = field(compare=False)
    """`it has 900 MB, more than the 32 MB that are kept`, `it was erased from the journal`."""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder."""

    mode: int


@dataclass(frozen=True, kw_only=True)
class Special:
    """A link, a pipe or a socket. What it leads to is never looked at."""

    what: str
    """`link` or `other`."""
    inode: int
    mtime_ns: int


State: TypeAlias = Absent | Kept | NotKept | Folder | Special
ABSENT = Absent()


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became of one path."""

    path: str
    before: State
    after: State


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One undo point as it is stored: the fields of a `Checkpoint`, and every state."""

    id: str
    seq: int
    """Grows by one from checkpoint to checkpoint; clocks may not."""
    at: datetime
    call_id: str
    by: str
    tool: str
    summary: str
    changes: tuple[Change, ...]
    undoes: tuple[str, ...] = ()
    """The checkpoints that this one takes back."""
    is_interrupted: bool = False
    begun_as: str = ""
    """What it was called while it was under way."""


Row: TypeAlias = Sequence[Json]


def state_row(state: State) -> Row:
    """A state as a short JSON list."""
    match state:
        case Absent():
            return ("-",)
        case Kept():
            return ("file", state.blob, state.sha256, state.size, state.mode)
        case NotKept():
            return ("unkept", list(state.stamp), state.why)
        case Folder():
            return ("folder", state.mode)
        case Special():
            return (state.what, state.inode, state.mtime_ns)


def read_state(row: Json) -> State:
    """The state of such a list.

    Raises:
        ValueError: it is none.
    """
    match row:
        case ["file", str(blob), str(sha256), int(size), int(mode)]:
            return Kept(blob=blob, sha256=sha256, size=size, mode=mode)
        case ["folder", int(mode)]:
            return Folder(mode=mode)
        case ["-"]:
            return ABSENT
        case ["unkept", [int(inode), int(size), int(mtime), int(ctime)], str(why)]:
            return NotKept(stamp=(inode, size, mtime, ctime), why=why)
        case ["link" | "other", int(inode), int(mtime_ns)]:
            return Special(what=str(row[0]), inode=inode, mtime_ns=mtime_ns)
        case _:
            raise ValueError(f"{row!r:.80} is not a state")


def to_bytes(value: Mapping[str, Json]) -> bytes:
    """A value as one line of JSON in ASCII."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def to_mapping(data: bytes) -> Mapping[str, Json]:
    """The JSON object in `data`.

    Raises:
        ValueError: it is none, or of a later format than this program knows.
    """
    value = cast("Json", json.loads(data))
    number = value.get("format") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(number, int) or number > FORMAT:
        raise ValueError("it is not in a format that is known here")
    return value


def encode(manifest: Manifest) -> bytes:
    """The manifest as it is stored."""
    return to_bytes({
        "format": FORMAT,
        "id": manifest.id,
        "seq": manifest.seq,
        "at": manifest.at.isoformat(),
        "call_id": manifest.call_id,
        "by": manifest.by,
        "tool": manifest.tool,
        "summary": manifest.summary,
        "undoes": manifest.undoes,
        "interrupted": manifest.is_interrupted,
        "begun_as": manifest.begun_as,
        "changes": [
            (change.path, state_row(change.before), state_row(change.after))
            for change in manifest.changes
        ],
    })


def decode(data: bytes) -> Manifest:
    """What `encode` gave.

    Raises:
        JournalError: it cannot be understood.
    """
    try:
        match to_mapping(data):
            case {
                "id": str(id_), "seq": int(seq), "at": str(at), "call_id": str(call_id),
                "by": str(by), "tool": str(tool), "summary": str(summary), "undoes": undoes,
                "interrupted": bool(is_interrupted), "begun_as": str(begun_as),
                "changes": changes,
            }:  # fmt: skip
                return Manifest(
                    id=id_, seq=seq, at=datetime.fromisoformat(at), call_id=call_id, by=by,
                    tool=tool, summary=summary, undoes=read_names(undoes),
                    is_interrupted=is_interrupted, begun_as=begun_as,
                    changes=tuple(map(_read_change, items(changes))),
                )  # fmt: skip
            case _:
                raise ValueError("a field is missing")
    except (ValueError, RecursionError) as exc:
        raise JournalError(f"an undo point cannot be understood: {exc}") from exc


def read_names(value: Json) -> tuple[str, ...]:
    """A JSON list of strings.

    Raises:
        ValueError: it is none.
    """
    found = items(value)
    names = tuple(item for item in found if isinstance(item, str))
    if len(names) != len(found):
        raise ValueError(f"{value!r:.80} is not a list of names")
    return names


def items(value: Json) -> Sequence[Json]:
    """A JSON list.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    raise ValueError(f"{value!r:.80} is not a list")


def _read_change(row: Json) -> Change:
    match row:
        case [str(path), before, after]:
            return Change(path=path, before=read_state(before), after=read_state(after))
        case _:
            raise ValueError(f"{row!r:.80} is not a change")
