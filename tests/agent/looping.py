"""A loop on a real garden: the gate, the hooks and the files are real, the model is scripted."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from pmagent.agent.context import Section
from pmagent.agent.footing import Footing, Role
from pmagent.agent.loop import Loop
from pmagent.agent.subagents import Agents, Desk
from pmagent.agent.tool import Errand
from pmagent.agent.trace import Trace
from pmagent.garden import Garden
from pmagent.hooks.verdict import Verdict
from pmagent.llm.scripted import Answering, Script, ScriptedModel
from pmagent.types.actions import Done, Json, Outcome, ToolCall
from pmagent.types.commands import AgentFile
from pmagent.types.sessions import Record
from pmagent.types.talk import Message, Model, ModelCard, ToolAnswer, ToolSpec, ToolUse, Usage
from pmagent.types.turns import Budget, Noted, Span, TurnEnded, TurnEvent

E = TypeVar("E")

SYSTEM = (
    Section(name="instructions", text="You are pmagent."),
    Section(name="AGENTS.md", text="Canonical: notes/a.md"),
    Section(name="trust", text="Level: look"),
)
READ = ("Read", {"file_path": "notes/a.md"})
WRITE = ("Write", {"file_path": "notes/new.md", "content": "new\n"})
DOLLAR_A_TOKEN = ModelCard(id="priced", is_local=False, context_tokens=200_000)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=self.seconds)


def price(usage: Usage, card: ModelCard) -> Decimal | None:
    if card.is_free:
        return Decimal(0)
    return None if card.id == "unpriced" else Decimal(usage.total_tokens) / 1_000_000


@dataclass
class Rig:
    """One loop and what came of it."""

    loop: Loop
    model: ScriptedModel
    records: list[Record]
    spans: list[Span]
    clock: Clock
    agents: Agents | None = None
    events: list[TurnEvent] = field(default_factory=list[TurnEvent])

    def turn(self, typed: str = "look at my notes", budget: Budget | None = None) -> TurnEnded:
        """Run one turn to its end."""
        self.events = list(self.loop.run(typed, budget=budget))
        return self.end

    @property
    def end(self) -> TurnEnded:
        last = self.events[-1]
        assert isinstance(last, TurnEnded)
        return last

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def notes(self, kind: str = "") -> list[str]:
        return [e.text for e in self.all(Noted) if not kind or e.kind == kind]


def fake_tools(*names: str) -> Sequence[ToolSpec]:
    return [ToolSpec(name=name, description=f"{name} it", schema={}) for name in names]


@dataclass
class Bench:
    """The ways out of a loop that are no garden's, for what is about the loop alone."""

    outcome: Callable[[ToolCall], Outcome] = lambda call: Done(text=f"{call.tool} gave {call.id}")
    effects: frozenset[str] = frozenset({"Write"})
    names: tuple[str, ...] = ("Agent", "Read", "Search", "Write")
    verdicts: dict[str, Verdict] = field(default_factory=dict[str, Verdict])
    fired: list[tuple[str, Mapping[str, Json]]] = field(
        default_factory=list[tuple[str, Mapping[str, Json]]]
    )
    is_attended: bool = False

    def perform(self, call: ToolCall, errand: Errand) -> Outcome:
        del errand
        return self.outcome(call)

    def only_reads(self, tool: str, given: Mapping[str, Json]) -> bool:
        del given
        return tool not in self.effects

    def fire(self, event: str, told: Mapping[str, Json]) -> Verdict:
        self.fired.append((event, told))
        return self.verdicts.get(event, Verdict())


def rig_of(
    script: Script,
    on: Garden | Bench,
    *,
    card: ModelCard | None = None,
    files: Sequence[AgentFile] = (),
    children: Mapping[str, Model] | None = None,
    sections: Callable[[], Sequence[Section]] = lambda: SYSTEM,
) -> Rig:
    """A loop on a garden, or on a bench."""
    clock = Clock()
    records: list[Record] = []
    spans: list[Span] = []
    counter = itertools.count(1)
    ways: dict[str, Any]
    if isinstance(on, Garden):
        house = on.gatehouse
        ways = {
            "perform": house.run_errand, "only_reads": house.only_reads, "specs": house.tool_specs,
            "fire": house.fire, "asking": lambda: house.asking,
        }  # fmt: skip
    else:
        ways = {
            "perform": on.perform,
            "only_reads": on.only_reads,
            "specs": lambda: fake_tools(*on.names),
            "fire": on.fire,
            "is_attended": lambda: on.is_attended,
        }
    footing = Footing(
        price=price, record=records.append, trace=Trace(now=clock.now, sink=spans.append),
        clock=clock, now=clock.now, new_id=lambda: f"id{next(counter)}", **ways,
    )  # fmt: skip
    model = ScriptedModel(script) if card is None else ScriptedModel(script, card=card)

    def find_model(name: str) -> Model:
        return (children or {}).get(name) or ScriptedModel([Answering(text="done")])

    agents = Agents(Desk(files=lambda: files, surroundings=lambda _: (), find_model=find_model))
    loop = Loop(footing, model, Role(sections=sections), starter=agents)
    return Rig(loop=loop, model=model, records=records, spans=spans, clock=clock, agents=agents)


def faults_of(messages: Iterable[Message]) -> list[str]:
    """What a provider would refuse in a list of messages; empty where it takes it."""
    faults: list[str] = []
    open_uses: list[ToolUse] = []
    role = "assistant"
    for message in messages:
        if message.role == role:
            faults.append(f"two {role} messages in a row")
        role = message.role
        if not message.parts:
            faults.append("an empty message")
        answers = [part.id for part in message.parts if isinstance(part, ToolAnswer)]
        if sorted(answers) != sorted(use.id for use in open_uses):
            faults.append(f"{[use.id for use in open_uses]} is answered by {answers}")
        first = [isinstance(part, ToolAnswer) for part in message.parts]
        if answers and first != sorted(first, reverse=True):
            faults.append("answers stand behind other parts")
        open_uses = list(message.uses)
    if open_uses:
        faults.append("the last uses are not answered")
    return faults
