"""What changed in a folder, as hints: events get lost and merged; a rescan is the truth."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

SETTLE_S = 0.12
"""Quiet after the last event before it is acted on: editors write, rename and touch in a burst."""
LONGEST_SETTLE_S = 0.5
MANY_PATHS = 300
"""Beyond this a rescan is cheaper than looking at each, and surer: queues overflow in a storm."""
RESCAN_S = 60.0
BLIND_RESCAN_S = 5.0
"""Where the system gives no events."""
_TOLD = frozenset({"created", "modified", "moved", "deleted"})


class Changes(FileSystemEventHandler):
    """Collects the paths of events until somebody takes them."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._paths: set[str] = set()
        self._condition = threading.Condition()
        self._last_scan = time.monotonic()
        self.is_blind = False
        """True where the system gives no events, and only rescans see changes."""

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note the paths an event speaks of."""
        if event.event_type not in _TOLD or (event.is_directory and event.event_type == "modified"):
            return
        with self._condition:
            for raw in (event.src_path, event.dest_path):
                path = self._inside(str(raw)) if raw else ""
                if path:
                    self._paths.add(path)
            self._condition.notify_all()

    def are_there(self) -> bool:
        """Whether something waits to be taken."""
        return bool(self._paths) or self._is_scan_due()

    def take(self, timeout_s: float) -> set[str] | None:
        """The paths that changed, after they settled; None for "look everywhere".

        The empty set after `timeout_s` seconds without any.
        """
        with self._condition:
            self._condition.wait_for(self.are_there, timeout_s)
            began = time.monotonic()
            while self._paths and time.monotonic() - began < LONGEST_SETTLE_S:
                count = len(self._paths)
                self._condition.wait(SETTLE_S)
                if len(self._paths) == count:
                    break
            paths, self._paths = self._paths, set()
        if len(paths) > MANY_PATHS or self._is_scan_due():
            self._last_scan = time.monotonic()
            return None
        return paths

    def _is_scan_due(self) -> bool:
        wait_s = BLIND_RESCAN_S if self.is_blind else RESCAN_S
        return time.monotonic() - self._last_scan > wait_s

    def _inside(self, path: str) -> str:
        """`path` relative to the root; empty for the root, hidden names and what is outside."""
        try:
            relative = Path(path).relative_to(self._root)
        except ValueError:
            return ""
        return "" if any(part.startswith(".") for part in relative.parts) else relative.as_posix()


@contextmanager
def watch(root: Path) -> Generator[Changes]:
    """Collect changes below `root` for the length of the block.

    Where the system has no more watches to give, `is_blind` is set and rescans do the work.
    """
    real = root.resolve()
    changes = Changes(real)
    observer = Observer()
    try:
        observer.schedule(changes, str(real), recursive=True)
        observer.start()
    except OSError:
        changes.is_blind = True
    try:
        yield changes
    finally:
        if not changes.is_blind:
            observer.stop()
            observer.join(timeout=5)
