"""`/why`: what are you doing? Read from state; no model is asked."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import item, page, plain
from pmagent.types.turns import Screen, TurnEvent, WhyCard


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The card."""
    del argument
    yield Screen(name="why", text=why_markdown(bench.talk.why()))


def why_markdown(card: WhyCard) -> str:
    """One entry a line of the card."""
    head = "What I am doing" if card.is_running else "Nothing runs. The last turn"
    if not card.lines and card.is_running:
        return "A turn begins; there is nothing to tell of it yet."
    if not card.lines:
        return "Nothing runs, and there is no turn to tell of. Type a question, or `/help`."
    return page(f"# {head}", "\n".join(item(f"{x.label}: {plain(x.text)}") for x in card.lines))


builtin = Builtin(
    name="why",
    group="Conversation",
    summary="What are you doing? Goal, step, reason, what was read, what is next",
    details="`?` on an empty line does the same, also while a turn runs.",
    run=run,
)
