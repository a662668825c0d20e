"""Two hundred turns in which the model breaks off somewhere: nothing is lost, nothing half done."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from pmagent.errors import ModelFault
from pmagent.garden import Garden
from pmagent.llm.scripted import Answering
from pmagent.types.actions import Done, Json, Outcome, ToolCall
from pmagent.types.talk import Message, StopReason, Text
from pmagent.types.turns import Said, ToolBegan, ToolEnded, TurnBegan, TurnEnded
from tests.agent.looping import Bench, Rig, faults_of, rig_of

FAULTS: tuple[ModelFault, ...] = get_args(ModelFault)
REASONS: tuple[StopReason, ...] = get_args(StopReason)


def uses_of(chosen: random.Random, number: int) -> tuple[tuple[str, dict[str, Json]], ...]:
    possible: list[tuple[str, dict[str, Json]]] = [
        ("Read", {"file_path": "notes/a.md"}),
        ("Read", {"file_path": "notes/none.md"}),
        ("Glob", {"pattern": "**/*.md"}),
        ("Write", {"file_path": f"notes/{chosen.randrange(5)}.md", "content": f"round {number}\n"}),
        ("Raed", {"x": 1}),
        ("Read", {"file": "wrong"}),
    ]
    return tuple(chosen.choice(possible) for _ in range(chosen.randrange(1, 5)))


def broken_turn(chosen: random.Random, number: int) -> list[Answering]:
    """Some good steps, and then one that breaks off in some way, or ends in an odd one."""
    steps = [
        Answering(text=f"Step {n} of round {number}.", uses=uses_of(chosen, number))
        for n in range(chosen.randrange(3))
    ]
    words = chosen.choice(["", "The half", "Some words that are cut in the mid"])
    if chosen.random() < 0.7:
        return [
            *steps,
            Answering(text=words, fault=chosen.choice(FAULTS), pieces=chosen.randrange(1, 6)),
        ]
    reason = chosen.choice(REASONS)
    uses = uses_of(chosen, number) if chosen.random() < 0.5 else ()
    return [*steps, Answering(text=words, uses=uses, reason=reason)]


def run_turn(rig: Rig, chosen: random.Random) -> None:
    """To its end, to a stop somewhere, or left by whoever listens."""
    what = chosen.choice(["end", "end", "stop", "leave"])
    at = chosen.randrange(1, 12)
    rig.events = []
    events = rig.loop.run(f"round {at}")
    for number, event in enumerate(events):
        rig.events.append(event)
        if number == at and what == "stop":
            rig.loop.controls.stop()
        if number == at and what == "leave":
            events.close()  # type: ignore[attr-defined]
            return


def break_off(rig: Rig, chosen: random.Random, rounds: int) -> list[ToolEnded]:
    """So many turns that break off, each with a good one after it. What tools did in them."""
    script = rig.model.script
    assert isinstance(script, list)
    ended: list[ToolEnded] = []
    for number in range(rounds):
        if number % 20 == 0:
            rig.loop.restart(())
        script[:] = [Answering()] * len(rig.model.requests) + broken_turn(chosen, number)
        run_turn(rig, chosen)
        ended += rig.all(ToolEnded)
        check_kept(rig)

        # The next turn works: it is sent what every provider takes.
        script[:] = [Answering()] * len(rig.model.requests) + [Answering(text="All is well.")]
        assert rig.turn("and now?").text == "All is well."
        sent = rig.model.requests[-1].messages
        assert faults_of([*sent, Message(role="assistant", parts=(Text(text="x"),))]) == []
    return ended


def check_kept(rig: Rig) -> None:
    """What was said is in the conversation, and what broke off is marked."""
    said = bare("".join(event.text for event in rig.all(Said)))
    models = [message for message in rig.loop.messages if message.role == "assistant"]
    assert said in bare("".join(message.text for message in models))
    if not isinstance(rig.events[-1], TurnEnded):
        return
    assert isinstance(rig.events[0], TurnBegan)
    assert bare(rig.end.text) == said
    assert [e.call_id for e in rig.all(ToolBegan)] == [
        began.call_id
        for began in rig.all(ToolBegan)
        if began.call_id in {ended.call_id for ended in rig.all(ToolEnded)}
    ]
    if (
        rig.end.reason == "failed"
        and rig.end.is_partial
        and rig.all(Said)[-1:] == rig.events[-3:-2]
    ):
        assert models[-1].is_partial


def bare(text: str) -> str:
    return "".join(text.split())


def test_broken_turns_lose_nothing_and_run_every_tool_whole() -> None:
    running: set[str] = set()
    done: list[str] = []

    def perform(call: ToolCall) -> Outcome:
        running.add(call.id)
        running.remove(call.id)
        done.append(call.id)
        return Done(text=f"{call.tool} gave {call.id}")

    rig = rig_of([], Bench(outcome=perform))

    ended = break_off(rig, random.Random(4), 150)

    assert running == set()
    assert len(done) == len(set(done))
    assert {e.call_id for e in ended if isinstance(e.outcome, Done)} <= set(done)
    assert len(done) > 100


def test_broken_turns_leave_a_whole_garden_and_trail(
    root: Path, home: Path, write_rules: Callable[..., None]
) -> None:
    # A bell at the end of each turn would take a sandbox each.
    write_rules({"pmagent": {"hooks-off": ["notify"]}}, allow=["Edit(notes/**)"])
    with Garden.open(root, home=home) as garden:
        ended = break_off(rig_of([], garden), random.Random(5), 50)

        assert sum(isinstance(e.outcome, Done) for e in ended) > 20
        assert garden.audit_state()[0] == "ok"
        by_call: dict[str, list[str]] = {}
        for entry in garden.audit(limit=5_000):
            by_call.setdefault(entry.call_id, []).append(entry.verdict)
    whole = {("allowed", "done"), ("failed",), ("allowed", "failed")}
    assert set(map(tuple, by_call.values())) <= whole
    for path in sorted((root / "notes").glob("[0-4].md")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("round ")
        assert text.endswith("\n")
