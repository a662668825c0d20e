"""What taking checkpoints back would make of the garden: decided before anything is touched.

Pure but for `load`, which gives stored bytes. From the newest checkpoint to the oldest, each path
goes from what the checkpoint left to what it found. Where a person has changed a file since, both
edits are merged if they lie apart; if not, the path is a conflict, and stays as the person left it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from pmagent.journal.lines import merge
from pmagent.journal.manifest import (
    ABSENT,
    Absent,
    Change,
    Folder,
    Kept,
    Manifest,
    NotKept,
    Special,
    State,
)
from pmagent.types.actions import FileChange

Load: TypeAlias = Callable[[Kept], bytes]
"""The bytes of a kept file; raises JournalError."""

_NO_LINKS = "what stood there is no file, and cannot be put back"


@dataclass(frozen=True, kw_only=True)
class Merged:
    """A file whose bytes are neither the one side's nor the other's."""

    data: bytes
    mode: int


Target: TypeAlias = State | Merged


@dataclass(frozen=True, kw_only=True)
class Undo:
    """What taking checkpoints back would change, and what stands in the way."""

    checkpoints: tuple[str, ...]
    """Those that would be taken back, newest first."""
    changes: tuple[FileChange, ...]
    """By path. Conflicts are among them, as they would come out if they were overwritten."""
    conflicts: tuple[str, ...] = ()
    """Changed since by somebody else, in the same lines or as a whole."""
    merged: tuple[str, ...] = ()
    """Changed since by somebody else, in other lines: both edits come out."""
    refused: tuple[tuple[str, str], ...] = ()
    """What cannot be taken back, each with the reason. It stays as it is."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What each path shall hold; the ones that hold it already are not in it."""

    targets: Mapping[str, Target]
    conflicts: tuple[str, ...]
    merged: tuple[str, ...]
    refused: Mapping[str, str]


@dataclass(kw_only=True)
class _Way:
    now: dict[str, Target]
    conflicts: set[str] = field(default_factory=set[str])
    refused: dict[str, str] = field(default_factory=dict[str, str])


def plan_undo(manifests: Sequence[Manifest], current: Mapping[str, State], load: Load) -> Plan:
    """How to take `manifests` (newest first) back from what the garden holds now.

    `current` has every path they name and everything below the folders among them.
    """
    way = _Way(now=dict(current))
    for manifest in manifests:
        for change in manifest.changes:
            _step(change, way, load)
    _refuse_blocked(way, current)
    way.conflicts.difference_update(way.refused)
    targets = {
        path: target
        for path, target in sorted(way.now.items())
        if target != current.get(path, ABSENT)
    }
    return Plan(
        targets=targets,
        conflicts=tuple(sorted(way.conflicts)),
        merged=tuple(path for path, target in targets.items() if isinstance(target, Merged)),
        refused=way.refused,
    )


def file_changes(plan: Plan, current: Mapping[str, State], load: Load) -> tuple[FileChange, ...]:
    """The plan as a person is shown it: files only, a move as one change."""
    gone: dict[str, list[str]] = {}
    for path, target in plan.targets.items():
        state = current.get(path, ABSENT)
        if isinstance(state, Kept) and isinstance(target, Absent):
            gone.setdefault(state.sha256, []).append(path)
    changes: list[FileChange] = []
    moved: set[str] = set()
    for path, target in plan.targets.items():
        before = current.get(path, ABSENT)
        if isinstance(before, Absent) and isinstance(target, Kept) and gone.get(target.sha256):
            source = gone[target.sha256].pop(0)
            moved.add(source)
            changes.append(
                FileChange(path=path, before=None, after=load(target), moved_from=source)
            )
        elif _is_file(before) or _is_file(target):
            changes.append(
                FileChange(path=path, before=_bytes(before, load), after=_bytes(target, load))
            )
    return tuple(change for change in changes if change.path not in moved)


def _step(change: Change, way: _Way, load: Load) -> None:
    """Take one change back from what the path would hold by now."""
    path, found, left = change.path, change.before, change.after
    now = way.now.get(path, ABSENT)
    if path in way.refused or now == found:
        return
    if now == left:
        _put(path, found, way)
        return
    match now, left, found:
        case (Kept() | Merged(), Kept(), Kept()):
            both = _merge(now, left, found, load)
            if both is not None:
                way.now[path] = both
                return
        case (Folder(), Folder(), Folder()):
            return  # its rights were changed since: they stay
        case (Folder(), Folder(), Absent()):
            _put(path, found, way)
            return
        case (Folder(), Absent(), Folder()) | (Absent(), Folder(), Folder()):
            return
        case _:
            pass
    if isinstance(now, NotKept):
        way.refused[path] = f"it was changed since, and its bytes are not kept: {now.why}"
        return
    way.conflicts.add(path)
    _put(path, found, way)


def _put(path: str, found: State, way: _Way) -> None:
    match found:
        case NotKept():
            way.refused[path] = f"its bytes are not kept: {found.why}"
        case Special():
            way.refused[path] = _NO_LINKS
        case _:
            way.now[path] = found


def _merge(now: Kept | Merged, left: Kept, found: Kept, load: Load) -> Target | None:
    mode = found.mode if now.mode == left.mode else now.mode
    if left.sha256 == found.sha256:
        return replace(now, mode=mode)
    held = now.data if isinstance(now, Merged) else None
    mark = hashlib.sha256(held).hexdigest() if held is not None else _sha256(now)
    if mark == left.sha256:
        return replace(found, mode=mode)
    if mark == found.sha256:
        return replace(now, mode=mode)
    data = merge(load(left), held if held is not None else _bytes(now, load) or b"", load(found))
    return None if data is None else Merged(data=data, mode=mode)


def _refuse_blocked(way: _Way, current: Mapping[str, State]) -> None:
    """A file cannot take the place of a folder that still holds something.

    What would have moved there from elsewhere stays where it is, or it would be nowhere.
    """
    for path, state in current.items():
        target = way.now[path]
        if not isinstance(state, Folder) or isinstance(target, Folder | Absent):
            continue
        inside = [below for below in current if below.startswith(f"{path}/")]
        if any(not isinstance(way.now[below], Absent) for below in inside):
            way.refused[path] = "a folder with other files stands there"
            way.now[path] = state
            _leave(_sha256(target), path, way, current)


def _leave(sha256: str, path: str, way: _Way, current: Mapping[str, State]) -> None:
    for source, state in current.items():
        if isinstance(way.now[source], Absent) and sha256 and _sha256(state) == sha256:
            way.now[source] = state
            way.refused[source] = f'it cannot go back to "{path}"'


def _is_file(target: Target) -> bool:
    return isinstance(target, Kept | Merged)


def _sha256(target: Target) -> str:
    return target.sha256 if isinstance(target, Kept) else ""


def _bytes(target: Target, load: Load) -> bytes | None:
    match target:
        case Kept():
            return load(target)
        case Merged():
            return target.data
        case _:
            return None
