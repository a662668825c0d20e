"""Keeps a commit message for what changed, in `drafts/commit-message.md` (PostToolUse).

Off until a person switches it on. It writes that one file of the garden it runs in and commits
nothing. The list in the file is what it remembers: a person may take lines out or write above it.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import cast

FOLDER, FILE = "drafts", "commit-message.md"
MAX_BYTES = 100_000
MAX_LINES = 200
_VERBS = {
    "Write": "Update", "Edit": "Update", "NotebookEdit": "Update", "Delete": "Remove",
    "Rename": "Move", "Import": "Add",
}  # fmt: skip
_LINE = re.compile(r"- (Update|Remove|Move|Add) (.+)")


def change_of(event: Mapping[str, object], root: str) -> tuple[str, str] | None:
    """The verb and the path below `root` that a call changed; None where it is no such change."""
    verb, given = _VERBS.get(str(event.get("tool_name"))), event.get("tool_input")
    if verb is None or not isinstance(given, Mapping):
        return None
    fields = cast("Mapping[str, object]", given)
    path = fields.get("file_path") or fields.get("destination")
    if not isinstance(path, str) or not path.isprintable():
        return None
    inside = posixpath.relpath(posixpath.join(root, path), root)
    return None if inside.startswith((f"{FOLDER}/", "../")) else (verb, inside)


def with_change(draft: str, verb: str, path: str) -> str:
    """The draft with one more change in its list, and its first line made anew.

    A first line that a person wrote stays, and so does all text that is not part of the list.
    """
    lines = draft.splitlines()
    changes = {match[2]: match[1] for line in lines if (match := _LINE.fullmatch(line))}
    before = _subject(changes)
    changes[path] = verb if changes.get(path) != "Add" or verb == "Remove" else "Add"
    own = [line for line in lines if not _LINE.fullmatch(line)]
    is_own_subject = bool(own) and own[0] not in {"", before}
    subject = own[0] if is_own_subject else _subject(changes)
    rest = "\n".join(own[1:]).strip("\n")
    listed = "\n".join(f"- {verb} {path}" for path, verb in list(changes.items())[-MAX_LINES:])
    return "\n\n".join(part for part in (subject, rest, listed) if part) + "\n"


def _subject(changes: Mapping[str, str]) -> str:
    if not changes:
        return ""
    verbs, paths = set(changes.values()), list(changes)
    verb = verbs.pop() if len(verbs) == 1 else "Change"
    if len(paths) == 1:
        name = paths[0]
        return f"{verb} {name if len(name) <= 60 else posixpath.basename(name)}"[:72]
    folder = posixpath.commonpath(paths)
    return f"{verb} {len(paths)} files{f' in {folder}' if folder else ''}"[:72]


def _write_draft(root: str, change: tuple[str, str]) -> None:
    """Replace the draft in one step. Links are not followed, neither to it nor to its folder."""
    with suppress(FileExistsError):
        os.mkdir(posixpath.join(root, FOLDER))  # noqa: PTH102 - all below is by descriptor
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    folder = os.open(posixpath.join(root, FOLDER), flags)
    try:
        draft = ""
        with suppress(FileNotFoundError):
            stream = os.open(FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
            with os.fdopen(stream, "rb") as opened:
                draft = opened.read(MAX_BYTES).decode("utf-8", "replace")
        spare = f".{FILE}-{os.getpid()}"
        made = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=folder)
        with os.fdopen(made, "w", encoding="utf-8") as opened:
            opened.write(with_change(draft, *change))
        os.rename(spare, FILE, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.close(folder)


def main() -> None:
    """Note the change that stdin tells of."""
    root = os.environ.get("CLAUDE_PROJECT_DIR", "")
    change = change_of(json.load(sys.stdin), root) if root else None
    if change is None:
        return
    try:
        _write_draft(root, change)
    except OSError as exc:
        said = {"systemMessage": f"the commit message was not drafted: {exc.strerror}"}
        json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
