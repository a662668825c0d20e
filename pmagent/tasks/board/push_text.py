"""What a push would do, in lines: the same for a terminal, a conversation and the gate's question.

A card begins with `+` where it is made, `~` where it is changed, `!` where both boards have changed
it, `=` where it stays as it is there, and `-` where it cannot be sent. Nothing is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.nlp.counted import counted
from pmagent.types.pushes import PushCard, PushDiff, PushField, PushState

MARKS: dict[PushState, str] = {
    "new": "+",
    "changed": "~",
    "conflict": "!",
    "kept": "=",
    "left": "-",
}
_WIDTH = 9
_HINTS: dict[PushState, str] = {
    "kept": "only changed there, so it stays",
    "conflict": "changed here and there",
}


def push_lines(cards: Sequence[PushCard]) -> Iterator[str]:
    """Every card with every field that differs."""
    for card in cards:
        why = card.why or _HINTS.get(card.state, "")
        yield f"{MARKS[card.state]} {card.title}  ({card.card}{f': {why}' if why else ''})"
        for field in card.fields:
            yield from _field_lines(card.state, field)


def count_line(diff: PushDiff) -> str:
    """`2 new, 1 changed, 1 in conflict, 11 the same`."""
    states = [card.state for card in diff.cards]
    words = {
        "new": "new", "changed": "changed", "conflict": "in conflict", "kept": "kept as there",
        "left": "cannot be sent",
    }  # fmt: skip
    told = [f"{states.count(s)} {words[s]}" for s in MARKS if s in states]
    return ", ".join([*told, f"{counted(diff.same, 'card')} the same"])


def _field_lines(state: PushState, field: PushField) -> Iterator[str]:
    match state:
        case "new":
            yield from _rows(field.name, field.here)
        case "kept":
            yield f"    {field.name}"
            for who, said in (("here", field.here), ("there", field.there)):
                yield from _rows(f"  {who}", said or "none")
        case "changed" if field.name == "label":  # given to it, beside those it has
            had = {name.casefold() for name in field.there.split(", ")}
            new = [name for name in field.here.split(", ") if name.casefold() not in had]
            yield from _rows(field.name, f"+ {', '.join(new)}")
        case "conflict":
            yield f"    {field.name}"
            base = "never sent" if field.base is None else field.base
            for who, said in (("here", field.here), ("there", field.there), ("as sent", base)):
                yield from _rows(f"  {who}", said or "none")
        case _:
            yield from _rows(field.name, f"- {field.there or 'none'}")
            yield from _rows("", f"+ {field.here or 'none'}")


def _rows(name: str, said: str) -> Iterator[str]:
    """A name before the first of some lines, and room before the others."""
    for number, row in enumerate(said.split("\n")):
        yield f"    {name if number == 0 else '':<{_WIDTH}} {row}".rstrip()
