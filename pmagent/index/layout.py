"""What lies where in a garden's data folder, and which of it can be made again."""

from __future__ import annotations

import shutil
from pathlib import Path

from pmagent.paths import make_private_dir
from pmagent.store import WriterLock

LEDGER = "index.db"
WORDS = "lexical"
MEANING = "vectors.f16"
STATIC = "static.f16"
CHROMA = "vectors"
LOCK = "lock"
SNAPSHOT = "arrays.npz"
DAMAGED = "damaged"
_DERIVED = (LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", WORDS, MEANING, STATIC, CHROMA, SNAPSHOT)


def forget(data_dir: Path, *, aside: bool = False) -> None:
    """Remove what is made from the files; with `aside` the last of it is kept in `damaged/`."""
    if aside:
        shutil.rmtree(data_dir / DAMAGED, ignore_errors=True)
        make_private_dir(data_dir / DAMAGED)
    for name in _DERIVED:
        path = data_dir / name
        if not path.exists():
            continue
        if aside:
            path.rename(data_dir / DAMAGED / name)
        elif path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def is_running(data_dir: Path) -> bool:
    """Whether some process is indexing this garden now."""
    return WriterLock(data_dir / LOCK).is_held()
