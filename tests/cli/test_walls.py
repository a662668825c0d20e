"""The gate at a terminal: a real one, driven through a pseudo-terminal."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

LIMIT_S = 60.0
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "garden"
    (folder / ".pmagent").mkdir(parents=True)
    (folder / "a.md").write_text("hello world\n", encoding="utf-8")
    return folder


@pytest.fixture
def run(root: Path) -> Run:
    """Run pmagent in the garden at a terminal, typing `early` at once and `keys` once asked."""

    def at_terminal(words: Sequence[str], *, early: str = "", keys: str = "n") -> tuple[int, str]:
        parent, child = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "pmagent", *words],
            stdin=child, stdout=child, stderr=child, cwd=root, start_new_session=True,
        )  # fmt: skip
        os.close(child)
        os.write(parent, early.encode())
        seen, end = "", time.monotonic() + LIMIT_S
        while time.monotonic() < end and process.poll() is None:
            ready, _, _ = select.select([parent], [], [], 0.7)
            if not ready:
                # It is quiet: a question that stands there is armed by now.
                if "n no" in seen:
                    os.write(parent, keys.encode())
                continue
            try:
                seen += os.read(parent, 65_536).decode("utf-8", "replace")
            except OSError:
                break
        code = process.wait(LIMIT_S)
        with contextlib.suppress(OSError):
            while select.select([parent], [], [], 0)[0] and (more := os.read(parent, 65_536)):
                seen += more.decode("utf-8", "replace")
        os.close(parent)
        return code, seen

    return at_terminal


WRITE = ("tool", "Write", "file_path=a.md", "content=bye world")


def test_a_person_says_no_then_yes_then_takes_it_back(run: Run, root: Path) -> None:
    code, seen = run(WRITE, keys="n")
    assert code == 5
    assert "WRITE a.md" in seen
    assert "-hello world" in seen
    assert "+bye world" in seen
    assert (root / "a.md").read_text(encoding="utf-8") == "hello world\n"

    code, _ = run(WRITE, keys="y")
    assert code == 0
    assert (root / "a.md").read_text(encoding="utf-8") == "bye world"

    code, _ = run(["undo"])
    assert code == 0
    assert (root / "a.md").read_text(encoding="utf-8") == "hello world\n"
    code, seen = run(["audit", "--verify"])
    assert code == 0
    assert "trail ok" in seen


def test_keys_typed_before_the_question_answer_nothing(run: Run, root: Path) -> None:
    code, seen = run(WRITE, early="y\ny\n1\n", keys="n")

    assert code == 5
    assert "n no" in seen
    assert (root / "a.md").read_text(encoding="utf-8") == "hello world\n"


def test_without_a_terminal_nobody_is_asked_and_nothing_is_done(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pmagent", *WRITE, "--json"],
        capture_output=True, text=True, check=False, cwd=root, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip

    assert done.returncode == 5
    assert json.loads(done.stdout)["data"]["outcome"] == "unanswered"
    assert (root / "a.md").read_text(encoding="utf-8") == "hello world\n"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["tool", "Read", "file_path=gone.md"], 1, 'there is no file "gone.md"'),
        (["tool", "Read", "file_path=broken.pdf"], 1, 'cannot read "broken.pdf"'),
        (["tool", "Read"], 1, 'Read needs "file_path"'),
        (["tool", "Reed"], 1, 'there is no tool "Reed"'),
        (["tool", "Grep", "pattern=(a"], 1, "is no pattern"),
        (["undo", "nothere"], 1, 'there is no undo point "nothere"'),
        (["rewind", "--to", "nothere"], 1, 'there is no undo point "nothere"'),
        (["audit", "--since", "lately"], 2, "is not a day"),
        (["garden", "revoke", "Edit(x)"], 3, "was not granted"),
        (["hooks", "test", "Nope"], 2, 'there is no hook event "Nope"'),
    ],
)
def test_a_mistake_is_one_plain_sentence_with_its_code(
    root: Path, words: list[str], code: int, says: str
) -> None:
    (root / "broken.pdf").write_bytes(b"%PDF-1.4 and nothing of one")
    done = subprocess.run(
        [sys.executable, "-m", "pmagent", *words],
        capture_output=True, text=True, check=False, cwd=root, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip

    assert says in done.stderr
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_no_script_can_widen_what_is_allowed(root: Path) -> None:
    for words in (["garden", "allow", "Edit(**)"], ["garden", "level", "edit"]):
        done = subprocess.run(
            [sys.executable, "-m", "pmagent", *words],
            capture_output=True, text=True, check=False, cwd=root, timeout=60, input="y\n",
        )  # fmt: skip
        assert done.returncode == 5, done.stderr
