"""The questions that wait for a person, first come first shown.

A question is put in the thread of the call that has to be asked, and that thread waits here. It is
answered on the screen, or, where the application ends first, by `NoAnswer`: never by a no that
nobody said.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pmagent.tui.paint.diff import FileDiff, diff_of
from pmagent.types.actions import Ask, AskReply, No, NoAnswer

STOPPED = "stopped by the person"

Clock = Callable[[], float]


class Pending:
    """One question that waits, with the diff of what it would change."""

    def __init__(self, ask: Ask, diffs: tuple[FileDiff, ...], since: float) -> None:
        self.ask = ask
        self.diffs = diffs
        self.since = since
        """When it came, on the clock of the queue."""
        self._answered = threading.Event()
        self._reply: AskReply = NoAnswer()

    def settle(self, reply: AskReply) -> None:
        """Let the thread that asked go on. The first answer holds."""
        if not self._answered.is_set():
            self._reply = reply
            self._answered.set()

    def wait(self) -> AskReply:
        """The answer, once there is one."""
        self._answered.wait()
        return self._reply


class Asks:
    """The queue. `told` is called, in any thread, whenever it has changed."""

    def __init__(self, told: Callable[[], object], *, clock: Clock = time.monotonic) -> None:
        self._told = told
        self.clock = clock
        self._waiting: list[Pending] = []
        self._lock = threading.Lock()
        self._is_closed = False

    @property
    def waiting(self) -> tuple[Pending, ...]:
        """Those that are not answered, the longest waiting first."""
        with self._lock:
            return tuple(self._waiting)

    def ask(self, ask: Ask) -> AskReply:
        """Wait for the person's answer. Once the queue is closed there is none."""
        # A diff of large files takes a moment, and this thread has to wait anyway.
        pending = Pending(ask, tuple(diff_of(change) for change in ask.changes), self.clock())
        with self._lock:
            if self._is_closed:
                return NoAnswer()
            self._waiting.append(pending)
        self._told()
        return pending.wait()

    def answer(self, pending: Pending, reply: AskReply) -> None:
        """Answer one that still waits; any other stays as it is."""
        with self._lock:
            if pending not in self._waiting:
                return
            self._waiting.remove(pending)
        pending.settle(reply)
        self._told()

    def stop(self, pending: Pending) -> int:
        """Say no to this one and to all that the same agent asks; how many these were."""
        agent = pending.ask.call.by
        stopped = [each for each in self.waiting if each.ask.call.by == agent]
        for each in stopped:
            self.answer(each, No(note=STOPPED))
        return len(stopped)

    def close(self) -> None:
        """Leave all that waits, and all that is asked from now on, unanswered."""
        with self._lock:
            left = tuple(self._waiting)
            self._waiting.clear()
            self._is_closed = True
        for pending in left:
            pending.settle(NoAnswer())
