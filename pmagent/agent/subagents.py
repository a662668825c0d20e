"""Starts sub-agents, which work on their own and hand back their last words.

Each has its own conversation, no more tools than its parent, and a share of its parent's budget.

A sub-agent works in its parent's session, so that what it has read counts for all. It may go less
far than its parent, never further. What cannot be started is refused with the reason.
"""

from __future__ import annotations

import difflib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pmagent.agent.budget import least
from pmagent.agent.context import Section
from pmagent.agent.footing import SPAWNER, Parent, Role
from pmagent.agent.loop import Loop
from pmagent.agent.session import Narrow
from pmagent.agent.tool import AgentReport, AgentTask
from pmagent.agent.tool_answers import of_subagent
from pmagent.errors import ModelError, UsageError
from pmagent.permissions.rules import present_names, tool_matches
from pmagent.types.commands import AgentFile
from pmagent.types.sessions import Record
from pmagent.types.talk import Effort, Message, Model, Text, ToolSpec
from pmagent.types.turns import (
    AgentBegan,
    AgentEnded,
    AgentMoved,
    Budget,
    Noted,
    Paused,
    Resumed,
    Said,
    Spend,
    ToolBegan,
    ToolEnded,
    TurnBegan,
    TurnEnded,
    TurnEvent,
    Used,
)

