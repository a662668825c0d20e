"""What there is of hooks, as rows to show, and one tried out by hand."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pmagent.hooks.events import event_of
from pmagent.hooks.read import Handler
from pmagent.hooks.run import Hooks, Verdict, why_inert
from pmagent.hooks.trust import needs_trust
from pmagent.types.actions import Json

SAMPLE_SESSION = "hook-test"


@dataclass(frozen=True, kw_only=True)
class HookRow:
    """One handler, as a person is shown it. The texts are as written: not yet safe to show."""

    event: str
    matcher: str
    """`*` for every use."""
    name: str
    command: str
    layer: str
    source: str
    state: str
    """`runs`, `waits for your trust`, or why this version never runs it."""

    @property
    def runs(self) -> bool:
        """Whether it is run when its moment comes."""
        return self.state == "runs"


def listing(
    handlers: Sequence[Handler], *, trusted: Callable[[Handler], bool]
) -> Sequence[HookRow]:
    """One row a handler, in the order in which they are fired."""
    return [
        HookRow(
            event=handler.event,
            matcher=handler.matcher or "*",
            name=handler.name,
            command=_shown(handler),
            layer=handler.layer,
            source=str(handler.source),
            state=_state(handler, trusted),
        )
        for handler in handlers
    ]


def try_hook(
    hooks: Hooks, event: str, *, tool: str = "", given: Mapping[str, Json] | None = None
) -> Verdict:
    """What the hooks would say at `event`, with a made-up input; `given` is laid over it.

    For an event with a tool, `given` is the tool's input. The handlers run for real; the `runs`
    of the verdict hold what each was given and wrote.

    Raises:
        UsageError: there is no such event.
    """
    moment = event_of(event)
    payload: dict[str, Json] = {"session_id": SAMPLE_SESSION, "permission_mode": "default"}
    if moment.has_tool:
        name = tool or "Read"
        payload |= {"tool_name": name, "tool_input": given or {}, "tool_use_id": SAMPLE_SESSION}
    else:
        payload |= given or {}
        if tool and moment.matches_on:
            payload[moment.matches_on] = tool
    return hooks.fire(event, payload)


def _state(handler: Handler, trusted: Callable[[Handler], bool]) -> str:
    if why := why_inert(handler):
        return why
    if needs_trust(handler) and not trusted(handler):
        return "waits for your trust"
    return "runs"


def _shown(handler: Handler) -> str:
    if handler.args is None:
        return handler.command
    return shlex.join((handler.command, *handler.args))
