"""The first and the last of a stream that may have no end."""

from __future__ import annotations


class HeadAndTail:
    """Keeps at most `limit` bytes of what is put in, half from each end."""

    def __init__(self, limit: int) -> None:
        self._half = max(limit // 2, 1)
        self._head = bytearray()
        self._tail = bytearray()
        self._left_out = 0

    @property
    def was_cut(self) -> bool:
        """Whether something was left out."""
        return self._left_out > 0

    def put(self, data: bytes) -> None:
        """Take what came next."""
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[room:] if room > 0 else data
        if (surplus := len(self._tail) - self._half) > 0:
            del self._tail[:surplus]
            self._left_out += surplus

    def text(self) -> str:
        """All of it, or the two ends with a line between them that says what is missing."""
        if not self.was_cut:
            return (self._head + self._tail).decode("utf-8", "replace")
        head, tail = self._head.decode("utf-8", "replace"), self._tail.decode("utf-8", "replace")
        return f"{head}\n[… {self._left_out:,} bytes left out …]\n{tail}"
