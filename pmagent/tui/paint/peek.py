"""What a sub-agent has done so far, as pages to look through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pmagent.tui.paint.activity import agent_title
from pmagent.tui.paint.lines import Page, PageBuilder, Span, span, wrap
from pmagent.tui.paint.turn import AgentRow, Turn
from pmagent.tui.paint.turn_lines import paint_agent, paint_turn
from pmagent.types.turns import Said, ToolBegan, ToolEnded, TurnEvent

if TYPE_CHECKING:
    from pmagent.tui.ports import Conversation

Pages = tuple[Page, Sequence[int]]


def peek_pages(
    conversation: Conversation, row: AgentRow
) -> tuple[tuple[Span, ...], Callable[[int], Pages]]:
    """The heading, and the painter of what it did until this moment."""
    turn = Turn(is_over=True)
    turn.take([_own(event) for event in conversation.peek(row.began.id)])
    if row.ended is not None and row.ended.text and not turn.text:
        turn.take([Said(text=row.ended.text)])

    def paint(width: int) -> Pages:
        builder = PageBuilder()
        builder.add(*paint_agent(row, width))
        builder.add_all(wrap((span(row.began.task, "quiet"),), width))
        builder.add()
        if turn.parts:
            paint_turn(builder, turn, width)
        else:
            builder.add(span("It has done nothing yet.", "quiet"))
        return builder.page(), ()

    return agent_title(row), paint


def _own(event: TurnEvent) -> TurnEvent:
    """The event as its own conversation would tell it."""
    if isinstance(event, Said | ToolBegan | ToolEnded):
        return replace(event, agent="")
    return event
