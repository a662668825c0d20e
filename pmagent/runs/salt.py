"""The garden's own secret, by which runs are drawn for a look; kept where no tool reads."""

from __future__ import annotations

import secrets
from pathlib import Path

from pmagent.paths import make_private_dir, write_atomically

FILE = "salt"


def read_salt(data_dir: Path) -> str:
    """The secret of the garden whose data these are."""
    path = data_dir / FILE
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        made = secrets.token_hex(16)
        make_private_dir(data_dir)
        write_atomically(path, made.encode())
        return made
