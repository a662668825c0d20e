"""What works on this machine and in this garden, and what to do about what does not."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from pmagent.config import Settings, read_settings
from pmagent.errors import EmbedderError, IndexFaultError, PmagentError, StorageError
from pmagent.index.embed import load_embedder
from pmagent.index.layout import CHROMA, LEDGER, MEANING, is_running
from pmagent.index.ledger import Ledger
from pmagent.paths import Homes, find_homes, find_root, garden_data_dir, make_private_dir
from pmagent.types import Check

ENOUGH_BYTES = 500_000_000
PACKAGES = ("textual", "watchdog", "chromadb", "sentence-transformers", "tantivy", "onnxruntime")


def examine(start: Path, homes: Homes | None = None) -> Iterator[Check]:
    """Checks of the machine, and of the garden `start` is in, if it is in one."""
    homes = homes or find_homes()
    yield from _machine(homes)
    try:
        root = find_root(start)
        settings = read_settings(root, homes)
    except PmagentError as exc:
        yield Check(id="garden", is_ok=False, says=exc.message, fix=exc.hint)
        yield _embedder(Settings().model, homes)
        return
    yield Check(id="garden", is_ok=True, says=str(root))
    yield _embedder(settings.model, homes)
    yield from _index(garden_data_dir(root, homes))


def _machine(homes: Homes) -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check(id="python", is_ok=sys.version_info >= (3, 11), says=f"Python {version}",
                fix="install Python 3.11 or newer")  # fmt: skip
    for package in PACKAGES:
        try:
            says, is_ok = importlib.metadata.version(package), True
        except importlib.metadata.PackageNotFoundError:
            says, is_ok = "is not installed", False
        yield Check(id="package", is_ok=is_ok, says=f"{package} {says}", fix="install pmagent anew")
    for name, folder in (("data", homes.data), ("cache", homes.cache)):
        yield _folder(name, folder)


def _folder(name: str, folder: Path) -> Check:
    try:
        make_private_dir(folder)
    except StorageError as exc:
        return Check(id=name, is_ok=False, says=exc.message, fix=exc.hint)
    free = shutil.disk_usage(folder).free
    if not os.access(folder, os.W_OK):
        return Check(
            id=name, is_ok=False, says=f"{folder} cannot be written", fix="change its rights"
        )
    return Check(
        id=name,
        is_ok=free > ENOUGH_BYTES,
        says=f"{folder}, {free / 1e9:,.1f} GB free",
        fix="free some space, or name another place with PMAGENT_HOME",
    )


def _embedder(model: str, homes: Homes) -> Check:
    try:
        embedder = load_embedder(model, homes.cache)
    except EmbedderError as exc:
        return Check(id="embedder", is_ok=False, says=exc.message, fix=exc.hint)
    return Check(id="embedder", is_ok=True, says=f"{embedder.name}, {embedder.dim} dimensions")


def _index(data_dir: Path) -> Iterator[Check]:
    if not (data_dir / LEDGER).exists():
        yield Check(id="index", is_ok=False, says="there is none yet", fix='run "pmagent index"')
        return
    try:
        ledger = Ledger(data_dir / LEDGER, read_only=True)
        verdict = ledger.rows("PRAGMA quick_check(1)")[0][0]
        counts = ledger.rows(
            "SELECT (SELECT COUNT(*) FROM documents WHERE state = 'indexed'), "
            "(SELECT COUNT(*) FROM passages), "
            "(SELECT COUNT(*) FROM documents WHERE has_words = 0), "
            "(SELECT COUNT(*) FROM vectors), (SELECT COUNT(*) FROM vectors WHERE in_chroma = 0)"
        )[0]
        ledger.close()
    except IndexFaultError as exc:
        yield Check(id="index", is_ok=False, says=exc.message, fix=exc.hint)
        return
    documents, passages, unsearchable, vectors, unsent = counts
    yield Check(
        id="index",
        is_ok=verdict == "ok" and unsearchable == 0,
        says=f"{documents} documents, {passages} passages, {unsearchable} not searchable yet",
        fix='run "pmagent index"',
    )
    has_stores = (data_dir / MEANING).exists() and (data_dir / CHROMA).exists()
    yield Check(
        id="vectors",
        is_ok=bool(vectors) and has_stores and unsent == 0,
        says=f"{vectors} vectors, {unsent} not in Chroma yet",
        fix='run "pmagent index"',
    )
    if is_running(data_dir):
        yield Check(id="indexer", is_ok=True, says="is running now")
