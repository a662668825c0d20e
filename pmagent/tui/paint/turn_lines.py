"""A turn as lines: words, tools folded to a line each, sub-agents, cited places, how it ended."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from pmagent.tui.paint.answer import paint_said
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip,
    clip_middle,
    clip_text,
    join,
    span,
    spread,
    width_of,
    wrap,
)
from pmagent.tui.paint.markdown import Row, paint_block
from pmagent.tui.paint.ran import outcome_words, paint_ran
from pmagent.tui.paint.said import MAX_TEXT_WIDTH, MapLink, Ran
from pmagent.tui.paint.turn import AgentRow, Reply, ToolRow, Turn, Words, open_turn
from pmagent.types.actions import Denied, Done, Failed, Outcome, Unanswered
from pmagent.types.answers import Map
from pmagent.types.talk import Usage
from pmagent.types.turns import Noted, Spend, TurnEnded

_BETWEEN = Span(" · ", "faint")
_NOTE_STYLES = {"warning": "warn", "error": "error", "loop": "warn", "budget": "warn"}
_BY = {"rule": "a rule says no", "person": "you said no", "hook": "a hook said no",
       "wall": "outside the walls"}  # fmt: skip
_ENDS = {
    "stopped": "Stopped by you.",
    "steps": "Stopped: the steps of its budget are used up.",
    "tokens": "Stopped: the tokens of its budget are used up.",
    "cost": "Stopped: the money of its budget is used up.",
    "time": "Stopped: the time of its budget is used up.",
    "loop": "Stopped: it went in circles.",
    "hook": "Ended by a hook.",
    "refused": "The model would not answer this.",
    "cut": "Cut off at the model's limit.",
    "failed": "It did not end well.",
    "unknown": "There is no such command.",
    "waiting": "The run waits, and goes on where it stands.",
    "blocked": "The run stopped before its end.",
}
_MAX_CITED = 9
"""As many as there are digits."""


def paint_turn(builder: PageBuilder, turn: Turn, width: int) -> None:
    """Add all that came of it."""
    open_turn(turn)
    kept = turn.painted
    if kept is not None and kept[:2] == (width, turn.version):
        builder.add_page(kept[2])
        return
    inside = PageBuilder()
    _paint_parts(inside, turn, width)
    page = inside.page()
    turn.painted = (width, turn.version, page)
    builder.add_page(page)


def _paint_parts(builder: PageBuilder, turn: Turn, width: int) -> None:
    was_words = None
    for part in turn.parts:
        is_words = isinstance(part, Words | Reply)
        if was_words is not None and (is_words or was_words):
            builder.add()
        was_words = is_words
        match part:
            case Words():
                builder.add_all(_paint_words(turn, part, width))
            case ToolRow():
                _paint_tool(builder, turn, part, width)
            case AgentRow():
                builder.add_item(part, [paint_handed(part, min(width, MAX_TEXT_WIDTH))])
            case Reply():
                _paint_reply(builder, part, width)
            case Noted():
                _paint_note(builder, part, width)
    if turn.numbers:
        builder.add()
        _paint_cited(builder, turn, width)
    _paint_end(builder, turn, width, has_parts=bool(turn.parts))


def _paint_cited(builder: PageBuilder, turn: Turn, width: int) -> None:
    """The places that a digit opens; how many more there are."""
    places = list(turn.numbers.items())
    for place, number in places[:_MAX_CITED]:
        row = (span(f"{number}  ", "cite"), span(clip_middle(span(place).text, width - 6)))
        builder.add_item(turn.cited[number - 1], [row])
    left = len(places) - _MAX_CITED
    if left > 0:
        noun = "place" if left == 1 else "places"
        words = f"and {left} more {noun}: open one, then n goes on to the next"
        builder.add(span(clip_text(words, width), "quiet"))


def _paint_words(turn: Turn, part: Words, width: int) -> list[Row]:
    """Blocks that are complete are painted once for a width, the last one every time."""
    text_width = min(width, MAX_TEXT_WIDTH)
    done, lines = part.painted.get(width, (0, []))
    rows = cast("list[Row]", lines)
    blocks = part.prose.blocks
    for place in range(done, len(blocks)):
        _add_gap(rows, blocks[place - 1].kind if place else "", blocks[place].kind)
        rows.extend(paint_block(blocks[place], text_width, turn.number_of))
    part.painted = {width: (len(blocks), cast("list[tuple[object, ...]]", rows))}
    tail = part.prose.tail
    if tail is None:
        return rows
    last: list[Row] = list(rows)
    _add_gap(last, blocks[-1].kind if blocks else "", tail.kind)
    last.extend(paint_block(tail, text_width, turn.number_of))
    return last


def _add_gap(rows: list[Row], before: str, kind: str) -> None:
    if before and not before == kind == "code":
        rows.append(())


def _paint_tool(builder: PageBuilder, turn: Turn, row: ToolRow, width: int) -> None:
    if turn.is_command:
        page = PageBuilder()
        paint_ran(page, Ran(outcome=row.outcome, is_open=row.is_open), width)
        builder.add_page(_owned(page.page(), row))
        return
    rows: list[Row] = [tool_line(row, min(width, MAX_TEXT_WIDTH))]
    if row.is_open:
        rows.extend(_unfolded(row, width))
    builder.add_item(row, rows)


def _owned(page: Page, row: ToolRow) -> Page:
    return page._replace(values=[row for _ in page.values])


def tool_line(row: ToolRow, width: int) -> Row:
    """`> Read notes/pricing.md   0.08 s`; what did not run is told apart in words."""
    began = row.began
    said = f"{began.tool} {began.subject}"
    if began.step:
        # Of a step what came of it says more than what it was to be.
        ended = row.outcome.text if isinstance(row.outcome, Done) else said
        said = f"{began.step}  {ended}"
    what = span(" ".join(said.split())).text
    words, style = outcome_word(row.outcome)
    took = f"{row.elapsed_s:.2f} s" if row.outcome is not None else ""
    end = join(((span(words, style),) if words else (), (span(took, "quiet"),) if took else ()),
               Span(" · ", "faint"))  # fmt: skip
    room = max(width - 6 - sum(len(part.text) for part in end), 12)
    mark = span("▾ " if row.is_open else "> ", "faint")
    return (mark, span(clip_text(what, room), "quiet"), Span("  "), *end)


def outcome_word(outcome: Outcome | None) -> tuple[str, str]:
    """A few words on what came of it, and their style; none where it simply ran."""
    match outcome:
        case None:
            return "running", "note"
        case Done(checkpoint=checkpoint):
            return (f"undo point {checkpoint}", "quiet") if checkpoint else ("", "")
        case Denied(by=by):
            return f"denied: {_BY[by]}", "error"
        case Unanswered():
            return "not answered, which is not a no", "warn"
        case Failed(message=message):
            return f"failed: {clip_text(span(message).text, 40)}", "error"


def _unfolded(row: ToolRow, width: int) -> list[Row]:
    rows: list[Row] = []
    if row.began.why:
        rows.extend(wrap((span(f"  why: {row.began.why}", "quiet"),), width, indent=2))
    if isinstance(row.outcome, Done):
        page = PageBuilder()
        paint_ran(page, Ran(outcome=row.outcome, is_open=True), width - 2)
        rows.extend((Span("  "), *line.spans) for line in page.page().lines)
        return rows
    if row.outcome is not None:
        for text, style in outcome_words(row.outcome):
            rows.extend(wrap((span(f"  {text}", style),), min(width, MAX_TEXT_WIDTH), indent=2))
    return rows


def paint_agent(row: AgentRow, width: int) -> Row:
    """`researcher  find prior art   step 3 · Read notes/pricing.md · 14 s · 3.1k tokens`.

    In little room the task goes first, then the end of what it does; the numbers stay.
    """
    ended = row.ended
    name = span(f"{row.began.name}  ", "strong")
    if ended is not None:
        word = "done" if ended.reason == "done" else ended.reason
        state, style = word, "ok" if word == "done" else "warn"
        steps = f"{ended.spend.steps} steps" if ended.spend.steps else ""
    else:
        state, style = row.doing, "note"
        limit = f"/{row.began.budget.steps}" if row.began.budget.steps else ""
        steps = f"step {row.step}{limit}" if row.step else ""
    numbers = [f"{row.elapsed_s:.0f} s"]
    if row.usage.total_tokens:
        numbers.append(f"{tokens_word(row.usage)} tokens")
    after = join([(span(word, "quiet"),) for word in numbers], _BETWEEN)
    before = (span(steps, "quiet"), _BETWEEN) if steps else ()
    room = width - 2 - width_of((name, *before, *after)) - 5
    state = clip_text(span(state).text, max(min(room, 40), 6))
    end = (*before, span(state, style), _BETWEEN, *after)
    left = max(width - 4 - width_of((name, *end)), 0)
    task = span(clip_text(span(" ".join(row.began.task.split())).text, left), "quiet")
    return (span("▸ ", "faint"), *spread((name, task) if left > 8 else (name,), end, width - 2))


def paint_handed(row: AgentRow, width: int) -> Row:
    """`researcher  find prior art`: in the conversation, while its numbers stand above the line."""
    if row.ended is not None:
        return paint_agent(row, width)
    task = span(" ".join(row.began.task.split()), "quiet")
    return clip((span("▸ ", "faint"), span(f"{row.began.name}  ", "strong"), task), width)


def tokens_word(usage: Usage | int) -> str:
    """`980`, `3.1k`, `1.2M`; `~` before an estimate."""
    number = usage if isinstance(usage, int) else usage.total_tokens
    mark = "~" if isinstance(usage, Usage) and usage.is_estimate else ""
    if number < 1_000:
        return f"{mark}{number}"
    return f"{mark}{number / 1_000:.1f}k" if number < 999_950 else f"{mark}{number / 1e6:.1f}M"


def money_word(cost: Decimal | None) -> str:
    """`$0.02`; `unknown` where a price is not known, never nothing."""
    if cost is None:
        return "unknown"
    if cost == 0:
        return "$0.00"
    return f"${cost:.2f}" if cost >= Decimal("0.01") else "<$0.01"


def _paint_reply(builder: PageBuilder, part: Reply, width: int) -> None:
    said = MapLink(map=part.reply) if isinstance(part.reply, Map) else part.reply
    inside = PageBuilder()
    paint_said(inside, "", said, width)
    page = inside.page()
    lines = list(page.lines)
    while lines and not lines[-1].spans:
        lines.pop()
    builder.add_page(page._replace(lines=lines))


def _paint_note(builder: PageBuilder, note: Noted, width: int) -> None:
    text_width = min(width, MAX_TEXT_WIDTH)
    builder.add_all(wrap((span(note.text, _NOTE_STYLES.get(note.kind, "note")),), text_width))
    if note.hint:
        builder.add_all(wrap((span(note.hint, "quiet"),), text_width))


def _waiting(turn: Turn) -> str:
    """What is done before there is anything to show."""
    if turn.is_command:
        return "running…"
    return "searching…" if turn.model in {"", "offline"} else "thinking…"


def _paint_end(builder: PageBuilder, turn: Turn, width: int, *, has_parts: bool) -> None:
    text_width = min(width, MAX_TEXT_WIDTH)
    ended = turn.ended
    if ended is None:
        if turn.killed:
            builder.add_all(wrap((span(turn.killed, "warn"),), text_width))
        elif not turn.is_over and not has_parts:
            builder.add(span(_waiting(turn), "quiet"))
        return
    if ended.reason != "done":
        words = _ENDS.get(ended.reason, f"Ended: {ended.reason}.")
        kept = " What was said until then is kept." if ended.is_partial and turn.text else ""
        style = "error" if ended.reason == "failed" else "warn"
        builder.add_all(wrap((span(words + kept, style),), text_width))
    if ended.hint and not (ended.reason == "done" and turn.is_command):
        builder.add_all(wrap((span(ended.hint, "quiet"),), text_width))
    if facts := _facts(ended):
        builder.add_all(wrap(facts, width))


def _facts(ended: TurnEnded) -> tuple[Span, ...]:
    """`3 steps · 4.1k tokens · $0.02 · 12 s`; nothing where no model was asked."""
    spend: Spend = ended.spend
    if not spend.usage.total_tokens:
        return ()
    parts = [
        (span(f"{spend.steps} step{'' if spend.steps == 1 else 's'}", "quiet"),),
        (span(f"{tokens_word(spend.usage)} tokens", "quiet"),),
        (span("cost unknown" if spend.cost_usd is None else money_word(spend.cost_usd), "quiet"),),
        (span(f"{spend.time_s:.0f} s", "quiet"),),
    ]
    return join(parts, _BETWEEN)
