"""Many calls at once: reads overlap, everything else has its turn, and the trail stays whole."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel

from pmagent.agent.gate import Gate, Parts
from pmagent.agent.moment import utc_now
from pmagent.agent.session import Session
from pmagent.agent.tool import Errand, Plan, Reach, Result
from pmagent.garden import Garden
from pmagent.types.actions import Ask, AskReply, Denied, Done, Failed, Label, Outcome, ToolCall, Yes
from tests.agent.conftest import Person

Write = Callable[..., None]


class Nothing(BaseModel):
    """No input."""


@dataclass
class Meeting:
    """A read that ends only when another one has begun as well."""

    name: str
    barrier: threading.Barrier
    summary: str = "waits for the other"
    Input = Nothing

    def plan(self, given: Nothing, reach: Reach) -> Plan:
        del given, reach
        return Plan(subject=self.name)

    def run(self, given: Nothing, plan: Plan, reach: Reach) -> Result:
        del given, plan, reach
        self.barrier.wait(5)
        return Result(text="met")


def gate_with(garden: Garden, *tools: Meeting) -> Gate:
    house = garden.gatehouse
    reach = house._gate._reach  # type: ignore[attr-defined]
    return Gate(
        Parts(
            tools={tool.name: tool for tool in tools},
            reach=reach,
            rights=garden.rights,
            journal=house.journal,
            hooks=house._hooks,
            trail=house.trail,
            now=utc_now,
            root=str(garden.root),
        )
    )


def test_two_slow_reads_overlap(garden: Garden, write_rules: Write) -> None:
    write_rules(allow=["One", "Two"])
    garden.rights.refresh()
    barrier = threading.Barrier(2)
    gate = gate_with(garden, Meeting("One", barrier), Meeting("Two", barrier))

    with ThreadPoolExecutor(2) as pool:
        calls = [ToolCall(id=name, tool=name, input={}) for name in ("One", "Two")]
        outcomes = list(pool.map(lambda call: gate.perform(call, Session(id="s")), calls))

    assert [outcome.text for outcome in outcomes if isinstance(outcome, Done)] == ["met", "met"]


def test_two_hundred_calls_at_random_leave_one_ordered_and_whole_trail(
    garden: Garden, root: Path, person: Person
) -> None:
    chosen = random.Random(7)
    open_questions: list[int] = []
    now = threading.Semaphore(1)

    def reply(ask: Ask) -> AskReply:
        assert now.acquire(blocking=False), "two questions were open at once"
        open_questions.append(1)
        now.release()
        return Yes()

    person.reply = reply

    def one(number: int) -> tuple[str, Outcome]:
        kind = kinds[number]
        if kind == "Write":
            given = {"file_path": f"notes/{number % 9}.md", "content": f"{number}\n"}
            return kind, garden.perform("Write", given)
        if kind == "Glob":
            return kind, garden.perform("Glob", {"pattern": "notes/*.md"})
        path = "private/../../x" if kind == "bad" else "notes/a.md"
        return kind, garden.perform("Read", {"file_path": path})

    kinds = [chosen.choice(["Read", "Read", "Read", "Glob", "Write", "bad"]) for _ in range(200)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(one, range(200)))

    assert garden.audit_state()[0] == "ok"
    entries = garden.audit(limit=1_000)
    assert [entry.seq for entry in entries] == sorted(entry.seq for entry in entries)
    for kind, outcome in outcomes:
        assert isinstance(outcome, Denied if kind == "bad" else Done), (kind, outcome)
    per_call: dict[str, list[str]] = {}
    for entry in entries:
        per_call.setdefault(entry.call_id, []).append(entry.verdict)
    assert len(per_call) == 200
    assert sorted(map(tuple, per_call.values())) == sorted(
        ("denied",) if kind == "bad" else ("allowed", "done") for kind in kinds
    )
    # A change is decided and done without another change in between.
    writes = [(e.call_id, e.verdict) for e in entries if e.tool == "Write"]
    assert all(writes[at][0] == writes[at + 1][0] for at in range(0, len(writes), 2))
    assert len(garden.checkpoints(limit=500)) == kinds.count("Write")


def test_a_call_that_was_called_off_before_its_turn_is_not_run(garden: Garden) -> None:
    call = ToolCall(id="x", tool="Read", input={"file_path": "notes/a.md"})

    outcome = garden.gatehouse.run_errand(call, Errand(is_off=lambda: True))

    assert isinstance(outcome, Failed)
    assert outcome.message == "not run: stopped by the person"
    assert garden.audit() == ()


def test_a_narrower_errand_may_do_less_and_never_more(
    garden: Garden, write_rules: Write, person: Person, root: Path
) -> None:
    write_rules(allow=["Edit"])
    person.reply = Yes()
    write = ToolCall(id="x", tool="Write", input={"file_path": "notes/b.md", "content": "b\n"})

    planned = garden.gatehouse.run_errand(write, Errand(mode="plan"))
    delete = ToolCall(id="y", tool="WebFetch", input={"url": "https://example.com", "prompt": ""})
    silent = garden.gatehouse.run_errand(delete, Errand(mode="dontAsk"))
    garden.gatehouse.session.mode = "plan"
    still = garden.gatehouse.run_errand(replace(write, id="z"), Errand(mode="dontAsk"))

    assert isinstance(planned, Denied)
    assert isinstance(silent, Denied | Failed)
    assert isinstance(still, Denied)
    assert person.asks == []
    assert not (root / "notes" / "b.md").exists()


def test_what_a_narrowed_errand_reads_counts_for_the_whole_session(garden: Garden) -> None:
    read = ToolCall(id="x", tool="Read", input={"file_path": "notes/a.md"})

    garden.gatehouse.run_errand(read, Errand(mode="plan", facts={"agent_id": "a"}))

    labels: frozenset[Label] = garden.gatehouse.session.labels
    assert "private" in labels
    assert garden.gatehouse.session.carried("he said: hello world, and left") == ()


def test_a_lasting_yes_to_a_narrowed_errand_holds_for_the_session(
    garden: Garden, person: Person
) -> None:
    person.reply = Yes(scope="session")
    write = ToolCall(id="x", tool="Write", input={"file_path": "notes/b.md", "content": "b\n"})

    garden.gatehouse.run_errand(write, Errand(facts={"agent_id": "a"}))

    assert [str(rule) for rule in garden.gatehouse.session.grants] == ["Edit(/notes/**)"]
