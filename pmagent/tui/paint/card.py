"""A question to the person as lines: what is asked, by whom, at what risk, and how to answer.

What is asked is shown exactly and never cut: what does not fit is scrolled to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pmagent.tui.paint.diff import paint_diffs
from pmagent.tui.paint.exact import cut_lines, spelled, told_lines
from pmagent.tui.paint.lines import Line, Page, Span, clip, clip_text, span, width_of, wrap
from pmagent.tui.paint.ran import layer_words
from pmagent.types.actions import Ask

if TYPE_CHECKING:
    from pmagent.tui.asks import Pending

_COLUMN = 7
_LEAD = 11
_GAP = Span("   ")


@dataclass(frozen=True, kw_only=True)
class Button:
    """One answer: the key and the mouse do the same."""

    id: str
    """The end of its action's id: `once`, `no`."""
    key: str
    label: str
    short: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a question stands among those that wait."""

    number: int
    total: int
    age_s: float


def paint_top(ask: Ask, place: Place, width: int, *, has_focus: bool) -> tuple[Span, ...]:
    """`── asks 1 of 2 · #a41f · agent/publisher · 12 s ───`."""
    style = "title" if has_focus else "warn"
    who = "you" if ask.call.by == "person" else clip_text(span(ask.call.by).text, 30)
    words = f"asks {place.number} of {place.total} · #{span(ask.id).text} · {who}"
    left = clip((span(f" {words} · {_age(place.age_s)} ", style),), width - 4)
    return (Span("──", style), *left, Span("─" * max(width - 2 - width_of(left), 0), style))


def paint_card(pending: Pending, width: int, *, shows_why: bool = False) -> Page:
    """Title, facts and what is asked; with `shows_why`, all that is known of the reason instead."""
    ask = pending.ask
    lines = [Line((span(piece, "strong"),)) for piece in _exactly(ask.title, width)]
    if shows_why:
        for name, words in _reasons(ask):
            lead = (span(name.ljust(_COLUMN + 3), "quiet"), span(spelled(words)))
            lines.extend(Line(spans) for spans in wrap(lead, width, indent=_COLUMN + 3))
        return Page(lines=lines)
    for name, words in _facts(ask):
        lead = (span(name.ljust(_COLUMN), "quiet"), span(spelled(words)))
        lines.append(Line(clip(lead, width)))
    return Page(lines=_whole(pending, width, lines)[0])


def _paint_body(body: str, width: int) -> Iterable[Line]:
    """The argument, character by character."""
    for text, is_itself in told_lines(body):
        style = "" if is_itself else "warn"
        for piece in cut_lines(text, width):
            yield Line((span(piece, style),))


def buttons_of(pending: Pending, *, may_remember: bool) -> list[Button]:
    """The answers that can be given now."""
    ask = pending.ask
    offered = [Button(id="once", key="y", label="once", short="once")]
    if may_remember and "session" in ask.scopes:
        offered.append(Button(id="session", key="s", label="this session", short="session"))
    if may_remember and "folder" in ask.scopes:
        offered.append(Button(id="folder", key="f", label="this folder", short="folder"))
    offered.append(Button(id="no", key="n", label="no + reason", short="no"))
    offered.append(Button(id="whole", key="d", label="all of it", short="all"))
    offered.append(Button(id="why", key="w", label="why", short="why"))
    if ask.call.by != "person":
        offered.append(Button(id="stop", key="x", label="stop the agent", short="stop"))
    return offered


def paint_buttons(
    buttons: Sequence[Button], width: int, *, has_focus: bool, is_armed: bool
) -> tuple[tuple[Span, ...], list[tuple[range, str]]]:
    """The line of answers, and which cells belong to which."""
    # Of one width, so that no answer moves under the mouse.
    lead = ("answer" if has_focus else "^g, then" if is_armed else "a moment…").ljust(_LEAD)
    for is_short in (False, True):
        spans: list[Span] = [Span(lead, "title" if has_focus else "key" if is_armed else "quiet")]
        cells: list[tuple[range, str]] = []
        at = len(lead)
        for button in buttons:
            word = button.short if is_short else button.label
            text = f" {word}"
            spans.extend((Span(button.key, "key"), Span(text, "" if has_focus else "quiet"), _GAP))
            cells.append((range(at, at + 1 + len(text)), button.id))
            at += 1 + len(text) + len(_GAP.text)
        if at - len(_GAP.text) <= width:
            break
    return clip(spans[:-1], width), cells


def paint_reason_keys() -> tuple[Span, ...]:
    """What ends the line for a reason."""
    return (
        Span("no  ", "title"), Span("Enter", "key"), Span(" says it, with this reason or none   "),
        Span("Esc", "key"), Span(" goes back"),
    )  # fmt: skip


def hidden_words(below: int, *, is_offered_after: bool) -> str:
    """What to say of lines that are out of sight."""
    more = f"{below:,} more line{'' if below == 1 else 's'} below; d shows all of it"
    return f"{more}, and only then s and f are offered" if is_offered_after else more


def paint_whole_head(ask: Ask) -> tuple[Span, ...]:
    """The title, for a screen of its own."""
    return (span(f"#{ask.id}  ", "quiet"), span(spelled(ask.title), "title"))


def paint_whole(pending: Pending) -> Callable[[int], tuple[Page, Sequence[int]]]:
    """All that is asked, and where each file begins, for a width."""

    def paint(width: int) -> tuple[Page, Sequence[int]]:
        title = [Line((span(piece, "strong"),)) for piece in _exactly(pending.ask.title, width)]
        lines, starts = _whole(pending, width, title)
        return Page(lines=lines), starts

    return paint


def _whole(
    pending: Pending, width: int, before: Sequence[Line]
) -> tuple[Sequence[Line], Sequence[int]]:
    """Every change and the whole argument below the lines `before`; where the files begin."""
    lines: Sequence[Line] = [*before, Line()]
    starts: Sequence[int] = ()
    if pending.diffs:
        page, starts = paint_diffs(pending.diffs, width, before=before)
        lines = [*page.lines, Line(), Line((span("asked for, in full", "quiet"),))]
    return [*lines, *_paint_body(pending.ask.body, width)], starts


def _facts(ask: Ask) -> Iterable[tuple[str, str]]:
    if ask.call.why:
        yield "why", ask.call.why
    if ask.risk:
        yield "risk", ask.risk
    yield "rule", _rule_words(ask)
    if len(ask.scopes) > 1 and ask.grant:
        yield "grant", f"s or f also allow {ask.grant}"


def _reasons(ask: Ask) -> Iterable[tuple[str, str]]:
    call, rule_ = ask.call, ask.decision.rule
    yield "call", f"{call.tool}, #{ask.id}, by {call.by}"
    yield "why", call.why or "no reason was given"
    yield "asks", ask.decision.reason
    if rule_ is not None:
        yield "rule", f"{rule_.effect} {rule_}, {layer_words(rule_.layer)}"
        yield "at", str(rule_.source) or "no file"
    else:
        yield "rule", "none: this is what holds where no rule speaks"
    yield "risk", ask.risk or "nothing is known of it"
    if len(ask.scopes) > 1 and ask.grant:
        yield "s or f", f"allow {ask.grant} from then on"
    else:
        yield "y", "holds for this one call; it cannot be remembered"


def _rule_words(ask: Ask) -> str:
    rule_ = ask.decision.rule
    if rule_ is None:
        return ask.decision.reason
    where = f" at {rule_.source}" if str(rule_.source) else f", {layer_words(rule_.layer)}"
    return f"{rule_.effect} {rule_}{where}"


def _exactly(text: str, width: int) -> list[str]:
    return [piece for line, _ in told_lines(text) for piece in cut_lines(line, width)]


def _age(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} m"
