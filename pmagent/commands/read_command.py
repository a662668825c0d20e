"""A slash command or a skill from the bytes of its file. Every field is optional."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Literal

from pmagent.commands.fields import Fields, boolean_of, decode_text, names_of, read_fields, text_of
from pmagent.commands.found import EMPTY, NOT_TEXT, Found, Unread
from pmagent.types.commands import CommandFile, Scalar

MAX_FOR_MODEL = 1_536
"""Characters of description and when to use that a model is given."""
LOST = "some of its characters are in no known encoding and were replaced"
OPEN = "its front matter has no closing line: it was taken to end at the first blank one"
_MISSPELT: Mapping[str, str] = {
    "allowed_tools": "allowed-tools",
    "allowedTools": "allowed-tools",
    "disallowed_tools": "disallowed-tools",
    "disallowedTools": "disallowed-tools",
    "argument_hint": "argument-hint",
    "argumentHint": "argument-hint",
    "when-to-use": "when_to_use",
}
"""Spellings that Claude Code passes over. What narrows is honoured all the same."""
_NARROWS = ("disallowed-tools", "disallowed_tools", "disallowedTools")
_OPENCODE = re.compile(r"(?:^|/)\.?opencode/")
_OWN_AGENTS = frozenset({"build", "plan", "general"})
"""OpenCode's own agents: with them a command runs as it would anyway."""


def read_command(
    data: bytes, found: Found, *, kind: Literal["command", "skill"] = "command"
) -> CommandFile | Unread:
    """The command in a file, or why there is none.

    Its name is that of its place: in a command file and a skill, `name` is only a label.
    """
    decoded = decode_text(data)
    if decoded is None:
        return Unread(path=found.path, reason=NOT_TEXT, is_broken=True)
    text, is_whole = decoded
    fields = read_fields(text)
    values = fields.values
    if not fields.body and not values:
        return Unread(path=found.path, reason=EMPTY, is_broken=True)
    return CommandFile(
        name=found.name,
        path=found.path,
        place=found.place,
        kind=kind,
        description=text_of(values.get("description")) or first_paragraph(fields.body),
        when_to_use=text_of(values.get("when_to_use")),
        argument_hint=text_of(values.get("argument-hint")),
        arguments=names_of(values.get("arguments")),
        allowed_tools=names_of(values.get("allowed-tools")),
        disallowed_tools=_narrowing(values),
        model=text_of(values.get("model")),
        effort=text_of(values.get("effort")),
        is_for_model=boolean_of(values.get("disable-model-invocation")) is not True,
        is_for_person=boolean_of(values.get("user-invocable")) is not False,
        fork_agent=_fork(values, is_opencode=is_of_opencode(found.path)),
        shell=text_of(values.get("shell")) or "bash",
        body=fields.body,
        text=text,
        folder=found.folder,
        plugin_root=found.plugin_root,
        fields=values,
        notes=tuple(notes_on(fields, is_whole=is_whole)),
        is_trusted=found.is_trusted,
        digest=hashlib.sha256(data).hexdigest(),
    )


def is_of_opencode(path: str) -> bool:
    """Whether a file was written for OpenCode, where `$1` is the first argument."""
    return _OPENCODE.search(path) is not None


def first_paragraph(body: str) -> str:
    """The first paragraph that is no heading, on one line; else the first heading."""
    heading = ""
    for block in re.split(r"\n[ \t]*\n", body):
        lines = [line.strip() for line in block.strip().split("\n")]
        plain = [line for line in lines if line and not line.startswith(("#", "---", "<!--"))]
        if plain:
            return " ".join(plain)[:MAX_FOR_MODEL]
        heading = heading or next((line.lstrip("# ") for line in lines if line[:1] == "#"), "")
    return heading[:MAX_FOR_MODEL]


def description_for_model(command: CommandFile) -> str:
    """What a model is told a command is for, bounded."""
    parts = filter(None, (command.description, command.when_to_use))
    return " ".join(parts)[:MAX_FOR_MODEL]


def notes_on(fields: Fields, *, is_whole: bool) -> Iterator[str]:
    """What in a file is read otherwise than it seems."""
    if not is_whole:
        yield LOST
    if fields.is_open:
        yield OPEN
    for wrong, right in _MISSPELT.items():
        if wrong in fields.values and right not in fields.values:
            what = "it was taken for" if wrong in _NARROWS else "it has no effect; the key is"
            yield f'it says "{wrong}": {what} "{right}"'


def _narrowing(values: Mapping[str, Scalar]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for key in _NARROWS for name in names_of(values.get(key))))


def _fork(values: Mapping[str, Scalar], *, is_opencode: bool) -> str:
    agent = text_of(values.get("agent")).lstrip("@")
    if is_opencode:
        is_forked = boolean_of(values.get("subtask")) is True and agent not in _OWN_AGENTS
        return (agent or "general-purpose") if is_forked else ""
    is_forked = text_of(values.get("context")) == "fork"
    return (agent or "general-purpose") if is_forked else ""
