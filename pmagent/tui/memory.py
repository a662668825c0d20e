"""What the application remembers between runs: questions asked, the theme. Never the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pmagent.errors import StorageError
from pmagent.paths import make_private_dir, write_atomically

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
