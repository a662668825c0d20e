"""Path patterns like those of gitignore, many compiled into one matcher.

`//p` is absolute, `~/p` below home, `/p` below the folder of the settings file, `p` and `./p` below
the garden. `*` and `?` stay in one name, `**` crosses. A wide pattern (deny, ask) takes every
spelling of a name, a bare name or one-name `p/**` at any depth, and whatever lies below what it
names; a narrow one (allow) takes what it says and no more. What has no meaning is refused.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from pmagent.permissions.names import fold_end, fold_name

MOST_VARIANTS = 64


@dataclass(frozen=True, kw_only=True)
class Places:
    """What the four beginnings of a pattern stand for."""

    garden: Path
    home: Path
    settings: Path
    """The folder that `/p` is read from."""


@dataclass(frozen=True)
class Glob:
    """One name with wildcards: literal texts, `*`, `?` and classes in order."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class _Wild:
    source: str
    """A regular expression for one character, or `*`."""


class Deep:
    """`**`: any number of folders, or none."""


Part: TypeAlias = "str | _Wild"
DEEP: Final = Deep()
Segment: TypeAlias = "str | Glob | Deep"
_STAR = _Wild("*")
_ONE = _Wild(".")
_POSIX_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z",
    "space": r"\s", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9a-fA-F",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PathPattern:
    """A pattern from the file system's root on."""

    segments: tuple[Segment, ...]
    covers: bool
    """Whether it also takes what lies below what it names."""


def parse_pattern(text: str, *, is_wide: bool, places: Places) -> tuple[PathPattern, ...]:
    """The pattern `text` stands for; several where it has braces or `**` inside a name.

    Raises:
        ValueError: it has no meaning.
    """
    variants = list(_brace_variants(text)) if is_wide else [text]
    found: list[PathPattern] = []
    for variant in variants:
        found.extend(_parse_one(variant, is_wide=is_wide, places=places))
    return tuple(found)


def check_pattern(text: str, *, is_wide: bool) -> None:
    """Nothing, where `text` is a pattern.

    Raises:
        ValueError: it has no meaning.
    """
    anywhere = Path("/a/b/c/d/e/f/g/h")
    places = Places(garden=anywhere, home=anywhere, settings=anywhere)
    parse_pattern(text, is_wide=is_wide, places=places)


def escape_path(path: str) -> str:
    """`path` as a pattern that takes this one path."""
    return re.sub(r"([\\*?\[\]{}!#])", r"\\\1", path)


def _parse_one(text: str, *, is_wide: bool, places: Places) -> Iterator[PathPattern]:
    if not text.strip("/") and text not in {"/", "//"}:
        raise ValueError("the pattern is empty")
    if "\0" in text:
        raise ValueError("the pattern has a NUL character in it")
    if text.startswith("!"):
        raise ValueError('a pattern cannot begin with "!": write what is meant itself')
    base, rest, is_bare = _base_of(text, places)
    is_folder = rest.endswith("/")
    scanned = [parts for parts in _scan(rest) if parts and parts != ["."]]
    if is_wide and not is_bare and text.startswith("./"):
        is_bare = True
    base_names = [name for name in base.as_posix().split("/") if name]
    for names in _deep_variants(scanned, is_wide=is_wide):
        segments = _segments(names, base_names, is_wide=is_wide)
        own = segments[len(base_names) :] if ".." not in rest else None
        if own is not None and is_bare and _is_any_depth(own, is_folder, is_wide=is_wide):
            segments = [*segments[: len(base_names)], DEEP, *own]
        yield _finish(segments, is_wide=is_wide, is_folder=is_folder)


def _base_of(text: str, places: Places) -> tuple[Path, str, bool]:
    if text.startswith("//"):
        return Path("/"), text[2:], False
    if text == "~" or text.startswith("~/"):
        return places.home, text[2:], False
    if text.startswith("/"):
        return places.settings, text[1:], False
    return places.garden, text, not text.startswith("./")


def _is_any_depth(own: Sequence[Segment], is_folder: bool, *, is_wide: bool) -> bool:
    if len(own) == 1:
        return not isinstance(own[0], Deep) and (is_wide or not is_folder)
    return is_wide and len(own) == 2 and not isinstance(own[0], Deep) and isinstance(own[1], Deep)


def _finish(segments: list[Segment], *, is_wide: bool, is_folder: bool) -> PathPattern:
    collapsed = [
        segment
        for index, segment in enumerate(segments)
        if not (index and isinstance(segment, Deep) and isinstance(segments[index - 1], Deep))
    ]
    if collapsed and isinstance(collapsed[-1], Deep):
        # Below a folder, at whatever depth, is: any name in it, and what lies below that.
        return PathPattern(segments=(*collapsed[:-1], Glob((_STAR,))), covers=True)
    names_a_folder = not collapsed or isinstance(collapsed[-1], str) or is_folder
    return PathPattern(segments=tuple(collapsed), covers=is_wide or names_a_folder)