DEEPEST = 3
MOST_AT_ONCE = 20
PEEKED = 500
"""Events that are kept of each."""
MOST_KNOWN = 100
"""Sub-agents whose events are kept."""
_NARROW: dict[str, Narrow] = {"plan": "plan", "dontAsk": "dontAsk"}
_EFFORTS: dict[str, Effort] = {
    "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh", "max": "max",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What sub-agents are made of."""

    files: Callable[[], Sequence[AgentFile]]
    """Those that there are now."""
    surroundings: Callable[[AgentFile], Sequence[Section]]
    """What stands behind its own prompt: environment, trust state, instruction files, skills."""
    find_model: Callable[[str], Model]
    """A model of its own by alias or id, not shared with another thread. Raises UsageError or
    ModelError."""


@dataclass(kw_only=True)
class _Live:
    """One sub-agent."""

    id: str
    name: str
    parent: str
    loop: Loop
    began: float
    events: deque[TurnEvent] = field(default_factory=lambda: deque[TurnEvent](maxlen=PEEKED))
    is_over: bool = False


class Agents:
    """The sub-agents of one session. Safe to use from several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._known: dict[str, _Live] = {}

    # -- starting one ------------------------------------------------------------------------------

    def start(self, parent: Parent, task: AgentTask, share: Budget) -> AgentReport:
        """Run one to its end, in this thread; its events are shown in the parent's turn.

        Raises:
            UsageError: there is none of that name, nobody trusts it, it may not be started here,
                too many run, or none of its tools is there.
        """
        file = self._find(task.agent, parent)
        specs = tools_of(file, parent.specs)
        model, said = self._model(file, task, parent)
        role = self._role(file, parent, specs)
        loop = Loop(
            replace(parent.footing, record=_not_kept), model, role, starter=self, parent=parent
        )
        live = _Live(
            id=role.id, name=file.name, parent=parent.role.id, loop=loop,
            began=parent.footing.clock(),
        )  # fmt: skip
        budget = least(share, Budget(steps=file.max_turns))
        self._enter(live)
        try:
            for text in said:
                parent.post(Noted(text=f"{file.name}: {text}", kind="model"))
            began = AgentBegan(
                id=live.id, name=file.name, task=task.description or task.prompt[:200],
                parent=live.parent, model=model.card.id, budget=budget,
            )  # fmt: skip
            self._show(live, parent, began)
            return self._run(live, parent, task, budget)
        finally:
            live.is_over = True
            if (meter := loop.meter) is not None:
                parent.meter.give_back(meter)

    def _run(self, live: _Live, parent: Parent, task: AgentTask, budget: Budget) -> AgentReport:
        message = Message(role="user", parts=(Text(text=task.prompt),))
        end = TurnEnded(reason="failed", text="", spend=Spend())
        for event in live.loop.run(task.prompt, message, budget=budget):
            if isinstance(event, TurnEnded):
                end = event
            for shown in _as_shown(event, live, self._moved(live)):
                self._show(live, parent, shown)
        last = next((m for m in reversed(live.loop.messages) if m.role == "assistant"), None)
        text = of_subagent(last.text if last is not None and last.text else end.text)
        if end.reason != "done":
            text = f"{text}\n[it did not come to its end: {end.reason}]".lstrip()
        self._show(
            live, parent, AgentEnded(id=live.id, reason=end.reason, text=text, spend=end.spend)
        )
        told = {
            "message": f"{live.name} has ended: {end.reason}",
            "notification_type": "agent_completed",
        }
        parent.footing.fire("Notification", told)
        return AgentReport(
            id=live.id, agent=live.name, reason=end.reason, text=text, spend=end.spend
        )

    def _find(self, name: str, parent: Parent) -> AgentFile:
        files = {file.name: file for file in self._desk.files()}
        file = files.get(name)
        if file is None:
            near = difflib.get_close_matches(name, files, n=1)
            known = ", ".join(sorted(files)) or "none"
            hint = f'did you mean "{near[0]}"?' if near else f"there are: {known}"
            raise UsageError(f'there is no sub-agent "{name}"', hint)
        allowed = parent.role.spawnable
        if allowed is not None and name not in allowed:
            may = ", ".join(sorted(allowed)) or "none"
            raise UsageError(f'"{name}" may not be started here', f"it may start: {may}")
        if not file.is_trusted:
            raise UsageError(
                f'nobody has trusted the sub-agent "{name}" of "{file.path}"',
                'a person reads it and lets it count: "pmagent garden trust"',
            )
        if parent.role.depth >= DEEPEST:
            raise UsageError(
                f"sub-agents start others no more than {DEEPEST} deep", "do the work yourself"
            )
        return file

    def _model(
        self, file: AgentFile, task: AgentTask, parent: Parent
    ) -> tuple[Model, Sequence[str]]:
        """The call's model, else its own, else its parent's; and what is said of a fall back."""
        own = "" if file.model in {"", "inherit"} else file.model
        notes: list[str] = []
        for name in dict.fromkeys((task.model, own, parent.model.card.id)):
            if not name or name == "inherit":
                continue
            try:
                model = self._desk.find_model(name)
            except (UsageError, ModelError) as exc:
                notes.append(f'the model "{name}" cannot be used: {exc.message}')
                continue
            if name != task.model or not _leaves(model, parent.model):
                return model, notes
            notes.append(f'the model "{name}" is not used: it is on another computer')
        raise UsageError("no model can be used for it", "; ".join(notes))

    def _role(self, file: AgentFile, parent: Parent, specs: Sequence[ToolSpec]) -> Role:
        own = Section(name=f"agent {file.name}", text=file.prompt)
        own_mode: Narrow | None = _NARROW.get(file.permission_mode)
        return Role(
            sections=lambda: (own, *self._desk.surroundings(file)),
            id=parent.footing.new_id(),
            name=file.name,
            depth=parent.role.depth + 1,
            tools=frozenset(spec.name for spec in specs),
            spawnable=_spawnable(file, parent.role.spawnable),
            mode="plan" if "plan" in {parent.role.mode, own_mode} else parent.role.mode or own_mode,
            effort=_EFFORTS.get(file.effort),
        )

    def _enter(self, live: _Live) -> None:
        with self._lock:
            running = sum(not known.is_over for known in self._known.values())
            if running >= MOST_AT_ONCE:
                raise UsageError(
                    f"{running} sub-agents run already", "wait until one of them has ended"
                )
            self._known[live.id] = live
            over = [known.id for known in self._known.values() if known.is_over]
            for old in over[: max(0, len(self._known) - MOST_KNOWN)]:
                del self._known[old]

    # -- watching them -----------------------------------------------------------------------------

    def moves(self, parent: str) -> Sequence[AgentMoved]:
        """Where each is that `parent` started and that runs still."""
        return [self._moved(live) for live in self._live(parent)]

    def doing(self, parent: str) -> Sequence[tuple[str, str]]:
        """The same in words, each with the span of the sub-agent."""
        return [
            (f"{live.name}: {live.loop.doing}", live.loop.snapshot().turn)
            for live in self._live(parent)
        ]

    def peek(self, agent: str) -> Sequence[TurnEvent]:
        """What one has done so far, the oldest first; nothing where it never was."""
        live = self._known.get(agent)
        return tuple(live.events) if live is not None else ()

    def control(self, agent: str, what: Literal["stop", "pause", "resume"]) -> bool:
        """Do this to one; False where it has ended or never was."""
        live = self._known.get(agent)
        if live is None or live.is_over:
            return False
        controls = live.loop.controls
        {"stop": controls.stop, "pause": controls.pause, "resume": controls.resume}[what]()
        return True

    def _live(self, parent: str) -> Sequence[_Live]:
        with self._lock:
            known = tuple(self._known.values())
        return [live for live in known if live.parent == parent and not live.is_over]

    def _moved(self, live: _Live) -> AgentMoved:
        spend = live.loop.spend
        return AgentMoved(
            id=live.id,
            step=spend.steps,
            doing=live.loop.doing or "starting",
            elapsed_s=max(0.0, live.loop.footing.clock() - live.began),
            usage=spend.usage,
        )

    @staticmethod
    def _show(live: _Live, parent: Parent, event: TurnEvent) -> None:
        live.events.append(event)
        parent.post(event)


def tools_of(file: AgentFile, there: Sequence[ToolSpec]) -> Sequence[ToolSpec]:
    """The tools that a sub-agent may use: those of its list that its parent has, less its refusals.

    Raises:
        UsageError: its list names tools, and none of them is there.
    """
    left = [spec for spec in there if not _is_named(spec.name, file.disallowed_tools)]
    if file.tools is None:
        return left
    found = [spec for spec in left if _is_named(spec.name, file.tools)]
    if not found and file.tools:
        named = ", ".join(file.tools)
        known = ", ".join(spec.name for spec in left) or "none"
        raise UsageError(
            f'none of the tools of "{file.name}" is there: {named}', f"there are: {known}"
        )
    return found


def _is_named(tool: str, entries: Sequence[str]) -> bool:
    names = (entry.partition("(")[0].strip() for entry in entries)
    return any(tool_matches(name, tool) or tool in present_names(name) for name in names if name)


def _spawnable(file: AgentFile, parents: frozenset[str] | None) -> frozenset[str] | None:
    """The types it may start: `Agent(x, y)` in its list, within what its parent may start."""
    own: set[str] = set()
    is_open = file.tools is None
    for entry in file.tools or ():
        name, bracket, types = entry.partition("(")
        if SPAWNER not in present_names(name.strip()):
            continue
        is_open = is_open or not bracket
        own |= {one.strip() for one in types.rstrip(")").split(",") if one.strip()}
    if is_open:
        return parents
    return frozenset(own) if parents is None else frozenset(own) & parents


def _as_shown(event: TurnEvent, live: _Live, moved: AgentMoved) -> Sequence[TurnEvent]:
    """A sub-agent's event as its parent's turn shows it."""
    match event:
        case Said(agent="") | ToolBegan(agent=""):
            return (
                replace(event, agent=live.id),
                *((moved,) if isinstance(event, ToolBegan) else ()),
            )
        case ToolEnded(agent=""):
            return (replace(event, agent=live.id),)
        case Noted():
            return (replace(event, text=f"{live.name}: {event.text}"),)
        case Used() | Paused() | Resumed() | TurnBegan():
            return (moved,)
        case TurnEnded():
            return ()
        case _:
            return (event,)


def _leaves(model: Model, parent: Model) -> bool:
    """Whether words that stay on this computer now would leave it.

    What a call asks for is said by a model, which may have been talked into it.
    """
    return parent.card.is_local and not model.card.is_local


def _not_kept(record: Record) -> None:
    """A sub-agent's conversation is its own; only its last words are its parent's."""
    del record
