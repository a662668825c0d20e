"""Slash commands, skills and sub-agents as they are read from files, and what is found in a folder.

Pure data. A file is the whole registration of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Place = Literal["user", "project", "plugin", "shipped"]
FileKind = Literal[
    "command", "skill", "agent", "hooks", "settings", "mcp", "plugin", "marketplace",
    "output-style", "instructions", "rule",
]  # fmt: skip
Standing = Literal["works", "works-with-note", "never-fires", "unreadable"]
Scalar: TypeAlias = "str | list[Scalar] | dict[str, Scalar]"
"""A front matter value: every scalar stays as it was written."""


@dataclass(frozen=True, kw_only=True)
class CommandFile:
    """One slash command or skill. Both are invoked the same way."""

    name: str
    """Without the slash: `deploy`, `git:commit`, `plugin:name`."""
    path: str
    """The file as a person would name it."""
    place: Place
    kind: Literal["command", "skill"] = "command"
    description: str = ""
    """The front matter's, else the first paragraph."""
    when_to_use: str = ""
    argument_hint: str = ""
    arguments: tuple[str, ...] = ()
    allowed_tools: tuple[str, ...] = ()
    """Rules that are pre-approved for one turn. Never a limit."""
    disallowed_tools: tuple[str, ...] = ()
    model: str = ""
    effort: str = ""
    is_for_model: bool = True
    """False: `disable-model-invocation`; only a person runs it."""
    is_for_person: bool = True
    """False: `user-invocable: false`; hidden from the list."""
    fork_agent: str = ""
    """`context: fork`: the sub-agent type it runs in."""
    shell: str = "bash"
    body: str = ""
    text: str = ""
    """The whole file, front matter and all: what a run of a procedure pins."""
    folder: str = ""
    """The file's own folder, absolute, for `${CLAUDE_SKILL_DIR}`."""
    plugin_root: str = ""
    fields: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    """All of the front matter, with `metadata`."""
    notes: tuple[str, ...] = ()
    """What works otherwise than it seems, one sentence each."""
    is_trusted: bool = True
    """False: a garden's file whose exact bytes nobody has trusted; its allowed tools, shell and
    hooks wait."""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class AgentFile:
    """One sub-agent: its name, when to use it, what it may use, and its instructions."""

    name: str
    description: str
    path: str
    place: Place
    prompt: str
    tools: tuple[str, ...] | None = None
    """The only tools it may use; None: all that its parent may."""
    disallowed_tools: tuple[str, ...] = ()
    model: str = "inherit"
    permission_mode: str = ""
    max_turns: int | None = None
    effort: str = ""
    color: str = ""
    skills: tuple[str, ...] = ()
    fields: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    notes: tuple[str, ...] = ()
    is_trusted: bool = True
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class CommandRow:
    """One thing that can be typed after a slash, wherever it comes from."""

    name: str
    aliases: tuple[str, ...]
    summary: str
    """One line: what comes of it."""
    argument_hint: str
    origin: str
    """`built in`, `shipped`, `project`, `user`, `plugin NAME`."""


@dataclass(frozen=True, kw_only=True)
class Completion:
    """One way to go on with what is typed."""

    insert: str
    """The whole line as it would be."""
    label: str
    hint: str = ""
    """Arguments, or what the file is."""
    summary: str = ""
    origin: str = ""
    """Of a command: as in `CommandRow`."""


@dataclass(frozen=True, kw_only=True)
class CompatRow:
    """One file of somebody else's setup, and what becomes of it here."""

    path: str
    kind: FileKind
    name: str
    standing: Standing
    notes: tuple[str, ...] = ()
    """Why, one sentence each; at least one unless it works."""
