"""Make a folder a garden: one settings file, and where asked the sample's files."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

from pmagent.config import SETTINGS_FILE
from pmagent.errors import GardenError
from pmagent.ingest.decode import decode
from pmagent.paths import SETTINGS_DIR, bundled_dir, reason_of, write_atomically
from pmagent.permissions.walls import Walls

_DATES = {"date", "published", "approx_date"}
_LARGEST_CSV = 5_000_000


def plant(root: Path, *, sample: bool) -> None:
    """Write `root/.pmagent/settings.json`, unless the folder is a garden already.

    A CSV at the top of the folder that gives paths and dates is named in the settings.

    Raises:
        GardenError: the folder is missing or cannot be written; a sample's folder is not empty.
    """
    try:
        if sample:
            _copy_sample(root)
        if not root.is_dir():
            raise GardenError(f'there is no folder "{root}"', "make it first, or check the name")
        settings = root / SETTINGS_DIR / SETTINGS_FILE
        if settings.exists():
            return
        settings.parent.mkdir(exist_ok=True)
        text = json.dumps({"pmagent": {"metadata": find_metadata(root)}}, indent=2) + "\n"
        write_atomically(settings, text.encode())
    except OSError as exc:
        raise GardenError(
            f'cannot make "{root}" a garden: {reason_of(exc)}',
            "choose a folder you may write, or change its rights",
        ) from exc


def find_metadata(root: Path) -> list[str]:
    """CSV files at the top of `root` whose columns are a path and a date."""
    found: list[str] = []
    with Walls(root) as files:
        for entry in files.entries(""):
            is_table = entry.path.lower().endswith(".csv") and entry.kind == "file"
            if not is_table or entry.path.startswith(".") or entry.size > _LARGEST_CSV:
                continue
            data, _ = files.read(entry.path, limit=_LARGEST_CSV)
            header = next(csv.reader(io.StringIO(decode(data[:10_000] or b" ").text)), list[str]())
            columns = {name.strip() for name in header}
            if "path" in columns and columns & _DATES:
                found.append(entry.path)
    return found


def _copy_sample(root: Path) -> None:
    if root.exists() and any(root.iterdir()):
        if (root / SETTINGS_DIR).is_dir():
            return
        raise GardenError(
            f'"{root}" is not empty', "name a new folder for the sample, such as sample-garden"
        )
    shutil.copytree(bundled_dir("garden"), root, dirs_exist_ok=True)
