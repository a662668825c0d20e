"""Moves bytes to and from one running process until it ends or its time is up."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import time
from collections.abc import Callable
from typing import IO

from pmagent.errors import SandboxError
from pmagent.sandbox.output import HeadAndTail

END_S = 10.0
"""How long the process may take to end everything before it is killed itself."""
_LOOK_S = 0.05
_PART_BYTES = 65_536
_DRAIN_BYTES = 4 * 1024 * 1024
"""More than two full pipes: what may still lie in them when every writer is dead."""


class Pump:
    """Feeds `stdin`, keeps the ends of both outputs."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes, limit: int) -> None:
        self._process = process
        self._left = memoryview(stdin)
        self.stdout, self.stderr = HeadAndTail(limit), HeadAndTail(limit)
        self._selector = selectors.DefaultSelector()
        for stream, kept in ((process.stdout, self.stdout), (process.stderr, self.stderr)):
            self._register(_opened(stream), selectors.EVENT_READ, kept)
        self._input = _opened(process.stdin)
        if stdin:
            self._register(self._input, selectors.EVENT_WRITE, None)
        else:
            self._input.close()
        self._ended = _watch_end(process)
        if self._ended is not None:
            self._selector.register(self._ended, selectors.EVENT_READ, None)

    def run(self, timeout_s: float, end: Callable[[], None]) -> bool:
        """Move bytes until the process ends; whether the time was up and `end` was called."""
        try:
            is_late = not self._until(time.monotonic() + timeout_s)
            if is_late:
                end()
                if not self._until(time.monotonic() + END_S):
                    self._process.kill()
            self._process.wait(END_S)
            self._drain()
        except subprocess.TimeoutExpired as exc:
            raise SandboxError("a command could not be ended", "look for it with `ps`") from exc
        finally:
            self._close()
        return is_late

    def _until(self, deadline: float) -> bool:
        while self._process.poll() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._move(left if self._ended is not None else min(left, _LOOK_S))
        return True

    def _move(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            if key.fileobj is self._input:
                self._feed()
            elif isinstance(key.data, HeadAndTail):
                self._take(key.fd, key.data)

    def _take(self, descriptor: int, kept: HeadAndTail) -> int:
        try:
            part = os.read(descriptor, _PART_BYTES)
        except BlockingIOError:
            return 0
        if not part:
            self._selector.unregister(descriptor)
        kept.put(part)
        return len(part)

    def _feed(self) -> None:
        try:
            self._left = self._left[os.write(self._input.fileno(), self._left[:_PART_BYTES]) :]
        except BlockingIOError:
            return
        except OSError:  # it reads no more
            self._left = self._left[:0]
        if not self._left:
            self._selector.unregister(self._input)
            self._input.close()

    def _drain(self) -> None:
        for key in [*self._selector.get_map().values()]:
            if isinstance(key.data, HeadAndTail):
                left = _DRAIN_BYTES
                while left > 0 and (read := self._take(key.fd, key.data)):
                    left -= read

    def _close(self) -> None:
        self._selector.close()
        if self._ended is not None:
            os.close(self._ended)
        for stream in (self._input, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _register(self, stream: IO[bytes], event: int, kept: HeadAndTail | None) -> None:
        os.set_blocking(stream.fileno(), False)
        target = stream if kept is None else stream.fileno()
        self._selector.register(target, event, kept)


def _opened(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise SandboxError("the process has no pipe")
    return stream


def _watch_end(process: subprocess.Popen[bytes]) -> int | None:
    """A descriptor that can be read once the process has ended, where the system has such."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(process.pid)
    except OSError:
        return None
