"""Rule files of other tools, brought into one: what they say once, and from where it comes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmagent.frontmatter import read_front_matter

_IMPORT = re.compile(r"^\s*@\S*(?:AGENTS|CLAUDE)(?:\.local)?\.md\s*$", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+")


@dataclass(frozen=True, kw_only=True)
class Folded:
    """What one file adds."""

    path: str
    lines: tuple[str, ...]
    note: str = ""
    """When the tool it comes from applied it, where it says so."""


def fold_rules(texts: Mapping[str, str], existing: str = "") -> tuple[Folded, ...]:
    """What each file says that neither `existing` nor a file before it says, in order of path.

    Front matter, comments and imports of the file itself are left out; everything else is kept as
    it is, headings moved below the file's own. A file that adds nothing is not in the result.
    """
    known = {_plain(line) for line in existing.splitlines()}
    found: list[Folded] = []
    for path in sorted(texts):
        lines, note = _body(texts[path])
        fresh = _without_known(lines, known)
        if any(_says(line) and _plain(line) not in known for line in fresh):
            found.append(Folded(path=path, lines=tuple(_lowered(fresh)), note=note))
            known |= {_plain(line) for line in fresh}
    return tuple(found)


def _body(text: str) -> tuple[list[str], str]:
    lines = text.replace("\r\n", "\n").lstrip("\ufeff").split("\n")
    front = read_front_matter(lines)
    applied = [
        f"{key}: {value}"
        for key in ("description", "globs", "paths")
        if isinstance(value := front.values.get(key), str) and value
    ]
    body = _COMMENT.sub("", "\n".join(lines[front.body_line - 1 :])).split("\n")
    return [line.rstrip() for line in body if not _IMPORT.match(line)], "; ".join(applied)


def _without_known(lines: Sequence[str], known: set[str]) -> list[str]:
    """The lines without those known, and without blank runs; code blocks are kept whole."""
    kept: list[str] = []
    is_code = False
    for line in lines:
        is_fence = line.lstrip().startswith(("```", "~~~"))
        is_code = is_code != is_fence
        if not (is_code or is_fence) and _says(line) and _plain(line) in known:
            continue
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _says(line: str) -> bool:
    return bool(_plain(line)) and _HEADING.match(line) is None


def _plain(line: str) -> str:
    """What a line says, whatever its bullet, case and spacing."""
    return " ".join(re.sub(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+", "", line).lower().split()).rstrip(".")


def _lowered(lines: Sequence[str]) -> list[str]:
    """The lines with every heading at least four deep: they stand below "From other tools"."""
    shown: list[str] = []
    is_code = False
    for line in lines:
        is_code = is_code != line.lstrip().startswith(("```", "~~~"))
        found = None if is_code else _HEADING.match(line)
        depth = min(6, len(found[1]) + 3) if found else 0
        shown.append(f"{'#' * depth} {line[found.end() :]}" if found else line)
    return shown
