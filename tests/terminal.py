"""A person at a terminal, for what asks without echo: answers typed at a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pmagent

TOP = Path(pmagent.__file__).parents[1]
WITH_MEMORY_RING = """import sys, keyring
from tests.llm.conftest import MemoryRing
keyring.set_keyring(MemoryRing())
"""
"""Begins a program whose keyring is its own memory."""


def type_at_terminal(code: str, answers: Iterable[tuple[bytes, str]], home: Path) -> bytes:
    """All that a program shows while each prompt is answered; it must end with 0."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=child, stdout=child, stderr=child, cwd=TOP,
        start_new_session=True, env={**os.environ, "PMAGENT_HOME": str(home)},
    )  # fmt: skip
    os.close(child)
    seen = b""
    for prompt, answer in answers:
        while prompt not in seen:
            seen += os.read(parent, 1_000)
        os.write(parent, f"{answer}\n".encode())
    while True:
        try:
            seen += os.read(parent, 1_000)
        except OSError:  # the other end is closed
            break
    assert process.wait(20) == 0, seen
    os.close(parent)
    return seen


def assert_never_shown(secret: str, seen: bytes, home: Path) -> None:
    """It is neither on the screen nor in a file."""
    written = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert not any(secret.encode() in data for data in (seen, *written))
