"""For any procedure: broken off after any row and resumed, it ends as a straight run does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.procedures.engine.engine import nowhere
from pmagent.procedures.engine.ports import Failpoint
from pmagent.types.runs import Answered, Approved
from tests.procedures.engine.world import World, last, procedure

FRONT = """---
description: Any.
allowed-tools: card.add post.send
metadata:
  budget: {steps: 30, effects: 6}
---
## Always
- **Note** "n is high" if `n > 3`
- **Hand off** "n is too high" if `n > 6`

## Steps
1. **Set** `n = 1`
"""
LINES = (
    "**Set** `n = n + 1`",
    "**Set** `n = n + len(names)`",
    '**Note** "n is {n}"',
    '**Ask** "More?" as `names` like `[str]`',
    "**Check** `n < 9` else \"too many: {n}\"",
    '**Call** `card.add` with `name="c" + str(n)` as `card`',
    '**Call** `text.upper` with `text=str(n)` as `loud`',
    '**Approve** "Send {n}?" showing `n`',
    "**Wait** until `0`",
    "**Run** `/chapters` with `n` as `chapters`",
    "**Run** `/inner` with `n=n` as `n`",
    '**Switch to** `/inner` if `n == 5`',
)  # fmt: skip
INNER = (
    "---\ndescription: I.\narguments: [n]\nallowed-tools: card.add\n---\n## Steps\n"
    '1. **Call** `card.add` with `name="inner" + str(n)`\n2. **Return** `n + 1`\n'
)
Block = list[Any]


def blocks(depth: int) -> st.SearchStrategy[Block]:
    line = st.sampled_from(LINES)
    if depth == 0:
        return st.lists(line, min_size=1, max_size=3)
    inner = blocks(depth - 1)
    choice = st.tuples(st.just("if"), st.sampled_from(["n > 2", "n % 2 == 0"]), inner, inner)
    loop = st.tuples(st.just("each"), st.integers(0, 3), inner)
    return st.lists(st.one_of(line, line, choice, loop), min_size=1, max_size=4)


def written(block: Block, start: int = 1, indent: str = "") -> str:
    """The block as a numbered list."""
    lines: list[str] = []
    number = start
    for one in block:
        match one:
            case ("if", condition, yes, no):
                lines.append(f"{indent}{number}. **If** `{condition}`\n")
                lines.append(written(yes, 1, indent + "   "))
                number += 1
                lines.append(f"{indent}{number}. **Else**\n")
                lines.append(written(no, 1, indent + "   "))
            case ("each", most, inner):
                items = '["a", "b", "c"]'
                lines.append(f"{indent}{number}. **For each** `x` in `{items}` up to `{most}`\n")
                lines.append(written(inner, 1, indent + "    "))
            case line:
                lines.append(f"{indent}{number}. {line}\n")
        number += 1
    return "".join(lines)


def world_in(root: str, failpoint: Failpoint = nowhere) -> World:
    world = World(
        Path(root),
        replies={"More?": Answered(value=["d"]), "Send": Approved(edits={"n": 4})},
        commands={"inner": INNER},
        failpoint=failpoint,
    )
    world.person.replies["card.add"] = Approved()
    world.calls.is_asking = True
    return world


def outcome(world: World) -> Any:
    """What it has come to, without how long it took."""
    runs = [replace(run, spent=replace(run.spent, ms=0)) for run in world.records.list(100)]
    rows = [
        replace(row, spent=replace(row.spent, ms=0), value=row.value)
        for run in sorted(runs, key=lambda run: run.id)
        for row in world.records.steps(run.id)
    ]
    return runs, rows, world.calls.effects()


@settings(max_examples=12, deadline=None, derandomize=True)
@given(block=blocks(1), after=st.integers(1, 12), place=st.sampled_from(["performed", "written"]))
def test_broken_off_anywhere_it_ends_as_a_straight_run(
    block: Block, after: int, place: str
) -> None:
    whole = FRONT + '2. **Set** `names = ["a"]`\n' + written(block, 3)
    left = [after]

    def failpoint(here: str, address: str) -> None:
        if here == place and not address.startswith("inside"):
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

    with TemporaryDirectory() as straight, TemporaryDirectory() as broken:
        one = world_in(straight)
        last(one.engine.start(procedure(whole), {}))
        other = world_in(broken, failpoint)
        events = other.engine.start(procedure(whole), {})
        try:
            last(events)
        except KeyboardInterrupt:
            other.close()
            other = world_in(broken)
            last(other.engine.resume("r1"))

        assert outcome(other) == outcome(one)
        one.close()
        other.close()
