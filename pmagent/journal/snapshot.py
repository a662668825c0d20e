"""The whole garden as it was seen last, so that a file is read again only where it has changed.

A file of JSON rows beside the objects. It can be lost without harm: everything is read once more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pmagent.errors import JournalError, StorageError
from pmagent.journal.manifest import (
    FORMAT,
    Kept,
    State,
    items,
    read_state,
    state_row,
    to_bytes,
    to_mapping,
)
from pmagent.journal.observe import Known
from pmagent.paths import make_private_dir, write_atomically
from pmagent.types.actions import Json


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One saved look at the whole garden."""

    name: str
    states: Mapping[str, State]
    known: Mapping[str, Known]


class Snapshots:
    """The saved looks of one journal."""

    def __init__(self, folder: Path) -> None:
        self._folder = make_private_dir(folder / "snapshots")
        self._last: Snapshot | None = None

    def last(self) -> Snapshot | None:
        """The newest that can be read."""
        names = self._names()
        if self._last is not None and self._last.name in names:
            return self._last
        for name in reversed(names):
            with contextlib.suppress(JournalError):
                self._last = self.load(name)
                return self._last
        return None

    def load(self, name: str) -> Snapshot:
        """The snapshot called `name`.

        Raises:
            JournalError: it is missing or damaged.
        """
        states: dict[str, State] = {}
        known: dict[str, Known] = {}
        try:
            for row in items(to_mapping((self._folder / name).read_bytes()).get("rows")):
                match row:
                    case [str(path), state_as_row, None]:
                        states[path] = read_state(state_as_row)
                    case [str(path), state_as_row, [int(a), int(b), int(c), int(d)]]:
                        state = states[path] = read_state(state_as_row)
                        if isinstance(state, Kept):
                            known[path] = Known(stamp=(a, b, c, d), state=state)
                    case _:
                        raise ValueError(f"{row!r:.80} is not a row")
        except (OSError, ValueError, RecursionError) as exc:
            raise JournalError(f"what the garden held cannot be read: {exc}") from exc
        return Snapshot(name=name, states=states, known=known)

    def save(self, states: Mapping[str, State], known: Mapping[str, Known]) -> str:
        """The name of a snapshot with these states, which is on the disk.

        Raises:
            JournalError: it cannot be written.
        """
        last = self.last()
        if last is not None and len(last.known) == len(known) and last.states == states:
            self._last = Snapshot(name=last.name, states=states, known=known)
            return last.name
        names = self._names()
        name = f"{int(names[-1]) + 1 if names else 1:08d}"
        rows: list[Json] = [
            (path, state_row(state), known[path].stamp if path in known else None)
            for path, state in states.items()
        ]
        try:
            write_atomically(self._folder / name, to_bytes({"format": FORMAT, "rows": rows}))
        except StorageError as exc:
            raise JournalError(f"the undo journal cannot be written: {exc.message}") from exc
        self._last = Snapshot(name=name, states=states, known=known)
        return name

    def learn(self, known: Mapping[str, Known]) -> None:
        """What has been read meanwhile need not be read again by this process."""
        if self._last is not None:
            self._last = Snapshot(name=self._last.name, states=self._last.states, known=known)

    def drop(self, *, but: Collection[str], keep_last: bool = True) -> None:
        """Remove the snapshots that nothing under way needs."""
        names = self._names()
        kept = {*but, *(names[-1:] if keep_last else ())}
        for name in names:
            if name not in kept:
                (self._folder / name).unlink(missing_ok=True)
        if self._last is not None and self._last.name not in kept:
            self._last = None

    def _names(self) -> list[str]:
        return sorted(place.name for place in self._folder.iterdir() if place.name.isdigit())
