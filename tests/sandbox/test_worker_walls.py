from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pmagent.errors import ChildError
from pmagent.sandbox.child import Worker

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")

CONFINED = """
import os, resource, signal, socket, subprocess, threading
from pmagent.sandbox.frames import Frame, serve
from pmagent.sandbox.worker_walls import confine_self

ATTEMPTS = {
    "read": lambda given: open("/etc/passwd").read(),
    "write": lambda given: open(given, "w"),
    "list": lambda given: os.listdir("/"),
    "times": lambda given: os.utime(given, (0, 0)),
    "mode": lambda given: os.chmod(given, 0o777),
    "socket": lambda given: socket.socket(),
    "pair": lambda given: socket.socketpair(),
    "start": lambda given: subprocess.Popen(["/bin/true"]),
    "fork": lambda given: os.fork(),
    "signal": lambda given: os.kill(os.getppid(), 0),
    "memory": lambda given: len(bytearray(2_000_000_000)),
    "remove": lambda given: os.unlink(given),
}

def answer(request):
    name = request.header["try"]
    if name == "spin":
        while True: pass
    if name == "thread":
        thread = threading.Thread(target=lambda: None)
        thread.start(); thread.join()
        return Frame({"says": "started"})
    if name == "work":
        return Frame({"says": "worked"}, request.payload.upper())
    try:
        ATTEMPTS[name](request.header["path"])
    except (OSError, MemoryError) as exc:
        return Frame({"says": type(exc).__name__})
    return Frame({"says": "through"})

if __name__ == "__main__":
    is_confined = confine_self(memory_mb=600, cpu_s=20)
    assert is_confined
    serve(answer)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def write(source: str) -> str:
        (folder / "confined.py").write_text(source, encoding="utf-8")
        return "confined"

    return write


def test_a_worker_that_confined_itself_still_works(module: Callable[[str], str]) -> None:
    with Worker(module(CONFINED)) as worker:
        assert worker.call({"try": "work"}, b"abc", timeout_s=20).payload == b"ABC"
        assert worker.call({"try": "thread"}, timeout_s=20).header["says"] == "started"


def test_a_worker_that_confined_itself_reaches_nothing(
    module: Callable[[str], str], tmp_path: Path
) -> None:
    target = tmp_path / "target"
    target.write_text("kept", encoding="utf-8")
    target.chmod(0o600)
    names = ["read", "write", "list", "times", "mode", "socket", "pair", "start", "fork", "signal",
             "memory", "remove"]  # fmt: skip

    with Worker(module(CONFINED)) as worker:
        said = {
            name: worker.call({"try": name, "path": str(target)}, timeout_s=20).header["says"]
            for name in names
        }

    assert [name for name, word in said.items() if word == "through"] == []
    assert target.read_text(encoding="utf-8") == "kept"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_worker_that_is_stuck_behind_its_walls_is_ended(module: Callable[[str], str]) -> None:
    with Worker(module(CONFINED)) as worker:
        worker.call({"try": "work"}, timeout_s=20)

        with pytest.raises(ChildError, match="no answer within"):
            worker.call({"try": "spin"}, timeout_s=0.3)

        assert not worker.is_alive()


def test_a_worker_with_threads_is_told_that_it_is_too_late(module: Callable[[str], str]) -> None:
    source = CONFINED.replace(
        "    is_confined =",
        "    threading.Thread(target=signal.pause, daemon=True).start()\n    is_confined =",
    )

    with Worker(module(source)) as worker, pytest.raises(ChildError, match="threads already"):
        worker.call({"try": "work"}, timeout_s=20)
