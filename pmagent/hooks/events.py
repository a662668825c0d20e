"""The moments at which hooks may run: what each matches on, what its answer can decide.

One table, in the names and meanings that hooks are written for elsewhere. Nothing is run here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pmagent.errors import UsageError

Refusal = Literal["denies", "blocks", "model", "person", "nothing"]
"""What exit status 2 does: denies the call; blocks the moment itself; shows stderr to the model;
shows it to the person; nothing."""
Decides = Literal["permission", "request", "block", "nothing"]
"""Which answer counts: `permissionDecision`, `decision.behavior`, `decision: "block"`, none."""

DEFAULT_TIMEOUT_S = 600.0
WAITING_TIMEOUT_S = 30.0
"""Where a person waits for a guard, a hook that names no limit of its own is not given minutes."""
DISPLAY_TIMEOUT_S = 10.0
END_TIMEOUT_S = 1.5
MAX_END_TIMEOUT_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Event:
    """One moment."""

    name: str
    matches_on: str = ""
    """The field of the input that a matcher looks at; empty where every handler runs."""
    refusal: Refusal = "nothing"
    decides: Decides = "nothing"
    fields: frozenset[str] = frozenset()
    """Fields of `hookSpecificOutput` that have a meaning here."""
    fires: bool = False
    """Whether this version ever fires it."""
    has_tool: bool = False
    """Whether it is about one use of a tool, so that `if` has a meaning."""
    is_guard: bool = False
    """Whether a handler that gives no answer must not be taken for consent."""
    takes_text: bool = False
    """Whether plain text on stdout is context for the model."""
    has_env_file: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S
    is_ours: bool = False
    """Known to pmagent alone: it belongs in `.pmagent/settings.json`."""


_CONTEXT = frozenset({"additionalContext"})
_START = frozenset({"initialUserMessage", "sessionTitle", "watchPaths", "reloadSkills"})

_TOOL = Event(name="", matches_on="tool_name", has_tool=True)
_HERE = replace(_TOOL, fires=True)
_BLOCKS = Event(name="", refusal="blocks", decides="block")
_SAID = Event(name="", refusal="person")


def _of_sessions() -> Iterator[Event]:
    yield replace(
        _SAID, name="SessionStart", matches_on="source", fields=_CONTEXT | _START,
        takes_text=True, has_env_file=True, fires=True,
    )  # fmt: skip
    yield replace(_SAID, name="Setup", matches_on="trigger", fields=_CONTEXT, has_env_file=True)
    yield replace(
        _BLOCKS, name="UserPromptSubmit", takes_text=True, is_guard=True, fires=True,
        fields=_CONTEXT | {"sessionTitle", "suppressOriginalPrompt"}, timeout_s=WAITING_TIMEOUT_S,
    )  # fmt: skip
    yield replace(
        _BLOCKS, name="UserPromptExpansion", matches_on="command_name", fields=_CONTEXT,
        takes_text=True, is_guard=True, fires=True, timeout_s=WAITING_TIMEOUT_S,
    )  # fmt: skip


def _of_tools() -> Iterator[Event]:
    yield replace(
        _HERE, name="PreToolUse", refusal="denies", decides="permission", is_guard=True,
        fields=_CONTEXT | {"permissionDecision", "permissionDecisionReason", "updatedInput"},
        timeout_s=WAITING_TIMEOUT_S,
    )  # fmt: skip
    yield replace(
        _HERE, name="PermissionRequest", decides="request", fields=frozenset({"decision"}),
        timeout_s=WAITING_TIMEOUT_S,
    )  # fmt: skip
    yield replace(_TOOL, name="PermissionDenied", fields=frozenset({"retry"}))
    yield replace(
        _HERE, name="PostToolUse", refusal="model", decides="block",
        fields=_CONTEXT | {"updatedToolOutput", "classifierContext"},
    )  # fmt: skip
    yield replace(_HERE, name="PostToolUseFailure", refusal="model", fields=_CONTEXT)
    yield replace(_BLOCKS, name="PostToolBatch", fields=_CONTEXT)


def _of_turns() -> Iterator[Event]:
    yield Event(name="Notification", matches_on="notification_type", fires=True)
    yield Event(
        name="MessageDisplay", fields=frozenset({"displayContent"}), timeout_s=DISPLAY_TIMEOUT_S
    )
    yield replace(_SAID, name="SubagentStart", matches_on="agent_type", fields=_CONTEXT, fires=True)
    yield replace(
        _BLOCKS, name="SubagentStop", matches_on="agent_type", fields=_CONTEXT, fires=True
    )
    yield replace(_BLOCKS, name="Stop", fields=_CONTEXT, fires=True)
    yield Event(name="StopFailure", matches_on="error")
    yield replace(_BLOCKS, name="TaskCreated", fires=True)
    yield replace(_BLOCKS, name="TaskCompleted", fires=True)
    yield replace(_BLOCKS, name="TeammateIdle", decides="nothing")


def _of_surroundings() -> Iterator[Event]:
    yield replace(_BLOCKS, name="ConfigChange", matches_on="source", fires=True)
    yield Event(name="InstructionsLoaded", matches_on="load_reason", fires=True)
    yield replace(_SAID, name="CwdChanged", fields=frozenset({"watchPaths"}), has_env_file=True)
    yield replace(_SAID, name="DirectoryAdded", matches_on="source")
    yield replace(
        _SAID, name="FileChanged", matches_on="file_path", fields=frozenset({"watchPaths"}),
        has_env_file=True, fires=True,
    )  # fmt: skip
    yield replace(_BLOCKS, name="PreCompact", matches_on="trigger", fires=True)
    yield replace(_SAID, name="PostCompact", matches_on="trigger", fires=True)
    yield Event(
        name="PreModelSwitch", refusal="denies", decides="permission", fires=True,
        fields=frozenset({"permissionDecision", "permissionDecisionReason"}),
    )  # fmt: skip
    yield Event(name="PostModelSwitch", fields=_CONTEXT)
    for name in ("Elicitation", "ElicitationResult"):
        yield Event(
            name=name, matches_on="mcp_server_name", refusal="blocks",
            fields=frozenset({"action", "content"}),
        )  # fmt: skip
    yield replace(_BLOCKS, name="WorktreeCreate", decides="nothing")
    yield Event(name="WorktreeRemove")
    yield replace(
        _SAID, name="SessionEnd", matches_on="reason", fires=True, timeout_s=END_TIMEOUT_S
    )
    for name in ("IndexUpdated", "PrePublish", "PostPublish", "ClaimChecked"):
        yield Event(name=name, is_ours=True)


EVENTS: Mapping[str, Event] = {
    event.name: event
    for event in (*_of_sessions(), *_of_tools(), *_of_turns(), *_of_surroundings())
}
"""All 33 moments by name, and the four that are ours."""


def event_of(name: str) -> Event:
    """The moment called `name`.

    Raises:
        UsageError: there is none.
    """
    if event := EVENTS.get(name):
        return event
    near = difflib.get_close_matches(name, EVENTS, n=1)
    raise UsageError(
        f'there is no hook event "{name}"', f'did you mean "{near[0]}"?' if near else ""
    )
