"""Garden calls, one at a time, on a thread of their own; results come back as messages.

The screen never waits. A call of a group replaces the group's calls that are still waiting, and the
result of a call that was replaced while it ran is dropped, so an answer on screen is always to the
latest question. What may have to wait for a person runs beside these, on a thread for each.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from textual.message import Message
from textual.message_pump import MessagePump

from pmagent.errors import GardenError, PmagentError
from pmagent.tui.messages import Failed
from pmagent.tui.ports import GardenPort

OPEN = "open"
CLOSE_S = 12.0
"""How long leaving waits for the indexer to end its last write."""
BESIDE_S = 2.0
"""How long leaving waits for what runs beside the queue; the garden ends the rest."""

_log = logging.getLogger(__name__)


class _Job(NamedTuple):
    owner: MessagePump
    group: str
    ticket: int
    work: Callable[[], Message]
    needs_garden: bool = False


class Desk:
    """The only holder of the open garden."""

    def __init__(self) -> None:
        self._jobs: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._tickets: dict[str, int] = {}
        self._thread: threading.Thread | None = None
        self._garden: GardenPort | None = None
        self._is_busy = False
        self._has_tried = False
        """Whether a garden was ever opened, could not be, or is not expected."""
        self._is_closed = False
        self._beside: set[threading.Thread] = set()
        self.before_closing: Callable[[], None] = _nothing
        """Called once when the desk closes: lets go whoever waits for a person."""

    @property
    def beside(self) -> int:
        """How many calls run beside the queue, each on its own thread."""
        with self._wake:
            return len(self._beside)

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs or waits."""
        with self._wake:
            return not self._jobs and not self._is_busy

    @property
    def has_garden(self) -> bool:
        """Whether a garden is open."""
        return self._garden is not None

    def open(
        self,
        owner: MessagePump,
        opener: Callable[[], GardenPort],
        told: Callable[[GardenPort], Message],
    ) -> None:
        """Open a garden in place of the one that is open, and tell `owner`."""

        def work() -> Message:
            garden = opener()
            if self._garden is not None:
                self._garden.close()
            self._garden = garden
            return told(garden)

        self._put(owner, OPEN, work)

    def expect_none(self) -> None:
        """Say that no garden is about to be opened: what needs one fails at once, not later."""
        with self._wake:
            self._has_tried = True
            self._wake.notify_all()

    def ask(self, owner: MessagePump, group: str, call: Callable[[GardenPort], Message]) -> None:
        """Run `call` on the garden and post what it returns to `owner`, or why it failed.

        A call made while the garden is being opened waits for it.
        """
        self._put(owner, group, lambda: call(self._open_garden()), needs_garden=True)

    def start(self, owner: MessagePump, group: str, call: Callable[[GardenPort], Message]) -> None:
        """Run `call` on a thread of its own, beside all others: it may wait for long.

        A call made while the garden is being opened waits for it.
        """

        def run() -> None:
            job = _Job(owner, group, 0, lambda: call(self._await_garden()))
            message = _outcome(job)
            with self._wake:
                self._beside.discard(threading.current_thread())
                is_wanted = not self._is_closed
            if is_wanted:
                owner.post_message(message)

        thread = threading.Thread(target=run, name=f"garden {group}", daemon=True)
        with self._wake:
            if self._is_closed:
                return
            self._beside.add(thread)
        thread.start()

    def do(self, owner: MessagePump, group: str, work: Callable[[], Message]) -> None:
        """Run something slow that needs no garden, in its turn."""
        self._put(owner, group, work)

    def drop(self, group: str) -> None:
        """Forget what the group still waits for or works on."""
        with self._wake:
            self._replace(group)

    def close(self) -> None:
        """End after what runs now, and close the garden."""
        with self._wake:
            self._jobs.clear()
            self._is_closed = True
            self._wake.notify_all()
        self.before_closing()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def _open_garden(self) -> GardenPort:
        if self._garden is None:
            raise GardenError("no garden is open", "leave with ^q, and see what was said above")
        return self._garden

    def _await_garden(self) -> GardenPort:
        """The garden; while none is open, as soon as what opens it is done."""
        with self._wake:
            self._wake.wait_for(self._has_settled)
        return self._open_garden()

    def _has_settled(self) -> bool:
        """Whether a garden is open, or will not be."""
        is_over = self._has_tried and not (self._jobs or self._is_busy)
        return self._garden is not None or self._is_closed or is_over

    def _put(
        self,
        owner: MessagePump,
        group: str,
        work: Callable[[], Message],
        *,
        needs_garden: bool = False,
    ) -> None:
        with self._wake:
            if self._is_closed:
                return
            ticket = self._replace(group)
            self._jobs.append(_Job(owner, group, ticket, work, needs_garden))
            if self._thread is None:
                # A daemon, so that a call that hangs cannot keep the process.
                self._thread = threading.Thread(target=self._run, name="garden", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def _replace(self, group: str) -> int:
        ticket = self._tickets.get(group, 0) + 1
        self._tickets[group] = ticket
        kept = [job for job in self._jobs if job.group != group]
        self._jobs.clear()
        self._jobs.extend(kept)
        return ticket

    def _run(self) -> None:
        while (job := self._next()) is not None:
            message = _outcome(job)
            with self._wake:
                self._is_busy = False
                self._has_tried = self._has_tried or job.group == OPEN
                self._wake.notify_all()
                is_wanted = self._tickets[job.group] == job.ticket and not self._is_closed
            if is_wanted:
                job.owner.post_message(message)
        self._await_beside()
        if self._garden is not None:
            self._garden.close()

    def _await_beside(self) -> None:
        """Let what runs beside come to its end, for a moment."""
        with self._wake:
            running = tuple(self._beside)
        end = time.monotonic() + BESIDE_S
        for thread in running:
            thread.join(max(end - time.monotonic(), 0))

    def _next(self) -> _Job | None:
        with self._wake:
            while (job := self._first_ready()) is None and not self._is_closed:
                self._wake.wait()
            if self._is_closed or job is None:
                return None
            self._is_busy = True
            self._jobs.remove(job)
            return job

    def _first_ready(self) -> _Job | None:
        """The next job. What was asked before the garden began to open waits for that."""
        may_ask = self._garden is not None or self._has_tried
        return next((job for job in self._jobs if may_ask or not job.needs_garden), None)


def _nothing() -> None:
    """Nobody waits."""


def _outcome(job: _Job) -> Message:
    try:
        return job.work()
    except PmagentError as exc:
        return Failed(job.group, exc.message, exc.hint)
    except Exception as exc:  # noqa: BLE001 - the outer door of the application's worker
        _log.exception("the call %s broke", job.group)
        return Failed(job.group, f"pmagent broke: {type(exc).__name__}: {exc}", "please report it")
