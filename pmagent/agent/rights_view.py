"""What a garden allows, told to a person: each rule with its use, and what waits for trust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.agent.handlers import HookBook
from pmagent.agent.rights import Rights
from pmagent.types.actions import AuditEntry, Effect, Rule
from pmagent.types.rights import GardenRights, RightRow, Untrusted

_ORDER: tuple[Effect, ...] = ("deny", "ask", "allow")


def view_rights(
    rights: Rights, hooks: HookBook, trail: Sequence[AuditEntry], sandbox_says: str
) -> GardenRights:
    """Everything in force. Uses are counted from the trail."""
    used: dict[str, list[AuditEntry]] = {}
    for entry in trail:
        if entry.kind == "decision" and entry.rule:
            used.setdefault(entry.rule, []).append(entry)
    dead = dict(rights.policy().dead_rules())
    rows = [*_written(rights, used, dead), *_granted(rights, used)]
    problem = rights.trust_state.problem
    return GardenRights(
        level=rights.trust_state.level,
        mode=rights.book.mode,
        rows=tuple(sorted(rows, key=lambda row: _ORDER.index(row.effect))),
        untrusted=tuple(_waiting(rights, hooks)),
        sandbox_says=sandbox_says,
        faults=(*(fault.message for fault in rights.book.faults), *((problem,) if problem else ())),
    )


def name_in_trail(rule: Rule) -> str:
    """The rule as a line of the trail names it."""
    return f"{rule.effect} {rule} at {rule.source}" if rule.source.path else f"{rule.effect} {rule}"


def _written(
    rights: Rights, used: dict[str, list[AuditEntry]], dead: dict[Rule, str]
) -> Iterator[RightRow]:
    for rule in rights.book.rules:
        uses = used.get(name_in_trail(rule), [])
        yield RightRow(
            effect=rule.effect,
            rule_text=str(rule),
            layer=rule.layer,
            source_text=str(rule.source),
            uses=len(uses),
            last_used=uses[-1].at if uses else None,
            is_dead_because=dead.get(rule, ""),
        )


def _granted(rights: Rights, used: dict[str, list[AuditEntry]]) -> Iterator[RightRow]:
    for grant in rights.trust_state.grants:
        uses = used.get(f"allow {grant.rule}", [])
        yield RightRow(
            effect="allow",
            rule_text=grant.rule,
            layer="session" if grant.session else "grant",
            uses=len(uses),
            last_used=uses[-1].at if uses else None,
            expires=grant.expires_at,
        )


def _waiting(rights: Rights, hooks: HookBook) -> Iterator[Untrusted]:
    for source in rights.book.untrusted:
        yield Untrusted(
            path=source.path,
            digest=rights.book.digests.get(source.path, ""),
            says=f"allow rules, folders, a mode, hooks or a status line, from line {source.line}",
        )
    for handler, digest in hooks.waiting():
        says = f"the hook {handler.name} at {handler.event}: {handler.command}"
        yield Untrusted(path=str(handler.source), digest=digest, says=says)
