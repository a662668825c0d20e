"""A play as lines that can be kept beside its scenario, and where another play parts from them.

A line is one step: its path, its value, who made it; then what was refused, what was sent, how it
ended, and what class of cost it was in. Two plays of the same procedure give the same bytes.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias, cast

from pmagent.simulations.judging import label_of
from pmagent.simulations.played import Leg, Played
from pmagent.types.actions import Json
from pmagent.types.runs import Spent

Line: TypeAlias = Mapping[str, Json]
Part = Literal["path", "value", "permissions", "effects", "cost", "end"]
SUFFIX = ".golden.jsonl"
_LONGEST = 2_000
"""Characters of a text that is kept whole; a longer one is kept by its beginning and its digest."""
_AROUND = 2
_MOST_LINES = 40
_CLASSES = (Decimal(0), Decimal("0.01"), Decimal("0.10"), Decimal(1))
_NAMES = ("free", "under 1 cent", "under 10 cents", "under 1 dollar", "over 1 dollar")


@dataclass(frozen=True, kw_only=True)
class Divergence:
    """The first place where a play parts from the kept one."""

    part: Part
    step: str
    """The step, as both or one of them name it."""
    tree: tuple[str, ...]
    """The steps around it; `-` is only in the kept play, `+` only in this one."""
    text: tuple[str, ...]
    """The two lines, compared as text."""

    def told(self) -> str:
        """It, for a person to read."""
        return "\n".join((f"{self.part} differs at {self.step}", *self.tree, *self.text))


def transcript(played: Played) -> tuple[Line, ...]:
    """The play as lines."""
    lines: list[Line] = []
    for number, leg in enumerate(played.legs):
        lines.extend(_steps(leg, is_below=number >= played.chain))
    if played.denied:
        lines.append({"part": "permissions", "denied": sorted(set(played.denied))})
    lines.extend(
        {
            "part": "effects",
            "kind": thing.kind,
            "step": thing.address,
            "times": thing.times,
            "payload": _kept(thing.payload),
        }
        for thing in played.things
    )
    run = played.run
    lines.append({
        "part": "end",
        "outcome": played.outcome,
        "reason": run.reason,
        "notes": list(run.notes),
        "result": _kept(run.result),
    })
    lines.append({"part": "cost", "class": cost_class(run.spent)})
    return tuple(lines)


def write_lines(lines: Sequence[Line]) -> str:
    """As it is kept: JSON, one object a line."""
    return "".join(
        f"{json.dumps(line, ensure_ascii=False, sort_keys=True, default=list)}\n" for line in lines
    )


def read_lines(text: str) -> tuple[Line, ...] | None:
    """The lines of a kept play; None where it is damaged."""
    try:
        found = [cast("object", json.loads(line)) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(one, dict) for one in found):
        return None
    return tuple(cast("list[Line]", found))


def diverges(kept: Sequence[Line], now: Sequence[Line]) -> Divergence | None:
    """The first place where they differ; None where they are the same."""
    old, new = [_told(line) for line in kept], [_told(line) for line in now]
    count = min(len(old), len(new))
    at = next((n for n in range(count) if old[n] != new[n]), count)
    if at == len(old) == len(new):
        return None
    line = now[at] if at < len(now) else kept[at]
    nothing: Line = {}
    before = kept[at] if at < len(kept) else nothing
    after = now[at] if at < len(now) else nothing
    is_same_step = _name(before) == _name(after)
    part = cast("Part", line.get("part", "value")) if is_same_step else "path"
    return Divergence(
        part=part,
        step=_name(line) if is_same_step or not before else _name(before),
        tree=tuple(_tree(kept, now, at)),
        text=tuple(_text(before, after)) if is_same_step else (),
    )


def cost_class(spent: Spent) -> str:
    """How dear it was, in five classes: small changes of length are no change of cost."""
    usd = spent.usd
    if usd is None:
        return "unknown"
    place = next((n for n, most in enumerate(_CLASSES) if usd <= most), len(_CLASSES))
    return _NAMES[place]


def _steps(leg: Leg, *, is_below: bool) -> Iterator[Line]:
    of = {"command": leg.run.command} if is_below or leg.run.parent else {}
    for row in leg.rows:
        yield {
            "part": "value",
            **of,
            "step": row.address,
            "does": label_of(row),
            "status": row.status,
            "by": row.maker,
            "value": _kept(row.value),
        }


def _kept(value: Json) -> Json:
    """A value as it is kept: documents by their digest, long texts by their beginning."""
    match value:
        case str():
            if len(value) <= _LONGEST:
                return value
            digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:12]
            return f"{value[:_LONGEST]}… {len(value)} characters, sha256 {digest}"
        case Mapping():
            if value.get("kind") == "document":
                return {"document": value.get("path"), "sha256": str(value.get("sha256"))[:12]}
            return {key: _kept(one) for key, one in value.items()}
        case Sequence():
            return [_kept(one) for one in value]
        case float():
            return round(value, 4)
        case _:
            return value


def _told(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, default=list)


def _name(line: Line) -> str:
    match line.get("part"):
        case "value":
            below = f"/{line['command']} " if "command" in line else ""
            return f"{below}{line.get('step')} {line.get('does')}"
        case "effects":
            return f"effect {line.get('kind')}"
        case "permissions":
            return "what was refused"
        case "cost":
            return "its cost"
        case "end":
            return "the end"
        case _:
            return "nothing"


def _tree(kept: Sequence[Line], now: Sequence[Line], at: int) -> Iterator[str]:
    """The steps before, and what follows in either."""
    for line in kept[max(0, at - _AROUND) : at]:
        yield f"    {_name(line)}"
    old = [_name(line) for line in kept[at : at + _AROUND + 1]]
    new = [_name(line) for line in now[at : at + _AROUND + 1]]
    if old[:1] == new[:1]:
        yield from (f"  > {name}" for name in old[:1])
        return
    yield from (f"  - {name}" for name in old)
    yield from (f"  + {name}" for name in new)


def _text(before: Line, after: Line) -> Iterator[str]:
    old = json.dumps(before, ensure_ascii=False, indent=1, sort_keys=True, default=list)
    new = json.dumps(after, ensure_ascii=False, indent=1, sort_keys=True, default=list)
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "kept", "now", "", "", 1)
    yield from (f"    {line.rstrip()}" for line in list(lines)[:_MOST_LINES])
