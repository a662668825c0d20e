"""The indexer as a child process of low priority, so that the screen never waits for it."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import cast

from pmagent.errors import ChildError
from pmagent.sandbox.child import Child
from pmagent.types import Progress

QUIET_S = 3600.0
"""An indexer with nothing to do writes nothing for a long time."""
END_S = 10.0


class IndexerChild:
    """`pmagent index --watch` on one garden; ends with this process, or when told to."""

    def __init__(self, root: Path) -> None:
        self._latest: Progress | None = None
        self._child = Child(
            "pmagent",
            ["index", "--watch", "--jsonl", "--quiet", "--garden", str(root)],
        )
        threading.Thread(target=self._read, daemon=True, name="indexer progress").start()

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._child.is_alive()

    def latest(self) -> Progress | None:
        """Its last report; None before the first, and when it has ended."""
        return self._latest if self.is_alive() else None

    def end(self) -> None:
        """Let it finish what it is writing, then make sure that it is gone."""
        self._child.close(timeout_s=END_S)

    def _read(self) -> None:
        while self.is_alive():
            try:
                for line in self._child.lines(timeout_s=QUIET_S):
                    self._note(line)
            except ChildError:
                continue  # an hour of quiet

    def _note(self, line: str) -> None:
        try:
            told = cast("dict[str, object]", json.loads(line))
        except ValueError:
            return
        if told.pop("type", "") == "progress":
            self._latest = Progress(**told)  # pyright: ignore[reportArgumentType] - our own lines
