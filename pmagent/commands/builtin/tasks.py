"""`/tasks`: the board, list by list; and what a board elsewhere would be told of it."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import fenced
from pmagent.commands.markdown import items, page, plain
from pmagent.tasks.board.push_text import count_line, push_lines
from pmagent.types.tasks import Card
from pmagent.types.turns import Noted, Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The board on its screen; with words, the cards that have them; `push`: what would be sent."""
    if plain(argument).casefold() == "push":
        yield from push(bench)
        return
    board = bench.garden.week.board()
    words = plain(argument).casefold()
    for note in board.notes:
        yield Noted(text=note)
    blocks: list[str] = []
    for lane in board.lanes:
        rows = [row(card) for card in lane.cards if words in card.title.casefold()]
        if rows or not words:
            blocks.append(page(f"## {plain(lane.title)}", items(rows) or "Nothing."))
    none = f'No card has "{words}".' if words else "There is no card yet. Add one: `/add WORDS`"
    yield Screen(name="board", argument=words, text=page("# Tasks", *(blocks or [none])))


def push(bench: Bench) -> Iterator[TurnEvent]:
    """What a push would tell the board elsewhere. Nothing is sent: that is for a person's key."""
    diff = bench.garden.week.push_diff()
    for note in diff.notes:
        yield Noted(text=note)
    lines = "\n".join(push_lines(diff.cards))
    then = "Send it: `pmagent tasks push --send`" if diff.to_send else ""
    title = f"# To {plain(diff.title)}"
    text = page(title, fenced(lines) if lines else "", f"{count_line(diff)}.", then)
    yield Screen(name="push", text=text)


def row(card: Card) -> str:
    """A card on one line."""
    marks = [
        f"due {card.due}" if card.due is not None else "",
        f"priority {card.priority}" if card.priority is not None else "",
        f"waits for {plain(card.waiting_for)}" if card.waiting_for else "",
    ]
    tail = ", ".join(mark for mark in marks if mark)
    return f"[{'x' if card.is_done else ' '}] {plain(card.title)}" + (f" ({tail})" if tail else "")


builtin = Builtin(
    name="tasks",
    aliases=("board",),
    group="Plan",
    summary="The board: every card by its list; push: what your Trello board would be told",
    argument_hint="[WORDS | push]",
    run=run,
)
