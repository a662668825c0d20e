"""`/undo`: the undo points, what one takes back, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin, CommandGarden
from pmagent.commands.markdown import code, items, page, plain, shorten, when, wrap
from pmagent.errors import UsageError
from pmagent.journal.diffs import diff_text
from pmagent.safe_text import safe_text
from pmagent.types.actions import Checkpoint, FileChange
from pmagent.types.turns import Noted, Said, Screen, TurnEvent

LISTED = 20
_LINES = 200
"""Lines of a preview; the whole is in `pmagent undo ID --dry-run`."""


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The list; with an id or `last`, that one is taken back; with `show`, only shown."""
    garden = bench.garden
    words = argument.split()
    points = garden.checkpoints()
    if not words:
        yield Screen(name="undo", text=points_markdown(points))
        return
    is_shown = words[0] == "show"
    named = words[1:] if is_shown else words
    if not named or named[1:] not in ([], ["overwrite"]):
        raise UsageError("this is not understood", "write /undo, /undo last, or /undo show ID")
    point = _point(named[0], points)
    if point is None:
        yield Noted(text="there is nothing to undo", hint='"/undo" lists the undo points')
        return
    changes, conflicts = garden.preview_undo(point.id)
    if is_shown:
        yield Screen(name="undo", argument=point.id, text=_preview(point, changes, conflicts))
        return
    yield from _take_back(garden, point, changes, conflicts, overwrite=bool(named[1:]))


def points_markdown(points: Sequence[Checkpoint]) -> str:
    """Newest first."""
    if not points:
        return "Nothing has been changed through pmagent yet, so there is nothing to undo."
    rows = [
        f"{code(point.id)} {when(point.at)} {plain(point.by)}: {shorten(point.summary, 80)}"
        + (f" (undone by {point.undone_by})" if point.undone_by else "")
        for point in points[:LISTED]
    ]
    left = len(points) - len(rows)
    more = f"{left} more are older: {code('pmagent undo --list')}." if left else ""
    how = (
        f"What one would change: {code('/undo show ID')}. To take it back: {code('/undo ID')}, "
        f"for the latest {code('/undo last')}."
    )
    return page("# Undo points", items(rows), wrap(more), wrap(how))


def changes_markdown(changes: Sequence[FileChange], conflicts: Sequence[str]) -> str:
    """The changes as a diff in a code block, then the files that were edited since."""
    lines = [line for change in changes for line in diff_text(change).split("\n")]
    shown = [f"    {safe_text(line)}".rstrip() for line in lines[:_LINES]]
    left = len(lines) - len(shown)
    more = f"{left:,} more lines of it are not shown here." if left else ""
    edited = items([f"{code(path)} has been edited since" for path in conflicts])
    return page("\n".join(shown), more, edited)


def _point(name: str, points: Sequence[Checkpoint]) -> Checkpoint | None:
    """The one that is named; None where `last` finds none.

    Raises:
        UsageError: none or several have an id that begins so.
    """
    if name == "last":
        standing = (point for point in points if not point.undone_by and point.tool != "Undo")
        return next(standing, None)
    found = [point for point in points if point.id.startswith(name)]
    if len(found) != 1:
        says = "there is no undo point" if not found else f"{len(found)} undo points begin with"
        raise UsageError(f'{says} "{plain(name)}"', '"/undo" lists them')
    return found[0]


def _preview(point: Checkpoint, changes: Sequence[FileChange], conflicts: Sequence[str]) -> str:
    head = wrap(f"Undoing {code(point.id)}, {plain(point.summary)}, would do this:")
    none = "" if changes else "Nothing: the files are as they were already."
    return page(head, changes_markdown(changes, conflicts), none, wrap(_how(point, conflicts)))


def _how(point: Checkpoint, conflicts: Sequence[str]) -> str:
    command = f"/undo {point.id} overwrite" if conflicts else f"/undo {point.id}"
    return f"To do it: {code(command)}"


def _take_back(
    garden: CommandGarden,
    point: Checkpoint,
    changes: Sequence[FileChange],
    conflicts: Sequence[str],
    *,
    overwrite: bool,
) -> Iterator[TurnEvent]:
    if conflicts and not overwrite:
        edited = ", ".join(f'"{plain(path)}"' for path in conflicts)
        yield Noted(
            text=f"nothing was changed: {edited} has been edited since",
            kind="warning",
            hint=f'"/undo show {point.id}" shows it; "/undo {point.id} overwrite" does it anyway',
        )
        return
    done = garden.undo(point.id, overwrite=overwrite)
    files = items([code(change.path) for change in changes])
    yield Said(
        text=page(
            wrap(f"Taken back: {plain(point.summary)}."),
            files,
            wrap(f"To bring it again: {code(f'/undo {done.id}')}"),
        )
    )


builtin = Builtin(
    name="undo",
    aliases=("checkpoint",),
    group="Garden",
    summary="Take back what was changed; shows what that changes",
    argument_hint="[last | ID | show ID]",
    details=(
        "`/undo` lists the undo points and changes nothing. A file that you edited since is only "
        "overwritten with `/undo ID overwrite`. An undo can itself be undone."
    ),
    run=run,
)
