"""One file, many spellings: paths brought to a form in which two names of one file are the same.

What refuses (deny, ask, protected names) compares the folded form: without case, in one Unicode
composition, without characters that cannot be seen and without the trailing dots and spaces that
some disks drop. What allows compares the name as it is. Nothing here looks at a disk.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_KEPT = 8192
_TRAILING = re.compile(r"[ .](?:/|\Z)")
# Characters that Unicode ignores in display but that are no format characters (category Cf).
_IGNORED = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
_UNTIDY = re.compile(r"(?:\A|/)\.{0,2}(?![^/])")


def fold_name(text: str) -> str:
    """`text` without case, composition, compatibility forms and unseen characters."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", text)
    for _ in range(2):  # a folded letter can have a compatibility form of its own
        text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFC", text)
    return _IGNORED.sub("", "".join(c for c in text if unicodedata.category(c) != "Cf"))


@lru_cache(maxsize=_KEPT)
def fold_path(path: str) -> tuple[str, ...]:
    """The names on the way to `path`, each folded and without trailing dots and spaces.

    Kept for a while: several sets of rules are asked about the same path in turn.
    """
    folded = fold_name(path)
    if "/" not in folded and folded[-1:] not in {"", ".", " "}:
        return (folded,)
    parts = folded.split("/")
    if _TRAILING.search(folded):
        parts = [fold_end(part) for part in parts]
    return tuple(part for part in parts if part) if "" in parts else tuple(parts)


def fold_end(name: str) -> str:
    """`name` without trailing dots and spaces; a name of nothing else stays."""
    return name.rstrip(". ") or name


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """The garden's folder, the person's home and the other folders that were granted."""

    root: Path
    home: Path
    others: Sequence[Path] = ()

    def tidy(self, path: str) -> str:
        """`path` without `.`, `..` and doubled slashes; relative to the garden where it is in it.

        A path that climbs out of the garden becomes absolute.
        """
        if path[:1] != "/" and not _UNTIDY.search(path):
            return path
        root = self.root.as_posix().rstrip("/")
        whole = path if path.startswith("/") else f"{root}/{path}"
        kept: list[str] = []
        for part in whole.split("/"):
            if part == "..":
                del kept[-1:]
            elif part not in {"", "."}:
                kept.append(part)
        absolute = "/" + "/".join(kept)
        if absolute == (root or "/"):
            return ""
        inside = root + "/"
        return absolute.removeprefix(inside)

    def is_in_garden(self, tidied: str) -> bool:
        """Whether a tidied path lies in the garden itself."""
        return not tidied.startswith("/")

    def is_inside(self, tidied: str) -> bool:
        """Whether a tidied path lies in the garden or in another granted folder."""
        if not tidied.startswith("/"):
            return True
        return any(
            tidied == other or tidied.startswith(other + "/")
            for other in (folder.as_posix().rstrip("/") for folder in self.others)
        )
