"""The front matter of commands, skills and sub-agents, read as leniently as people write it.

Strict YAML first. Where that fails, lines are scanned: a known key that was not seen yet opens a
field, every other line belongs to the open one. Nothing is guessed beyond that, and nothing raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from pmagent.frontmatter import FrontMatter, read_front_matter
from pmagent.types.commands import Scalar

COMMAND_KEYS = frozenset(
    {
        "name", "description", "when_to_use", "argument-hint", "arguments", "allowed-tools",
        "disallowed-tools", "model", "effort", "disable-model-invocation", "user-invocable",
        "context", "agent", "background", "hooks", "paths", "shell", "subtask", "pmagent-args",
    }
)  # fmt: skip
"""What a command or skill can say about itself."""
AGENT_KEYS = frozenset(
    {
        "name", "description", "tools", "disallowedTools", "model", "permissionMode", "maxTurns",
        "effort", "background", "color", "skills", "mcpServers", "hooks", "memory", "isolation",
        "initialPrompt", "omitClaudeMd", "autoCompactWindow", "observer", "mode", "temperature",
        "permission", "maxSteps",
    }
)  # fmt: skip
"""What a sub-agent can say about itself; the last four are OpenCode's."""
_SILENT_KEYS = frozenset(
    {
        "version", "license", "metadata", "compatibility", "author", "category", "tags", "origin",
        "homepage", "globs", "alwaysApply", "keep-coding-instructions", "force-for-plugin",
        "hide-from-slash-command-tool", "enabled", "event", "pattern", "conditions", "action",
        "allowed_tools", "argument_hint", "disallowed_tools", "disallowedtools", "when-to-use",
    }
)  # fmt: skip
"""Keys that stand in such files too. They open a field, so that none swallows the next."""
KNOWN_KEYS = COMMAND_KEYS | AGENT_KEYS | _SILENT_KEYS

_YES = frozenset({"true", "yes", "on", "1", "y"})
_NO = frozenset({"false", "no", "off", "0", "n"})
_FENCE = "---"
_KEY = re.compile(r"([A-Za-z][\w-]*)[ \t]*:(?:[ \t]|$)")
_BLOCK = re.compile(r"[|>][+-]?\d?\s*")
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MOST_REPLACED = 0.05
"""The share of characters that may be lost before a file counts as no text."""


@dataclass(frozen=True, kw_only=True)
class Fields:
    """A file as its front matter and what stands below it."""

    values: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    body: str = ""
    has_front_matter: bool = False
    is_lenient: bool = False
    """Whether it was no YAML, so that lines were read one by one."""
    is_open: bool = False
    """Whether the front matter never ends."""


def decode_text(data: bytes) -> tuple[str, bool] | None:
    """The text of a file with plain line ends, and whether all of it could be read.

    None where it is no text: it holds null characters, or more than a twentieth of it is in no
    known encoding. A byte order mark is left out.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return _plain_ends(data.decode(encoding)), True
            except UnicodeDecodeError:
                return None
    text = data.decode("utf-8-sig", errors="replace")
    if "\0" in text:
        return None
    lost = text.count("\ufffd") - data.count("\ufffd".encode())
    if lost > max(1, len(text)) * _MOST_REPLACED:
        return None
    return _plain_ends(text), lost <= 0


def read_fields(text: str) -> Fields:
    """What `text` says about itself, and its body."""
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[start].rstrip() != _FENCE:
        return Fields(body=text.strip("\n"))
    lines = lines[start:]
    found = read_front_matter(lines)
    if found.body_line == 1:
        return _without_end(lines, found)
    body = "\n".join(lines[found.body_line - 1 :]).strip("\n")
    values = _scan(lines[1 : found.body_line - 2]) if found.problem else _same(found)
    return Fields(values=values, body=body, has_front_matter=True, is_lenient=bool(found.problem))


def text_of(value: Scalar | None) -> str:
    """A value as one text; a list as it would be written, for `[name]` is a hint and no list."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return f"[{', '.join(text_of(part) for part in value)}]" if value else ""
    return ""


