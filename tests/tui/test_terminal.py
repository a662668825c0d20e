"""On a real pseudo-terminal: not one control byte of what is shown comes from content.

The same walk through every screen is made twice, over a garden of hostile words and one of
harmless words. What a terminal is told with the hostile ones must be of no other kind.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.tui.pty_app import COLUMNS, PAYLOADS, ROWS

WAIT_S = 20.0
_SEQUENCE = re.compile(
    rb"\x1b\[([<-?]?)([0-9;:]*)([ -/]*)([@-~])"  # CSI
    rb"|\x1b([\]PX^_][^\x07\x1b]*)(?:\x07|\x1b\\)?"  # a string of any kind, all of it
    rb"|\x1b([ -/]*[0-~])"  # short
)
WALK: tuple[tuple[str, str, bytes], ...] = (
    ("conversation", "an answer needs", b"seat\r"),
    ("citation", "source 1 of", b"1"),
    ("copied", "copied the quote", b"y"),
    ("back", "Ask, or type", b"\x1b"),
    ("map", "1 passage", b"/where seat\r"),
    ("back from the map", "Ask, or type", b"\x1b"),
    ("status list", "Up to date", b"\x1b[20~"),
    ("a notice", "failed", b"j"),
    ("back from the status", "Ask, or type", b"\x1b"),
    ("tool output", "!out", b"!out\r"),
    ("garden view", "sandbox", b"\x1b[18~"),
    ("a row in full", "Read(", b"j"),
    ("a line to test a rule", "such as", b"x"),
    ("a tested rule", "? ask", b"x\r"),
    ("back from the garden", "Ask, or type", b"\x1b"),
    ("audit", "TAMPERED", b"\x1b[15~"),
    ("an entry", "number", b"\r"),
    ("back from the entry", "filter", b"\x1b"),
    ("back from the audit", "Ask, or type", b"\x1b"),
    ("undo", "Taking this back", b"/undo\r"),
    ("its diff", "", b"\t"),
    ("back to the points", "", b"\x1b"),
    ("back from undo", "Ask, or type", b"\x1b"),
    ("card", "asks 1 of 1", b"!card\r"),
    ("the card has the keys", "answer", b"\x07"),
    ("card and why", "this folder's settings", b"w"),
    ("card again", "asked for", b"w"),
    ("the whole of it", "lines 1", b"d"),
)


class Terminal:
    """What an application wrote to its terminal so far."""

    def __init__(self, master: int, child: subprocess.Popen[bytes]) -> None:
        self._master = master
        self.child = child
        self.written = b""

    def go_away(self) -> None:
        """End the terminal, and tell the application nothing."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def send(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def until(self, words: str, *, begin: int) -> None:
        """Read until `words` are drawn behind `begin` and nothing more comes."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            came = self._read(0.15)
            if not came and words in _letters(self.written[begin:]):
                return
        raise AssertionError(f"{words!r} was not drawn: {_letters(self.written[begin:])[-3000:]}")

    def _read(self, wait_s: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], wait_s)
        came = os.read(self._master, 65_536) if ready else b""
        self.written += came
        return came


@contextmanager
def shown(kind: str) -> Iterator[Terminal]:
    """The application on a terminal of its own."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "TZ": "UTC",
        "TEXTUAL_ANIMATIONS": "none",
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.tui.pty_app", kind],
        stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    os.close(slave)
    terminal = Terminal(master, child)
    try:
        yield terminal
    finally:
        child.kill()
        child.wait(10)
        terminal.go_away()


def walk(kind: str) -> bytes:
    """All that is written on the way through every place where content is shown."""
    with shown(kind) as terminal:
        terminal.until("Ask your own archive", begin=0)
        for place, words, keys in WALK:
            begin = len(terminal.written)
            if place == "the card has the keys":
                time.sleep(0.6)
            terminal.send(keys)
            terminal.until(words, begin=begin)
        return terminal.written


def _letters(written: bytes) -> str:
    return _SEQUENCE.sub(b"", written).decode("utf-8", "replace")


def _kinds(written: bytes) -> set[bytes]:
    """The kinds of sequences: all of one but the numbers of colours and places."""
    kinds: set[bytes] = set()
    for match in _SEQUENCE.finditer(written):
        private, numbers, between, last, string, short = match.groups()
        if last in {b"m", b"H"} and not private:
            kinds.add(last)
        elif last is not None:
            kinds.add(b"[" + private + numbers + between + last)
        else:
            kinds.add(string or short)
    return kinds


def test_no_control_byte_of_content_reaches_a_real_terminal() -> None:
    with ThreadPoolExecutor() as both:
        harmless, hostile = both.map(walk, ("harmless", "hostile"))

    assert _kinds(hostile) <= _kinds(harmless)
    for number, payload in enumerate(PAYLOADS):
        raw = payload.encode("utf-8", "surrogatepass")
        has_control = any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} for c in payload)
        assert not has_control or raw not in hostile, number
    text = _letters(hostile)
    assert {f"m{number}" for number in range(22)} <= set(re.findall(r"m\d+", text))
    assert "[@click=app.quit()]" in text
    left = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs"}}
    assert left <= {"\n", "\r"}, left


def test_an_application_whose_terminal_is_gone_ends() -> None:
    with shown("harmless") as terminal:
        terminal.until("Ask your own archive", begin=0)
        terminal.go_away()

        assert terminal.child.wait(WAIT_S) >= 0
