"""Judges somebody else's settings, hooks, MCP files, plugins and marketplaces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from pmagent.commands.compat_kinds import Guess
from pmagent.commands.compat_notes import (
    NO_MCP,
    hooks_in,
    live_hooks,
    notes_on_hooks,
    notes_on_rule,
    quoted,
    standing_of,
)
from pmagent.commands.manifest import read_manifest
from pmagent.hooks.events import EVENTS
from pmagent.hooks.read import Origin, read_plugin_hooks, read_settings_hooks
from pmagent.permissions.located_json import Located, read_located
from pmagent.types.actions import Effect, Source
from pmagent.types.commands import CompatRow, FileKind

_EFFECTS: tuple[Effect, ...] = ("deny", "ask", "allow")
ACTED_ON = frozenset({
    "permissions",
    "hooks",
    "disableAllHooks",
    "statusLine",
    "model",
    "outputStyle",
    "pmagent",
})
"""Settings that do something here."""
_SILENT = frozenset({"$schema", "description", "name", "version", "cleanupPeriodDays"})
"""Keys that nobody misses."""
_SETTINGS_KEYS = ACTED_ON | {
    "model", "env", "apiKeyHelper", "enabledPlugins", "extraKnownMarketplaces",
    "includeCoAuthoredBy",
    "enableAllProjectMcpServers", "enabledMcpjsonServers", "disabledMcpjsonServers",
    "forceLoginMethod", "awsAuthRefresh", "awsCredentialExport", "cleanupPeriodDays",
    "alwaysThinkingEnabled", "companyAnnouncements", "sandbox", "spinnerTipsEnabled",
}  # fmt: skip
_PLUGIN_PARTS: Mapping[str, str] = {
    "mcpServers": NO_MCP,
    "lspServers": "language servers are not started",
    "workflows": "workflows are not run",
    "channels": "channels are not opened",
    "dependencies": "other plugins that it needs are not installed by themselves",
}
_MOST_RULES = 12
Members = Mapping[str, object]


def judge_json(path: str, data: bytes, guess: Guess) -> CompatRow | None:
    """What becomes of a JSON file; None where it is none of these."""
    try:
        whole = cast("object", json.loads(data.decode("utf-8-sig")))
    except (ValueError, RecursionError) as exc:
        if not guess.is_sure or guess.kind is None:
            return None
        notes = (f"it is not JSON: {exc}",)
        return CompatRow(
            path=path, kind=guess.kind, name=guess.name, standing="unreadable", notes=notes
        )
    members = cast("Members", whole) if isinstance(whole, dict) else None
    kind = _kind_of(members, guess, path)
    if kind is None:
        return None
    row = CompatRow(path=path, kind=kind, name=guess.name, standing="works")
    if members is None:
        notes = ("it does not hold a JSON object",)
        return replace(row, standing="unreadable", notes=notes)
    match kind:
        case "hooks":
            return _hooks(row, members)
        case "mcp":
            return _mcp(row, members)
        case "plugin":
            return _plugin(row, data)
        case "marketplace":
            return _marketplace(row, members)
        case _:
            return _settings(row, members, data)


def _kind_of(members: Members | None, guess: Guess, path: str) -> FileKind | None:
    """By its place, and where that is not enough by what it holds."""
    if guess.is_sure or members is None:
        return guess.kind if guess.is_sure else None
    if _has_server(members.get("mcpServers")):
        return "mcp"
    folders = path.split("/")[:-1]
    has_events = isinstance(members.get("hooks"), dict) and bool(
        set(cast("Members", members["hooks"])) & set(EVENTS)
    )
    if isinstance(members.get("permissions"), dict) and _has_lists(members["permissions"]):
        return "settings"
    if has_events:
        is_settings = guess.kind == "settings" or "settings" in folders
        return "settings" if is_settings else "hooks"
    is_there = guess.kind == "settings" or any("setting" in folder for folder in folders)
    return "settings" if is_there and _SETTINGS_KEYS & set(members) else None


def _has_server(servers: object) -> bool:
    """Whether any of them could be started, so that this is no table of switches."""
    if not isinstance(servers, dict):
        return False
    return any(
        bool({"command", "url"} & set(cast("Members", entry)))
        for entry in cast("Members", servers).values()
        if isinstance(entry, dict)
    )


def _has_lists(permissions: object) -> bool:
    names = {*_EFFECTS, "defaultMode", "additionalDirectories"}
    return bool(names & set(cast("Members", permissions)))


def _hooks(row: CompatRow, members: Members) -> CompatRow:
    origin = Origin(layer="plugin", source=Source(path=row.path))
    found = read_plugin_hooks(_without_notes(members), origin)
    notes = tuple(dict.fromkeys(notes_on_hooks(found)))
    is_live = bool(live_hooks(found)) or not (found.handlers or found.faults)
    return replace(row, standing=standing_of(notes, is_live=is_live), notes=notes)


def _without_notes(members: Members) -> Members:
    """A hooks file without what stands beside its events."""
    return {key: value for key, value in members.items() if key not in _SILENT}


def _mcp(row: CompatRow, members: Members) -> CompatRow:
    servers = members.get("mcpServers", _without_notes(members))
    notes = [NO_MCP]
    if not isinstance(servers, dict):
        return replace(row, standing="works-with-note", notes=("it names no servers",))
    for name, server in cast("Members", servers).items():
        entry: Members = cast("Members", server) if isinstance(server, dict) else {}
        if not any(isinstance(entry.get(key), str) for key in ("command", "url", "serverUrl")):
            notes.append(f'the server "{name}" has neither a command nor an address')
    return replace(row, standing="works-with-note", notes=tuple(notes))


def _plugin(row: CompatRow, data: bytes) -> CompatRow:
    manifest = read_manifest(data)
    if manifest is None:
        return replace(row, standing="unreadable", notes=("it is no JSON object",))
    notes = list(manifest.faults)
    notes += [what for key, what in _PLUGIN_PARTS.items() if key in manifest.keys]
    if manifest.hooks is not None:
        section = cast("Members", manifest.hooks)
        inner = section.get("hooks", section)
        notes += notes_on_hooks(hooks_in(inner, "plugin", row.path))
    name = manifest.name or row.name
    return replace(row, name=name, standing=standing_of(notes), notes=tuple(notes))


def _marketplace(row: CompatRow, members: Members) -> CompatRow:
    name, plugins = members.get("name"), members.get("plugins")
    notes = ["nothing is installed from a marketplace here: name a plugin's folder instead"]
    if not isinstance(plugins, list):
        notes.append("it lists no plugins")
    shown = name if isinstance(name, str) and name else row.name
    return replace(row, name=shown, standing="works-with-note", notes=tuple(notes))


def _settings(row: CompatRow, members: Members, data: bytes) -> CompatRow:
    if row.path.rpartition("/")[2] == "opencode.json":
        why = "OpenCode's own settings are not read; its commands and agents in .opencode are"
        return replace(row, standing="never-fires", notes=(why,))
    origin = Origin(layer="project", source=Source(path=row.path))
    found = read_settings_hooks(members, origin)
    notes = [*_on_rules(row.path, data), *notes_on_hooks(found)]
    unused = sorted(set(members) - ACTED_ON - _SILENT)
    if unused:
        notes.append(f"without effect here: {quoted(unused)}")
    acted = set(members) & ACTED_ON
    is_live = bool(acted - {"hooks"}) or bool(live_hooks(found)) or not (acted or unused)
    notes = list(dict.fromkeys(notes))
    return replace(row, standing=standing_of(notes, is_live=is_live), notes=tuple(notes))


def _on_rules(path: str, data: bytes) -> Iterator[str]:
    """What is wrong with the rules of a settings file, each with its line."""
    try:
        top, _ = read_located(data.decode("utf-8-sig"))
    except ValueError as exc:
        yield f"it cannot be used as it is: {exc}"
        return
    section = top.value.get("permissions") if isinstance(top.value, Mapping) else None
    if section is None or section.value is None:
        return
    if not isinstance(section.value, Mapping):
        yield '"permissions" is not an object'
        return
    notes = [
        note
        for effect in _EFFECTS
        for text, line in _texts(section.value.get(effect))
        for note in notes_on_rule(text, effect, Source(path=path, line=line))
    ]
    yield from notes[:_MOST_RULES]
    if len(notes) > _MOST_RULES:
        yield f"{len(notes) - _MOST_RULES} more rules say nothing or cannot be understood"


def _texts(located: Located | None) -> Sequence[tuple[str, int]]:
    if located is None or not isinstance(located.value, tuple):
        return ()
    return [(item.value, item.line) for item in located.value if isinstance(item.value, str)]