def boolean_of(value: Scalar | None) -> bool | None:
    """In any of the spellings that people use; None where it is neither."""
    word = text_of(value).strip("\"'").lower()
    return True if word in _YES else False if word in _NO else None


def number_of(value: Scalar | None) -> int | None:
    """A whole number above 0, else None."""
    word = text_of(value)
    return int(word) if word.isascii() and word.isdigit() and 0 < len(word) < 7 else None


def names_of(value: Scalar | None) -> tuple[str, ...]:
    """The entries of a list of tools or names, whichever way it is written.

    `A, B`, `A B`, JSON in a text, a YAML list. What stands in brackets stays whole:
    `Bash(git add:*)`. Each entry once.
    """
    return tuple(dict.fromkeys(_names(value)))


def _names(value: Scalar | None) -> Iterator[str]:
    if isinstance(value, dict):
        # OpenCode: {write: false}.
        yield from (name for name, kept in value.items() if boolean_of(kept) is not False)
    elif isinstance(value, list):
        for part in value:
            yield from _names(part)
    elif value is not None:
        yield from _split(_unpacked(value.strip()))


def _unpacked(text: str) -> str:
    """A list that was written as a text, as one that is split at commas."""
    if not (text.startswith("[") and text.endswith("]")):
        return text
    try:
        whole = cast("object", json.loads(text))
    except ValueError:
        return text[1:-1]
    if not isinstance(whole, list):
        return text
    return ",".join(part for part in cast("list[object]", whole) if isinstance(part, str))


def _split(text: str) -> Iterator[str]:
    """The words of `text`; commas and blanks separate, but not within brackets."""
    depth, word = 0, ""
    for character in re.sub(r"\s+\(", "(", text):
        depth += (character == "(") - (character == ")" and depth > 0)
        if depth == 0 and (character == "," or character.isspace()):
            yield from filter(None, [word.strip(" \"'")])
            word = ""
        else:
            word += character
    yield from filter(None, [word.strip(" \"'")])


def _without_end(lines: Sequence[str], found: FrontMatter) -> Fields:
    """Front matter that no line closes: its fields go to the first blank line or heading."""
    text = "\n".join(lines).strip("\n")
    if not found.problem:
        return Fields(body=text)
    end = next(
        (i for i, line in enumerate(lines[1:], 1) if not line.strip() or line.startswith("#")),
        len(lines),
    )
    values = _scan(lines[1:end])
    body = "\n".join(lines[end:]).strip("\n")
    return Fields(values=values, body=body, has_front_matter=True, is_lenient=True, is_open=True)


def _scan(lines: Sequence[str]) -> dict[str, Scalar]:
    """Each known key with the lines up to the next one, read as YAML where those alone are."""
    chunks: dict[str, list[str]] = {}
    open_key = ""
    for line in lines:
        found = _KEY.match(line)
        if found and found[1] in KNOWN_KEYS and found[1] not in chunks:
            open_key = found[1]
            chunks[open_key] = [line]
        elif open_key:
            chunks[open_key].append(line)
    return {key: _value_of(key, chunk) for key, chunk in chunks.items()}


def _value_of(key: str, chunk: Sequence[str]) -> Scalar:
    alone = read_front_matter([_FENCE, *chunk, _FENCE])
    if not alone.problem and set(alone.values) == {key}:
        return cast("Scalar", alone.values[key])
    first = chunk[0].split(":", 1)[1].strip()
    kept = [] if _BLOCK.fullmatch(first) else [first]
    text = "\n".join([*kept, *(line.strip() for line in chunk[1:])]).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _same(found: FrontMatter) -> Mapping[str, Scalar]:
    return cast("Mapping[str, Scalar]", found.values)
