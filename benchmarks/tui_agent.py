"""How fast the application is on a real terminal while an agent talks: in seconds of CPU.

`python -m benchmarks.tui_agent` starts it on pseudo-terminals over a scripted conversation and
prints a row a figure. A processor that others use too makes the wall times longer, not the CPU's.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROWS, COLUMNS = 32, 120
TOKENS_S = 80
STREAM_S = 20.0
KEYS = 120
MESSAGES = 10_000
WAIT_S = 60.0
WORDS = (
    "The note of November says that **seats** were the first price, and that *outcomes* came after "
    "the five interviews [notes/pricing-notebook.md:3]. "
)


class Terminal:
    """One application on a pseudo-terminal."""

    def __init__(self, pid: int, master: int) -> None:
        self.pid = pid
        self._master = master
        self.seen = b""

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self._master, keys)

    def read(self, wait_s: float) -> bytes:
        """What comes within this time."""
        if not select.select([self._master], [], [], wait_s)[0]:
            return b""
        came = os.read(self._master, 65_536)
        self.seen += came
        return came

    def until(self, words: bytes, begin: int = 0) -> None:
        """Read until these are drawn."""
        end = time.perf_counter() + WAIT_S
        while words not in self.seen[begin:]:
            if time.perf_counter() > end:
                raise SystemExit(f"{words!r} was not drawn: {self.seen[-2000:]!r}")
            self.read(0.05)

    def rest(self, quiet_s: float = 0.5) -> None:
        """Read until nothing comes any more."""
        while self.read(quiet_s):
            pass

    def cpu_s(self) -> float:
        """What the process has used, all threads, to the nanosecond."""
        folder = Path(f"/proc/{self.pid}/task")
        return (
            sum(
                int((task / "schedstat").read_text("utf-8").split()[0]) for task in folder.iterdir()
            )
            / 1e9
        )


@contextmanager
def application(kind: str) -> Generator[Terminal]:
    """The application, playing `kind`."""
    pid, master = pty.fork()
    if pid == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"}
        command = [sys.executable, "-m", "benchmarks.tui_agent", kind]
        os.execve(command[0], command, environment)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    terminal = Terminal(pid, master)
    try:
        terminal.until(b"offline")
        terminal.rest()
        yield terminal
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(master)


def main() -> None:
    """Measure all, or play the application's part."""
    if len(sys.argv) > 1:
        play(sys.argv[1])
        return
    with application("idle") as terminal:
        row("key echo, idle", echo(terminal), "<= 33 ms")
    with application("stream") as terminal:
        terminal.send(b"talk\r")
        terminal.until(b"working 2 s")
        row("key echo, streaming", echo(terminal), "<= 50 ms")
    with application("stream") as terminal:
        terminal.send(b"talk\r")
        terminal.until(b"working 2 s")
        began, used = time.perf_counter(), terminal.cpu_s()
        while time.perf_counter() - began < STREAM_S:
            terminal.read(0.05)
        share = (terminal.cpu_s() - used) / (time.perf_counter() - began)
        print(f"{'streaming at 80 tokens/s':32} {share:.1%} of a core    target <= 15 %")
    history()


def history() -> None:
    """Open a conversation of ten thousand messages, and scroll in it."""
    with application("history") as terminal:
        used, begin = terminal.cpu_s(), len(terminal.seen)
        terminal.send(b"/resume long\r")
        terminal.until(b"opened at turn", begin)
        terminal.rest(0.3)
        opened = terminal.cpu_s() - used
        print(f"{'a history of 10,000 messages':32} {opened:.2f} CPU s to open  target <= .30 s")
        pages: list[float] = []
        for _ in range(20):
            used = terminal.cpu_s()
            terminal.send(b"\x1b[5~")
            terminal.rest(0.15)
            pages.append((terminal.cpu_s() - used) * 1000)
        print(f"{'  a page up':32} {statistics.median(pages):.0f} ms CPU")


def echo(terminal: Terminal) -> tuple[Sequence[float], Sequence[float]]:
    """Milliseconds of CPU and of wall from a key to its first bytes, sorted."""
    cpu: list[float] = []
    wall: list[float] = []
    for number in range(KEYS):
        letter = b"abcdefgh"[number % 8 : number % 8 + 1]
        while terminal.read(0.02):
            pass
        used, began, begin = terminal.cpu_s(), time.perf_counter(), len(terminal.seen)
        terminal.send(letter)
        end = began + 2
        while letter not in terminal.seen[begin:] and time.perf_counter() < end:
            terminal.read(0.005)
        cpu.append((terminal.cpu_s() - used) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    return sorted(cpu), sorted(wall)


def row(name: str, taken: tuple[Sequence[float], Sequence[float]], target: str) -> None:
    """p50 and p95 of both."""
    cpu, wall = taken
    p95 = int(len(cpu) * 0.95)
    print(
        f"{name:32} CPU p50 {cpu[len(cpu) // 2]:.1f} p95 {cpu[p95]:.1f} ms"
        f" | wall p50 {wall[len(wall) // 2]:.1f} p95 {wall[p95]:.1f} ms    target {target}"
    )


def play(kind: str) -> None:
    """The application over a conversation that talks as fast as is measured."""
    from collections.abc import Iterator as Events

    from pmagent.tui.app import PmagentApp
    from pmagent.types.sessions import SessionRow, TurnRow
    from pmagent.types.turns import Said, TurnEvent
    from tests.tui.small_garden import SmallDesktop, SmallDoor, SmallGarden, SmallMemory
    from tests.tui.small_talk import AT, SmallTalk, session

    class Talker(SmallTalk):
        def _events(self, text: str) -> Events[TurnEvent]:
            del text
            began, said = time.perf_counter(), 0
            tokens = [f"{word} " for word in WORDS.split()]
            while not self._stops:
                due = int((time.perf_counter() - began) * TOKENS_S)
                while said < due:
                    # A paragraph of forty words or so, and a list now and then.
                    end = "\n\n" if said % 47 == 46 else ""
                    start = "- " if said % 188 in {47, 94} else ""
                    yield Said(text=start + tokens[said % len(tokens)] + end)
                    said += 1
                time.sleep(1 / TOKENS_S)

        def open_session(self, name: str, *, fork: bool = False) -> SessionRow:
            del name, fork
            text = "\n\n".join([WORDS * 2, f"- {WORDS}\n- {WORDS}", f"## Then\n\n{WORDS}"])
            self.rows = [
                TurnRow(turn=f"k{n}", at=AT, typed=f"question {n}", shown=text, reason="done")
                for n in range(MESSAGES // 2)
            ]
            return self.now

    garden = SmallGarden()
    garden.talk = Talker(garden)
    garden.talk.kept = (session("long", "a long one", turns=MESSAGES // 2),)
    garden.own_line = None
    app = PmagentApp(
        SmallDoor(garden), memory=SmallMemory(), desktop=SmallDesktop(),
        environment={"TERM": os.environ["TERM"]},
    )  # fmt: skip
    del kind
    try:
        app.run()
    finally:
        app.desk.close()
    if app.failure is not None:
        raise app.failure


if __name__ == "__main__":
    main()
