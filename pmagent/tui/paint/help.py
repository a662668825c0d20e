"""The table of actions as lines: the help screen, the hints below, the list of commands."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.tui.actions import ACTIONS, Action, Scope, hints_for
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip,
    join,
    pad_text,
    rule,
    span,
    width_of,
    wrap,
)

_GROUPS: tuple[tuple[str, Scope], ...] = (
    ("Anywhere", "app"),
    ("Conversation", "conversation"),
    ("A citation in the conversation", "history"),
    ("Lists and text", "list"),
    ("Where-map", "map"),
    ("Reader", "reader"),
    ("Kit", "kit"),
    ("Kit: chapters", "chapters"),
    ("Fact-check", "check"),
    ("Board and plan", "week"),
    ("Board and plan: a card", "board"),
    ("Board and plan: a choice", "choice"),
    ("Board and plan: an option of a choice", "option"),
    ("Board and plan: a card that was found", "found"),
    ("What keeping a plan writes", "keep"),
    ("Push to a board elsewhere", "push"),
    ("What came of a push", "pushed"),
    ("Review", "review"),
    ("Review: work to accept", "approval"),
    ("Review: a question", "question"),
    ("Review: a dead letter", "dead letter"),
    ("Review: a hand-off", "hand-off"),
    ("Runs", "runs"),
    ("The trace of a run", "trace"),
    ("Index status", "status"),
    ("A card that asks, after ^g", "card"),
    ("What changes, file by file", "diff"),
    ("Garden", "garden"),
    ("Audit trail", "audit"),
    ("Undo", "undo"),
    ("Sub-agents", "agents"),
    ("Models", "model"),
    ("Earlier conversations", "sessions"),
    ("Rewind", "rewind"),
    ("Context and cost", "numbers"),
    ("First run", "first run"),
    ("Command palette", "palette"),
    ("This page", "help"),
)
_KEPT_HINTS = frozenset({"back", "keys"})
_EXTRA: tuple[tuple[str, str], ...] = (
    ("1 … 9", "On an empty line: open that source of the latest answer"),
    ("/", "On an empty line: the list of commands"),
    ("!", "On an empty line: run a command in the sandbox, if the rules or you let it"),
    ("@", "Anywhere on the line: a file or a passage of the garden"),
    ("p", "While it works, on an empty line: pause after this step; again to go on"),
    ("- +", "While it works, on an empty line: half of the steps left, and all of them again"),
    ("?", "While it works, on an empty line: what is it doing, and why"),
    ("Esc", "While it works: stop as soon as it is safe; what was said is kept"),
    ("--since --until", "After a question: only from or up to 2024, 2024-03 or 2024-03-14"),
    ("--speaker --in", "After a question: only where this person speaks, only these files"),
)


def paint_help(width: int, first: Sequence[Scope] = ()) -> Page:
    """Every command and every key, by where they hold; those that hold in `first` at the top."""
    builder = PageBuilder()
    groups = [group for group in _GROUPS if group[1] in first]
    for heading, scope in groups:
        _add_group(builder, heading, scope, width)
        builder.add()
    builder.add(span("Commands", "title"))
    for action in ACTIONS:
        if action.command:
            _add_entry(
                builder,
                f"/{action.command} {short_argument(action)}".strip(),
                action.summary,
                width,
            )
    builder.add()
    builder.add(span("On the line", "title"))
    for name, summary in _EXTRA:
        _add_entry(builder, name, summary, width)
    for heading, scope in _GROUPS:
        if scope not in first:
            builder.add()
            _add_group(builder, heading, scope, width)
    return builder.page()


def paint_hints(scopes: Sequence[Scope], width: int) -> tuple[Span, ...]:
    """Keys and words for the bottom line, as many as fit; the way back and to the help stays."""
    hints = hints_for(*scopes)
    while True:
        pairs = [(span(key, "key"), span(f" {word}", "quiet")) for key, word in hints]
        line = join(pairs, Span("   "))
        spare = [hint for hint in hints if hint[1] not in _KEPT_HINTS]
        if width_of(line) <= width or not spare:
            return line if width_of(line) <= width else ()
        hints.remove(spare[-1])


def paint_commands(actions: Sequence[Action], width: int, *, has_rule: bool = False) -> Page:
    """Commands to choose from: name, argument, what happens; below a rule where asked."""
    builder = PageBuilder()
    if has_rule:
        builder.add(rule(width))
    for action in actions:
        name = f"/{action.command}" if action.command else action.shown
        head = (span(pad_text(name, 9), "key"), span(pad_text(short_argument(action), 12), "quiet"))
        builder.add_item(action, (clip((*head, span(action.summary)), width),))
    if not actions:
        builder.add(span("No command fits.", "quiet"))
    return builder.page()


def short_argument(action: Action) -> str:
    """The first word of the argument: the rest is in the list of questions."""
    return action.argument.split(" [", maxsplit=1)[0].strip("[]") if action.argument else ""


def _add_group(builder: PageBuilder, heading: str, scope: Scope, width: int) -> None:
    builder.add(span(heading, "title"))
    for action in ACTIONS:
        if action.scope == scope and action.shown:
            _add_entry(builder, action.shown, action.summary, width)


def _add_entry(builder: PageBuilder, name: str, summary: str, width: int) -> None:
    column = 18
    entry = (span(pad_text(name, column), "key"), span(summary))
    builder.add_all(wrap(entry, width, indent=column))
