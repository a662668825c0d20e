"""A question in lines: the whole of what is asked, then numbered answers.

The numbers keep their meaning from question to question; those that are not offered are not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.journal.diffs import diff_text
from pmagent.safe_text import safe_text, spell_out
from pmagent.types.actions import Ask, AskReply, No, Scope, Yes

_NUMBERS: dict[str, Scope] = {"1": "once", "2": "session", "3": "folder"}
_WORDS: dict[Scope, str] = {
    "once": "yes, this once",
    "session": "yes, and its like until this conversation ends",
    "folder": "yes, and its like in this folder for 7 days",
}
NO = "4"


def question_lines(ask: Ask) -> Iterator[str]:
    """What would happen, whole; why it is asked; what could go wrong; the answers."""
    yield f"Permission required: {spell_out(ask.title)}"
    yield f"Asked because {safe_text(ask.decision.reason)}"
    if ask.call.by != "person":
        yield f"Asked by {safe_text(ask.call.by)}"
    if ask.call.why:
        yield f"Its reason: {safe_text(ask.call.why)}"
    rule = ask.decision.rule
    if rule is not None:
        yield f"Rule: {rule.effect} {safe_text(str(rule))} at {safe_text(str(rule.source))}"
    if ask.changes:
        for change in ask.changes:
            yield from (spell_out(line) for line in diff_text(change).split("\n"))
    else:
        yield from (spell_out(line) for line in ask.body.split("\n"))
    if ask.risk:
        yield f"Risk: {safe_text(ask.risk)}"
    yield from _answers(ask)


def read_answer(ask: Ask, typed: str) -> AskReply | None:
    """The answer that was typed; None where it is none that is offered."""
    number, _, rest = typed.strip().partition(" ")
    if number == NO:
        return No(note=" ".join(rest.split()))
    scope = _NUMBERS.get(number)
    if scope is None or scope not in ask.scopes or rest.strip():
        return None
    return Yes(scope=scope)


def offered(ask: Ask) -> str:
    """`1, 3 or 4`."""
    numbers = [number for number, scope in _NUMBERS.items() if scope in ask.scopes]
    return f"{', '.join(numbers)} or {NO}" if numbers else NO


def _answers(ask: Ask) -> Iterator[str]:
    for number, scope in _NUMBERS.items():
        if scope in ask.scopes:
            rule = f": {safe_text(ask.grant)}" if ask.grant and scope != "once" else ""
            yield f"{number} {_WORDS[scope]}{rule}"
    yield f"{NO} no; words behind it are the reason, such as: {NO} wrong file"
