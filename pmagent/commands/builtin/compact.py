"""`/compact`: a summary in place of the older turns, as far as the model is concerned."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import page, wrap
from pmagent.safe_text import safe_text
from pmagent.types.turns import Noted, Said, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The summary and what it saves; or that there is nothing to shorten."""
    made = bench.compact(argument.strip())
    if made is None:
        yield Noted(
            text="there is nothing to shorten yet",
            hint='"/context" tells what the model is sent',
        )
        return
    head = (
        f"The model is sent about {made.after_tokens:,} tokens of this conversation, "
        f"{made.before_tokens:,} before. You still see all of it."
    )
    yield Said(text=page(wrap(head), "## Summary", safe_text(made.summary, newlines=True)))


builtin = Builtin(
    name="compact",
    group="Conversation",
    summary="Put a summary in place of the older turns, for the model alone",
    argument_hint="[WHAT TO KEEP]",
    details="What stands behind it is kept in the summary: `/compact the pricing decisions`.",
    run=run,
)
