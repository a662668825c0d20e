"""From places in slots to blocks on a clock: with the ids they have already, and why there."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.days import day_name
from pmagent.tasks.planner.keeping import block_id, sequence_of
from pmagent.tasks.planner.minutes import minute_of, moment_of, span_of
from pmagent.tasks.planner.model import SLOT, Part, Places
from pmagent.tasks.planner.prepare import Prepared
from pmagent.tasks.planner.wording import quoted
from pmagent.types.tasks import Block, Card


def blocks_of(prepared: Prepared, places: Places) -> tuple[Block, ...]:
    """The blocks of a plan, those that stay among them, in order of time."""
    made: list[Block] = list(prepared.kept)
    for card, parts in zip(prepared.cards, places, strict=True):
        made += _of_card(prepared, card, parts)
    by_card: dict[str, list[Block]] = {}
    for block in sorted(made, key=lambda block: (minute_of(block.start), block.id)):
        by_card.setdefault(block.card, []).append(block)
    counted = [
        _numbered(block, number, len(blocks))
        for blocks in by_card.values()
        for number, block in enumerate(blocks, 1)
    ]
    return tuple(sorted(counted, key=lambda block: (minute_of(block.start), block.id)))


def _numbered(block: Block, part: int, parts: int) -> Block:
    if (block.part, block.parts) == (part, parts):
        return block
    return Block(
        id=block.id,
        card=block.card,
        title=block.title,
        start=block.start,
        end=block.end,
        part=part,
        parts=parts,
        sequence=block.sequence,
        is_fixed=block.is_fixed,
        why=block.why,
    )


def _of_card(prepared: Prepared, card: Card, parts: Sequence[Part]) -> list[Block]:
    zone, before = prepared.ground.zone, prepared.task.before
    spans = [
        (
            moment_of(prepared.problem.days[day].midnight + start * SLOT, zone),
            moment_of(prepared.problem.days[day].midnight + (start + size) * SLOT, zone),
        )
        for day, start, size in parts
    ]
    kept = {block.id for block in prepared.kept}
    standing = {
        span_of(block.start, block.end): block.id
        for block in (before.blocks if before is not None else ())
        if block.card == card.id and block.id not in kept
    }
    ids = {
        number: standing[span_of(*span)]
        for number, span in enumerate(spans)
        if span_of(*span) in standing
    }
    taken = {*kept, *ids.values()}
    free = [id_ for id_ in sorted(standing.values(), key=_number_of) if id_ not in taken]
    blocks: list[Block] = []
    for number, (start, end) in enumerate(spans):
        if number in ids:
            id_ = ids[number]
        else:
            id_ = free.pop(0) if free else _next_id(card.id, taken)
            taken.add(id_)
        blocks.append(
            Block(
                id=id_,
                card=card.id,
                title=card.title,
                start=start,
                end=end,
                sequence=sequence_of(before, id_, start, end),
                why=why_there(prepared, card, parts[number]),
            )
        )
    return blocks


def _number_of(id_: str) -> tuple[int, str]:
    tail = id_.rpartition("-")[2]
    return (int(tail) if tail.isdecimal() else 0, id_)


def _next_id(card: str, taken: set[str]) -> str:
    number = 1
    while block_id(card, number) in taken:
        number += 1
    return block_id(card, number)


def why_there(prepared: Prepared, card: Card, part: Part) -> str:
    """Why a block is where it is: at most two reasons that hold, joined in one sentence."""
    day, start, size = part
    date = prepared.ground.dates[day]
    reasons: list[str] = []
    deep = (prepared.problem.days[day].deep >> start).bit_count() and (
        (prepared.problem.days[day].deep >> start) & ((1 << size) - 1)
    ).bit_count()
    if card.energy == "deep" and deep == size:
        reasons.append("deep work, in your best hours")
    elif card.energy == "light" and not deep and any(one.deep for one in prepared.problem.days):
        reasons.append("light work, outside your best hours")
    if card.due is not None:
        reasons.append(f"{'due' if card.due >= date else 'was due'} on {day_name(card.due, date)}")
    waited = [one for one in card.after if one in prepared.by_id]
    if waited:
        reasons.append(f"after {quoted(prepared.by_id[waited[0]].title, 30)}")
    if card.priority is not None and card.priority <= 2:
        reasons.append(f"priority {card.priority}")
    return ", ".join(reasons[:2]) or "the room that suits the whole week best"
