"""What a garden allows, as lines: the level of trust, the sandbox, every rule with its use."""

from __future__ import annotations

from datetime import datetime

from pmagent.tui.paint.exact import spelled
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip,
    clip_middle,
    clip_text,
    pad_text,
    rule,
    span,
    spread,
    wrap,
)
from pmagent.tui.paint.ran import decided_by, layer_words
from pmagent.types.actions import Decision, TrustLevel
from pmagent.types.rights import GardenRights, RightRow, Untrusted

EFFECTS = {"deny": ("× deny", "error"), "ask": ("? ask", "warn"), "allow": ("✓ allow", "ok")}
_LEVELS = {
    TrustLevel.LOOK: "read what is in the garden",
    TrustLevel.DRAFT: "write below drafts/ unasked",
    TrustLevel.EDIT: "write anywhere in the garden unasked",
    TrustLevel.ACT: "run commands in the sandbox unasked",
    TrustLevel.SEND: "reach the hosts that were granted one by one, unasked",
}
_EFFECT, _USES, _USED = 9, 6, 12


def level_name(level: TrustLevel) -> str:
    """`edit`."""
    return level.name.lower()


def level_meaning(level: TrustLevel) -> str:
    """What agents may do from this level on."""
    return _LEVELS[level]


def paint_rights_heading(rights: GardenRights, width: int) -> list[tuple[Span, ...]]:
    """The level and the next one, the sandbox, what cannot be understood."""
    level = rights.level
    marks = "●" * (level + 1) + "○" * (len(TrustLevel) - 1 - level)
    lines = wrap(
        (
            span("trust    ", "quiet"), span(f"{marks}  ", "title"),
            span(level_name(level), "strong"), span(f"  agents {level_meaning(level)}"),
        ),
        width, indent=9,
    )  # fmt: skip
    if level < max(TrustLevel):
        above = TrustLevel(level + 1)
        words = f"{level_name(above)} would also let them {level_meaning(above)}"
        lines.extend(
            wrap((span("next     ", "quiet"), span("+ ", "key"), span(words, "quiet")), width, 9)
        )
    if rights.mode != "default":
        lines.append(clip((span("mode     ", "quiet"), span(rights.mode, "warn")), width))
    if rights.sandbox_says:
        lines.extend(wrap((span("sandbox  ", "quiet"), span(rights.sandbox_says)), width, indent=9))
    for fault in rights.faults:
        words = (span("closed   ", "error"), span(spelled(fault), "error"))
        lines.extend(wrap(words, width, indent=9))
    return lines


def paint_tested(tool: str, subject: str, decision: Decision, width: int) -> list[tuple[Span, ...]]:
    """What would be decided about a use, and by which rule."""
    glyph, style = EFFECTS[decision.effect]
    said = (
        span("test     ", "quiet"),
        span(f"{glyph}  ", style),
        span(f"{tool} {spelled(subject)}"),
    )
    reason = span(spelled(decided_by(decision)), "quiet")
    return [clip(said, width), *wrap((Span(" " * 9), reason), width, indent=9)]


def paint_columns(width: int) -> list[tuple[Span, ...]]:
    """The names of the columns over a rule."""
    room = _rule_room(width)
    names = (
        pad_text("effect", _EFFECT), pad_text("rule", room + 2), pad_text("uses", _USES),
        pad_text("last used", _USED), "where it stands",
    )  # fmt: skip
    return [clip(tuple(span(name, "quiet") for name in names), width), (rule(width),)]


def paint_rows(rights: GardenRights, width: int) -> Page:
    """What waits for trust, then the rules."""
    builder = PageBuilder()
    for waiting in rights.untrusted:
        builder.add_item(waiting, _waiting_lines(waiting, width))
    for row in rights.rows:
        builder.add_item(row, _row_lines(row, width))
    if not rights.rows:
        builder.add_all(wrap((span("No rule stands here: what ships decides.", "quiet"),), width))
    return builder.page()


def row_in_full(row: RightRow) -> str:
    """All that is known of a rule, in a sentence."""
    used = f"{row.uses:,} uses"
    if row.last_used is not None:
        used += f", last {local_time(row.last_used)}"
    ends = f"; ends {local_time(row.expires)}" if row.expires is not None else ""
    return f"{row.effect} {row.rule_text}; {where_it_stands(row)}; {used}{ends}"


def where_it_stands(row: RightRow) -> str:
    """Its file and line, or who pressed it."""
    return row.source_text or layer_words(row.layer)


def short_digest(digest: str) -> str:
    """Enough of a digest to tell it from another."""
    return digest.removeprefix("sha256:")[:12]


def local_time(when: datetime) -> str:
    """`2026-11-23 11:02` on the person's clock."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}"


def _rule_room(width: int) -> int:
    return max(20, min(44, (width - _EFFECT - _USES - _USED) * 3 // 5))


def _row_lines(row: RightRow, width: int) -> list[tuple[Span, ...]]:
    glyph, style = EFFECTS[row.effect]
    room = _rule_room(width)
    used = f"{row.last_used.astimezone():%Y-%m-%d}" if row.last_used else "–"
    where = clip_middle(span(where_it_stands(row)).text, width - _EFFECT - room - 2 - _USES - _USED)
    name = pad_text(clip_text(spelled(row.rule_text), room), room + 2)
    is_dead = bool(row.is_dead_because)
    lines: list[tuple[Span, ...]] = [
        (
            span(pad_text(glyph, _EFFECT), "faint" if is_dead else style),
            span(name, "faint" if is_dead else ""),
            span(pad_text(f"{row.uses:,}", _USES), "quiet"),
            span(pad_text(used, _USED), "quiet"),
            span(where, "quiet"),
        )
    ]
    if row.is_dead_because:
        words = f"never decides: {spelled(row.is_dead_because)}"
        lines.append(clip((Span(" " * _EFFECT), span(words, "warn")), width))
    if row.expires is not None:
        words = f"ends {local_time(row.expires)}"
        lines.append(clip((Span(" " * _EFFECT), span(words, "quiet")), width))
    return lines


def _waiting_lines(waiting: Untrusted, width: int) -> list[tuple[Span, ...]]:
    left = (span(pad_text("! waits", _EFFECT), "warn"), span(spelled(waiting.path)))
    lines = [spread(left, (span(short_digest(waiting.digest), "quiet"),), width)]
    says = spelled(waiting.says) or "its rules, hooks and commands"
    words = (Span(" " * _EFFECT), span(f"counts for nothing until you trust it: {says}", "quiet"))
    return [*lines, clip(words, width)]
