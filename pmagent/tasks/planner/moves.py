"""What differs between two plans, block by block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pmagent.tasks.planner.minutes import minute_of, span_of
from pmagent.types.tasks import Block, Move, WeekPlan

Why = Callable[[Move], str]


def diff_plans(before: WeekPlan, after: WeekPlan, why: Why | None = None) -> tuple[Move, ...]:
    """Each block that is new, elsewhere, shorter, longer or gone, in order of time.

    A block that starts elsewhere has moved, whatever its length; `why` gives each its sentence.
    """
    old = {block.id: block for block in before.blocks}
    new = {block.id: block for block in after.blocks}
    moves = [_compare(old.get(id_), block) for id_, block in new.items()]
    moves += [_dropped(block) for id_, block in old.items() if id_ not in new]
    found = sorted(
        (move for move in moves if move is not None),
        key=lambda move: (_minute(move), move.block),
    )
    return tuple(move if why is None else replace(move, why=why(move)) for move in found)


def _minute(move: Move) -> int:
    span = move.after or move.before
    return minute_of(span[0]) if span is not None else 0


def _compare(old: Block | None, new: Block) -> Move | None:
    span = (new.start, new.end)
    if old is None:
        return Move(block=new.id, title=new.title, kind="new", after=span)
    was = (old.start, old.end)
    # By the minute: clocks alone compare equal in the hour that comes twice.
    (start, end), (old_start, old_end) = span_of(*span), span_of(*was)
    if (start, end) == (old_start, old_end):
        return None
    if start != old_start:
        return Move(block=new.id, title=new.title, kind="moved", before=was, after=span)
    kind = "shortened" if end < old_end else "lengthened"
    return Move(block=new.id, title=new.title, kind=kind, before=was, after=span)


def _dropped(old: Block) -> Move:
    return Move(block=old.id, title=old.title, kind="dropped", before=(old.start, old.end))
