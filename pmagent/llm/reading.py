"""Frames read in a thread of its own, so that whoever waits for them can stop at any moment.

The queue between is short: where nobody takes frames, no more are read.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from pmagent.llm.assembling import Frame
from pmagent.llm.faults import WireFault

LOOKS_EVERY_S = 0.05
"""How often `stop` is looked at while nothing comes."""
_MOST_WAITING = 64


class Reading:
    """One answer being read. `cut` ends it from any thread."""

    def __init__(self, source: Callable[[Callable[[], bool]], Iterator[Frame]]) -> None:
        """`source` gives frames, raises `WireFault`, and is told whether it was cut."""
        self._source = source
        self._queue: queue.Queue[Frame | WireFault | None] = queue.Queue(_MOST_WAITING)
        self._is_cut = threading.Event()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read, name="pmagent-model", daemon=True)
        self._thread.start()

    def frames(self, stop: Callable[[], bool]) -> Iterator[Frame | None]:
        """Frames as they come; None, as the last, once `stop` is true.

        Raises:
            WireFault: the source's own, after all frames before it.
        """
        while True:
            if stop():
                yield None
                return
            try:
                item = self._queue.get(timeout=LOOKS_EVERY_S)
            except queue.Empty:
                continue
            if item is None:
                return
            if isinstance(item, WireFault):
                raise item
            yield item

    def finish(self) -> None:
        """Nobody wants more.

        The rest, which is usually nothing, is read so that the connection can be used again.
        """
        self._is_over.set()

    def cut(self) -> None:
        """End it now."""
        self._is_cut.set()

    @property
    def is_reading(self) -> bool:
        """Whether the thread is still at it."""
        return self._thread.is_alive()

    def _read(self) -> None:
        try:
            for frame in self._source(self._is_cut.is_set):
                if self._is_over.is_set() or not self._put(frame):
                    return
        except WireFault as fault:
            self._put(fault)
        finally:
            self._put(None)

    def _put(self, item: Frame | WireFault | None) -> bool:
        while not (self._is_cut.is_set() or self._is_over.is_set()):
            try:
                self._queue.put(item, timeout=LOOKS_EVERY_S)
            except queue.Full:
                continue
            return True
        return False
