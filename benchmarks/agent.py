"""What the agent costs: in milliseconds and seconds of CPU, and in faults it does not survive.

`python -m benchmarks.agent` prints a row a figure; about three minutes on two cores. Faults go over
real HTTP on loopback. A processor that others use too makes wall times longer, not the CPU's.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import clean_env, middle, python, run
from pmagent.agent.session_store import SessionStore
from pmagent.garden import Garden
from pmagent.llm.scripted import Answering, ScriptedModel
from pmagent.types.conversing import Opening
from pmagent.types.sessions import Asked, Ended, Stepped
from pmagent.types.talk import Message, ModelRequest, Text
from pmagent.types.turns import Budget, Noted, ToolBegan, ToolEnded, TurnEnded
from tests.llm.messages_server import MessagesServer, Play, say

SAMPLE = Path(__file__).parents[1] / "examples" / "garden"
MESSAGES = 10_000
FAULTS = 200
STEPS = 40
WHYS = 500
FILES = 1_000
READ = ("Read", {"file_path": "notes/pricing-notebook.md"})


def main() -> None:
    """Measure everything and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ["PMAGENT_HOME"] = str(work / "home")
        root = work / "garden"
        shutil.copytree(SAMPLE, root)
        with Garden.create(root) as garden:
            garden.index(meaning=False)
        print(f"{'measure':<52}{'value':>20}{'target':>14}", flush=True)
        why_and_steps(root)
        open_long(root)
        answers(root, work)
        cold(root, work)
        compat(work)
        faults(root)


def row(name: str, value: str, target: str = "") -> None:
    """One line of the table."""
    print(f"{name:<52}{value:>20}{target:>14}", flush=True)


@contextmanager
def scripted(root: Path, answer: Callable[[ModelRequest], Answering]) -> Iterator[Garden]:
    """A garden whose model is ours and takes no time."""
    from pmagent.agent.grounds import Wiring

    model = ScriptedModel(answer)
    with Garden.open(root, wiring=Wiring(model=model)) as garden:
        yield garden


