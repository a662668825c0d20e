"""Shell globs over the garden's paths, compiled by an engine that is linear in the text."""

from __future__ import annotations

from functools import lru_cache

from pmagent.errors import AccessError
from pmagent.nlp.patterns import Pattern, compile_pattern

_LITERAL = set("\\.^$+{}()|")


def glob_matcher(pattern: str) -> Pattern:
    """What matches paths as a shell does: `*` and `?` within a part, `**` across, `{a,b}`, `[a-z]`.

    A glob without a slash fits a name at any depth, as in a search.

    Raises:
        AccessError: it climbs out of the garden.
    """
    parts = pattern.split("/")
    if ".." in parts or "\0" in pattern:
        raise AccessError(f'"{pattern}" leads out of the garden', "name what lies below it")
    return _compiled(pattern.removeprefix("./"))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Pattern:
    anchored = pattern if "/" in pattern or pattern == "**" else f"**/{pattern}"
    return compile_pattern(f"^{_translate(anchored)}$", is_case_blind=False, is_multiline=False)


def _translate(pattern: str) -> str:
    out: list[str] = []
    at, depth = 0, 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            out.append("(?:.*/)?")
            at += 3
            continue
        if pattern.startswith("**", at):
            out.append(".*")
            at += 2
            continue
        character = pattern[at]
        at += 1
        if character == "*":
            out.append("[^/]*")
        elif character == "?":
            out.append("[^/]")
        elif character == "[" and (end := pattern.find("]", at + 1)) > 0:
            inside = pattern[at:end].replace("\\", "\\\\")
            out.append(f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]")
            at = end + 1
        elif character == "{":
            depth += 1
            out.append("(?:")
        elif character == "}" and depth:
            depth -= 1
            out.append(")")
        elif character == "," and depth:
            out.append("|")
        else:
            out.append(f"\\{character}" if character in _LITERAL or character == "[" else character)
    return "".join(out) + ")" * depth
