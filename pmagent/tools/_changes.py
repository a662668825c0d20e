"""What the tools that change a file share."""

from __future__ import annotations

from pmagent.agent.tool import Plan, Reach
from pmagent.errors import ReadError
from pmagent.tools._input import MAX_FILE_BYTES, edit_rule
from pmagent.types.actions import FileChange, Target


def before_of(target: Target, reach: Reach) -> bytes | None:
    """What the file holds now; None where there is none.

    Raises:
        ReadError: it is a folder, or cannot be read.
    """
    if not target.exists:
        return None
    if target.is_folder:
        raise ReadError(f'"{target.asked}" is a folder', "name a file")
    return reach.walls.read(target.asked, limit=MAX_FILE_BYTES, follow=True, allow_hard_links=True)[
        0
    ]


def plan_change(target: Target, change: FileChange) -> Plan:
    """A plan that changes one file."""
    what = "new file" if change.before is None else "replaces what it holds"
    return Plan(
        subject=target.resolved,
        targets=(target,),
        changes=(change,),
        keeps="paths",
        risk=f'{what}; "pmagent undo" takes it back',
        grant=edit_rule(target.resolved),
    )


def write_target(target: Target, data: bytes, reach: Reach) -> None:
    """Write to the file that was looked at and to no other."""
    folder = target.resolved.rpartition("/")[0]
    if folder and not target.exists:
        reach.walls.make_folder(folder)
    reach.walls.write(target.asked, data, expected=target.identity)
