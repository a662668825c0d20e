"""A process that is killed while a model streams to it leaves a conversation that goes on."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pmagent.garden import Garden
from pmagent.types.conversing import Opening
from pmagent.types.sessions import TurnRow
from pmagent.types.turns import Said, TurnEnded
from tests.chaos.effects import LONG
from tests.llm.messages_server import MessagesServer, Play, say

KILLS = 100 if LONG else 12
LONGEST_S = 0.8
LINES = 4_000
OPENING = Opening(
    model="claude-opus-5-5",
    is_continued=True,
    is_attended=False,
    allowed_tools=("Read", "Edit(/drafts/**)"),
)
LOADED_FIRST = ["pmagent.agency.opening", "pmagent.llm.anthropic_model", "pmagent.gatehouse"]
CLOSING = "The words of the answer come slowly, and some of them were said before the end. " * 12


def draft_of(turn: str) -> str:
    """A file long enough to be cut in its middle, by the words of its turn."""
    return f"# {turn}\n" + f"A line of {turn}.\n" * LINES + "end\n"


def play(body: Mapping[str, Any]) -> Play:
    """A model that reads, then writes a draft, then speaks slowly; by what it was told last."""
    *_, said = (index for index, one in enumerate(body["messages"]) if typed_in(one))
    turn = typed_in(body["messages"][said])
    match len(body["messages"]) - said:
        case 1:
            uses = [("Read", {"file_path": "notes/pricing.md"})] * 2
            return say(f"I read for {turn}.", uses=uses)
        case 3:
            given = {"file_path": f"drafts/{turn}.md", "content": draft_of(turn)}
            return say(f"I write for {turn}.", uses=[("Write", given)], pieces=60)
        case _:
            return say(CLOSING, pieces=len(CLOSING) // 2)


def typed_in(message: Mapping[str, Any]) -> str:
    """The name of the turn that a message begins; empty where it begins none."""
    texts = [part["text"] for part in message["content"] if part["type"] == "text"]
    if message["role"] != "user":
        return ""
    return next((text for text in reversed(texts) if text.startswith("turn-")), "")


def talk_until_killed(
    root: Path, environment: Mapping[str, str], seed: int, to: Connection
) -> None:
    """Turns without end; what is heard of each is told."""
    os.environ.update(environment)
    with Garden.open(root) as garden:
        talk = garden.converse(OPENING)
        number = 0
        while True:
            number += 1
            name = f"turn-{seed}-{number}"
            to.send(("began", name))
            for event in talk.submit(name):
                if isinstance(event, Said):
                    to.send(("said", name))
                if isinstance(event, TurnEnded):
                    to.send((event.reason, name))


def run_and_kill(
    root: Path, environment: Mapping[str, str], seed: int, after_s: float
) -> Sequence[tuple[str, str]]:
    """What a child had said of its turns when it was killed."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(LOADED_FIRST)
    here, there = server.Pipe(duplex=False)
    child = server.Process(target=talk_until_killed, args=(root, environment, seed, there))
    child.start()
    there.close()
    told = [here.recv(), here.recv()]  # the kill is to fall into a turn, not into the start
    time.sleep(after_s)
    child.kill()
    child.join(10)
    assert child.exitcode == -9, "the child ended by itself"
    while True:
        try:
            told.append(here.recv())
        except EOFError:
            return told


def faults_in(body: Mapping[str, Any]) -> list[str]:
    """What a provider would refuse in a request; empty where it takes it."""
    faults: list[str] = []
    role, open_ids = "assistant", list[str]()
    for message in body["messages"]:
        parts: list[Mapping[str, Any]] = message["content"]
        faults += ["two of a role in a row"] if message["role"] == role else []
        faults += ["an empty message"] if not parts else []
        role = message["role"]
        answered = [part["tool_use_id"] for part in parts if part["type"] == "tool_result"]
        faults += ["uses and answers differ"] if sorted(answered) != sorted(open_ids) else []
        open_ids = [part["id"] for part in parts if part["type"] == "tool_use"]
    return [*faults, *(["the last use is not answered"] if open_ids else [])]


@pytest.mark.timeout(900)
def test_after_each_kill_of_a_turn_the_next_one_is_whole(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Garden.create(root) as garden:
        garden.index(meaning=False)
    rng = Random(17)
    cut: list[TurnRow] = []
    with MessagesServer(play) as server:
        environment = {
            "PMAGENT_HOME": os.environ["PMAGENT_HOME"],
            "ANTHROPIC_BASE_URL": server.url,
            "ANTHROPIC_API_KEY": "sk-ant-api03-Zm9vYmFyYmF6cXV4-0123456789",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        for seed in range(KILLS):
            told = run_and_kill(root, environment, seed, rng.uniform(0, LONGEST_S))
            last = told[-1][1]

            with Garden.open(root) as garden:
                talk = garden.converse(OPENING)
                turns = {turn.typed: turn for turn in talk.turns()}
                for reason, name in told:
                    assert reason in {"began", "said", "done"}
                    assert reason != "done" or turns[name].reason == "done"
                mine = [turn for typed, turn in turns.items() if typed.startswith(f"turn-{seed}-")]
                killed = [turn for turn in mine if turn.reason == "killed"]
                assert killed == mine[len(mine) - len(killed) :]
                assert [turn.typed for turn in killed] in ([], [last])
                cut += killed
                check_files(root)
                assert garden.audit_state()[0] in ({"ok"} if seed else {"ok", "empty"})
                undo_latest(garden, root)

                *_, end = talk.submit(f"turn-{seed}-after")

                assert isinstance(end, TurnEnded)
                assert (end.reason, CLOSING.strip() in end.text) == ("done", True)
                assert faults_in(server.asked[-1]) == []
                check_files(root)
    assert len(cut) >= KILLS // 2
    assert all(draft_is_said(turn) for turn in cut)
    assert any(turn.shown for turn in cut)


def check_files(root: Path) -> None:
    """Every draft is there whole, and nothing else is."""
    for file in (root / "drafts").glob("*"):
        assert file.read_text(encoding="utf-8") == draft_of(file.stem)


def undo_latest(garden: Garden, root: Path) -> None:
    """What was written last is taken back, and is there again when that is taken back."""
    points = [point for point in garden.checkpoints() if point.paths]
    if not points:
        return
    before = (root / points[0].paths[0]).exists()
    undone = garden.undo(points[0].id)
    assert (root / points[0].paths[0]).exists() is not before
    garden.undo(undone.id)
    assert (root / points[0].paths[0]).exists() is before


def draft_is_said(turn: TurnRow) -> bool:
    """Whether what is shown of a turn that was cut are words that its model said."""
    said = (f"I read for {turn.typed}.", f"I write for {turn.typed}.", CLOSING)
    pieces = [piece for piece in turn.shown.split("\n\n") if piece.strip()]
    return all(any(piece.strip() in whole for whole in said) for piece in pieces)
