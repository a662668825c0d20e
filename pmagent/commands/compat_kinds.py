"""What a file of somebody else's setup is, by where it lies and, in a bare folder, by what it says.

Prose that lies about is nothing: no row is made for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmagent.commands.book import is_prose
from pmagent.commands.fields import AGENT_KEYS, Fields, text_of
from pmagent.types.commands import FileKind

_COMMANDS = frozenset({"commands", "command", "slash-commands", "slash_commands"})
_AGENTS = frozenset({"agents", "agent", "subagents", "sub-agents"})
_SKILLS = frozenset({"skills", "skill"})
_STYLES = frozenset({"output-styles", "output_styles"})
_INSTRUCTIONS = frozenset({"AGENTS.md", "AGENTS.override.md", "CLAUDE.md", "CLAUDE.local.md"})
FOREIGN_RULES = frozenset({
    ".cursorrules",
    ".windsurfrules",
    ".clinerules",
    ".goosehints",
    "copilot-instructions.md",
})
"""The rule files of other tools."""
_RULE_ENDINGS = (".md", ".mdc")
OTHER_TOOLS = frozenset({
    ".cursor",
    ".vscode",
    ".zed",
    ".idea",
    ".qwen",
    ".gemini",
    ".windsurf",
    ".kiro",
    ".trae",
})
"""Folders whose settings and hooks have another shape."""
_ONLY_COMMANDS = ("allowed-tools", "argument-hint", "disable-model-invocation", "user-invocable")
_ONLY_AGENTS = tuple(AGENT_KEYS - {"name", "description", "effort", "hooks", "mode", "background"})
_PAGE_KEYS = frozenset({"title", "layout", "date", "sidebar_position", "sidebar_label", "slug"})
_CODE = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_QUIET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What a path promises."""

    kind: FileKind | None
    """None: only its content can tell."""
    name: str
    is_sure: bool = True
    """Whether a file that cannot be read is missed by somebody."""
    plugin: str = ""
    """The plugin that it belongs to."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the other files say about a path."""

    root_name: str
    """The name of the folder that was asked about."""
    skills: frozenset[str]
    """The folders that hold a SKILL.md, but for the outermost."""
    plugins: Mapping[str, str]
    """The name of each plugin by its folder; empty text for the outermost."""


def guess_kind(path: str, around: Surroundings) -> Guess | None:
    """What the file at `path` may be; None where it is nothing of ours."""
    *folders, file = path.split("/")
    if file.lower() == "skill.md":
        name = folders[-1] if folders else around.root_name
        return Guess(kind="skill", name=name, plugin=_plugin_of(folders, around))
    if any("/".join(folders[:n]) in around.skills for n in range(1, len(folders) + 1)):
        return None
    if file.lower().endswith(".json"):
        return _json_kind(folders, file, around)
    return _instructions(folders, file) or _markdown(folders, file, around)


def guess_by_fields(path: str, fields: Fields) -> FileKind | None:
    """What a Markdown file in a bare folder is, by what it says of itself."""
    values = fields.values
    if "rules" in path.split("/")[:-1]:
        return "rule" if {"paths", "globs"} & set(values) else None
    if any(key in values for key in _ONLY_COMMANDS):
        return "command"
    has_name, has_description = (bool(text_of(values.get(k))) for k in ("name", "description"))
    is_agent = any(key in values for key in _ONLY_AGENTS) or not _PAGE_KEYS & set(values)
    if has_name and has_description and is_agent and fields.body:
        return "agent"
    if has_description and text_of(values.get("mode")) in {"subagent", "primary", "all"}:
        return "agent"
    return "command" if "$ARGUMENTS" in _CODE.sub("", fields.body) else None


def is_prose_among_agents(name: str, fields: Fields) -> bool:
    """Whether a file in a folder of sub-agents never meant to be one.

    It has no front matter, and lies deeper or is named like `WORKFLOW_EXAMPLES.md`.
    """
    return not fields.has_front_matter and not _QUIET_NAME.fullmatch(name)


def _plugin_of(folders: Sequence[str], around: Surroundings) -> str:
    for n in range(len(folders), -1, -1):
        name = around.plugins.get("/".join(folders[:n]))
        if name is not None:
            return name
    return ""


def _instructions(folders: Sequence[str], file: str) -> Guess | None:
    if file in _INSTRUCTIONS or file in FOREIGN_RULES:
        return Guess(kind="instructions", name=file)
    is_ruled = "rules" in folders and file.endswith(_RULE_ENDINGS)
    above = folders[: folders.index("rules")] if is_ruled else ()
    if is_ruled and above and above[-1] in {".claude", ".pmagent", ".cursor"}:
        return Guess(kind="rule", name=file.rpartition(".")[0])
    is_hookify = file.startswith("hookify.") and file.endswith(".local.md")
    if is_hookify:
        return Guess(kind="rule", name=file.removesuffix(".local.md"))
    if ".github" in folders and file.endswith(".instructions.md"):
        return Guess(kind="instructions", name=file)
    return None


def _markdown(folders: Sequence[str], file: str, around: Surroundings) -> Guess | None:
    stem, _, ending = file.rpartition(".")
    if ending.lower() != "md" or is_prose(stem):
        return None
    plugin = _plugin_of(folders, around)
    for n in range(len(folders), 0, -1):
        kind = _container(folders[n - 1])
        if kind == "skill":
            # A skill is a folder: what lies beside it is at most somebody's mistake.
            is_flat = n == len(folders)
            return Guess(kind="skill", name=stem, is_sure=False) if is_flat else None
        if kind is not None:
            return Guess(kind=kind, name=":".join([*folders[n:], stem]), plugin=plugin)
    kind = _container(around.root_name)
    if kind in {"command", "agent"} and not folders:
        return Guess(kind=kind, name=stem)
    return Guess(kind=None, name=stem, is_sure=False)


def _container(folder: str) -> FileKind | None:
    name = folder.lower()
    if name in _COMMANDS:
        return "command"
    if name in _AGENTS:
        return "agent"
    if name in _SKILLS:
        return "skill"
    return "output-style" if name in _STYLES else None


def _json_kind(folders: Sequence[str], file: str, around: Surroundings) -> Guess | None:
    last = folders[-1] if folders else around.root_name
    name = file.rpartition(".")[0]
    if last == ".claude-plugin" and file in {"plugin.json", "marketplace.json"}:
        is_plugin = file == "plugin.json"
        above = folders[-2] if len(folders) > 1 else around.root_name
        return Guess(kind="plugin" if is_plugin else "marketplace", name=above)
    if file == ".claude.json" or file.endswith(("mcp.json", "mcp-servers.json")):
        is_ours = not OTHER_TOOLS & set(folders)
        return Guess(kind="mcp", name=name, is_sure=is_ours) if is_ours else None
    if OTHER_TOOLS & set(folders) or file == "package.json":
        return None
    if file == "opencode.json":
        return Guess(kind="settings", name=name)
    if file in {"settings.json", "settings.local.json", "managed-settings.json"}:
        return Guess(kind="settings", name=name, is_sure=last in {".claude", ".pmagent"})
    if file == "hooks.json":
        return Guess(kind="hooks", name=name, is_sure=last in {"hooks", ".claude", ".codex"})
    return Guess(kind=None, name=name, is_sure=False)


def folders_above(path: str) -> Iterator[str]:
    """The folders of a path, the innermost first; the outermost is empty."""
    while path:
        path = path.rpartition("/")[0]
        yield path
