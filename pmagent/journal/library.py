"""The stored undo points: added, found, listed, rewritten and removed, each whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pmagent.errors import JournalError
from pmagent.journal.manifest import (
    Change,
    Folder,
    Kept,
    Manifest,
    NotKept,
    State,
    decode,
    encode,
)
from pmagent.journal.objects import Kind, Objects, name_of
from pmagent.journal.shelf import Ref, Shelf
from pmagent.types.actions import Checkpoint

ID_DIGITS = 6
"""Objects in files of their own before they are packed; each takes a whole block on disk."""
MAX_PACKS = 40
DAMAGED = "this undo point is damaged and cannot be read"
ERASED = "it was erased from the journal"

KeptBlobs = Callable[[], Iterable[str]]


class Library:
    """The undo points of one journal. Whoever calls holds the journal alone."""

    def __init__(self, objects: Objects, shelf: Shelf) -> None:
        self._objects = objects
        self._shelf = shelf
        self._read: dict[str, Manifest] = {}

    def add(self, manifest: Manifest) -> Checkpoint:
        """A new undo point, on the disk when this returns. Its number and id are given here."""
        refs = self._shelf.refs()
        numbered = replace(manifest, seq=refs[0].seq + 1 if refs else 1)
        mark = name_of(encode(numbered))
        taken = {ref.id for ref in refs}
        digits = next(n for n in range(ID_DIGITS, len(mark) + 1) if mark[:n] not in taken)
        named = replace(numbered, id=mark[:digits])
        commit = self._name(Ref(seq=named.seq, id=named.id), named)
        self._read[commit] = named
        return _checkpoint(named, "")

    def manifest(self, checkpoint_id: str) -> Manifest:
        """The undo point called `checkpoint_id`.

        Raises:
            JournalError: there is none, or it is damaged.
        """
        return self._manifest(self._ref(checkpoint_id))

    def since(self, checkpoint_id: str, *, including: bool) -> Sequence[Manifest]:
        """The undo points after one, newest first."""
        last = self._ref(checkpoint_id)
        refs = [ref for ref in self._shelf.refs() if ref.seq > last.seq]
        return [self._manifest(ref) for ref in ([*refs, last] if including else refs)]

    def checkpoints(self, *, limit: int) -> Sequence[Checkpoint]:
        """The newest, each with what took it back."""
        found: list[Checkpoint] = []
        undone_by: dict[str, str] = {}
        for ref in self._shelf.refs()[:limit]:
            try:
                manifest = self._manifest(ref)
            except JournalError:
                found.append(self._damaged(ref))
                continue
            if manifest.id not in undone_by:
                # What was itself taken back takes nothing back.
                undone_by |= {id_: ref.id for id_ in manifest.undoes if id_ not in undone_by}
            found.append(_checkpoint(manifest, undone_by.get(manifest.id, "")))
        return found

    def has_begun_as(self, name: str) -> bool:
        """Whether an undo point was made of what was under way as `name`."""
        for ref in self._shelf.refs():
            try:
                if self._manifest(ref).begun_as == name:
                    return True
            except JournalError:
                continue
        return False

    def load(self, kept: Kept) -> bytes:
        """The bytes of a stored file, checked twice over.

        Raises:
            JournalError: they are missing or damaged.
        """
        data = self._objects.load(kept.blob)
        if hashlib.sha256(data).hexdigest() != kept.sha256:
            raise JournalError(f"the stored object {kept.blob[:10]} is not what was stored")
        return data

    def tidy(self, kept_blobs: KeptBlobs, *, loose_objects: int) -> None:
        """Pack what lies about in small files, where there is much of it."""
        if self._objects.loose_count() > loose_objects or self._objects.pack_count() > MAX_PACKS:
            self._keep_reachable(kept_blobs)

    def prune(self, *, keep: int, oldest: datetime, kept_blobs: KeptBlobs) -> int:
        """Remove the undo points made before `oldest` or beyond the newest `keep`."""
        gone: list[Ref] = []
        for number, ref in enumerate(self._shelf.refs()):
            if number == 0:
                continue  # the newest stays: numbers go on from it
            try:
                is_old = self._manifest(ref).at < oldest
            except JournalError:
                is_old = False
            if number >= keep or is_old:
                gone.append(ref)
        for ref in gone:
            self._shelf.drop_ref(ref)
        if gone:
            self._keep_reachable(kept_blobs)
        return len(gone)

    def forget(self, path: str, *, kept_blobs: KeptBlobs) -> int:
        """Erase the bytes of `path` and of what is below it from every undo point."""
        count = 0
        for ref in self._shelf.refs():
            try:
                manifest = self._manifest(ref)
            except JournalError:
                continue
            changes = tuple(_erased(change, path) for change in manifest.changes)
            if changes != manifest.changes:
                count += 1
                self._name(ref, replace(manifest, changes=changes))
        self._keep_reachable(kept_blobs)
        return count

    def _name(self, ref: Ref, manifest: Manifest) -> str:
        commit = self._objects.store_commit(encode(manifest), _blobs(manifest), manifest.at)
        self._shelf.set_ref(ref, commit)
        return commit

    def _ref(self, checkpoint_id: str) -> Ref:
        for ref in self._shelf.refs():
            if ref.id == checkpoint_id:
                return ref
        raise JournalError(
            f'there is no undo point "{checkpoint_id}"', 'list them with "pmagent undo --list"'
        )

    def _manifest(self, ref: Ref) -> Manifest:
        try:
            commit = self._shelf.commit_of(ref)
            if commit not in self._read:
                self._read[commit] = decode(self._objects.load_manifest(commit))
            return self._read[commit]
        except JournalError as exc:
            raise JournalError(
                f'the undo point "{ref.id}" is damaged: {exc.message}',
                "the others are not affected",
            ) from exc

    def _damaged(self, ref: Ref) -> Checkpoint:
        at = datetime.fromtimestamp(self._shelf.named_at(ref), tz=UTC)
        return Checkpoint(id=ref.id, at=at, call_id="", by="", tool="", summary=DAMAGED, paths=())

    def _keep_reachable(self, kept_blobs: KeptBlobs) -> None:
        wanted = set(kept_blobs())
        kinds: dict[str, Kind] = {}
        for ref in self._shelf.refs():
            try:
                commit = self._shelf.commit_of(ref)
                tree, members = self._objects.closure(commit)
            except JournalError:
                continue  # it cannot be read any more than before
            wanted |= {commit, tree, *members}
            kinds[commit], kinds[tree] = "commit", "tree"
        self._objects.keep_only(wanted, kinds)


def _checkpoint(manifest: Manifest, undone_by: str) -> Checkpoint:
    return Checkpoint(
        id=manifest.id,
        at=manifest.at,
        call_id=manifest.call_id,
        by=manifest.by,
        tool=manifest.tool,
        summary=manifest.summary,
        paths=_paths(manifest.changes),
        undone_by=undone_by,
    )


def _paths(changes: Sequence[Change]) -> tuple[str, ...]:
    """What changed, without the folders that only hold something else that did."""
    above = {
        "/".join(parts[:end])
        for change in changes
        for parts in [change.path.split("/")]
        for end in range(1, len(parts))
    }
    return tuple(
        change.path for change in changes if change.path not in above or not _is_folder(change)
    )


def _is_folder(change: Change) -> bool:
    return isinstance(change.before, Folder) or isinstance(change.after, Folder)


def _blobs(manifest: Manifest) -> set[str]:
    return {
        state.blob
        for change in manifest.changes
        for state in (change.before, change.after)
        if isinstance(state, Kept)
    }


def _erased(change: Change, path: str) -> Change:
    if change.path != path and not change.path.startswith(f"{path}/"):
        return change
    return replace(change, before=_without(change.before), after=_without(change.after))


def _without(state: State) -> State:
    if not isinstance(state, Kept):
        return state
    return NotKept(stamp=(0, state.size, 0, 0), why=ERASED)
