"""What somebody with the trail's file open in an editor could do to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_OURS = {"decision": "verdict", "path": "subject"}


def edit_trail(path: Path, step: Mapping[str, Any]) -> None:
    """Change the trail on disk as the step says. Lines are counted from 1, as they are written."""
    lines = path.read_bytes().splitlines(keepends=True)
    at = int(step.get("n", 1)) - 1
    match step["op"]:
        case "delete_line":
            del lines[at]
        case "change_field":
            entry = json.loads(lines[at])
            name = _OURS.get(step["field"], step["field"])
            entry[name] = step["value"]
            lines[at] = json.dumps(entry).encode() + b"\n"
        case "truncate_tail":
            del lines[len(lines) - int(step.get("n", 1)) :]
        case "duplicate_line":
            lines.insert(at, lines[at])
        case "partial_last_line":
            lines[-1] = lines[-1][: len(lines[-1]) // 2]
        case "swap_lines" | "reorder":
            lines[0], lines[1] = lines[1], lines[0]
        case "insert_line" | "forge_line":
            entry = {**json.loads(lines[at]), **step.get("line", {})}
            lines.insert(at + 1, json.dumps(entry).encode() + b"\n")
        case "empty":
            lines = []
        case "delete_file" | "remove_file":
            path.unlink()
            return
        case other:
            raise ValueError(f"unknown edit {other}")
    path.write_bytes(b"".join(lines))
