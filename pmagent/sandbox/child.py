"""The one door to processes: our own modules as children that cannot outlive us.

A child is one module of this package, run by the same Python, of lower priority, in a session of
its own (Ctrl-C reaches us, not it), never with the current folder on its import path. Its standard
input is a pipe that only we hold: when we end, however that comes about, it reads the end of that
pipe and ends too. No shell, no program of anybody else. Of our environment it gets what it needs by
name and nothing that looks like a key.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pmagent.errors import ChildError
from pmagent.paths import reason_of
from pmagent.sandbox.frames import Frame, Header, read_frame, write_frame

NICENESS = 10
END_S = 5.0
KEPT_LINES = 400
KEPT_ERROR_BYTES = 8_192
NEEDED = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TERM", "TZ", "TMPDIR", "SYSTEMROOT",
    "LD_LIBRARY_PATH", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONHASHSEED", "PYTHONWARNINGS",
    "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONFAULTHANDLER",
})  # fmt: skip
"""The variables a child of ours may need."""
NEEDED_STARTS = (
    "LC_", "XDG_", "PMAGENT_", "OMP_", "OPENBLAS_", "MKL_", "TOKENIZERS_", "VECLIB_", "NUMEXPR_",
)  # fmt: skip
SECRET_ENDS = (
    "KEY", "KEYS", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIALS",
)  # fmt: skip
_PACKAGE_PARENT = Path(__file__).parents[2]
_ENDED = object()


def needed_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What of `environment` a child of ours gets: an allow-list, less what is named as a key."""
    return {
        name: value
        for name, value in environment.items()
        if (name in NEEDED or name.startswith(NEEDED_STARTS))
        and not name.upper().endswith(SECRET_ENDS)
    }


class Child:
    """A running module that writes lines. Leaving the `with` block ends it."""

    _protocol = "lines"

    def __init__(
        self,
        module: str,
        arguments: Sequence[str] = (),
        *,
        niceness: int = NICENESS,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.module = module
        known = os.environ.get("PYTHONPATH")
        paths = [str(_PACKAGE_PARENT), *([known] if known else [])]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                # -P: a garden is the current folder, and what lies in it must not be imported.
                [
                    sys.executable, "-P", "-m", "pmagent.sandbox",
                    self._protocol, str(niceness), module, *arguments,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={
                    **needed_environment(os.environ),
                    "PYTHONPATH": os.pathsep.join(paths),
                    **(environment or {}),
                },
                start_new_session=True,
            )  # fmt: skip
        except OSError as exc:
            raise ChildError(f'cannot start "{module}": {reason_of(exc)}') from exc
        self._input = _opened(self._process.stdin)
        self._output = _opened(self._process.stdout)
        self._arrived: deque[object] = deque(maxlen=KEPT_LINES)
        self._arrival = threading.Condition()
        self._errors = bytearray()
        errors = _opened(self._process.stderr)
        self._threads = [
            threading.Thread(target=work, daemon=True, name=f"{name} of {module}")
            for name, work in (
                ("output", self._read_output),
                ("errors", lambda: self._read_errors(errors)),
            )
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def lines(self, *, timeout_s: float) -> Iterator[str]:
        """What it writes, line by line, until it ends. The oldest unread are dropped.

        Raises:
            ChildError: nothing came for `timeout_s` seconds.
        """
        while (line := self._take(timeout_s)) is not _ENDED:
            yield str(line)

    def wait(self, timeout_s: float) -> int:
        """The exit status, negative for a signal.

        Raises:
            ChildError: it still runs after `timeout_s` seconds.
        """
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired as exc:
            raise ChildError(f'"{self.module}" did not end within {timeout_s:g} seconds') from exc

    def close(self, *, timeout_s: float = END_S) -> None:
        """Ask it to end by closing its input, then make sure that it is gone."""
        with contextlib.suppress(OSError):  # it died with part of a frame unread
            self._input.close()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_S)
        for thread in self._threads:
            thread.join(END_S)
        self._output.close()

    def failure(self) -> str:
        """How it ended, in words: `died with signal 11 (SIGSEGV)`, or the last error it wrote."""
        status = self._process.poll()
        if status is None:
            return f'"{self.module}" still runs'
        self._threads[1].join(END_S)
        said = self._errors.decode("utf-8", "replace").strip().splitlines()
        last = f": {said[-1].strip()}" if said else ""
        if status < 0:
            return f'"{self.module}" died with signal {-status} ({_signal_name(-status)})'
        return f'"{self.module}" ended with status {status}{last}'

    def _take(self, timeout_s: float) -> object:
        with self._arrival:
            if not self._arrival.wait_for(lambda: bool(self._arrived), timeout_s):
                raise ChildError(f'"{self.module}" gave no answer within {timeout_s:g} seconds')
            if self._arrived[0] is _ENDED:
                return _ENDED
            return self._arrived.popleft()

    def _put(self, item: object) -> None:
        with self._arrival:
            self._arrived.append(item)
            self._arrival.notify()

    def _read_output(self) -> None:
        for line in self._output:
            self._put(line.decode("utf-8", "replace").rstrip("\r\n"))
        self._put(_ENDED)

    def _read_errors(self, stream: IO[bytes]) -> None:
        with stream:
            while part := os.read(stream.fileno(), KEPT_ERROR_BYTES):
                self._errors += part
                del self._errors[:-KEPT_ERROR_BYTES]


class Worker(Child):
    """A running module that answers one framed request at a time (`serve` is its other end)."""

    _protocol = "frames"

    def __init__(
        self,
        module: str,
        arguments: Sequence[str] = (),
        *,
        niceness: int = NICENESS,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._turn = threading.Lock()
        super().__init__(module, arguments, niceness=niceness, environment=environment)

    def call(self, header: Header, payload: bytes = b"", *, timeout_s: float) -> Frame:
        """The answer to one request. A worker that is late is ended: its state is unknown.

        Raises:
            ChildError: it died, or gave no answer in time.
        """
        with self._turn:
            try:
                write_frame(self._input, header, payload)
                answer = self._take(timeout_s)
            except (OSError, ValueError) as exc:
                self.close()
                raise ChildError(self.failure()) from exc
            except ChildError:
                self._process.kill()
                self.close()
                raise
            if not isinstance(answer, Frame):
                self.close()
                raise ChildError(self.failure())
            return answer

    def _read_output(self) -> None:
        while (frame := read_frame(self._output)) is not None:
            self._put(frame)
        self._put(_ENDED)


def _opened(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ChildError("the process has no pipe")
    return stream


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
