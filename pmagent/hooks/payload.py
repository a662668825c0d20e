"""What a hook reads on stdin: one JSON object, made by a library from values.

A file's name with quotes in it stays a name. Numbers that JSON does not have become null, and
paths are absolute, so that a guard and we read the same.
"""

from __future__ import annotations

import json
import math
import posixpath
from collections.abc import Mapping, Sequence

from pmagent.errors import UsageError
from pmagent.hooks.events import Event
from pmagent.types.actions import Json

_PATHS = ("file_path", "notebook_path", "path")
_MOVES = {"Rename": ("source", "destination"), "Import": ("source", "destination")}


def stdin_of(event: Event, payload: Mapping[str, Json], root: str) -> bytes:
    """The bytes for stdin: `payload` with the fields that every hook is given.

    Raises:
        UsageError: it cannot be written as JSON.
    """
    whole: dict[str, Json] = {"session_id": "", "transcript_path": "", **payload}
    whole["cwd"] = payload.get("cwd") or root
    whole["hook_event_name"] = event.name
    if isinstance(given := payload.get("tool_input"), Mapping):
        names = (*_PATHS, *_MOVES.get(str(payload.get("tool_name")), ()))
        whole["tool_input"] = _absolute(given, names, root)
    try:
        return json.dumps(_finite(whole), allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as exc:
        raise UsageError(f"what a hook is told cannot be written as JSON: {exc}") from exc


def _absolute(given: Mapping[str, Json], names: Sequence[str], root: str) -> dict[str, Json]:
    shown = dict(given)
    for name in names:
        if isinstance(path := shown.get(name), str) and path:
            shown[name] = posixpath.join(root, path)
    return shown


def _finite(value: Json) -> Json:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_finite(inner) for inner in value]
    return value