def why_and_steps(root: Path) -> None:
    """`why()` while a turn runs, and what a step of the loop costs beside its model."""
    paths = sorted(str(path.relative_to(root)) for path in root.rglob("*.md"))
    count = 0

    def read_on(request: ModelRequest) -> Answering:
        nonlocal count
        del request
        count += 1
        use = ("Read", {"file_path": paths[count % len(paths)], "offset": count, "limit": 5})
        return Answering(text=f"Look {count}.", uses=(use,))

    with scripted(root, read_on) as garden:
        talk = garden.converse(Opening(allowed_tools=("Read",), is_attended=False))
        taken: list[float] = []
        began, steps = time.process_time(), 0
        for event in talk.submit("read all", budget=Budget(steps=STEPS)):
            if isinstance(event, ToolBegan):
                for _ in range(WHYS // STEPS):
                    at = time.perf_counter()
                    talk.why()
                    taken.append((time.perf_counter() - at) * 1_000)
            if isinstance(event, TurnEnded):
                steps = event.spend.steps
        spent_ms = (time.process_time() - began) * 1_000 - sum(taken)
    p95 = statistics.quantiles(taken, n=20)[-1]
    row(f"why(), {len(taken)} times in a turn: median / p95 ms",
        f"{statistics.median(taken):.2f} / {p95:.2f}", "< 50")  # fmt: skip
    row(f"loop, gate, trail and session, CPU ms a step ({steps})", f"{spent_ms / steps:.1f}")


def open_long(root: Path) -> None:
    """A session of ten thousand messages, opened as a conversation is."""
    del root
    from pmagent.agent.moment import utc_now

    # In memory where that can be: fifteen thousand writes wait for the disk otherwise.
    memory = Path("/dev/shm")
    place = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
    data_dir = Path(place.name)
    with SessionStore(data_dir, now=utc_now) as store, store.create() as session:
        for number in range(MESSAGES // 2):
            asked = Message(role="user", parts=(Text(text=f"What of price {number}?"),))
            told = Message(role="assistant", parts=(Text(text=f"Nine dollars, {number}. " * 20),))
            turn = f"t{number}"
            session.append(Asked(turn=turn, typed=asked.text, message=asked))
            session.append(Stepped(turn=turn, message=told))
            session.append(Ended(turn=turn, reason="done", shown=told.text))
        name = session.id
    spent: list[float] = []
    for _ in range(5):
        began = time.process_time()
        with SessionStore(data_dir, now=utc_now) as store, store.open(name) as session:
            assert len(session.messages()) == MESSAGES
            session.turns()
        spent.append(time.process_time() - began)
    place.cleanup()
    row("session of 10,000 messages opens, CPU s", f"{statistics.median(spent):.2f}", "<= 0.3")


def answers(root: Path, work: Path) -> None:
    """The same question to the offline agent and to `pmagent ask`, warm, in one process."""
    del work
    question = "why did we move away from per-seat pricing?"
    with Garden.open(root) as garden:
        talk = garden.converse(Opening(model="offline", is_attended=False))
        list(talk.submit(question))
        garden.ask(question)
        spoken = [cpu_ms(lambda: list(talk.submit(question))) for _ in range(9)]
        asked = [cpu_ms(lambda: garden.ask(question)) for _ in range(9)]
    row("offline answer, CPU ms: the agent / ask alone",
        f"{statistics.median(spoken):.0f} / {statistics.median(asked):.0f}")  # fmt: skip


def cpu_ms(work: Callable[[], object]) -> float:
    """The milliseconds of CPU that it takes."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1_000


def cold(root: Path, work: Path) -> None:
    """Whole processes, from nothing to the answer."""
    env = clean_env(work / "home")
    at = ["--garden", str(root)]
    for name, words in (
        ('pmagent -p "hello"', ["-p", "hello", *at]),
        ("pmagent ask (a question)", ["ask", "what did we say about pricing?", *at]),
        ("pmagent run /status", ["run", "/status", *at]),
    ):
        done = middle([run(python("-m", "pmagent", *words), env=env) for _ in range(3)])
        row(f"{name}, cold: CPU s", f"{done.cpu_s:.2f}")
    counted = run(
        python("-c", "import sys\nfrom pmagent.__main__ import main\ntry:\n    main()\n"
               "except SystemExit:\n    pass\nprint(len(sys.modules))", "-p", "hello", *at),
        env=env,
    )  # fmt: skip
    row('modules after pmagent -p "hello"', counted.out.split()[-1])


def compat(work: Path) -> None:
    """`pmagent compat` on a thousand files of somebody else's."""
    folder = work / "others" / ".claude"
    rng = random.Random(3)
    for number in range(FILES):
        kind = ("commands", "agents", "skills")[number % 3]
        name = f"{kind[:-1]}-{number}"
        place = folder / kind / (f"{name}/SKILL.md" if kind == "skills" else f"{name}.md")
        place.parent.mkdir(parents=True, exist_ok=True)
        tools = rng.choice(["Read, Grep", "Bash(git log:*)", "[Read, Edit]", ""])
        head = {"commands": f"allowed-tools: {tools}", "agents": f"tools: {tools}\nmodel: haiku"}
        place.write_text(
            f"---\nname: {name}\ndescription: Does {number}: and more\n{head.get(kind, '')}\n---\n"
            f"Look at $ARGUMENTS and !`git status` of @README.md, then say {number}.\n" * 2,
            encoding="utf-8",
        )
    env = clean_env(work / "home")
    done = run(python("-m", "pmagent", "compat", str(folder.parent), "--json"), env=env)
    judged = json.loads(done.out)
    rows = judged.get("items", judged.get("rows", judged)) if isinstance(judged, dict) else judged
    row(f"compat of {FILES} files ({len(rows)} rows), CPU s", f"{done.cpu_s:.2f}")


def faults(root: Path) -> None:
    """Turns over HTTP that break at a random place: what of it is not survived."""
    rng = random.Random(4)
    counts = {"crashed": 0, "half-run tools": 0, "words lost": 0, "failed": 0}
    plays = broken_plays(rng)

    def script(body: Mapping[str, object]) -> Play:
        del body
        return next(plays)

    with MessagesServer(script) as server:
        os.environ |= {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-" + "0" * 40}
        with Garden.open(root) as garden:
            opening = Opening(model="claude-opus-5-5", is_attended=False, allowed_tools=("Read",))
            talk = garden.converse(opening)
            for number in range(FAULTS):
                if number % 20 == 0:
                    talk.begin_session()  # so that requests stay short
                count_turn(talk.submit(f"question {number}"), counts)
    row(f"{FAULTS} turns with a fault over HTTP: crashes", str(counts["crashed"]), "0")
    row("  tools begun and not ended", str(counts["half-run tools"]), "0")
    row("  words shown and not kept", str(counts["words lost"]), "0")
    row("  turns that ended as failed, and said why", str(counts["failed"]))


def broken_plays(rng: random.Random) -> Iterator[Play]:
    """Faults without end."""
    from tests.llm.test_fault_storm import faulty

    while True:
        yield say("I look.", uses=[READ]) if rng.random() < 0.2 else faulty(rng)[0]


def count_turn(events: Iterator[object], counts: dict[str, int]) -> None:
    """Add what went wrong in one turn."""
    begun, said, end = set[str](), "", None
    why = 0
    try:
        for event in events:
            match event:
                case ToolBegan(call_id=call):
                    begun.add(call)
                case ToolEnded(call_id=call):
                    begun.discard(call)
                case Noted():
                    why += 1
                case TurnEnded():
                    end = event
                case _:
                    said += getattr(event, "text", "")
    except Exception:  # noqa: BLE001 - a crash is what is counted
        counts["crashed"] += 1
        return
    counts["half-run tools"] += len(begun)
    counts["words lost"] += end is None or "".join(end.text.split()) != "".join(said.split())
    counts["failed"] += end is not None and end.reason == "failed" and why > 0


if __name__ == "__main__":
    main()