def _segments(names: Sequence[list[Part]], base: Sequence[str], *, is_wide: bool) -> list[Segment]:
    found: list[Segment] = [fold_end(fold_name(name)) if is_wide else name for name in base]
    for parts in names:
        if parts == [".."]:
            if found and not isinstance(found[-1], str):
                raise ValueError('".." behind a wildcard leads nowhere')
            del found[-1:]
        elif all(part == _STAR for part in parts) and len(parts) > 1:
            found.append(DEEP)
        elif all(isinstance(part, str) for part in parts):
            literal = "".join(str(part) for part in parts)
            # A folded name can have a slash in it that the written one had not.
            folded = [fold_end(name) for name in fold_name(literal).split("/") if name]
            found.extend((folded or [literal]) if is_wide else [literal])
        else:
            found.append(Glob(tuple(parts)))
    return found


def _scan(text: str) -> list[list[Part]]:
    names: list[list[Part]] = [[]]
    position = 0
    while position < len(text):
        character = text[position]
        if character == "/":
            names.append([])
        elif character == "*":
            names[-1].append(_STAR)
        elif character == "?":
            names[-1].append(_ONE)
        elif character == "[":
            source, position = _scan_class(text, position)
            names[-1].append(_Wild(source))
            continue
        else:
            if character == "\\":
                position += 1
                if position == len(text):
                    raise ValueError('the pattern ends in a lone "\\"')
            _append_literal(names, text[position])
        position += 1
    return names


def _append_literal(names: list[list[Part]], character: str) -> None:
    if character == "/":
        names.append([])
    elif names[-1] and isinstance(names[-1][-1], str):
        names[-1][-1] += character
    else:
        names[-1].append(character)


def _scan_class(text: str, start: int) -> tuple[str, int]:
    """The regular expression of the class that opens at `start`, and where it ends."""
    position = start + 1
    is_negated = text[position : position + 1] in {"!", "^"}
    position += is_negated
    inside = ""
    is_first = True
    while position < len(text) and (is_first or text[position] != "]"):
        is_first = False
        if text.startswith("[:", position) and (end := text.find(":]", position)) > 0:
            name = text[position + 2 : end]
            if name not in _POSIX_CLASSES:
                raise ValueError(f'"[:{name}:]" is no class of characters')
            inside += _POSIX_CLASSES[name]
            position = end + 2
            continue
        position += text[position] == "\\"
        member = text[position : position + 1]
        if member in {"", "/"}:
            break
        is_range = member == "-" and text[position - 1] != "\\" and inside
        inside += "-" if is_range else re.escape(member)
        position += 1
    if position >= len(text) or text[position] != "]":
        raise ValueError('the pattern has a "[" without its "]"')
    source = f"[{'^' if is_negated else ''}{inside}]"
    try:
        re.compile(source)
    except re.error as exc:
        raise ValueError(f'the pattern has a class without meaning: "{source}"') from exc
    return source, position + 1


def _deep_variants(names: Sequence[list[Part]], *, is_wide: bool) -> Iterator[Sequence[list[Part]]]:
    """`a**b` inside one name: as `a*b`, and where it refuses also across folders."""
    options: list[list[list[list[Part]]]] = []
    for parts in names:
        doubled = [
            index
            for index in range(len(parts) - 1)
            if parts[index] == _STAR and parts[index + 1] == _STAR
        ]
        is_deep = all(part == _STAR for part in parts)
        if not doubled or is_deep or not is_wide:
            options.append([[parts]])
            continue
        at = doubled[0]
        head, tail = [*parts[:at], _STAR], [_STAR, *parts[at + 2 :]]
        options.append([[parts], [head, [_STAR, _STAR], tail]])
    for count, choice in enumerate(itertools.product(*options)):
        if count >= MOST_VARIANTS:
            raise ValueError("the pattern stands for too many others")
        yield [parts for part in choice for parts in part]


def _brace_variants(text: str) -> Iterator[str]:
    """`text`, and what a shell makes of `{a,b}` in it: gitignore knows no braces, people do."""
    yield text
    pending, made = [text], 0
    while pending:
        current = pending.pop()
        found = re.search(r"(?<!\\)\{([^{}]*,[^{}]*)\}", current)
        if found is None:
            if current != text:
                yield current
            continue
        for option in found[1].split(","):
            made += 1
            if made > MOST_VARIANTS:
                raise ValueError("the pattern stands for too many others")
            pending.append(current[: found.start()] + option + current[found.end() :])
