"""What the index knows of every file, held against what lies in the garden now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pmagent.index.ledger import Known, Ledger
from pmagent.ingest.scan import scan
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_entries import Entry
from pmagent.types import FileState


def survey(files: Walls, ledger: Ledger | None, exclude: Sequence[str]) -> tuple[FileState, ...]:
    """Every file by path; no file is opened.

    What is new or has changed since it was read is `waiting`; what is gone is left out.
    """
    known: dict[str, Known] = ledger.known() if ledger else {}
    told = {state.path: state for state in ledger.states()} if ledger else {}
    states: list[FileState] = []
    for item in scan(files, exclude=exclude):
        if not isinstance(item, Entry):
            states.append(FileState(path=item.path, state="skipped", reason=item.reason))
            continue
        state = told.get(item.path)
        if state is None:
            states.append(FileState(path=item.path, state="waiting"))
        elif state.state != "failed" and _has_changed(item, known[item.path]):
            states.append(replace(state, state="waiting", reason="changed since it was read"))
        else:
            states.append(state)
    return tuple(sorted(states, key=lambda state: state.path))


def _has_changed(entry: Entry, known: Known) -> bool:
    return (known.size, known.mtime_ns) != (entry.size, entry.mtime_ns)
