"""What came of a call, as lines: its output folded, or why it did not run, by which rule."""

from __future__ import annotations

from pmagent.tui.paint.exact import cut_lines
from pmagent.tui.paint.lines import PageBuilder, Span, span, wrap
from pmagent.tui.paint.said import MAX_TEXT_WIDTH, Ran
from pmagent.types.actions import Decision, Denied, Done, Failed, Outcome, Unanswered

FOLDED = 8
"""Lines of output that are shown before it is unfolded."""
MAX_SHOWN = 20_000
_BAR = Span("│ ", "faint")
_NOBODY = {
    "rule": "It did not run: a rule says no.",
    "person": "It did not run: you said no.",
    "hook": "It did not run: a hook said no.",
    "wall": "It did not run: it is outside the walls of the garden.",
}


def paint_ran(builder: PageBuilder, said: Ran, width: int) -> None:
    """Add what came of a command; its output is one item, which folds and unfolds."""
    match said.outcome:
        case None:
            builder.add(span("running…", "quiet"))
        case Done():
            _paint_output(builder, said, said.outcome, width)
        case _:
            for text, style in outcome_words(said.outcome):
                builder.add_all(wrap((span(text, style),), min(width, MAX_TEXT_WIDTH)))


def outcome_words(outcome: Outcome) -> list[tuple[str, str]]:
    """(sentence, style) of what came of a call that gave nothing, the plainest first."""
    match outcome:
        case Denied():
            note = [(outcome.note, "")] if outcome.note else []
            return [(_NOBODY[outcome.by], "error"), *note, (decided_by(outcome.decision), "quiet")]
        case Unanswered():
            return [
                ("It did not run: nobody answered. That is not a no.", "warn"),
                (decided_by(outcome.decision), "quiet"),
            ]
        case Failed():
            words = [(f"It failed: {outcome.message}", "error"), (outcome.hint, "quiet")]
            return [*(word for word in words if word[0]), *_kept(outcome.checkpoint)]
        case Done():
            return [("Done.", "ok"), *_kept(outcome.checkpoint)]


def decided_by(decision: Decision) -> str:
    """The reason, the rule, its layer, its file and line."""
    rule = decision.rule
    if rule is None:
        return decision.reason
    where = f" at {rule.source}" if str(rule.source) else ""
    return f"{decision.reason} ({rule.effect} {rule}, {layer_words(rule.layer)}{where})"


def layer_words(layer: str) -> str:
    """Where a rule stands, as a person would say it."""
    return {
        "managed": "set for this computer",
        "user": "your settings",
        "local": "your settings for this folder",
        "project": "this folder's settings",
        "plugin": "a plugin",
        "grant": "you allowed it",
        "session": "you allowed it until pmagent ends",
        "shipped": "comes with pmagent",
    }.get(layer, layer)


def _kept(checkpoint: str) -> list[tuple[str, str]]:
    return [(f"It changed files: undo point {checkpoint}, /undo", "quiet")] if checkpoint else []


def _paint_output(builder: PageBuilder, said: Ran, done: Done, width: int) -> None:
    lines = done.text.rstrip("\n").split("\n") if done.text.strip() else []
    shown = lines[:MAX_SHOWN] if said.is_open else lines[:FOLDED]
    pieces = [piece for line in shown for piece in cut_lines(span(line).text, width - 2)]
    # A megabyte on one line would fill the screen.
    kept = pieces if said.is_open else pieces[:FOLDED]
    rows: list[tuple[Span, ...]] = [(_BAR, span(piece)) for piece in kept]
    hidden = len(lines) - len(shown)
    if not lines:
        rows.append((span("Done; it printed nothing.", "quiet"),))
    elif hidden or len(rows) < len(pieces):
        words = f"  {hidden:,} more line{'' if hidden == 1 else 's'}" if hidden else ""
        unfold = () if said.is_open else (span("  Enter", "key"), span(" unfolds", "quiet"))
        rows.append((span(words, "quiet"), *unfold))
    elif said.is_open and len(lines) > FOLDED:
        rows.append((span("  Enter", "key"), span(" folds", "quiet")))
    builder.add_item(said, rows)
    for text, style in _kept(done.checkpoint):
        builder.add(span(text, style))
