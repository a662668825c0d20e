"""What the application remembers between runs: questions asked, the theme. Never the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pmagent.errors import StorageError
from pmagent.paths import make_private_dir, write_atomically
from pmagent.tui.ports import Memory

MAX_LINES = 500
_MAX_BYTES = 4_000_000


class FileMemory:
    """One small text file a name, a line an entry, in folders outside the garden."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders

    def read(self, name: str) -> list[str]:
        """The lines kept under `name`; none where the file is missing or cannot be read."""
        path = self._path(name)
        try:
            if path.stat().st_size > _MAX_BYTES:
                return []
            return path.read_text(encoding="utf-8", errors="replace").splitlines()[-MAX_LINES:]
        except OSError:
            return []

    def write(self, name: str, lines: Sequence[str]) -> None:
        """Keep the last lines under `name`; a full disk loses them silently, and nothing else."""
        path = self._path(name)
        kept = [" ".join(line.split()) for line in lines[-MAX_LINES:]]
        try:
            make_private_dir(path.parent)
            write_atomically(path, "".join(f"{line}\n" for line in kept).encode())
        except StorageError:
            return

    def _path(self, name: str) -> Path:
        return self._folders[name] / f"{name}.txt"


class Recall:
    """The lines a person typed before, gone through with the arrow keys."""

    def __init__(self, memory: Memory, name: str) -> None:
        self._memory = memory
        self._name = name
        self._lines = memory.read(name)
        self._at = len(self._lines)
        self._draft = ""

    def keep(self, line: str) -> None:
        """Remember a line, once where it is typed again."""
        if not self._lines or self._lines[-1] != line:
            self._lines.append(line)
            self._memory.write(self._name, self._lines)
        self._at = len(self._lines)

    def latest(self) -> list[str]:
        """The lines that were typed, each once, the latest first."""
        return list(dict.fromkeys(reversed(self._lines)))

    def older(self, typed: str) -> str | None:
        """The line before, with what is being typed kept for the way back; None at the first."""
        if self._at == 0:
            return None
        if self._at == len(self._lines):
            self._draft = typed
        self._at -= 1
        return self._lines[self._at]

    def newer(self) -> str | None:
        """The line after, at last what was being typed; None behind that."""
        if self._at >= len(self._lines):
            return None
        self._at += 1
        return self._draft if self._at == len(self._lines) else self._lines[self._at]
