"""The review queue as lines: what waits, and one of it whole, with the exact text that would leave.

Every word that matters is a word: colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pmagent.nlp.counted import counted
from pmagent.reviews.typed import shown_text
from pmagent.tui.actions import Scope
from pmagent.tui.paint.exact import cut_lines, told_lines
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip,
    clip_text,
    join,
    pad_text,
    span,
    spread,
    width_of,
    wrap,
)
from pmagent.types.actions import Json
from pmagent.types.reviews import Review, ReviewKind, Standing

KIND_WORDS: dict[ReviewKind, tuple[str, str]] = {
    "approve": ("approve", "note"),
    "triggered": ("look", "warn"),
    "sample": ("sample", "quiet"),
    "answer": ("question", "note"),
    "human": ("write", "note"),
    "handoff": ("hand-off", "warn"),
    "dead": ("dead", "error"),
}
"""Word and style of each kind."""
KIND_SCOPES: dict[ReviewKind, Scope] = {
    "approve": "approval",
    "triggered": "approval",
    "sample": "approval",
    "answer": "question",
    "human": "question",
    "handoff": "hand-off",
    "dead": "dead letter",
}
"""Whose keys the bottom line names for each kind."""
_KIND_WIDTH = 9
_TWO_ROWS = 30
_BETWEEN = Span(" · ", "faint")
_BAR = Span("│ ", "faint")
_WHAT_YES_DOES: dict[ReviewKind, str] = {
    "approve": "A yes sends exactly this",
    "triggered": "A yes sends exactly this",
    "dead": "It was to go",
}


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One review as it stands on the screen."""

    review: Review
    edits: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Values that were changed and are not accepted yet."""
    standing: Standing | None = None


@dataclass(frozen=True, kw_only=True)
class ShownValue:
    """A value under the bar of the right pane."""

    name: str


@dataclass(frozen=True, kw_only=True)
class ShownPlace:
    """A place under the bar of the right pane."""

    place: str


def rows_for(height: int) -> int:
    """Lines of a review in the list of a screen so many rows high."""
    return 2 if height >= _TWO_ROWS else 1


def paint_review_heading(
    reviews: Sequence[Review] | None, says: str, width: int, *, has_snoozed: bool
) -> list[tuple[Span, ...]]:
    """How many wait, of which kinds; what is being done."""
    right = (span(says, "note"),) if says else ()
    if reviews is None:
        return [spread((span("Review", "title"), span("  reading…", "quiet")), right, width)]
    counts: dict[str, int] = {}
    for one in reviews:
        word = KIND_WORDS[one.kind][0]
        counts[word] = counts.get(word, 0) + 1
    kinds = join([(span(f"{number} {word}"),) for word, number in counts.items()], _BETWEEN)
    also = (span("  with what is put off", "quiet"),) if has_snoozed else ()
    number = span(f"  {len(reviews):,} waiting  ", "quiet")
    title = (span("Review", "title"), number, *kinds, *also)
    return [spread(clip(title, width - width_of(right) - 2), right, width)]


def paint_queue(
    reviews: Sequence[Review],
    edited: Collection[str],
    now: datetime,
    width: int,
    *,
    rows: int,
) -> Page:
    """What waits, the most pressing first, as items of their ids."""
    builder = PageBuilder()
    for one in reviews:
        builder.add_item(one.id, _row(one, one.id in edited, now, width, rows=rows))
    if not reviews:
        builder.add(span("Nothing waits for you.", "quiet"))
        builder.add(span("What a run asks, what could not be sent and what is", "quiet"))
        builder.add(span("to be looked at again will stand here.", "quiet"))
    return builder.page()


def paint_review(looked: Looked, width: int) -> Page:
    """The question, why it is here, what would leave, each value, the evidence.

    Items are `ShownValue` and `ShownPlace`.
    """
    builder = PageBuilder()
    review = looked.review
    word, style = KIND_WORDS[review.kind]
    builder.add_all(wrap((span(f"{word}  ", style), span(review.title, "strong")), width))
    about = [span(f"/{review.command}"), span(f"risk {review.risk}", _risk_style(review))]
    if review.run:
        about.append(span(f"run {review.run}", "quiet"))
    builder.add_all(wrap(join([(one,) for one in about], _BETWEEN), width))
    for line in filter(None, review.reason.split("\n")):
        builder.add_all(wrap((span(line),), width))
    if review.shape:
        builder.add_all(wrap((span("wanted: ", "quiet"), span(review.shape, "code")), width))
    if looked.standing is not None and review.kind in {"approve", "triggered", "sample"}:
        builder.add_all(wrap(_standing_words(looked.standing), width))
    if review.compared:
        builder.add()
        builder.add(span("A yes puts yours in the place of what is there:", "title"))
        _add_exact(builder, review.compared, width)
    for sending in review.sendings:
        _add_sending(builder, review, sending, is_edited=bool(looked.edits), width=width)
    for name in review.shown:
        _add_value(builder, looked, name, width)
    if review.evidence:
        builder.add()
        builder.add(span("evidence", "title"), span("  Enter reads it in its file", "quiet"))
        for place in review.evidence:
            shown = (span(clip_text(place, width), "cite"),)
            builder.add_item(ShownPlace(place=place), [shown])
    return builder.page()


def question_before(review: Review, edits: Mapping[str, Json]) -> str:
    """What is asked once more before something leaves; empty where nothing does."""
    if not review.sendings:
        return ""
    kinds = ", ".join(str(one.get("function", "")) for one in review.sendings)
    target = str(review.sendings[0].get("target", ""))
    if review.kind == "dead":
        return f'Try {kinds} to "{target}" again{", with your changes" if edits else ""}?'
    if edits:
        return f'Accept your changes, for {kinds} to "{target}"?'
    size = sum(len(str(one.get("outgoing", ""))) for one in review.sendings)
    return f'Let {kinds} send these {counted(size, "character")} to "{target}"?'


def outgoing_text(review: Review) -> str:
    """All that would leave, as it would."""
    return "\n".join(str(one.get("outgoing", "")) for one in review.sendings)


def age_words(review: Review, now: datetime) -> str:
    """`3 m`, `2 h` or `5 d`; `later` for what is put off, `late` for what is past its time."""
    if review.snoozed is not None and review.snoozed > now:
        return "later"
    if review.due is not None and review.due <= now:
        return "late"
    seconds = max((now - review.made).total_seconds(), 0)
    if seconds < 5400:
        return f"{seconds // 60:.0f} m"
    return f"{seconds // 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds // 86400:.0f} d"


def _row(
    review: Review, is_edited: bool, now: datetime, width: int, *, rows: int
) -> list[tuple[Span, ...]]:
    word, style = KIND_WORDS[review.kind]
    head = span(pad_text(word, _KIND_WIDTH), style)
    mark = "edited  " if is_edited else ""
    right = (span(mark, "note"), span(age_words(review, now), "quiet"))
    room = max(width - _KIND_WIDTH - width_of(right) - 2, 8)
    title = spread((head, *clip((span(review.title),), room)), right, width)
    if rows == 1:
        return [title]
    words = [f"/{review.command}", review.risk, review.reason]
    about = join([(span(one),) for one in words if one], _BETWEEN)
    quiet = [Span(part.text, part.style or "quiet") for part in about if part.text]
    return [title, (Span(" " * _KIND_WIDTH), *clip(quiet, width - _KIND_WIDTH))]


def _risk_style(review: Review) -> str:
    return {"read": "quiet", "internal": "quiet", "external": "warn"}.get(review.risk, "error")


def _standing_words(standing: Standing) -> tuple[Span, ...]:
    agreed = f"{standing.agreed} of {standing.reviews} agreed; " if standing.reviews else ""
    return (span(f"{standing.level}: {agreed}{standing.says}", "quiet"),)


def _add_sending(
    builder: PageBuilder,
    review: Review,
    sending: Mapping[str, Json],
    *,
    is_edited: bool,
    width: int,
) -> None:
    """Where it goes, and every character of it: nothing is folded."""
    builder.add()
    words = _WHAT_YES_DOES.get(review.kind, "It sends")
    where = f"{sending.get('function')} → {sending.get('target')}"
    builder.add_all(wrap((span(f"{words}: ", "title"), span(where, "strong")), width))
    if is_edited and review.kind != "dead":
        note = "without your changes; with them, what they make of it is sent"
        builder.add_all(wrap((span(note, "warn"),), width))
    text = str(sending.get("outgoing", ""))
    if text:
        _add_exact(builder, text, width)


def _add_value(builder: PageBuilder, looked: Looked, name: str, width: int) -> None:
    is_edited = name in looked.edits
    value = looked.edits[name] if is_edited else looked.review.shown[name]
    builder.add()
    state = span("  as you have edited it", "note") if is_edited else span("")
    builder.add_item(ShownValue(name=name), [(span(name, "title"), state)])
    text = shown_text(value)
    _add_exact(builder, text.removesuffix("\n"), width)


def _add_exact(builder: PageBuilder, text: str, width: int) -> None:
    for line, is_own in told_lines(text):
        for piece in cut_lines(line, max(width - 2, 4)):
            builder.add(_BAR, Span(piece, "" if is_own else "warn"))
