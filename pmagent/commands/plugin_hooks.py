"""The hooks that plugins bring: `hooks/hooks.json`, those a manifest holds or names a file for.

Every one waits until a person has trusted it, wherever the plugin lies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from pmagent.commands.rooms import PluginFolder, manifest_of
from pmagent.errors import PmagentError
from pmagent.hooks.read import HookFault, HookSet, Origin, Plugin, read_plugin_hooks
from pmagent.types.actions import Source

HOOKS = "hooks/hooks.json"


def hooks_of_plugin(plugin: PluginFolder) -> Iterator[HookSet]:
    """What one plugin brings; what cannot be read is a fault of its set."""
    manifest = manifest_of(plugin.folder, plugin.under)
    root = plugin.folder.root / plugin.under
    origin = Origin(
        layer="plugin",
        source=Source(path=""),
        written="plugin",
        plugin=Plugin(name=manifest.name or root.name, root=str(root)),
    )
    if isinstance(manifest.hooks, Mapping):
        source = Source(path=f"{plugin.shown}{plugin.under}")
        content = cast("Mapping[str, object]", manifest.hooks)
        yield read_plugin_hooks(content, replace(origin, source=source))
    for path in dict.fromkeys((HOOKS, *manifest.hook_files)):
        below = "/".join(filter(None, (plugin.under, path)))
        source = Source(path=f"{plugin.shown}{below}")
        try:
            data = plugin.folder.read(below)
        except PmagentError:
            continue
        yield _read(data, replace(origin, source=source))


def _read(data: bytes, origin: Origin) -> HookSet:
    try:
        whole = cast("object", json.loads(data.decode("utf-8-sig")))
    except (ValueError, RecursionError) as exc:
        fault = HookFault(source=origin.source, event="", what=f"it is not JSON: {exc}")
        return HookSet(faults=(fault,))
    if not isinstance(whole, dict):
        what = "it does not hold a JSON object"
        return HookSet(faults=(HookFault(source=origin.source, event="", what=what),))
    return read_plugin_hooks(cast("dict[str, object]", whole), origin)
