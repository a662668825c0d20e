"""A clock that goes one step at each look, and ids in the order in which they are asked for."""

from __future__ import annotations

import threading

BEGAN_NS = 1_795_424_400_000_000_000
"""2026-11-23T09:00:00Z."""
MS = 1_000_000


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now_ns: int = BEGAN_NS) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        return self.now_ns

    def pass_ms(self, milliseconds: float) -> None:
        self.now_ns += round(milliseconds * MS)


class Ids:
    """`0000000000000001`, `0000000000000002`, …"""

    def __init__(self, first: int = 1) -> None:
        self._next = first
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            self._next += 1
            return f"{self._next - 1:016x}"
