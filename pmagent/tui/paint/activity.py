"""What runs now, above the line: the turn, its sub-agents, what is queued; and why, when asked."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.tui.paint.lines import Span, clip_text, rule, span, spread, wrap
from pmagent.tui.paint.turn import PAUSED, AgentRow, Turn
from pmagent.tui.paint.turn_lines import paint_agent
from pmagent.types.turns import WhyCard

MAX_AGENTS = 4
MAX_QUEUED = 3
_LABEL = 15


def paint_activity(
    turn: Turn, seconds: int, waiting: Sequence[str], width: int
) -> list[tuple[Span, ...]]:
    """Nothing in the first second of a turn that is only words."""
    running = turn.running_agents
    if not seconds and not running and not waiting and turn.state != PAUSED:
        return []
    is_paused = turn.state == PAUSED
    state = span("paused" if is_paused else f"working {seconds} s", "warn" if is_paused else "note")
    doing = span(f"  {turn.doing}" if turn.doing else "", "quiet")
    keys: list[Span] = []
    pause = "goes on" if is_paused else "pauses"
    for key, word in (("Esc", "stops"), ("p", pause), ("-", "fewer steps"), ("?", "why")):
        keys.extend((span(key, "key"), span(f" {word}   ", "quiet")))
    keys[-1] = span(keys[-1].text.rstrip(), "quiet")
    lines: list[tuple[Span, ...]] = [()]
    room = max(width - len(state.text) - sum(len(part.text) for part in keys) - 3, 0)
    lines.append(spread((state, span(clip_text(doing.text, room), "quiet")), keys, width))
    lines.extend(paint_agent(row, width) for row in running[:MAX_AGENTS])
    if len(running) > MAX_AGENTS:
        lines.append((span(f"  {len(running) - MAX_AGENTS} more, F8 shows all", "quiet"),))
    lines.extend(_queued(waiting, width))
    return lines


def _queued(waiting: Sequence[str], width: int) -> list[tuple[Span, ...]]:
    lines: list[tuple[Span, ...]] = []
    for text in waiting[:MAX_QUEUED]:
        words = clip_text(span(" ".join(text.split())).text, max(width - 8, 8))
        lines.append((span("queued  ", "warn"), span(words)))
    if len(waiting) > MAX_QUEUED:
        lines.append((span(f"queued  {len(waiting) - MAX_QUEUED} more", "warn"),))
    return lines


def paint_why(card: WhyCard, width: int, room: int) -> list[tuple[Span, ...]]:
    """What it is doing and why, at most `room` lines of it."""
    away = (span("Esc", "key"), span(" hides this", "quiet"))
    title = "What is it doing?" if card.is_running else "What did it do last?"
    lines: list[tuple[Span, ...]] = [
        (rule(width),),
        spread((span(title, "title"),), away, width),
    ]
    for line in card.lines:
        label = span(f"{line.label:<{_LABEL}}", "quiet")
        lines.extend(wrap((label, span(line.text)), width, indent=_LABEL))
    if len(lines) > room:
        hidden = len(lines) - room + 1
        lines = [*lines[: room - 1], (span(f"{hidden} more lines: /why", "quiet"),)]
    return lines


def agent_title(row: AgentRow) -> tuple[Span, ...]:
    """`agent researcher`, for the heading of a screen."""
    return (span("agent ", "quiet"), span(row.began.name, "title"))
