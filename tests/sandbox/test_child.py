from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pmagent.errors import ChildError
from pmagent.sandbox.child import Child, Worker

Write = Callable[[str, str], str]

ECHO = """
from pmagent.sandbox.frames import Frame, serve

def answer(request):
    if request.header.get("say"):
        print("a library's greeting")
    if request.header.get("sleep"):
        import time
        time.sleep(60)
    return Frame({"saw": request.header}, request.payload[::-1])

if __name__ == "__main__":
    serve(answer)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a module a child can run."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def write(name: str, source: str) -> str:
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
        return name

    return write


def test_what_a_child_writes_is_read_until_it_ends(module: Write) -> None:
    name = module("counts", "import sys\nprint('one'); print('zwei ü'); print(sys.argv[1])")

    with Child(name, ["three words here"]) as child:
        lines = list(child.lines(timeout_s=20))

        assert lines == ["one", "zwei ü", "three words here"]
        assert child.wait(5) == 0


def test_a_child_has_a_lower_priority(module: Write) -> None:
    name = module("priority", "import os\nprint(os.nice(0))")

    with Child(name, niceness=7) as child:
        assert list(child.lines(timeout_s=20)) == [str(os.nice(0) + 7)]


def test_nothing_is_imported_from_the_current_folder(
    module: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    garden = tmp_path / "garden"
    garden.mkdir()
    (garden / "json.py").write_text("raise SystemExit('taken over')", encoding="utf-8")
    monkeypatch.chdir(garden)
    name = module("imports", "import json\nprint(json.dumps([1]))")

    with Child(name) as child:
        assert list(child.lines(timeout_s=20)) == ["[1]"]


def test_a_death_by_signal_is_named(module: Write) -> None:
    name = module("crashes", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")

    with Child(name) as child:
        assert list(child.lines(timeout_s=20)) == []
        child.wait(5)

        assert child.failure() == '"crashes" died with signal 11 (SIGSEGV)'


def test_the_last_error_line_says_why_a_child_failed(module: Write) -> None:
    name = module("fails", "raise ValueError('the plate is empty')")

    with Child(name) as child:
        child.wait(20)

        assert child.failure() == '"fails" ended with status 1: ValueError: the plate is empty'


def test_a_child_that_writes_without_end_to_its_error_stream_does_not_block(module: Write) -> None:
    name = module("noisy", "import sys\nfor _ in range(20_000): print('x' * 80, file=sys.stderr)")

    with Child(name) as child:
        assert child.wait(20) == 0


def test_closing_ends_a_child_that_would_run_on(module: Write) -> None:
    name = module("sleeps", "import time\nprint('up', flush=True)\ntime.sleep(60)")
    child = Child(name)
    assert next(child.lines(timeout_s=20)) == "up"

    child.close()

    assert not child.is_alive()


def test_a_child_ends_when_its_parent_is_killed(module: Write) -> None:
    module("sleeps", "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)")
    module(
        "parent",
        "from pmagent.sandbox.child import Child\nimport time\n"
        "child = Child('sleeps')\n"
        "print(next(child.lines(timeout_s=20)), flush=True)\ntime.sleep(60)",
    )
    root = str(Path(__file__).parents[2])
    paths = os.pathsep.join([root, os.environ["PYTHONPATH"]])
    with subprocess.Popen(
        [sys.executable, "-m", "parent"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())

        parent.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 5
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(child)


def test_a_worker_answers_with_a_header_and_bytes(module: Write) -> None:
    with Worker(module("echo", ECHO)) as worker:
        answer = worker.call({"name": "ü", "n": 3}, b"\x00\x01\x02", timeout_s=20)

    assert answer.header == {"saw": {"name": "ü", "n": 3}}
    assert answer.payload == b"\x02\x01\x00"


def test_what_a_library_prints_does_not_stand_among_the_answers(module: Write) -> None:
    with Worker(module("echo", ECHO)) as worker:
        answers = [worker.call({"say": True, "n": n}, timeout_s=20) for n in range(3)]

    assert [answer.header["saw"] for answer in answers] == [{"say": True, "n": n} for n in range(3)]


def test_a_worker_that_is_late_is_ended(module: Write) -> None:
    with Worker(module("echo", ECHO)) as worker:
        worker.call({}, timeout_s=20)

        with pytest.raises(ChildError, match="no answer within"):
            worker.call({"sleep": True}, timeout_s=0.2)

        assert not worker.is_alive()


def test_asking_a_worker_that_died_says_how_it_died(module: Write) -> None:
    with Worker(module("echo", ECHO)) as worker:
        worker.call({}, timeout_s=20)
        os.kill(worker.pid, signal.SIGSEGV)

        with pytest.raises(ChildError, match=r'"echo" died with signal 11 \(SIGSEGV\)'):
            worker.call({}, timeout_s=20)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1][1] != "Z"
    except FileNotFoundError:
        return False
