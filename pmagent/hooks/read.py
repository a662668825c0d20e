"""Reads hooks out of settings, front matter and plugins into values that cannot be wrong.

The shape is the one of `.claude/settings.json`. What is malformed becomes a fault that names its
place, and every other handler lives. Nothing is opened, and nothing is run here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from pmagent.errors import UsageError
from pmagent.hooks.events import EVENTS, Event, event_of
from pmagent.hooks.match import fault_of
from pmagent.types.actions import Layer, Source

Kind = Literal["command", "http", "mcp_tool", "prompt", "agent"]
Written = Literal["settings", "plugin", "skill", "agent"]
OnFailure = Literal["continue", "block"]

MAX_HANDLERS = 500
MAX_COMMAND = 100_000
MAX_TIMEOUT_S = 86_400.0
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "command": ("command",),
    "http": ("url",),
    "mcp_tool": ("server", "tool"),
    "prompt": ("prompt",),
    "agent": ("prompt",),
}
_YES = {"true", "yes", "on", "1"}
_NO = {"false", "no", "off", "0"}
_STRENGTH: Sequence[Layer] = (
    "managed", "user", "grant", "session", "local", "project", "plugin", "shipped",
)  # fmt: skip
_OF_THE_GARDEN = {"local", "project"}


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """The plugin a handler comes with."""

    name: str
    root: str
    """Its folder, absolute."""
    data: str = ""
    """The folder it may keep things in; empty where it has none."""
    options: tuple[tuple[str, str], ...] = ()
    """What the person set for it, by key."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a set of hooks is written."""

    layer: Layer
    source: Source
    written: Written = "settings"
    plugin: Plugin | None = None


@dataclass(frozen=True, kw_only=True)
class Handler:
    """One thing to run at one moment."""

    event: str
    matcher: str
    """As written; empty for every use."""
    kind: Kind
    command: str
    """The shell text, or with `args` the program; for other kinds what they would call."""
    args: tuple[str, ...] | None = None
    """Present: the program is started with these, without a shell."""
    shell: str = ""
    """`bash` or `powershell`; empty for the system's `sh`."""
    timeout_s: float | None = None
    if_rule: str = ""
    """One permission rule that the call must match."""
    once: bool = False
    """Runs once in a session. Only what a skill brings can ask for it."""
    on_failure: OnFailure | None = None
    is_async: bool = False
    """Nobody waits for it, so it decides nothing."""
    wakes: bool = False
    """Runs unwaited, and status 2 gives its words to the model later."""
    status_message: str = ""
    source: Source
    layer: Layer
    plugin: Plugin | None = None

    @property
    def name(self) -> str:
        """Short, for a person: the last path in the command, or its first words."""
        words = self.command.split() if self.args is None else [self.command, *self.args]
        named = [part.strip("\"'()") for part in words]
        files = [part.rsplit("/", 1)[-1] for part in named if "/" in part]
        modules = [part.rsplit(".", 1)[-1] for part in named if part.startswith("pmagent.")]
        found = modules or [part for part in files if "." in part] or [" ".join(named[:2])]
        return (found[0] or self.kind)[:60]

    def __str__(self) -> str:
        """`check.sh (PreToolUse, ~/.claude/settings.json)`."""
        where = str(self.source)
        return f"{self.name} ({self.event}, {where})" if where else f"{self.name} ({self.event})"


@dataclass(frozen=True, kw_only=True)
class HookFault:
    """Something written in a hooks section that has no meaning, or another than it seems."""

    source: Source
    event: str
    """Empty where it is about the whole file."""
    what: str
    """One plain sentence."""


@dataclass(frozen=True, kw_only=True)
class HookSet:
    """What was read: the handlers that live, and what was wrong with the others."""

    handlers: tuple[Handler, ...] = ()
    faults: tuple[HookFault, ...] = ()
    off: tuple[Origin, ...] = ()
    """Where `disableAllHooks` stands."""


