"""The product's own tools and inputs for those of the harness."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

Case = Mapping[str, Any]


def translated(tool: str, given: Case) -> tuple[str, dict[str, Any]]:
    """The product's own tool and input for the harness's."""
    match tool:
        case "Read" | "Delete":
            return tool, {"file_path": given["path"]}
        case "Write":
            content = given.get("content", "")
            if "content_repeat" in given:
                text, times = given["content_repeat"]
                content = text * times
            return tool, {"file_path": given["path"], "content": content}
        case "Edit":
            return tool, {
                "file_path": given["path"], "old_string": given["old"], "new_string": given["new"],
            }  # fmt: skip
        case "Rename":
            return tool, {"source": given["src"], "destination": given["dst"]}
        case "Import":
            return tool, {"file_path": given["path"], "folder": given.get("dest", "imported")}
        case "Grep":
            return tool, {**given, "output_mode": "content"}
        case _ if tool.startswith("Git"):
            return "Bash", {"command": _git_command(tool, given)}
        case _:
            return tool, dict(given)


def _git_command(tool: str, given: Case) -> str:
    match tool:
        case "GitStatus":
            return "git status --short"
        case "GitDiff":
            return "git diff"
        case "GitLog":
            return shlex.join(["git", "log", given.get("ref", "HEAD")])
        case _:
            words = [*given.get("options", ()), given["url"], given.get("dest", "clone")]
            return shlex.join(["git", "clone", *words])
