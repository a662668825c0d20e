"""A disk that takes no more, at whichever call it says so: files are whole, and nothing is left."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pmagent.errors import PmagentError
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_roots import Method
from tests.permissions.opened import Ground, both_ways, lay_out, opened

OLD = b"old words\n" * 400
NEW = b"new words\n" * 40_000
CALLS = ("open", "write", "fchmod", "fsync", "rename", "link", "mkdir", "stat", "fstat")
"""What a change calls; each call fails in turn. The clearing away afterwards is let work."""
ACTS: dict[str, Callable[[Walls], object]] = {
    "change": lambda walls: walls.write("a.md", NEW),
    "create": lambda walls: walls.write("new.md", NEW, expected=None),
    "folder": lambda walls: walls.make_folder("x/y/z"),
    "rename": lambda walls: walls.rename("a.md", "b.md"),
    "delete": lambda walls: walls.delete("a.md"),
}
WRITE = """
import sys
from pathlib import Path
from pmagent.errors import StorageError
from pmagent.permissions.walls import Walls
try:
    Walls(Path(sys.argv[1])).write(sys.argv[2], b"new words\\n" * int(sys.argv[3]))
except StorageError as exc:
    print(exc.message)
    sys.exit(7)
"""

FILL = """
import json, subprocess, sys
from pathlib import Path
from pmagent.errors import StorageError
from pmagent.permissions.walls import Walls

root, options = Path(sys.argv[1]), sys.argv[2]
subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(root)], check=True)
(root / "a.md").write_bytes(b"old")

def refused(name, data):
    try:
        walls.write(name, data)
    except StorageError:
        return True
    return False

with Walls(root) as walls:
    made = [n for n in range(40) if not refused(f"{n}.md", b"x" * 9_000)]
    told = {"refused": len(made) < 40 and refused("a.md", b"y" * 60_000)}
    names = {entry.path for entry in walls.walk()}
    told["whole"] = (root / "a.md").read_bytes() == b"old"
    told["left"] = [name for name in names if name.endswith(".pmagent-tmp")]
    told["odd"] = [n for n in made if (root / f"{n}.md").read_bytes() != b"x" * 9_000]
    for n in made:
        walls.delete(f"{n}.md")
    walls.write("a.md", b"z" * 20_000)
    told["then"] = (root / "a.md").read_bytes() == b"z" * 20_000
print(json.dumps(told))
"""


class Failing:
    """One call of the system that fails the `number`th time."""

    def __init__(self, call: str, number: int, code: int) -> None:
        self.real = getattr(os, call)
        self.left = number
        self.code = code

    def __call__(self, *args: object, **kwargs: object) -> object:
        self.left -= 1
        if self.left == 0:
            raise OSError(self.code, os.strerror(self.code))
        return self.real(*args, **kwargs)


def files(ground: Ground) -> dict[str, bytes]:
    return {
        path.relative_to(ground.root).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in ground.root.rglob("*")
    }


@both_ways
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["full", "broken"])
def test_whichever_call_fails_each_file_is_the_old_one_or_the_new_one(
    tmp_path: Path, method: Method, act: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = 0
    for call in CALLS:
        for number in range(1, 100):
            folder = tmp_path / f"{call}-{number}"
            folder.mkdir()
            ground = lay_out(folder)
            (ground.root / "a.md").write_bytes(OLD)
            fault = Failing(call, number, code)
            with opened(ground, method) as walls:
                # No real disk fails at the nth call of one kind; a full one is tried below.
                monkeypatch.setattr(os, call, fault)
                try:
                    ACTS[act](walls)
                except PmagentError:
                    failed += 1
                finally:
                    monkeypatch.undo()
            check_whole(files(ground), act)
            if fault.left > 0:
                break
    assert failed >= 2


def check_whole(found: dict[str, bytes], act: str) -> None:
    old, new = {"a.md": OLD}, {"a.md": NEW}
    allowed: dict[str, list[dict[str, bytes]]] = {
        "change": [old, new],
        "create": [old, {**old, "new.md": NEW}],
        "folder": [old, {**old, "x": b"", "x/y": b"", "x/y/z": b""}],
        "rename": [old, {"b.md": OLD}],
        "delete": [old, {}],
    }
    assert found in allowed[act]


@pytest.mark.parametrize("room", [0, 1, 4_096, 100_000, 399_999])
@pytest.mark.parametrize("name", ["a.md", "new.md"])
def test_a_write_that_no_room_is_left_for_is_one_plain_sentence(
    tmp_path: Path, room: int, name: str
) -> None:
    ground = lay_out(tmp_path)
    (ground.root / "a.md").write_bytes(OLD)

    # Python ignores SIGXFSZ, so the limit is met as an error of the write.
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(ground.root), name, "40000"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout.startswith(f'cannot write "{name}": file too large')
    assert files(ground) == {"a.md": OLD}


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="only the administrator mounts a small disk",
)
@pytest.mark.parametrize("options", ["size=64k", "nr_inodes=7"])
def test_on_a_disk_that_is_full_nothing_is_lost_and_room_makes_it_work(
    tmp_path: Path, options: str
) -> None:
    # In a mount namespace of its own, which takes the disk away with it however it ends.
    done = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", FILL, str(tmp_path), options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "refused": True, "whole": True, "left": [], "odd": [], "then": True,
    }  # fmt: skip
