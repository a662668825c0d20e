"""What a step may call: the functions of the package, and the gate's tools that have an effect.

A function reads inside the walls and gives a value. An effect is a tool named with a dot: the gate
plans it, decides, and would ask; the answer is yes for the exact calls that a person has approved,
and for no other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import cast

from pmagent.agent.tool import AnyTool
from pmagent.errors import AccessError, UsageError
from pmagent.gatehouse import Gatehouse
from pmagent.procedures.engine import ports
from pmagent.procedures.engine.ports import Here, NeedsYes, NotYet, Performed, Refused
from pmagent.procedures.language.shapes import check_value, parse_shape
from pmagent.registry import collect
from pmagent.runs.door import EffectDoor
from pmagent.traces.running import RunTracing
from pmagent.types.actions import (
    Ask,
    AskReply,
    Denied,
    Done,
    Failed,
    FileChange,
    Json,
    NoAnswer,
    ToolCall,
    Unanswered,
    Yes,
)
from pmagent.types.calls import CallDesk, CallSpec, Function
from pmagent.types.runs import Sending


@dataclass(frozen=True, kw_only=True)
class GardenCalls:
    """Calls of one garden."""

    gatehouse: Gatehouse
    door: EffectDoor
    desk: Callable[[Here], CallDesk]
    tracing: RunTracing
    note_read: Callable[[Json], None]
    """Notes what a function gave as read in the session."""

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """Every function, by name."""
        families = cast("tuple[tuple[Function, ...], ...]", _families())
        return {one.spec.name: one for family in families for one in family}

    @cached_property
    def effects(self) -> Mapping[str, CallSpec]:
        """Every tool with an effect, by name."""
        return {
            name: spec
            for name, tool in self.gatehouse.tools.items()
            if (spec := spec_of(tool)) is not None
        }

    @cached_property
    def catalog(self) -> Mapping[str, CallSpec]:
        """All that can be called."""
        return {**{name: one.spec for name, one in self.functions.items()}, **self.effects}

    def spec(self, name: str) -> CallSpec | None:
        """What is called so."""
        return self.catalog.get(name)

    def value(self, name: str, given: Mapping[str, Json], here: Here) -> Json:
        """What a function gives."""
        function = self.functions[name]
        _check_given(function.spec, given)
        value = function.run(given, self.desk(here))
        self.note_read(value)
        return value

    def preview(self, name: str, given: Mapping[str, Json], here: Here) -> Sending:
        """What an effect would send, exactly."""
        del here
        _check_given(self.effects[name], given)
        plan = self.gatehouse.plan(name, given)
        return Sending(
            function=name,
            target=plan.host or plan.subject.rpartition("/")[0] or plan.subject,
            outgoing=plan.outgoing or plan.body or "\n".join(map(_change, plan.changes)),
            digest=digest_of(name, given, plan.outgoing),
        )

    def perform(
        self, name: str, given: Mapping[str, Json], here: Here, approved: frozenset[str]
    ) -> Performed:
        """Do it through the gate, where it has its yes; in a shadow it is put on record at most."""
        _check_given(self.effects[name], given)
        is_shadow = "shadow" in {here.run.autonomy, here.run.origin}
        if is_shadow and not self.gatehouse.plan(name, given).is_outward:
            # Only what goes through the outbox can be held: files would be written.
            return NeedsYes(sending=self.preview(name, given, here))
        asked = _Approved(digests=approved, outgoing=self._outgoing, is_held=is_shadow)
        by = f"procedure/{here.procedure.name}"
        why = f"step {here.address} of run {here.run.id}"
        with self.tracing.span(here.run.id, name, "tool"), self.door.of(here):
            outcome = self.gatehouse.perform(name, given, by=by, why=why, asker=asked)
        match outcome:
            case Done(data=data):
                return _performed(data)
            case Unanswered():
                return NeedsYes(sending=self._asked(name, given, asked, here))
            case Denied(decision=decision, by=who, note=note):
                if who == "wall":
                    raise AccessError(decision.reason, note)
                return Refused(why=decision.reason, by=who, hint=note)
            case Failed(message=message, hint=hint):
                return Refused(why=message, by="rule", hint=hint)

    def _asked(self, name: str, given: Mapping[str, Json], asked: _Approved, here: Here) -> Sending:
        """What the gate wanted a yes for: a hook may have changed it."""
        if asked.last is None:
            return self.preview(name, given, here)
        call = asked.last.call
        return Sending(
            function=call.tool,
            target=asked.last.title,
            outgoing=asked.last.body,
            digest=digest_of(call.tool, call.input, self._outgoing(call)),
        )

    def _outgoing(self, call: ToolCall) -> str:
        """What a call would send now, and where: the settings may have changed since the yes."""
        return self.gatehouse.plan(call.tool, call.input).outgoing


@dataclass
class _Approved:
    """Says yes to the calls that have theirs, and nothing to any other."""

    digests: frozenset[str]
    outgoing: Callable[[ToolCall], str]
    is_held: bool
    """Nothing of it leaves, so it needs no yes."""
    last: Ask | None = field(default=None)

    def __call__(self, ask: Ask) -> AskReply:
        self.last = ask
        call = ask.call
        is_approved = digest_of(call.tool, call.input, self.outgoing(call)) in self.digests
        return Yes() if self.is_held or is_approved else NoAnswer()


def digest_of(tool: str, given: Mapping[str, Json], outgoing: str) -> str:
    """What a yes is for: the tool, its whole input, and the exact text that leaves."""
    whole = json.dumps(
        [tool, given, outgoing], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(whole.encode()).hexdigest()


def _change(change: FileChange) -> str:
    """`drafts/posts/prices/index.md: new, 4,210 bytes`."""
    size = len(change.after or b"")
    verb = "new" if change.before is None else "removed" if change.after is None else "replaced"
    return f"{change.path}: {verb}, {size:,} bytes"


def spec_of(tool: AnyTool) -> CallSpec | None:
    """How a step may call a tool; None for the tools that are for models and people."""
    spec = getattr(tool, "spec", None)
    return spec if isinstance(spec, CallSpec) else None


def _families() -> tuple[object, ...]:
    return collect("pmagent.functions", "functions")


def _check_given(spec: CallSpec, given: Mapping[str, Json]) -> None:
    """Hold the arguments against what is taken.

    Raises:
        UsageError: one is missing, unknown, or of another type.
    """
    known = {parameter.name: parameter for parameter in spec.parameters}
    for name in given:
        if name not in known:
            raise UsageError(
                f'"{spec.name}" takes no "{name}"', f"it takes {', '.join(known) or 'nothing'}"
            )
    for name, parameter in known.items():
        if given.get(name) is None:
            if not parameter.is_optional:
                raise UsageError(
                    f'"{spec.name}" needs "{name}"', f"it is of type {parameter.shape}"
                )
            continue
        problems = check_value(given[name], parse_shape(parameter.shape))
        if problems:
            raise UsageError(f'"{name}" of "{spec.name}": {problems[0]}', "mend the step")


def _performed(data: Mapping[str, Json]) -> Performed:
    """What a tool's data says of its effect."""
    state = data.get("state", "done")
    if state == "queued":
        at = data.get("next_at")
        wakes = datetime.fromisoformat(at) if isinstance(at, str) and at else None
        said, hint = data.get("error") or "it is tried again later", data.get("hint")
        return NotYet(reason=f"{said}: {hint}" if hint else str(said), wakes=wakes)
    if state == "dead":
        # A dead letter lies in the queue: the person has it sent after all, or drops it.
        said = str(data.get("error") or "it could not be done")
        return NotYet(reason=f'{said}; "pmagent review" takes what shall become of it')
    if state == "dropped":
        return Refused(why="it was dropped, and is not sent", by="person")
    return ports.Done(data=data)
