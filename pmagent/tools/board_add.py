"""board.add: a card on the garden's board, once, in the format of Obsidian Kanban."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import AccessError
from pmagent.tasks.board.placing import Edited, add_card
from pmagent.tasks.board.reading import card_id
from pmagent.tools._changes import before_of, plan_change, write_target
from pmagent.tools._input import Input
from pmagent.types.actions import FileChange, Target
from pmagent.types.calls import CallSpec, Parameter
from pmagent.types.tasks import Card

BOARD = "board.md"


class BoardAddInput(Input):
    """Which card, and the list it goes to."""

    column: Annotated[str, Field(alias="list", min_length=1, max_length=120, pattern=r"^[^\r\n]+$")]
    text: Annotated[str, Field(min_length=1, max_length=500)]
    details: Annotated[str, Field(max_length=20_000)] = ""
    board: Annotated[str, Field(min_length=1, pattern=r"(?i)\.md$")] = BOARD


class BoardAddTool:
    """Puts a card on a board of the garden."""

    name = "board.add"
    summary = "Put a card on the board, once"
    Input = BoardAddInput
    spec = CallSpec(
        name="board.add",
        summary="Put a card on the board, once",
        parameters=(
            Parameter(name="list", shape="str"),
            Parameter(name="text", shape="str 1..500"),
            Parameter(name="details", shape="str", is_optional=True),
            Parameter(name="board", shape="str", is_optional=True),
        ),
        gives="{path: str, id: str, line: int, is_new: bool}",
        effect="internal",
    )

    def plan(self, given: BoardAddInput, reach: Reach) -> Plan:
        """The board with the card; unchanged where the card stands on it already."""
        target = reach.walls.locate(given.board, "edit")
        before = before_of(target, reach)
        placed = _placed(given, target, before)
        if not placed.is_changed:
            return Plan(subject=target.resolved, targets=(target,))
        after = placed.text.encode("utf-8")
        return plan_change(target, FileChange(path=target.resolved, before=before, after=after))

    def run(self, given: BoardAddInput, plan: Plan, reach: Reach) -> Result:
        """Write the board, as planned."""
        target = plan.targets[0]
        if plan.changes:
            write_target(target, plan.changes[0].after or b"", reach)
            placed = _placed(given, target, plan.changes[0].before)
        else:
            placed = _placed(given, target, before_of(target, reach))
        told = "is on" if placed.is_changed else "was already on"
        return Result(
            text=f'"{given.text}" {told} "{target.resolved}", line {placed.line}',
            data={
                "path": target.resolved,
                "id": placed.id,
                "line": placed.line,
                "is_new": placed.is_changed,
            },
        )


def _placed(given: BoardAddInput, target: Target, before: bytes | None) -> Edited:
    try:
        board = (before or b"").decode("utf-8")
    except UnicodeDecodeError as exc:
        raise AccessError(
            f'"{target.resolved}" is no board: it is not UTF-8', "save it as UTF-8, or name another"
        ) from exc
    # Its id is made of the words as they are given: a procedure's card is put on once.
    card = Card(
        id=card_id(given.text),
        title=given.text,
        lane=given.column,
        details=tuple(row.strip() for row in given.details.splitlines()),
    )
    return add_card(board, card, lane=given.column)


tool = BoardAddTool()
