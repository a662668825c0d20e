"""Undo points: what files held is stored before anything changes them, and can be brought back.

The objects lie in a bare git directory of our own beside the garden's other state. The garden is
never a git work tree: its bytes come and go through the walls. Of all processes one is inside at a
time; a call that was killed is found at the next start and can be taken back like any other.
What others changed since is never overwritten unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pmagent.errors import JournalError, PmagentError
from pmagent.journal.apply import apply
from pmagent.journal.library import Library
from pmagent.journal.manifest import Folder, Kept, Manifest
from pmagent.journal.objects import Objects
from pmagent.journal.observe import Known, Limits, Scene, compare, left_out, observe
from pmagent.journal.plan import Plan, Undo, file_changes, plan_undo
from pmagent.journal.ports import Files
from pmagent.journal.shelf import Shelf
from pmagent.journal.snapshot import Snapshots
from pmagent.journal.underway import UnderWay, decode_under_way, encode_under_way
from pmagent.types.actions import Checkpoint, ToolCall

KEEP = 1_000
KEEP_DAYS = 90
LONGEST_EFFECT = timedelta(minutes=15)
"""After a kill, what was changed later than this after the call began, somebody else changed."""
_NOBODY = ToolCall(id="", tool="Undo", input={})


@dataclass(frozen=True, kw_only=True)
class Before:
    """What some paths held before a call. Its bytes are on the disk."""

    name: str
    at: datetime
    roots: tuple[str, ...]
    """`("",)` for the whole garden."""
    scene: Scene
    is_deep: bool = True
    """Whether what lies below the roots that are folders is looked at too."""

    @property
    def left_out(self) -> tuple[tuple[str, str], ...]:
        """The files whose bytes are not kept, each with the reason: these cannot be undone."""
        return left_out(self.scene)


class Journal:
    """The undo points of one garden, in `folder` (made where it is not there, mode 0700).

    Every method raises JournalError where the journal cannot be read or written, or another process
    holds it for too long.
    """

    def __init__(
        self,
        folder: Path,
        files: Files,
        *,
        now: Callable[[], datetime],
        limits: Limits | None = None,
    ) -> None:
        self._files = files
        self._now = now
        self._limits = limits or Limits()
        self._objects = Objects(folder)
        self._shelf = Shelf(folder)
        self._snapshots = Snapshots(folder)
        self._library = Library(self._objects, self._shelf)

    def close(self) -> None:
        """Let go of it. What is still under way will be found by `recover`."""
        self._shelf.close()

    # -- around one call --------------------------------------------------------------------------

    def prepare(self, paths: Sequence[str], *, call: ToolCall | None = None) -> Before:
        """What `paths` hold now, and all below those that are folders; stored when this returns.

        Paths are relative to the garden. `call` is written down for the case of a kill.
        """
        with self._shelf.alone():
            return self._prepare(tuple(dict.fromkeys(paths)), call)

    def prepare_all(self, *, call: ToolCall | None = None) -> Before:
        """What the whole garden holds now. Files that stand as they stood are not read again."""
        with self._shelf.alone():
            return self._prepare(("",), call)

    def commit(self, before: Before, call: ToolCall, *, summary: str) -> Checkpoint | None:
        """What has changed since, as an undo point; None where nothing has."""
        with self._shelf.alone():
            return self._commit(before, call, summary=summary)

    def abandon(self, before: Before) -> None:
        """Nothing has been done: forget about it."""
        with self._shelf.alone():
            self._shelf.end(before.name)

    def recover(self) -> Sequence[Checkpoint]:
        """Undo points for the calls that were killed. To be called when a garden is opened."""
        with self._shelf.alone():
            self._objects.sweep()
            self._shelf.sweep()
            found = [self._recover(*abandoned) for abandoned in self._shelf.abandoned()]
            self._library.tidy(self._kept_blobs, loose_objects=self._limits.loose_objects)
            return [checkpoint for checkpoint in found if checkpoint is not None]

    # -- looking ----------------------------------------------------------------------------------

    def checkpoints(self, *, limit: int = 100) -> Sequence[Checkpoint]:
        """The undo points, newest first. A damaged one says so in its summary."""
        with self._shelf.alone():
            return self._library.checkpoints(limit=limit)

    def preview(self, checkpoint_id: str) -> Undo:
        """What `undo` would change, without changing it."""
        with self._shelf.alone():
            return self._preview([self._library.manifest(checkpoint_id)])

    def preview_rewind(self, to: str, *, including: bool = False) -> Undo:
        """What `rewind` would change, without changing it."""
        with self._shelf.alone():
            return self._preview(self._library.since(to, including=including))

    # -- taking back ------------------------------------------------------------------------------

    def undo(
        self, checkpoint_id: str, *, overwrite: bool = False, call: ToolCall | None = None
    ) -> Checkpoint:
        """Take one undo point back; the new one, which can be taken back itself.

        A file changed since by somebody else comes out with both edits where they lie apart. Where
        they do not, it is left alone unless `overwrite` is set, and so are all others.

        Raises:
            JournalError: conflicts, which it names; or there is nothing that can be taken back.
        """
        with self._shelf.alone():
            manifest = self._library.manifest(checkpoint_id)
            summary = f"Undo {manifest.summary}"
            return self._take_back([manifest], call or _NOBODY, summary, overwrite=overwrite)

    def rewind(
        self,
        to: str,
        *,
        overwrite: bool = False,
        including: bool = False,
        call: ToolCall | None = None,
    ) -> Checkpoint:
        """Take back every undo point after `to`, and `to` too if `including`, in one new one."""
        with self._shelf.alone():
            manifests = self._library.since(to, including=including)
            if not manifests:
                raise JournalError(f'nothing was changed after the undo point "{to}"')
            noun = "change" if len(manifests) == 1 else "changes"
            summary = f"Rewind {len(manifests):,} {noun}"
            return self._take_back(manifests, call or _NOBODY, summary, overwrite=overwrite)

    # -- housekeeping -----------------------------------------------------------------------------

    def prune(self, *, keep: int = KEEP, days: int = KEEP_DAYS) -> int:
        """Remove the undo points older than `days` or beyond the newest `keep`; how many went."""
        with self._shelf.alone():
            self._objects.sweep()
            return self._library.prune(
                keep=keep,
                oldest=self._now() - timedelta(days=days),
                kept_blobs=self._kept_blobs,
            )

    def forget(self, path: str) -> int:
        """Erase all that `path`, and what was below it, ever held; how many undo points had it.

        The undo points stay and say that its bytes were erased. Bytes that another path held too
        are kept for that path.

        Raises:
            JournalError: a call is under way.
        """
        with self._shelf.alone():
            if self._shelf.under_way():
                raise JournalError(
                    "a change is under way, so nothing can be erased", "try again when it is done"
                )
            self._snapshots.drop(but=(), keep_last=False)
            return self._library.forget(path, kept_blobs=self._kept_blobs)

    # -- inside -----------------------------------------------------------------------------------

    def _prepare(
        self, roots: tuple[str, ...], call: ToolCall | None, *, is_deep: bool = True
    ) -> Before:
        is_whole = "" in roots
        last = self._snapshots.last() if is_whole else None
        roots = ("",) if is_whole else roots
        scene = self._observe(roots, last.known if last else {}, is_deep=is_deep)
        snapshot = self._snapshots.save(scene.states, scene.known) if is_whole else ""
        at = self._now()
        under_way = UnderWay(
            at=at,
            roots=roots,
            snapshot=snapshot,
            states={} if is_whole else scene.states,
            is_deep=is_deep,
            call=call,
        )
        name = self._shelf.begin(encode_under_way(under_way))
        if is_whole:
            self._snapshots.drop(but=self._snapshots_needed())
        return Before(name=name, at=at, roots=roots, scene=scene, is_deep=is_deep)

    def _observe(self, roots: Sequence[str], known: Mapping[str, Known], *, is_deep: bool) -> Scene:
        return observe(
            roots, self._files, self._objects, known=known, limits=self._limits, is_deep=is_deep
        )

    def _commit(
        self,
        before: Before,
        call: ToolCall,
        *,
        summary: str,
        undoes: tuple[str, ...] = (),
        is_interrupted: bool = False,
    ) -> Checkpoint | None:
        after = self._observe(before.roots, before.scene.known, is_deep=before.is_deep)
        if before.roots == ("",):
            self._snapshots.learn(after.known)
        changes = compare(before.scene, after)
        return self._seal(
            before.name,
            Manifest(
                id="", seq=0, at=self._now(), call_id=call.id, by=call.by, tool=call.tool,
                summary=summary, changes=changes, undoes=undoes, is_interrupted=is_interrupted,
                begun_as=before.name,
            ),
        )  # fmt: skip

    def _seal(self, name: str, manifest: Manifest) -> Checkpoint | None:
        checkpoint = self._library.add(manifest) if manifest.changes else None
        self._shelf.end(name)
        return checkpoint

    def _recover(self, name: str, data: bytes, began_ns: int) -> Checkpoint | None:
        if self._library.has_begun_as(name):  # killed after the undo point, before this note went
            self._shelf.end(name)
            return None
        try:
            under_way = decode_under_way(data)
            whole = self._snapshots.load(under_way.snapshot) if under_way.snapshot else None
        except JournalError:
            self._shelf.end(name)  # the disk has damaged it: nothing can be learnt from it
            return None
        states = whole.states if whole else under_way.states
        known: Mapping[str, Known] = whole.known if whole else {}
        after = self._observe(under_way.roots, known, is_deep=under_way.is_deep)
        before = Scene(states=states, known=known, entries={})
        latest_ns = began_ns + int(LONGEST_EFFECT.total_seconds() * 1e9)
        changes = tuple(
            change
            for change in compare(before, after)
            if (entry := after.entries.get(change.path)) is None or entry.mtime_ns <= latest_ns
        )
        call = under_way.call or ToolCall(id="", tool="", input={}, by="agent")
        what = call.tool or "a change"
        return self._seal(
            name,
            Manifest(
                id="", seq=0, at=self._now(), call_id=call.id, by=call.by, tool=call.tool,
                summary=f"interrupted: {what} begun {under_way.at:%Y-%m-%d %H:%M}",
                changes=changes, is_interrupted=True, begun_as=name,
            ),
        )  # fmt: skip

    def _plan(self, manifests: Sequence[Manifest]) -> tuple[Plan, Scene]:
        changes = [change for manifest in manifests for change in manifest.changes]
        scene = self._observe(list(dict.fromkeys(c.path for c in changes)), {}, is_deep=False)
        # Where a file would come back and a folder stands, what is in the folder matters.
        blocked = [
            change.path
            for change in changes
            if isinstance(change.before, Kept) and isinstance(scene.state(change.path), Folder)
        ]
        if blocked:
            inside = self._observe(list(dict.fromkeys(blocked)), {}, is_deep=True)
            scene = Scene(
                states={**inside.states, **scene.states},
                known={},
                entries={**inside.entries, **scene.entries},
            )
        return plan_undo(manifests, scene.states, self._load), scene

    def _preview(self, manifests: Sequence[Manifest]) -> Undo:
        plan, scene = self._plan(manifests)
        return Undo(
            checkpoints=tuple(manifest.id for manifest in manifests),
            changes=file_changes(plan, scene.states, self._load),
            conflicts=plan.conflicts,
            merged=plan.merged,
            refused=tuple(sorted(plan.refused.items())),
        )

    def _take_back(
        self, manifests: Sequence[Manifest], call: ToolCall, summary: str, *, overwrite: bool
    ) -> Checkpoint:
        plan, scene = self._plan(manifests)
        _check(plan, overwrite=overwrite)
        for target in plan.targets.values():  # all of it can be read, before any of it is touched
            if isinstance(target, Kept):
                self._load(target)
        before = self._prepare(tuple(plan.targets), call, is_deep=False)
        undoes = tuple(manifest.id for manifest in manifests)
        try:
            apply(plan.targets, scene, self._files, self._load)
        except PmagentError as exc:
            done = self._commit(
                before, call, summary=f"interrupted: {summary}", is_interrupted=True
            )
            part = f'; what was done is the undo point "{done.id}"' if done else ""
            raise JournalError(f"it could not all be taken back: {exc.message}{part}") from exc
        if plan.refused:
            noun = "file" if len(plan.refused) == 1 else "files"
            summary = f"{summary} (but for {len(plan.refused):,} {noun})"
        done = self._commit(before, call, summary=summary, undoes=undoes)
        if done is None:
            raise JournalError("nothing was taken back: what is to go still holds something")
        return done

    def _load(self, kept: Kept) -> bytes:
        return self._library.load(kept)

    def _snapshots_needed(self) -> set[str]:
        return {decode_under_way(data).snapshot for _, data in self._shelf.under_way()}

    def _kept_blobs(self) -> Iterable[str]:
        """The blobs that no undo point names, and that are needed all the same."""
        last = self._snapshots.last()
        scenes = [last.states] if last else []
        for _, data in self._shelf.under_way():
            under_way = decode_under_way(data)
            scenes.append(under_way.states)
            if under_way.snapshot:
                scenes.append(self._snapshots.load(under_way.snapshot).states)
        for states in scenes:
            yield from (state.blob for state in states.values() if isinstance(state, Kept))


def _check(plan: Plan, *, overwrite: bool) -> None:
    if plan.conflicts and not overwrite:
        named = ", ".join(f'"{path}"' for path in plan.conflicts)
        raise JournalError(
            f"changed since by somebody else, so nothing was taken back: {named}",
            "look at the preview, then overwrite them or undo the rest by hand",
        )
    if plan.targets:
        return
    if plan.refused:
        path, why = next(iter(sorted(plan.refused.items())))
        more = f", and {len(plan.refused) - 1:,} more" if len(plan.refused) > 1 else ""
        raise JournalError(f'"{path}" cannot be taken back: {why}{more}')
    raise JournalError("there is nothing to take back: it is all as it was before")
