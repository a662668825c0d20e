"""Judges somebody else's commands, skills, sub-agents, styles and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pmagent.commands.compat_kinds import (
    FOREIGN_RULES,
    Guess,
    guess_by_fields,
    is_prose_among_agents,
)
from pmagent.commands.compat_notes import (
    Here,
    notes_on_allowed,
    notes_on_model,
    notes_on_tools,
    split_tools,
    standing_of,
)
from pmagent.commands.fields import (
    Fields,
    boolean_of,
    decode_text,
    names_of,
    read_fields,
    text_of,
)
from pmagent.commands.found import EMPTY, NOT_TEXT, Found, Unread
from pmagent.commands.read_agent import read_agent
from pmagent.commands.read_command import read_command
from pmagent.commands.references import counts_from_one
from pmagent.types.commands import AgentFile, CommandFile, CompatRow, FileKind, Scalar

FOLDED_IN = 'it is not read by itself: "/init" folds it into AGENTS.md'
_AGENT_KEYS: Mapping[str, str] = {
    "isolation": "it works in the garden itself: no copy is made for it",
    "memory": "it keeps no memory of its own",
    "skills": "its skills are not put in beforehand: it runs those it needs",
}
"""Keys of a sub-agent that have no effect here, and what happens instead."""
NO_OWN_HOOKS = "hooks in front matter are not run in this version: write them in the settings"
_WIDER = frozenset({"acceptEdits", "auto", "bypassPermissions"})
"""Modes in which less would be asked."""
_NOT_IN_PLUGINS = ("hooks", "mcpServers", "permissionMode")


@dataclass(frozen=True, kw_only=True)
class _Page:
    """One Markdown file and what it was taken for."""

    path: str
    data: bytes
    guess: Guess
    fields: Fields
    here: Here

    @property
    def found(self) -> Found:
        place = "plugin" if self.guess.plugin else "project"
        return Found(
            name=self.name, path=self.path, place=place, plugin=self.guess.plugin, folder=""
        )

    @property
    def name(self) -> str:
        return ":".join(filter(None, (self.guess.plugin, self.guess.name)))


def judge_markdown(path: str, data: bytes, guess: Guess, here: Here) -> CompatRow | None:
    """What becomes of a Markdown file; None where it is prose."""
    decoded = decode_text(data)
    if decoded is None or not decoded[0].strip():
        why = NOT_TEXT if decoded is None else EMPTY
        if not guess.is_sure or guess.kind is None:
            return None
        return _row(path, guess.kind, guess.name, Unread(path=path, reason=why, is_broken=True))
    page = _Page(path=path, data=data, guess=guess, fields=read_fields(decoded[0]), here=here)
    kind = guess.kind or guess_by_fields(path, page.fields)
    match kind:
        case "command":
            return _command(page)
        case "skill":
            return _command(page, is_skill=True) if guess.is_sure else _flat_skill(page)
        case "agent":
            return _agent(page)
        case "output-style":
            return _style(page)
        case "rule" | "instructions":
            return _instructions(page, kind)
        case _:
            return None


def _row(path: str, kind: FileKind, name: str, unread: Unread) -> CompatRow:
    standing = "unreadable" if unread.is_broken else "never-fires"
    return CompatRow(path=path, kind=kind, name=name, standing=standing, notes=(unread.reason,))


def _command(page: _Page, *, is_skill: bool = False) -> CompatRow:
    kind = "skill" if is_skill else "command"
    read = read_command(page.data, page.found, kind=kind)
    if isinstance(read, Unread):
        return _row(page.path, kind, page.name, read)
    notes = tuple(dict.fromkeys(_on_command(read, page)))
    return CompatRow(
        path=page.path, kind=kind, name=read.name, standing=standing_of(notes), notes=notes
    )


def _on_command(command: CommandFile, page: _Page) -> Iterator[str]:
    yield from command.notes
    if not command.body:
        yield "there is no text below its front matter"
    if counts_from_one(command):
        yield '"$1" is taken for the first argument, because it never uses "$0"'
    yield from notes_on_tools((*command.allowed_tools, *command.disallowed_tools), page.here)
    yield from notes_on_allowed(command.allowed_tools)
    yield from notes_on_model(command.model, page.here)
    if command.shell not in {"bash", "sh"}:
        yield f'its shell commands are for "{command.shell}", and only bash is run here'
    if "hooks" in command.fields:
        yield NO_OWN_HOOKS


def _flat_skill(page: _Page) -> CompatRow | None:
    if not (text_of(page.fields.values.get("name")) and page.fields.body):
        return None
    why = "a skill is a folder with a SKILL.md in it: a file beside such folders is not read"
    return _row(page.path, "skill", page.name, Unread(path=page.path, reason=why))


def _agent(page: _Page) -> CompatRow | None:
    if is_prose_among_agents(page.guess.name, page.fields):
        return None
    read = read_agent(page.data, page.found)
    if isinstance(read, Unread):
        return _row(page.path, "agent", page.name, read)
    notes = list(dict.fromkeys(_on_agent(read, page)))
    is_live = True
    if read.tools:
        ours, _, _ = split_tools(read.tools, page.here)
        is_live = bool(ours)
    if not is_live:
        notes.insert(0, "none of the tools it may use is here, so it is not started")
    return CompatRow(
        path=page.path,
        kind="agent",
        name=read.name,
        standing=standing_of(notes, is_live=is_live),
        notes=tuple(notes),
    )


def _on_agent(agent: AgentFile, page: _Page) -> Iterator[str]:
    yield from agent.notes
    if not agent.prompt:
        yield "there is no text below its front matter"
    # As they are written, for two tools of today may have one older name.
    yield from notes_on_tools(names_of(_written(agent)), page.here)
    yield from notes_on_model(agent.model, page.here)
    if page.guess.plugin:
        ignored = [key for key in _NOT_IN_PLUGINS if key in agent.fields]
        if ignored:
            yield f"in a plugin's sub-agent these have no effect: {', '.join(ignored)}"
        return
    if (mode := text_of(agent.fields.get("permissionMode"))) in _WIDER:
        yield f'its mode "{mode}" cannot widen what you allow'
    for key, note in _AGENT_KEYS.items():
        if agent.fields.get(key):
            yield note
    if "mcpServers" in agent.fields:
        yield "its MCP servers are not started in this version"
    if "hooks" in agent.fields:
        yield NO_OWN_HOOKS


def _written(agent: AgentFile) -> Scalar:
    keys = ("tools", "disallowedTools")
    return [value for key in keys if isinstance(value := agent.fields.get(key), str | list)]


def _style(page: _Page) -> CompatRow | None:
    if not page.fields.has_front_matter and not page.fields.body:
        return None
    name = text_of(page.fields.values.get("name")) or page.guess.name
    notes = () if page.fields.body else ("there is no text below its front matter",)
    return CompatRow(
        path=page.path, kind="output-style", name=name, standing=standing_of(notes), notes=notes
    )


def _instructions(page: _Page, kind: FileKind) -> CompatRow:
    notes = tuple(_on_instructions(page))
    return CompatRow(
        path=page.path, kind=kind, name=page.name, standing=standing_of(notes), notes=notes
    )


def _on_instructions(page: _Page) -> Iterator[str]:
    *folders, file = page.path.split("/")
    if file.startswith("hookify.") and file.endswith(".local.md"):
        if boolean_of(page.fields.values.get("enabled")) is False:
            yield "it is switched off"
        else:
            yield "it is read by the hooks of the hookify plugin, and by nothing else"
    elif file in FOREIGN_RULES or ".cursor" in folders or file.endswith(".instructions.md"):
        yield FOLDED_IN