def read_settings_hooks(settings: Mapping[str, object], origin: Origin) -> HookSet:
    """The hooks of a whole settings file, with its `disableAllHooks`."""
    off = _boolean(settings.get("disableAllHooks", False))
    found = read_hooks(settings.get("hooks"), origin)
    if off is None:
        what = '"disableAllHooks" is neither true nor false: the hooks stay on'
        fault = HookFault(source=origin.source, event="", what=what)
        return replace(found, faults=(*found.faults, fault))
    return replace(found, off=(origin,)) if off else found


def read_plugin_hooks(content: Mapping[str, object], origin: Origin) -> HookSet:
    """The hooks of a plugin's `hooks/hooks.json`, with or without the outer `hooks`."""
    is_wrapped = isinstance(content.get("hooks"), Mapping)
    bare = {key: value for key, value in content.items() if key != "description"}
    return read_hooks(content["hooks"] if is_wrapped else bare, replace(origin, written="plugin"))


def read_hooks(section: object, origin: Origin) -> HookSet:
    """The hooks of one `hooks` section: events, each with groups of handlers.

    In an agent's front matter `Stop` means `SubagentStop`. In front matter every value may be a
    text, because that is how it is read.
    """
    if section is None:
        return HookSet()
    if not isinstance(section, Mapping):
        what = '"hooks" is not an object that names events'
        return HookSet(faults=(HookFault(source=origin.source, event="", what=what),))
    handlers: list[Handler] = []
    faults: list[HookFault] = []
    for name, groups in cast("Mapping[object, object]", section).items():
        event = _event(str(name), origin)
        if isinstance(event, str):
            faults.append(HookFault(source=origin.source, event=str(name), what=event))
            continue
        for item in _handlers(event, groups, origin):
            if isinstance(item, Handler):
                handlers.append(item)
            else:
                faults.append(HookFault(source=origin.source, event=event.name, what=item))
    if len(handlers) > MAX_HANDLERS:
        what = f"it holds {len(handlers):,} handlers; only the first {MAX_HANDLERS} are used"
        faults.append(HookFault(source=origin.source, event="", what=what))
    return HookSet(handlers=tuple(handlers[:MAX_HANDLERS]), faults=tuple(faults))


def merge(sets: Sequence[HookSet]) -> HookSet:
    """All of them as one, strongest layer first.

    `disableAllHooks` in a managed file turns off everything, in a person's own all but the
    managed ones. In a garden's file it turns off the garden's own: a folder that was cloned
    cannot switch off the guards of the person who opens it.
    """
    handlers = [handler for found in sets for handler in found.handlers]
    faults = [fault for found in sets for fault in found.faults]
    for origin in (origin for found in sets for origin in found.off):
        handlers = [handler for handler in handlers if not _is_off(handler.layer, origin.layer)]
        which = {"managed": "all hooks", "user": "all hooks but managed ones"}
        what = f"{which.get(origin.layer, 'the hooks of this garden')} are off: disableAllHooks"
        faults.append(HookFault(source=origin.source, event="", what=what))
    handlers.sort(key=lambda handler: _STRENGTH.index(handler.layer))
    off = tuple(origin for found in sets for origin in found.off)
    return HookSet(handlers=tuple(handlers), faults=tuple(faults), off=off)


def _is_off(layer: Layer, by: Layer) -> bool:
    if by == "managed":
        return True
    return layer != "managed" if by == "user" else layer in _OF_THE_GARDEN


def _event(name: str, origin: Origin) -> Event | str:
    try:
        event = event_of(name)
    except UsageError as exc:
        return f"{exc.message}; {exc.hint}" if exc.hint else exc.message
    if event.is_ours and ".claude" in origin.source.path:
        return f'"{name}" is known to pmagent alone: write it in .pmagent/settings.json'
    return EVENTS["SubagentStop"] if origin.written == "agent" and name == "Stop" else event


