"""Files that are named on the command line as a person sees them from where they stand.

A word that is a file inside a garden is that document: it is handed on by its place in the garden,
and where this folder is in none, the file's own garden is meant.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pmagent.errors import GardenError
from pmagent.paths import find_root

_NAMED = re.compile(r"(?P<name>[a-z][a-z0-9_-]*=)?(?P<path>.+)", re.DOTALL)
_MOST = 4_096
"""No path is longer."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Words with each file by its place in the garden."""

    words: tuple[str, ...]
    garden: str
    """The garden to open."""


def place_files(words: Sequence[str], garden: str) -> Placed:
    """The words of a slash command as its garden takes them; `garden` is what `--garden` says.

    A word that is no file, or none of this garden, stays as it is.
    """
    root = _root_of(Path(garden))
    if root is None and garden == ".":
        roots = (_root_of(path.parent) for path in map(_file_of, words[1:]) if path is not None)
        root = next((found for found in roots if found is not None), None)
    if root is None:
        return Placed(words=tuple(words), garden=garden)
    return Placed(
        words=(*words[:1], *(_word_in(word, root) for word in words[1:])),
        # From within the garden nothing has to be named to go on with it.
        garden=garden if garden != "." or _root_of(Path()) == root else _shown(root),
    )


def _word_in(word: str, root: Path) -> str:
    path = _file_of(word)
    if path is None:
        return word
    # The folder's own links are followed, the file's is not: that is for the walls to say.
    whole = Path(os.path.realpath(path.parent)) / path.name
    real_root = Path(os.path.realpath(root))
    if not whole.is_relative_to(real_root):
        return word
    named = _NAMED.fullmatch(word)
    name = (named["name"] or "") if named is not None else ""
    return f"{name}{whole.relative_to(real_root).as_posix()}"


def _file_of(word: str) -> Path | None:
    """The file that a word is, seen from this folder, behind `name=` too; None where it is none."""
    named = _NAMED.fullmatch(word)
    if named is None or len(word) > _MOST or "\0" in word:
        return None
    for text in (word, named["path"]):
        path = Path(text).expanduser() if text.startswith("~/") else Path(text)
        if path.is_file():
            return path.absolute()
    return None


def _shown(folder: Path) -> str:
    """A folder as it is named from here, where it is below this one."""
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def _root_of(folder: Path) -> Path | None:
    try:
        return find_root(folder)
    except GardenError:
        return None
