"""A process that is killed in the middle of a turn loses nothing that it had said was kept."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from pmagent.agent.session_store import SessionStore
from pmagent.types.sessions import Asked, Ended, Stepped
from pmagent.types.talk import Message, Text, ToolAnswer, ToolUse
from tests.chaos.effects import LONG

KILLS = 200 if LONG else 12
LONGEST_S = 0.25


class Clock:
    """Half a second later at each look, so that every half answer is due."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=0.5)
        return self.now


def talk_until_killed(base: Path, seed: int, acknowledge: int) -> None:
    """Turns without end in one session; what is kept is told once its call has returned."""

    def tell(what: str) -> None:
        os.write(acknowledge, f"{what}\n".encode())

    store = SessionStore(base, now=Clock())
    session = store.open() if store.rows() else store.create()
    number = 0
    while True:
        number += 1
        turn = f"{seed}-{number}"
        use = ToolUse(id=turn, tool="Read", input={"path": "a.md"})
        given = ToolAnswer(id=turn, text="A line. " * 50)
        session.keep_draft(f"draft of {turn}")
        tell(f"drafted {turn}")
        session.append(
            Asked(turn=turn, typed=turn, message=Message(role="user", parts=(Text(text=turn),)))
        )
        tell(f"asked {turn}")
        session.append(Stepped(turn=turn, message=Message(role="assistant", parts=(use,))))
        session.append(Stepped(turn=turn, message=Message(role="user", parts=(given,))))
        session.keep_partial(turn, f"half of {turn}")
        tell(f"half {turn}")
        whole = Message(role="assistant", parts=(Text(text=f"all of {turn}"),))
        session.append(Stepped(turn=turn, message=whole))
        session.append(Ended(turn=turn, reason="done", shown=f"all of {turn}"))
        tell(f"ended {turn}")


def run_and_kill(base: Path, seed: int, after_s: float) -> list[tuple[str, str]]:
    """What a child had been promised when it was killed, in order."""
    told, acknowledge = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.close(told)
            talk_until_killed(base, seed, acknowledge)
        os._exit(1)
    os.close(acknowledge)
    with os.fdopen(told, "rb") as stream:
        first = stream.readline()  # the kill is to fall into a turn, not into the start
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the child ended by itself"
        lines = (first + stream.read()).decode().splitlines()
    return [(what, turn) for what, _, turn in (line.partition(" ") for line in lines)]


@pytest.mark.timeout(900)
def test_after_each_kill_the_session_opens_at_its_last_complete_turn_with_the_draft(
    tmp_path: Path,
) -> None:
    rng = Random(5)
    complete: list[str] = []
    cut = 0
    for seed in range(KILLS):
        promised = run_and_kill(tmp_path, seed, rng.uniform(0, LONGEST_S))
        ended = [turn for what, turn in promised if what == "ended"]
        what, last = promised[-1]

        with SessionStore(tmp_path, now=Clock()) as store, store.open() as session:
            turns = {turn.turn: turn for turn in session.turns()}
            assert len(session.turns()) == len(turns)
            assert all(turns[turn].shown == f"all of {turn}" for turn in ended)
            mine = [turn for turn in turns.values() if turn.turn.startswith(f"{seed}-")]
            killed = [turn for turn in mine if turn.reason == "killed"]
            assert killed == mine[len(mine) - len(killed) :]
            assert len(killed) <= 1
            cut += len(killed)
            if killed and (what, last) == ("half", killed[0].turn):
                assert killed[0].shown in {f"half of {last}", f"all of {last}"}
            if what == "drafted" and last not in turns:
                assert session.draft == f"draft of {last}"
            complete += [turn.turn for turn in mine if turn.reason == "done"]
            told = session.messages()
            assert [one.text for one in told if one.role == "user" and one.text] == complete
            assert Counter(one.role for one in told) == {
                "user": 2 * len(complete),
                "assistant": 2 * len(complete),
            }
    with sqlite3.connect(tmp_path / "state.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert cut >= KILLS // 4


def write_twenty(base: Path, name: str, ready: int) -> int:
    with contextlib.suppress(BaseException):
        os.read(ready, 1)  # all begin at once, with no file there yet
        with SessionStore(base, now=Clock()) as store, store.create() as session:
            for number in range(20):
                turn = f"{name}{number}"
                message = Message(role="user", parts=(Text(text=turn),))
                session.append(Asked(turn=turn, typed=turn, message=message))
                session.append(Ended(turn=turn, reason="done", shown=f"walrus {turn}"))
                session.keep_draft(turn)
                store.rows("walrus")
        return 0
    return 1


def test_processes_that_write_one_garden_at_once_lose_nothing_of_each_other(
    tmp_path: Path,
) -> None:
    ready, begin = os.pipe()
    children: list[int] = []
    for name in "abcd":
        child = os.fork()
        if child == 0:
            os._exit(write_twenty(tmp_path, name, ready))
        children.append(child)
    os.write(begin, b"go!!")
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0, 0]

    with SessionStore(tmp_path, now=Clock()) as store:
        rows = store.rows("walrus")
        assert len(rows) == 4
        assert [row.turns for row in rows] == [20] * 4
        said = sorted(turn.typed for row in rows for turn in store.turns(row.id))
        assert said == sorted(f"{name}{number}" for name in "abcd" for number in range(20))
        assert all(row.draft.endswith("19") for row in rows)
    with sqlite3.connect(tmp_path / "state.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_one_session_is_never_written_by_two_processes(tmp_path: Path) -> None:
    with SessionStore(tmp_path, now=Clock()) as store, store.create() as session:
        session.keep_draft("mine")
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                SessionStore(tmp_path, now=Clock()).open(session.id)
                os._exit(0)
            os._exit(3)

        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
