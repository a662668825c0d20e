"""`/context`: what the model would be sent now, in tokens."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import page, plain, table, wrap
from pmagent.types.turns import ContextView, Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The parts with their sizes."""
    del argument
    yield Screen(name="context", text=context_markdown(bench.talk.context()))


def context_markdown(view: ContextView) -> str:
    """A table of the parts, the share that is used, and what to do where it is nearly full."""
    used = sum(row.tokens for row in view.rows if row.name != "free")
    share = used / view.limit_tokens if view.limit_tokens else 0.0
    about = "About " if view.is_estimate else ""
    head = f"{about}{used:,} of {view.limit_tokens:,} tokens are used: {share:.0%}."
    rows = [
        (plain(row.name), f"{row.tokens:,}", f"{row.tokens / max(1, view.limit_tokens):.0%}")
        for row in view.rows
    ]
    notes = "\n".join(
        wrap(f"{plain(row.name)}: {plain(row.note)}", first="- ", rest="  ")
        for row in view.rows
        if row.note
    )
    full = 'It is nearly full. "/compact" puts a summary in place of the older turns.'
    return page(
        "# What the model is sent",
        wrap(head),
        table(("Part", "Tokens", "Share"), rows) if rows else "",
        notes,
        full if share >= NEARLY_FULL else "",
    )


NEARLY_FULL = 0.7
"""The share at which something is to be done; the status line warns from here on, too."""

builtin = Builtin(
    name="context",
    group="Conversation",
    summary="What the model is sent, part by part, in tokens",
    run=run,
)
