"""`/hooks`: which hooks there are, and which of them run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, wrap
from pmagent.hooks.listing import HookRow
from pmagent.nlp.counted import counted
from pmagent.types.turns import Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The hooks by event."""
    del argument
    yield Screen(name="hooks", text=hooks_markdown(bench.hooks()))


def hooks_markdown(rows: Sequence[HookRow]) -> str:
    """By event, those that run first."""
    if not rows:
        return wrap('There is no hook. They are written in settings files; see "pmagent hooks".')
    events: dict[str, list[HookRow]] = {}
    for row in rows:
        events.setdefault(row.event, []).append(row)
    blocks = [
        f"## {plain(event)}\n\n" + items([_row(row) for row in sorted(held, key=_rank)])
        for event, held in events.items()
    ]
    running = sum(row.runs for row in rows)
    head = f"{counted(len(rows), 'hook')}, of which {running} run. They are run in the sandbox."
    try_one = f"To try one: {code('pmagent hooks test EVENT --tool TOOL --input JSON')}"
    return page("# Hooks", wrap(head), *blocks, wrap(try_one))


def _rank(row: HookRow) -> bool:
    return not row.runs


def _row(row: HookRow) -> str:
    source = plain(row.source or row.layer)
    return f"{plain(row.state)}: {code(row.name or row.command)} for {code(row.matcher)} ({source})"


builtin = Builtin(
    name="hooks",
    group="Garden",
    summary="The programs that are run at set moments, and which of them run here",
    run=run,
)
