"""What can be chosen while one types: commands, files and passages, earlier lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from pmagent.tui.actions import Action
from pmagent.tui.paint.help import short_argument
from pmagent.tui.paint.lines import Page, PageBuilder, clip, clip_text, pad_text, rule, span, spread

if TYPE_CHECKING:
    from pmagent.types.commands import Completion

WIDE = 100
"""Columns from which what follows a name is told at more length."""
_OWN = {"built in", "shipped", ""}


class Choice(NamedTuple):
    """One line of the list, and the line that is typed once it is taken."""

    insert: str
    label: str
    hint: str = ""
    """What follows it."""
    summary: str = ""
    origin: str = ""
    """Where it comes from, where that is not pmagent itself."""
    action: Action | None = None
    runs: bool = False
    """Whether Enter runs it at once: it needs nothing more."""


def of_actions(actions: Sequence[Action]) -> list[Choice]:
    """Commands of the application."""
    return [
        Choice(
            insert=f"/{action.command} " if action.argument else f"/{action.command}",
            label=f"/{action.command}" if action.command else action.shown,
            hint=short_argument(action),
            summary=action.summary,
            action=action,
            runs=not action.argument or action.argument.startswith("["),
        )
        for action in actions
    ]


def of_completions(rows: Sequence[Completion]) -> list[Choice]:
    """What the conversation offers."""
    choices: list[Choice] = []
    for row in rows:
        is_command = row.label.startswith("/")
        needs = is_command and bool(row.hint) and not row.hint.startswith("[")
        origin = "" if row.origin in _OWN else row.origin
        insert = f"{row.insert.rstrip()} " if is_command and row.hint else row.insert
        choices.append(
            Choice(insert, row.label, row.hint, row.summary, origin,
                   runs=is_command and not needs)
        )  # fmt: skip
    return choices


def merge(own: Sequence[Choice], more: Sequence[Choice], typed: str) -> list[Choice]:
    """Both lists as one, each name once: those that begin as typed first."""
    names = {choice.label for choice in own}
    both = [*own, *(choice for choice in more if choice.label not in names)]
    return sorted(both, key=lambda choice: not choice.label.startswith(f"/{typed}"))


def paint_choices(choices: Sequence[Choice], width: int) -> Page:
    """A line each, below a rule: name, what follows it, what happens, where it comes from."""
    builder = PageBuilder()
    builder.add(rule(width))
    label_width = min(max((cell_len(span(c.label).text) for c in choices), default=0), width // 2)
    hint_room = 12 if width < WIDE else 24
    hint_width = min(max((cell_len(span(c.hint).text) for c in choices), default=0), hint_room)
    for choice in choices:
        head = [span(pad_text(span(choice.label).text, max(label_width, 7) + 2), "key")]
        if hint_width:
            hint = clip_text(span(choice.hint).text, hint_width)
            head.append(span(pad_text(hint, hint_width + 2), "quiet"))
        origin = (span(choice.origin, "quiet"),) if choice.origin else ()
        room = width - len(choice.origin) - 2 if choice.origin else width
        line = clip((*head, span(choice.summary)), room)
        builder.add_item(choice, (spread(line, origin, width) if origin else line,))
    return builder.page()
