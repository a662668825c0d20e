"""What `undo` and `rewind` share: the list of undo points, the preview and the deed."""

from __future__ import annotations

from pmagent.cli import codes
from pmagent.cli.output import Output, shorten, table
from pmagent.garden import Garden
from pmagent.journal.diffs import diff_text
from pmagent.safe_text import safe_text


def list_checkpoints(garden: Garden, output: Output) -> int:
    """The undo points, newest first."""
    points = garden.checkpoints()
    if output.as_json:
        rows = [
            {
                "id": point.id, "at": point.at.isoformat(), "by": point.by, "tool": point.tool,
                "summary": point.summary, "paths": list(point.paths), "undone_by": point.undone_by,
            }
            for point in points
        ]  # fmt: skip
        output.envelope({"checkpoints": rows})
        return codes.OK
    shown = [
        (
            point.id,
            point.at.astimezone().strftime("%d %b %H:%M:%S"),
            safe_text(point.by),
            shorten(safe_text(point.summary), 60),
            f"undone by {point.undone_by}" if point.undone_by else "",
        )
        for point in points
    ]
    for line in table(shown):
        output.line(line)
    if not shown:
        output.say("nothing has been changed through pmagent yet")
    return codes.OK


def take_back(
    garden: Garden,
    output: Output,
    checkpoint: str,
    *,
    is_rewind: bool,
    is_dry: bool,
    overwrite: bool,
) -> int:
    """Show what would change and, unless `is_dry`, change it."""
    changes, conflicts = garden.preview_undo(checkpoint, rewind=is_rewind)
    if not output.as_json:
        for change in changes:
            for line in diff_text(change).splitlines():
                output.line(output.style(line))
    for path in conflicts:
        output.note(f'"{path}" has been edited since')
    paths = [change.path for change in changes]
    if is_dry:
        if output.as_json:
            output.envelope({"changes": paths, "conflicts": list(conflicts), "done": False})
        return codes.OK
    if conflicts and not overwrite:
        output.say("nothing was changed; --overwrite takes it back all the same")
        return codes.DENIED
    done = garden.undo(checkpoint, rewind=is_rewind, overwrite=overwrite)
    if output.as_json:
        output.envelope({"changes": paths, "conflicts": [], "done": True, "checkpoint": done.id})
    else:
        output.say(f'taken back; "pmagent undo {done.id}" brings it again')
    return codes.OK
