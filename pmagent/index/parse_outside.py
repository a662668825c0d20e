"""Reads a file's bytes: our own plain formats here, strangers' formats in a confined worker.

A file that ends its reader, keeps it too long or fills its memory costs that file alone. The worker
is started when the first such file is met, and ended with `close`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath
from types import TracebackType

from pmagent.errors import ChildError, ReadError, SkipError
from pmagent.index.parse_form import unpack
from pmagent.ingest.parse import load_parsers, parse, settle
from pmagent.sandbox.child import Worker
from pmagent.types import Parsed

INSIDE = frozenset({
    ".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd",
    ".txt", ".text", ".rst", ".org", ".vtt", ".webvtt", ".srt", ".sbv",
})  # fmt: skip
"""Read line by line, by code of ours whose time grows with the file and no faster."""
TIMEOUT_S = 20.0
START_S = 30.0
MOST_BYTES = 200_000_000
"""Of a file that is sent to the worker."""
WORKER = "pmagent.index.parse_worker"


def is_outside(path: str) -> bool:
    """Whether the worker reads a file of this name: any parser but our plain ones asks for it.

    What no parser asks for is read as plain text.
    """
    return _suffix(path) in _outside_suffixes()


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


@cache
def _outside_suffixes() -> frozenset[str]:
    asked = frozenset[str]().union(*(parser.suffixes for parser in load_parsers()))
    return asked - INSIDE


class OutsideParser:
    """Parses files one after another. Leaving the `with` block ends the worker."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S, worker: str = WORKER) -> None:
        """`worker` is the module that reads."""
        self._module = worker
        self.is_confined = True
        """False where a worker ran that this system cannot confine."""
        self._timeout_s = timeout_s
        self._worker: Worker | None = None
        self._is_greeted = False
        self._served = 0

    def __enter__(self) -> OutsideParser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The worker's process id; None while there is none."""
        return self._worker.pid if self._worker is not None else None

    def prepare(self, paths: Iterable[str]) -> None:
        """Start the worker where one of `paths` may need it, so that it loads meanwhile."""
        # By name alone: to ask the parsers would load them first.
        if self._worker is None and any(_suffix(path) not in INSIDE for path in paths):
            self._start()

    def parse(self, data: bytes, path: str) -> Parsed:
        """What stands in the file `path`, whose bytes are `data`; as `ingest.parse.parse`.

        Raises:
            SkipError: it is empty, or not text.
            ReadError: it is damaged, or reading it ended the worker or took too long.
        """
        if not is_outside(path):
            return parse(data, path)
        if len(data) > MOST_BYTES:
            raise SkipError(f"it has {len(data) / 1e6:,.0f} MB, more than can be read of its kind")
        try:
            return self._ask(data, path)
        except _TiredError:
            # The worker had read other files before: what ended it may be what those left behind.
            return self._ask(data, path)

    def close(self) -> None:
        """End the worker; the next file that needs one starts another."""
        if self._worker is not None:
            self._worker.close(timeout_s=1.0)
        self._worker = None

    def _ask(self, data: bytes, path: str) -> Parsed:
        worker = self._ready()
        try:
            answer = worker.call({"path": path}, data, timeout_s=self._timeout_s)
        except ChildError as exc:
            was_late = "no answer" in exc.message
            had_served, self._worker = self._served, None
            if was_late:
                raise ReadError(f"reading it takes over {self._timeout_s:g} seconds") from exc
            if had_served:
                raise _TiredError(exc.message) from exc
            raise ReadError(f"its reader broke: {exc.message}") from exc
        self._served += 1
        if answer.header.get("ok") is True:
            return settle(unpack(answer.payload))
        message, hint = str(answer.header.get("message", "")), str(answer.header.get("hint", ""))
        raise (SkipError if answer.header.get("error") == "skip" else ReadError)(message, hint)

    def _ready(self) -> Worker:
        worker = self._worker or self._start()
        if not self._is_greeted:
            try:
                hello = worker.call({"hello": True}, timeout_s=START_S)
            except ChildError as exc:
                self._worker = None
                raise ReadError(f"its reader does not start: {exc.message}") from exc
            self.is_confined = self.is_confined and hello.header.get("confined") is True
            self._is_greeted = True
        return worker

    def _start(self) -> Worker:
        try:
            self._worker = Worker(self._module, niceness=0)
        except ChildError as exc:
            raise ReadError(f"its reader does not start: {exc.message}") from exc
        self._is_greeted = False
        self._served = 0
        return self._worker


class _TiredError(Exception):
    """A worker that had read other files before died at this one."""
