"""What a plan could not do as lines: choices with their options, and cards without enough room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pmagent.days import day_name
from pmagent.tasks.planner import option_name
from pmagent.tasks.planner.wording import quoted
from pmagent.tui.paint.lines import PageBuilder, Span, span, wrap
from pmagent.tui.paint.week_values import Option, Week, in_part, late, waiting, without_room
from pmagent.types.tasks import Unplaced

_OPTION_CELLS = 5
"""`  1b ` before an option."""


def add_choices(builder: PageBuilder, week: Week, width: int) -> None:
    """The choices, each of their options an item of its own; then what is late and has no room.

    Items are `TradeOff`, `Option` and `Unplaced`.
    """
    plan = week.plan
    if plan.trade_offs:
        builder.add()
        builder.add(span("Choices", "title"), span("  Enter takes an option", "quiet"))
    for place, choice in enumerate(plan.trade_offs):
        lines = [
            (span("◆ " if not row else "  ", "warn"), *one)
            for row, one in enumerate(wrap((span(choice.says),), width - 2))
        ]
        builder.add_item(choice, lines)
        for number in range(len(choice.options)):
            option = Option(choice=choice, number=number, name=option_name(place, number))
            builder.add_item(option, _option_lines(week, option, width))
    _add_unplaced(builder, "Late", late(week), width)
    _add_unplaced(builder, "In part", in_part(week), width)
    _add_unplaced(builder, "No room", without_room(week), width)
    _add_unplaced(builder, "Waiting", waiting(week), width)
    _add_notes(builder, week, width)


def shift_words(week: Week, option: Option) -> str:
    """`due 9 Feb → 17 Feb`, with the title of a card that is not the choice's own.

    Empty where the option changes no card.
    """
    shift = option.shift
    if shift is None:
        return ""
    card = week.cards.get(shift.card)
    parts: list[str] = []
    if shift.due is not None:
        was = card.due if card is not None else None
        parts.append(f"due {_date(was)} → {_date(shift.due)}")
    if shift.start is not None:
        was = card.start if card is not None else None
        before = f"not before {_date(was)} → {_date(shift.start)}"
        parts.append(before if was is not None else f"not before {_date(shift.start)}")
    is_other = card is not None and shift.card not in option.choice.cards
    lead = f"{quoted(card.title, 40)}: " if card is not None and is_other else ""
    return f"{lead}{', '.join(parts)}"


def option_words(week: Week, option: Option) -> str:
    """What taking an option comes to: what of a card changes, or what is the person's to do."""
    if option.shift is not None:
        return f"{shift_words(week, option)}, then the week is planned anew"
    if option.is_as_said:
        return "nothing is changed: it stands as it is said"
    return f"yours to do: {option.left}, then press r"


def _option_lines(week: Week, option: Option, width: int) -> list[tuple[Span, ...]]:
    name = span(f"  {option.name} ", "key")
    inner = width - _OPTION_CELLS
    told = wrap((span(option.says),), inner)
    if option.shift is not None:
        told += wrap((span(shift_words(week, option), "ok"),), inner)
    rest = Span(" " * _OPTION_CELLS)
    return [(rest if row else name, *one) for row, one in enumerate(told)]


def _date(day: date | None) -> str:
    return day_name(day).partition(" ")[2] if day is not None else "none"


def _add_unplaced(builder: PageBuilder, title: str, found: Sequence[Unplaced], width: int) -> None:
    if found:
        builder.add()
        builder.add(span(title, "title"), span(f"  {len(found)}", "quiet"))
    for one in found:
        words = (span(one.title, "strong"), span(f": {one.reason}", "quiet"))
        builder.add_item(one, wrap(words, width, 2))


def _add_notes(builder: PageBuilder, week: Week, width: int) -> None:
    refused = [f"{one.file} was not read: {one.reason}" for one in week.window.refusals]
    told = dict.fromkeys((*week.window.notes, *week.plan.notes, *week.notes))
    notes = [one for one in told if one not in refused]
    if notes or refused:
        builder.add()
        builder.add(span("To know", "title"))
    for note in refused:
        builder.add_all(wrap((span(note, "warn"),), width))
    for note in notes:
        builder.add_all(wrap((span(note, "quiet"),), width))
