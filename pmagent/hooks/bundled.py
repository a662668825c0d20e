"""The shipped hooks as handlers, each on or off as a person has set it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from pmagent.errors import SettingsError
from pmagent.hooks.read import HookSet, Origin, Plugin, merge, read_plugin_hooks
from pmagent.paths import reason_of
from pmagent.types.actions import Source

FILES = ("hooks.json", "optional.json")


@dataclass(frozen=True, kw_only=True)
class ShippedHook:
    """One hook that comes with pmagent."""

    name: str
    """As settings switch it: the module's name with hyphens."""
    does: str
    """What it is for, in a few words."""
    is_on: bool


SHIPPED = (
    ShippedHook(
        name="block-secrets", does="refuses to send a key or a password anywhere", is_on=True
    ),
    ShippedHook(
        name="redact-personal-data",
        does="hides addresses, phone numbers and ids of people in what is sent",
        is_on=True,
    ),
    ShippedHook(name="notify", does="calls you when something waits for you", is_on=True),
    ShippedHook(
        name="draft-commit",
        does="keeps a commit message for what changed in drafts/; it never commits",
        is_on=False,
    ),
)


def shipped_hooks(folder: Path, switched: Mapping[str, bool] | None = None) -> HookSet:
    """The hooks that ship in `folder`, without those that are off.

    `switched` is what the person's settings say by name, such as `{"notify": False}`; what it
    does not name is as it ships.

    Raises:
        SettingsError: the installation is not whole.
    """
    plugin = Plugin(name="pmagent", root=str(folder.parent))
    origin = Origin(layer="shipped", source=Source(path=""), plugin=plugin)
    found = merge([read_plugin_hooks(_read(folder / name), origin) for name in FILES])
    is_on = {hook.name: hook.is_on for hook in SHIPPED} | dict(switched or {})
    kept = [each for each in found.handlers if is_on.get(each.name.replace("_", "-"), True)]
    return replace(found, handlers=tuple(kept))


def _read(path: Path) -> Mapping[str, object]:
    try:
        whole = cast("object", json.loads(path.read_bytes()))
    except (OSError, ValueError) as exc:
        why = reason_of(exc) if isinstance(exc, OSError) else "it is not JSON"
        raise SettingsError(f'cannot read "{path}": {why}', "install pmagent again") from exc
    return cast("dict[str, object]", whole) if isinstance(whole, dict) else {}
