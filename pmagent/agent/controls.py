"""What a person does to a turn while it runs: stop, pause, go on, say something more.

Any thread may call any of these at any moment; none of them waits. The turn looks here where it is
safe: between steps, between tools, and while words arrive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

LONGEST_LOOK_S = 0.1
"""A pause is looked at this often, for a parent's controls wake nobody here."""


class Controls:
    """The controls of one turn; a sub-agent's hang on those of the one who started it."""

    def __init__(self, parent: Controls | None = None) -> None:
        self._parent = parent
        self._changed = threading.Condition()
        self._is_stopped = False
        self._is_paused = False
        self._queue: list[str] = []

    def begin(self) -> None:
        """A turn begins: what was pressed before it counts no more."""
        with self._changed:
            self._is_stopped = self._is_paused = False

    def stop(self) -> None:
        """End as soon as it is safe."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def pause(self) -> None:
        """Wait after the step that runs now."""
        with self._changed:
            self._is_paused = True

    def resume(self) -> None:
        """Go on."""
        with self._changed:
            self._is_paused = False
            self._changed.notify_all()

    @property
    def is_stopped(self) -> bool:
        """Whether this, or what it hangs on, was stopped."""
        return self._is_stopped or (self._parent is not None and self._parent.is_stopped)

    @property
    def is_paused(self) -> bool:
        """Whether this, or what it hangs on, waits."""
        return self._is_paused or (self._parent is not None and self._parent.is_paused)

    def wait(self) -> bool:
        """Wait a moment where it is paused; whether it still is."""
        with self._changed:
            if self.is_paused and not self.is_stopped:
                self._changed.wait(LONGEST_LOOK_S)
        return self.is_paused and not self.is_stopped

    def queue(self, text: str) -> int:
        """Say something for after the step that runs now. How many wait."""
        with self._changed:
            self._queue.append(text)
            self._changed.notify_all()
            return len(self._queue)

    def take_queued(self) -> Sequence[str]:
        """What was said and not heard, oldest first; it counts as heard."""
        with self._changed:
            queued, self._queue = self._queue, []
        return tuple(queued)

    @property
    def queued(self) -> Sequence[str]:
        """What waits to be heard."""
        with self._changed:
            return tuple(self._queue)


def any_of(*questions: Callable[[], bool]) -> Callable[[], bool]:
    """Whether any of these is so."""
    return lambda: any(question() for question in questions)
