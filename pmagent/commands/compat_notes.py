"""Sentences on what differs here: the tools, models, rules and hooks that a file names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmagent.commands.read_agent import EVERY_TOOL, tool_of
from pmagent.errors import RuleFaultError
from pmagent.hooks.events import EVENTS
from pmagent.hooks.read import Handler, HookSet, Origin, Written, read_hooks
from pmagent.hooks.run import why_inert
from pmagent.permissions.rules import is_glob, parse_rule, present_names, why_dead
from pmagent.types.actions import Effect, Layer, Source
from pmagent.types.commands import Standing

MODELS = frozenset(
    {
        "inherit", "default", "best", "sonnet", "opus", "haiku", "fable", "opusplan", "fast",
        "deep", "offline",
    }
)  # fmt: skip
"""Names that stand for a model."""
LOOP_TOOLS = frozenset({"Agent", "Skill"})
"""Tools that belong to the conversation itself."""
NO_MCP = "MCP servers are not started in this version"
_MODEL_ID = re.compile(r"claude-[\w.:@-]+", re.IGNORECASE)
_MOST_NAMED = 8


@dataclass(frozen=True, kw_only=True)
class Here:
    """What there is in this version."""

    tools: frozenset[str]
    models: frozenset[str] = MODELS


def standing_of(notes: Sequence[str], *, is_live: bool = True) -> Standing:
    """How a file that can be read stands."""
    if not is_live:
        return "never-fires"
    return "works-with-note" if notes else "works"


def split_tools(entries: Sequence[str], here: Here) -> tuple[list[str], list[str], list[str]]:
    """The entries that name a tool of ours, one of an MCP server, and one that is not here."""
    ours: list[str] = []
    servers: list[str] = []
    missing: list[str] = []
    for entry in entries:
        tool = tool_of(entry)
        if tool.startswith("mcp__"):
            servers.append(tool)
        elif is_glob(tool) or tool.lower() in EVERY_TOOL or set(present_names(tool)) & here.tools:
            ours.append(tool)
        else:
            missing.append(tool)
    return ours, list(dict.fromkeys(servers)), list(dict.fromkeys(missing))


def notes_on_tools(entries: Sequence[str], here: Here) -> Iterator[str]:
    """Which of the tools that are named there are none of here."""
    _, servers, missing = split_tools(entries, here)
    if missing:
        yield f"not here in this version: {quoted(missing)}"
    if servers:
        yield f"{NO_MCP}: {quoted(servers)}"


def notes_on_model(model: str, here: Here) -> Iterator[str]:
    """Whether a model's name means nothing here."""
    name = model.lower().removesuffix("[1m]").strip()
    if name and name not in here.models and not _MODEL_ID.fullmatch(name):
        yield f'the model "{model}" is not known here: the session\'s own is used'


def notes_on_allowed(entries: Sequence[str]) -> Iterator[str]:
    """Which pre-approvals say nothing."""
    for entry in entries:
        if "(" in entry and not entry.startswith("mcp__"):
            yield from _note_on_rule(entry, "allow", Source(path=""), layer="session")


def notes_on_rule(text: str, effect: Effect, source: Source) -> Iterator[str]:
    """What is wrong with a rule of a settings file."""
    yield from _note_on_rule(text, effect, source, layer="project")


def _note_on_rule(text: str, effect: Effect, source: Source, *, layer: Layer) -> Iterator[str]:
    try:
        rule = parse_rule(text, effect=effect, layer=layer, source=source)
    except RuleFaultError as exc:
        yield exc.message
        return
    if why := why_dead(rule):
        yield f'the rule "{text}" says nothing: {why}'


def hooks_in(section: object, written: Written, path: str) -> HookSet:
    """The hooks of a front matter or a plugin."""
    layer: Layer = "plugin" if written == "plugin" else "project"
    return read_hooks(section, Origin(layer=layer, source=Source(path=path), written=written))


def notes_on_hooks(found: HookSet) -> Iterator[str]:
    """Which handlers never run here, by reason, and what has no meaning."""
    silent = {h.event for h in found.handlers if not EVENTS[h.event].fires}
    if silent:
        yield f"never fires here: {quoted(sorted(silent))}"
    for kind, handlers in _inert_kinds(found.handlers).items():
        events = sorted({handler.event for handler in handlers})
        yield f"hooks {kind} are not run in this version: {quoted(events)}"
    for handler in found.handlers:
        if handler.if_rule and not EVENTS[handler.event].has_tool:
            yield f'"{handler.event}" is about no tool, so its "if" never holds'
    for fault in found.faults[:_MOST_NAMED]:
        yield f'"{fault.event}": {fault.what}' if fault.event else fault.what
    if len(found.faults) > _MOST_NAMED:
        yield f"{len(found.faults) - _MOST_NAMED} more entries have no meaning"


def live_hooks(found: HookSet) -> Sequence[Handler]:
    """The handlers that run when their moment comes."""
    return [handler for handler in found.handlers if not why_inert(handler)]


def quoted(names: Sequence[str]) -> str:
    """`"A", "B" and 3 more`."""
    shown = ", ".join(f'"{name}"' for name in names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _inert_kinds(handlers: Sequence[Handler]) -> Mapping[str, Sequence[Handler]]:
    """Those of a kind that is not run, by what the kind is called."""
    found: dict[str, list[Handler]] = {}
    for handler in handlers:
        if handler.kind != "command":
            found.setdefault(f'of type "{handler.kind}"', []).append(handler)
        elif handler.shell == "powershell":
            found.setdefault("for powershell", []).append(handler)
    return found
