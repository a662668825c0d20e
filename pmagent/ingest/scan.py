"""Walk a garden and say of every file whether it is to be read, and if not, why.

Private by default: hidden names, credentials and other people's code are never opened. Links are
named but not followed, so no loop can be walked and nothing outside is reached.
"""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmagent.errors import ReadError
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_entries import Entry
from pmagent.permissions.walls_names import is_secret_name

FOREIGN_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages", "venv"})
"""Folders that hold what others wrote or a machine made."""

_BINARY = """
png jpg jpeg gif webp bmp tif tiff ico heic avif svgz psd mp3 m4a aac wav flac ogg opus mp4 m4v
mov mkv avi webm zip gz bz2 xz zst 7z rar tar tgz jar whl exe dll so dylib o a class pyc bin dat
db sqlite sqlite3 parquet npy npz pt onnx safetensors woff woff2 ttf otf eot iso dmg xls xlsx
ppt pptx doc odt ods odp epub mobi pages numbers key
"""
BINARY_SUFFIXES = frozenset(_BINARY.split())
"""Suffixes that no parser reads; such a file is not even opened."""

MAX_FILES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Left:
    """A file or folder that is not read, and why in one sentence."""

    path: str
    reason: str


def scan(files: Walls, *, exclude: Sequence[str] = ()) -> Iterator[Entry | Left]:
    """Every file below the garden's root, in the order of names, folder by folder.

    An `Entry` is a regular file to be read. A folder that is left out is named once.
    """
    waiting = [""]
    count = 0
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(files.entries(folder))
        except ReadError as exc:
            yield Left(path=f"{folder}/", reason=exc.message)
            continue
        below: list[str] = []
        for entry in entries:
            count += 1
            if count > MAX_FILES:
                yield Left(path=f"{folder}/", reason=f"the garden has over {MAX_FILES:,} files")
                return
            reason = why_left(entry, exclude)
            if reason:
                yield Left(
                    path=f"{entry.path}/" if entry.kind == "folder" else entry.path, reason=reason
                )
            elif entry.kind == "folder":
                below.append(entry.path)
            else:
                yield entry
        waiting.extend(reversed(below))


def why_left(entry: Entry, exclude: Sequence[str]) -> str:
    """Why the file or folder is not read; empty when it is."""
    name = entry.path.rpartition("/")[2]
    lowered = name.lower()
    if not _is_text(name):
        return "its name is not valid Unicode"
    if lowered.startswith("."):
        return "hidden names are private"
    if entry.kind == "link":
        return "it is a link, and links are not followed"
    if entry.kind == "other":
        return "it is not a regular file"
    if is_secret_name(name):
        return "its name says that it holds credentials"
    if matches_any(entry.path, exclude):
        return 'left out by "exclude" in the settings'
    if entry.kind == "folder":
        return "other people's code, or made by a machine" if lowered in FOREIGN_FOLDERS else ""
    suffix = lowered.rpartition(".")[2] if "." in lowered else ""
    if suffix in BINARY_SUFFIXES:
        return f'files of the kind ".{suffix}" are not read'
    return ""


def is_reachable(path: str, exclude: Sequence[str]) -> bool:
    """Whether a scan would come to `path`: no folder on the way is left out."""
    parts = path.split("/")
    return not any(
        why_left(Entry(path="/".join(parts[:end]), kind="folder"), exclude)
        for end in range(1, len(parts))
    )


def matches_any(path: str, globs: Sequence[str]) -> bool:
    """Whether `path` lies under one of the globs: `notes`, `notes/**`, `*.vtt`, `talks/2024-*`.

    A glob without a slash is compared with every part of the path; composed and decomposed
    spellings of a letter are the same.
    """
    composed = unicodedata.normalize("NFC", path)
    parts = composed.split("/")
    for glob in globs:
        pattern = unicodedata.normalize("NFC", glob).strip("/").removeprefix("./")
        if "/" not in pattern:
            if any(fnmatch.fnmatchcase(part, pattern) for part in parts):
                return True
            continue
        base = pattern.removesuffix("/**").removesuffix("/*")
        if fnmatch.fnmatchcase(composed, pattern) or any(
            fnmatch.fnmatchcase("/".join(parts[:end]), base) for end in range(1, len(parts) + 1)
        ):
            return True
    return False


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
