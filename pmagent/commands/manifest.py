"""A plugin's manifest: its name and where its parts lie. Every plugin may do without one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

MANIFEST = ".claude-plugin/plugin.json"
_PATHS = ("commands", "agents", "skills", "outputStyles")
_TEXTS = ("name", "version", "description")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a plugin says of itself."""

    name: str = ""
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """For `commands`, `agents`, `skills` and `outputStyles`, the paths it names, without `./`."""
    keys: frozenset[str] = frozenset()
    hooks: object = None
    """Written in the manifest itself; None where they are not."""
    hook_files: tuple[str, ...] = ()
    """Files of hooks that it names, besides `hooks/hooks.json`."""
    faults: tuple[str, ...] = ()

    def folders(self, what: str) -> tuple[str, ...]:
        """Where its commands, agents, skills or output styles lie.

        What it names replaces the usual folder; skills are added to it.
        """
        named = self.paths.get("outputStyles" if what == "output-styles" else what)
        if named is None:
            return (what,)
        return tuple(dict.fromkeys((what, *named))) if what == "skills" else named


def read_manifest(data: bytes) -> Manifest | None:
    """The manifest in these bytes; None where it is no JSON object."""
    try:
        whole = cast("object", json.loads(data.decode("utf-8-sig")))
    except (ValueError, RecursionError):
        return None
    if not isinstance(whole, dict):
        return None
    top = cast("dict[str, object]", whole)
    name = top.get("name")
    faults = [f'"{key}" is not a text' for key in _TEXTS if not isinstance(top.get(key, ""), str)]
    if not isinstance(name, str) or not name.strip():
        faults.append("it has no name: its folder's is taken")
        name = ""
    paths: dict[str, tuple[str, ...]] = {}
    for key in _PATHS:
        if key not in top:
            continue
        named = _inside(top[key])
        if named is None:
            faults.append(f'"{key}" is neither a path in the plugin nor a list of them')
        else:
            paths[key] = named
    hooks = cast("object", top.get("hooks"))
    return Manifest(
        name=name.strip(),
        paths=paths,
        keys=frozenset(top),
        hooks=cast("object", hooks) if isinstance(hooks, dict) else None,
        hook_files=() if isinstance(hooks, dict) else (_inside(hooks) or ()),
        faults=tuple(faults),
    )


def _inside(value: object) -> tuple[str, ...] | None:
    """Paths below the plugin, without `./` and a last slash; None where one leads out."""
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    found: list[str] = []
    for item in values:
        if not isinstance(item, str) or item.startswith(("/", "~")) or ".." in item.split("/"):
            return None
        found.append("/".join(part for part in item.split("/") if part not in {"", "."}))
    return tuple(found)
