"""`/audit`: what was asked, allowed, denied and done, and whether the trail is whole."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, shorten, when, wrap
from pmagent.types.actions import AuditEntry
from pmagent.types.turns import Screen, TurnEvent

LISTED = 30


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The latest entries, newest first; with words, those whose subject has them."""
    words = argument.strip()
    entries = bench.garden.audit(limit=LISTED, path=words or None)
    state, says = bench.garden.audit_state()
    head = wrap(f"The trail is {state}: {plain(says)}.")
    none = f'Nothing about "{plain(words)}" is on it.' if words else "Nothing is on it yet."
    rows = items([_row(entry) for entry in reversed(entries)])
    more = wrap(f"More: {code('pmagent audit')}. To take something back: {code('/undo')}.")
    text = page("# Audit trail", head, rows or none, more)
    yield Screen(name="audit", argument=words, text=text)


def _row(entry: AuditEntry) -> str:
    why = shorten(entry.rule or entry.reason, 100)
    back = f", undo point {entry.checkpoint}" if entry.checkpoint else ""
    return (
        f"{when(entry.at)} {plain(entry.by)} {plain(entry.tool)} {entry.verdict}: "
        f"{code(shorten(entry.subject, 80))} ({why}{back})"
    )


builtin = Builtin(
    name="audit",
    group="Garden",
    summary="Every call, what was decided by which rule, and whether the trail is whole",
    argument_hint="[WORDS]",
    run=run,
)
