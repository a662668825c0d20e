"""What the garden holds at a moment, with every byte stored before it is told.

Reads through the walls alone. A file that stands as it stood when it was read last is not read
again. What is too large, or cannot be read, is known by its stamp and told by its reason.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pmagent.errors import AccessError, ReadError
from pmagent.journal.manifest import (
    ABSENT,
    Change,
    Folder,
    Kept,
    NotKept,
    Special,
    Stamp,
    State,
)
from pmagent.journal.objects import Objects
from pmagent.journal.ports import Entry, Files

FRESH_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again under the same stamp: FAT and some
network disks count in steps of two seconds."""
NEVER_WHOLE = frozenset({".git"})
"""Not looked into when the whole garden is stored: no tool can write there, and it may be vast."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much is stored."""

    file_bytes: int = 32_000_000
    """Of one file."""
    total_bytes: int = 256_000_000
    """Of all files looked at together; the smaller ones come first."""
    fresh_ns: int = FRESH_NS
    """A file that changed so lately is read again: its time may not tell a second change."""
    loose_objects: int = 1_500
    """Small files of objects, beyond which they are packed at the next start."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a file held when it was read last."""

    stamp: Stamp
    state: Kept


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What was found."""

    states: Mapping[str, State]
    """By path, in the order of the walk. `Absent` for what was asked for and is not there."""
    known: Mapping[str, Known]
    """The files among them that need not be read again while their stamps stay."""
    entries: Mapping[str, Entry]
    """What the system told of each; nothing for what is not there."""

    def state(self, path: str) -> State:
        """What `path` held."""
        return self.states.get(path, ABSENT)


@dataclass(kw_only=True)
class _Look:
    states: dict[str, State] = field(default_factory=dict[str, State])
    known: dict[str, Known] = field(default_factory=dict[str, Known])
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    unread: list[Entry] = field(default_factory=list[Entry])
    room: int


def observe(
    roots: Sequence[str],
    files: Files,
    objects: Objects,
    *,
    known: Mapping[str, Known],
    limits: Limits,
    is_deep: bool = True,
) -> Scene:
    """What stands at `roots`, at the folders above and, if `is_deep`, below; `""` is the garden.

    Raises:
        JournalError: it cannot be stored.
    """
    look = _Look(room=limits.total_bytes)
    for root in roots:
        for entry in _entries(root, files, look, is_deep=is_deep):
            if entry.path not in look.states:
                _note(entry, look, files, known)
    _read_unread(look, files, objects, limits)
    return Scene(states=look.states, known=look.known, entries=look.entries)


def stamp_of(entry: Entry) -> Stamp:
    """What changes with every change of the file."""
    return (entry.inode, entry.size, entry.mtime_ns, entry.ctime_ns)


def _entries(root: str, files: Files, look: _Look, *, is_deep: bool) -> Iterator[Entry]:
    if not root:
        yield from _below("", files)
        return
    for above in _above(root):
        # A folder outside cannot be looked at; it is none that a call could have made.
        with contextlib.suppress(AccessError):
            entry = files.entry(above)
            if entry is not None:
                yield entry
            else:
                look.states.setdefault(above, ABSENT)
    entry = files.entry(root)
    if entry is None:
        look.states.setdefault(root, ABSENT)
        return
    yield entry
    if entry.kind == "folder" and is_deep:
        yield from _below(root, files)


def _above(path: str) -> list[str]:
    """The folders that hold `path`, the outermost first."""
    places = [at for at, letter in enumerate(path) if letter == "/" and at]
    return [path[:at] for at in places]


def _below(root: str, files: Files) -> Iterator[Entry]:
    waiting = [root]
    while waiting:
        # A folder that has gone meanwhile, or cannot be listed, holds nothing that we can keep.
        with contextlib.suppress(AccessError, ReadError):
            for entry in files.entries(waiting.pop()):
                if entry.path.rpartition("/")[2] in NEVER_WHOLE:
                    continue
                if entry.kind == "folder":
                    waiting.append(entry.path)
                yield entry


def _note(entry: Entry, look: _Look, files: Files, known: Mapping[str, Known]) -> None:
    look.entries[entry.path] = entry
    match entry.kind:
        case "folder":
            try:
                look.states[entry.path] = Folder(mode=files.mode(entry.path))
            except (AccessError, ReadError):
                look.states[entry.path] = Folder(mode=0)
        case "file":
            before = known.get(entry.path)
            # A placeholder keeps the order of the walk.
            look.states[entry.path] = ABSENT
            if before is not None and before.stamp == stamp_of(entry):
                look.states[entry.path] = before.state
                look.known[entry.path] = before
                look.room -= before.state.size
            else:
                look.unread.append(entry)
        case kind:
            what = "link" if kind == "link" else "other"
            look.states[entry.path] = Special(what=what, inode=entry.inode, mtime_ns=entry.mtime_ns)


def _read_unread(look: _Look, files: Files, objects: Objects, limits: Limits) -> None:
    """Read and store the files that are not known, the smallest first."""
    read: list[tuple[str, Known, Entry, bool]] = []

    def contents() -> Iterator[bytes]:
        for entry in sorted(look.unread, key=lambda entry: entry.size):
            found = _read(entry, look, files, limits)
            if found is None:
                continue
            data, opened, mode = found
            look.room -= len(data)
            is_old = max(opened.mtime_ns, opened.ctime_ns) < time.time_ns() - limits.fresh_ns
            sha256 = hashlib.sha256(data).hexdigest()
            state = Kept(blob="", sha256=sha256, size=len(data), mode=mode)
            read.append((entry.path, Known(stamp=stamp_of(opened), state=state), opened, is_old))
            yield data

    for number, blob in enumerate(objects.store_all(contents())):
        path, unnamed, entry, is_old = read[number]
        state = replace(unnamed.state, blob=blob)
        look.states[path] = state
        look.entries[path] = entry
        if is_old:
            look.known[path] = replace(unnamed, state=state)


def _read(
    entry: Entry, look: _Look, files: Files, limits: Limits
) -> tuple[bytes, Entry, int] | None:
    """The bytes of one file; None where they are not kept, which is noted in its place."""
    why = ""
    if entry.size > limits.file_bytes:
        why = _too_large(entry.size, limits.file_bytes)
    elif entry.size > look.room:
        why = f"all files together have more than the {limits.total_bytes / 1e6:,.0f} MB kept"
    else:
        try:
            return files.read(entry.path, limit=limits.file_bytes)
        except (AccessError, ReadError) as exc:
            why = exc.message
    there = files.entry(entry.path)
    if there is None:  # it went between the look and the read
        look.states[entry.path] = ABSENT
        del look.entries[entry.path]
    else:
        look.states[entry.path] = NotKept(stamp=stamp_of(there), why=why)
        look.entries[entry.path] = there
    return None


def _too_large(size: int, limit: int) -> str:
    return f"it has {size / 1e6:,.0f} MB, more than the {limit / 1e6:,.0f} MB that are kept"


def left_out(scene: Scene) -> tuple[tuple[str, str], ...]:
    """The paths whose bytes are not kept, each with the reason."""
    return tuple(
        (path, state.why) for path, state in scene.states.items() if isinstance(state, NotKept)
    )


def compare(before: Scene, after: Scene) -> tuple[Change, ...]:
    """What became of each path from one scene to the next, by path."""
    changes: list[Change] = []
    for path in sorted(before.states.keys() | after.states.keys()):
        old, new = before.state(path), after.state(path)
        if old != new and not _is_untouched(old, after.entries.get(path)):
            changes.append(Change(path=path, before=old, after=new))
    return tuple(changes)


def _is_untouched(old: State, entry: Entry | None) -> bool:
    """Whether a file not kept before is the same one, though it may be kept this time."""
    return isinstance(old, NotKept) and entry is not None and old.stamp == stamp_of(entry)
