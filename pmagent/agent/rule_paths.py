"""Rules that count for some files only: the `paths` of their front matter, and what it takes. Pure.

The globs are those people write for other agents: relative to the folder that holds the rules,
`*` and `?` within a name, `**` across folders, `{a,b}` for alternatives. Only text is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from pmagent.frontmatter import Value, read_front_matter

MOST_VARIANTS = 64
_BRACES = re.compile(r"\{([^{}]*)\}")
_OUTER_COMMA = re.compile(r",(?![^{}]*\})")
_KEY = re.compile(r"paths[ \t]*:[ \t]*(?P<rest>.*)")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?P<rest>.+)")
_MOST_SEGMENTS = 60


@dataclass(frozen=True, kw_only=True)
class RuleText:
    """A rule file without its front matter."""

    body: str
    globs: tuple[str, ...] = ()
    """What it counts for; empty: everything."""
    problem: str = ""


def read_rule(text: str) -> RuleText:
    """The rule in a file. Globs that are no valid YAML, as people write them, are read too."""
    lines = text.split("\n")
    front = read_front_matter(lines)
    body = "\n".join(lines[front.body_line - 1 :])
    globs = _globs_of(front.values.get("paths"))
    if not globs and front.body_line > 1:
        globs = tuple(_globs_in(lines[1 : front.body_line - 2]))
    is_understood = bool(globs) or not front.problem
    return RuleText(body=body, globs=globs, problem="" if is_understood else front.problem)


def matches(globs: Sequence[str], path: str) -> bool:
    """Whether one of `globs` takes `path`, both relative to the same folder."""
    names = tuple(path.split("/"))
    return any(
        _fits(tuple(variant.split("/")), names) for glob in globs for variant in variants(glob)
    )


@lru_cache(maxsize=1_024)
def variants(glob: str) -> tuple[str, ...]:
    """What `glob` stands for without its braces; at most 64, as written where there are more."""
    done: list[str] = []
    waiting = [glob.removeprefix("./").lstrip("/")]
    while waiting:
        if len(done) + len(waiting) > MOST_VARIANTS:
            return (glob,)
        current = waiting.pop()
        found = _BRACES.search(current)
        if found is None:
            done.append(f"{current}**" if current.endswith("/") else current)
            continue
        head, tail = current[: found.start()], current[found.end() :]
        waiting += [f"{head}{choice}{tail}" for choice in found[1].split(",")]
    return tuple(done)


def _fits(pattern: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Name by name; each `**` may take none. Grows with the product of their lengths only."""
    if len(pattern) > _MOST_SEGMENTS:
        return False
    reached = {0}
    for place, part in enumerate(pattern):
        if part == "**":
            # At the end it stands for what is below, and not for the folder itself.
            first = min(reached, default=len(names) + 1) + (place == len(pattern) - 1)
            reached = set(range(first, len(names) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(names) and fnmatchcase(names[at], part)}
    return len(names) in reached


def _globs_of(value: Value | None) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [*_OUTER_COMMA.split(value.strip().removeprefix("[").removesuffix("]"))]
    if not isinstance(value, list):
        return ()
    found = (part.strip().strip("\"'") for part in value if isinstance(part, str))
    return tuple(glob for glob in found if glob)


def _globs_in(lines: Sequence[str]) -> Iterator[str]:
    """`paths: **/*.md` and lists of such: YAML takes the star for something else."""
    is_inside = False
    for line in lines:
        if key := _KEY.match(line):
            is_inside = True
            yield from _globs_of(key["rest"])
        elif is_inside and (item := _ITEM.match(line)):
            yield from _globs_of(item["rest"])
        else:
            is_inside = False
