"""Which folders hold commands, skills and agents, in the order in which they count.

Ours before Claude Code's before the others'. A plugin is a folder with a manifest or without.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from pmagent.commands.folders import Folder, OwnFolder
from pmagent.commands.manifest import MANIFEST, Manifest, read_manifest
from pmagent.errors import PmagentError
from pmagent.paths import Homes, bundled_dir
from pmagent.permissions.layers import CLAUDE_HOME_VARIABLE
from pmagent.types.commands import Place

RoomKind = Literal["command", "skill", "agent", "style"]
_OURS = (
    ("commands", "command"), ("skills", "skill"), ("agents", "agent"), ("output-styles", "style"),
)  # fmt: skip
_OPENCODE = (
    ("commands", "command"), ("command", "command"), ("skills", "skill"), ("skill", "skill"),
    ("agents", "agent"), ("agent", "agent"),
)  # fmt: skip
_SKILLS = (("skills", "skill"),)
_LAYOUTS: Sequence[tuple[str, Sequence[tuple[str, str]]]] = (
    (".pmagent", _OURS),
    (".claude", _OURS),
    (".agents", _SKILLS),
    (".opencode", _OPENCODE),
)


@dataclass(frozen=True, kw_only=True)
class Room:
    """One folder of one kind."""

    folder: Folder
    under: str
    kind: RoomKind
    place: Place
    shown: str
    """How its folder is called in front of a person, such as `~/.claude/`; empty in the garden."""
    plugin: str = ""
    plugin_root: str = ""
    needs_trust: bool = False


@dataclass(frozen=True, kw_only=True)
class PluginFolder:
    """One plugin: the folder that holds it, and where it lies in that."""

    folder: Folder
    under: str
    shown: str
    needs_trust: bool = False


def rooms_of_person(
    homes: Homes, user_home: Path, environment: Mapping[str, str]
) -> Iterator[Room]:
    """What a person keeps in the home folder."""
    claude = Path(environment.get(CLAUDE_HOME_VARIABLE) or user_home / ".claude")
    for root, layout in (
        (homes.config, _OURS),
        (claude, _OURS),
        (user_home / ".agents", _SKILLS),
        (user_home / ".config" / "opencode", _OPENCODE),
    ):
        yield from _rooms(OwnFolder(root), "", layout, place="user", shown=_shown(root, user_home))


def rooms_of_garden(garden: Folder) -> Iterator[Room]:
    """What came with the garden's folder."""
    for name, layout in _LAYOUTS:
        yield from _rooms(garden, name, layout, place="project", shown="")


def rooms_that_ship() -> Iterator[Room]:
    """What comes with pmagent."""
    for name, kind in (("commands", "command"), ("agents", "agent")):
        folder = OwnFolder(bundled_dir(name))
        yield Room(
            folder=folder, under="", kind=cast("RoomKind", kind), place="shipped", shown=f"{name}/"
        )


def plugins_of_person(
    homes: Homes, user_home: Path, environment: Mapping[str, str], named: Sequence[Path] = ()
) -> Iterator[PluginFolder]:
    """Those named for this session, those in our own folder, those that Claude Code installed."""
    claude = Path(environment.get(CLAUDE_HOME_VARIABLE) or user_home / ".claude")
    own = OwnFolder(homes.config)
    roots = [*named, *(homes.config / path for path in _below_plugins(own, "plugins"))]
    for root in (*roots, *_installed(OwnFolder(claude))):
        yield PluginFolder(folder=OwnFolder(root), under="", shown=_shown(root, user_home))


def plugins_of_garden(garden: Folder) -> Iterator[PluginFolder]:
    """Those that came with the garden's folder."""
    for path in _below_plugins(garden, ".pmagent/plugins"):
        yield PluginFolder(folder=garden, under=path, shown="", needs_trust=True)


def rooms_of_plugin(plugin: PluginFolder) -> Iterator[Room]:
    """The rooms of one plugin, as its manifest names them."""
    manifest = manifest_of(plugin.folder, plugin.under)
    root = plugin.folder.root / plugin.under
    name = manifest.name or root.name
    for what, kind in _OURS:
        for path in manifest.folders(what):
            yield Room(
                folder=plugin.folder,
                under="/".join(filter(None, (plugin.under, path))),
                kind=cast("RoomKind", kind),
                place="plugin",
                shown=plugin.shown,
                plugin=name,
                plugin_root=str(root),
                needs_trust=plugin.needs_trust,
            )
    yield Room(
        folder=plugin.folder,
        under="/".join(filter(None, (plugin.under, "SKILL.md"))),
        kind="skill",
        place="plugin",
        shown=plugin.shown,
        plugin=name,
        plugin_root=str(root),
        needs_trust=plugin.needs_trust,
    )


def manifest_of(folder: Folder, under: str) -> Manifest:
    """A plugin's manifest; an empty one where it has none that can be read."""
    try:
        data = folder.read("/".join(filter(None, (under, MANIFEST))))
    except PmagentError:
        return Manifest()
    return read_manifest(data) or Manifest()


def _rooms(
    folder: Folder,
    under: str,
    layout: Sequence[tuple[str, str]],
    *,
    place: Place,
    shown: str,
) -> Iterator[Room]:
    for name, kind in layout:
        yield Room(
            folder=folder,
            under="/".join(filter(None, (under, name))),
            kind=cast("RoomKind", kind),
            place=place,
            shown=shown,
            needs_trust=place == "project",
        )


def _below_plugins(folder: Folder, under: str) -> list[str]:
    """The folders directly below `under` that hold anything."""
    depth = under.count("/") + 1
    parts = [mark.path.split("/") for mark in folder.files(under)]
    names = {names[depth] for names in parts if len(names) > depth + 1}
    return [f"{under}/{name}" for name in sorted(names)]


def _installed(claude: Folder) -> Iterator[Path]:
    """The folders of the plugins that Claude Code's settings switch on."""
    is_on = _json(claude, "settings.json").get("enabledPlugins")
    plugins = _json(claude, "plugins/installed_plugins.json").get("plugins")
    if not isinstance(is_on, dict) or not isinstance(plugins, dict):
        return
    switched = cast("dict[str, object]", is_on)
    for name, found in cast("dict[str, object]", plugins).items():
        path = _install_path(found)
        if switched.get(name) is True and path.startswith("/"):
            yield Path(path)


def _install_path(found: object) -> str:
    """Where one plugin lies; it may be installed for several scopes, of which the first counts."""
    first = cast("list[object]", found)[:1] if isinstance(found, list) else [found]
    place = first[0] if first else None
    path = cast("dict[str, object]", place).get("installPath") if isinstance(place, dict) else ""
    return path if isinstance(path, str) else ""


def _json(folder: Folder, path: str) -> Mapping[str, object]:
    try:
        whole = cast("object", json.loads(folder.read(path).decode("utf-8-sig")))
    except (PmagentError, ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", whole) if isinstance(whole, dict) else {}


def _shown(root: Path, user_home: Path) -> str:
    try:
        return f"~/{root.relative_to(user_home).as_posix()}/"
    except ValueError:
        return f"{root.as_posix()}/"