def _handlers(event: Event, groups: object, origin: Origin) -> Iterator[Handler | str]:
    """Each handler of one event, or a sentence on what is wrong with it."""
    if not isinstance(groups, Sequence) or isinstance(groups, str):
        yield f'"{event.name}" is not a list of matchers'
        return
    for number, group in enumerate(cast("Sequence[object]", groups), 1):
        if not isinstance(group, Mapping):
            yield f"entry {number} is not an object"
            continue
        entry = cast("Mapping[object, object]", group)
        matcher, inner = entry.get("matcher"), entry.get("hooks")
        if matcher is not None and not isinstance(matcher, str):
            yield f'"matcher" of entry {number} is not a string'
        elif not isinstance(inner, Sequence) or isinstance(inner, str):
            yield f'entry {number} has no list "hooks"'
        else:
            if fault := fault_of(event, matcher or ""):
                yield fault
            for place, item in enumerate(cast("Sequence[object]", inner), 1):
                where = f"handler {place} of entry {number}"
                yield from _handler(event, matcher or "", item, origin, where)


def _handler(
    event: Event, matcher: str, item: object, origin: Origin, where: str
) -> Iterator[Handler | str]:
    if not isinstance(item, Mapping):
        yield f"{where} is not an object"
        return
    fields = cast("Mapping[object, object]", item)
    kind = fields.get("type")
    if kind not in _NEEDED:
        yield f'{where} has no "type" of {", ".join(_NEEDED)}'
        return
    faults = list(_faults(fields, str(kind), origin))
    if faults:
        yield f"{where}: {'; '.join(faults)}"
        return
    rule = _text(fields, "if")
    if rule and not event.has_tool:
        yield f'{where} has "if", but {event.name} is about no tool: it never runs'
    args = cast("Sequence[str] | None", fields.get("args"))
    named = [_text(fields, key) for key in _NEEDED[str(kind)]]
    yield Handler(
        event=event.name,
        matcher=matcher,
        kind=cast("Kind", kind),
        command=" ".join(named),
        args=None if args is None else tuple(args),
        shell=_text(fields, "shell"),
        timeout_s=_seconds(fields.get("timeout"), origin),
        if_rule=rule,
        once=origin.written == "skill" and _boolean(fields.get("once", False)) is True,
        on_failure=cast("OnFailure | None", fields.get("onFailure")),
        is_async=_is_true(fields, "async") or _is_true(fields, "asyncRewake"),
        wakes=_is_true(fields, "asyncRewake"),
        status_message=_text(fields, "statusMessage"),
        source=origin.source,
        layer=origin.layer,
        plugin=origin.plugin,
    )


def _faults(fields: Mapping[object, object], kind: str, origin: Origin) -> Iterator[str]:
    for key in _NEEDED[kind]:
        value = fields.get(key)
        if not isinstance(value, str) or not value.strip():
            yield f'"{key}" is missing or not a string'
        elif len(value) > MAX_COMMAND or "\0" in value:
            yield f'"{key}" is too long or holds a null character'
    for key in ("if", "shell", "statusMessage"):
        if not isinstance(fields.get(key, ""), str):
            yield f'"{key}" is not a string'
    yield from _value_faults(fields, origin)


def _value_faults(fields: Mapping[object, object], origin: Origin) -> Iterator[str]:
    args = fields.get("args")
    if args is not None and not _is_strings(args):
        yield '"args" is not a list of strings'
    if fields.get("shell", "") not in {"", "bash", "sh", "powershell"}:
        yield '"shell" is neither bash nor powershell'
    for key in ("once", "async", "asyncRewake"):
        if _boolean(fields.get(key, False)) is None:
            yield f'"{key}" is neither true nor false'
    if "timeout" in fields and _seconds(fields["timeout"], origin) is None:
        yield '"timeout" is not a number of seconds above 0'
    if fields.get("onFailure") not in {None, "continue", "block"}:
        yield '"onFailure" is neither "continue" nor "block"'


def _text(fields: Mapping[object, object], key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _is_true(fields: Mapping[object, object], key: str) -> bool:
    return _boolean(fields.get(key, False)) is True


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(part, str) and "\0" not in part for part in cast("list[object]", value)
    )


def _boolean(value: object) -> bool | None:
    """Also in the spellings that people use in front matter; None where it is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str | int):
        word = str(value).strip().lower()
        return True if word in _YES else False if word in _NO else None
    return None


def _seconds(value: object, origin: Origin) -> float | None:
    if isinstance(value, str) and origin.written in {"skill", "agent"}:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value) or value <= 0:
        return None
    return min(float(value), MAX_TIMEOUT_S)
