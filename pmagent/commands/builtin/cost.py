"""`/cost`: what this session used, in requests, tokens and money."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, page, table, wrap
from pmagent.types.talk import ModelCard
from pmagent.types.turns import Said, Spend, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The numbers. No time is told: it is no cost."""
    del argument
    yield Said(text=cost_markdown(bench.talk.spend, bench.talk.model))


def cost_markdown(spend: Spend, model: ModelCard) -> str:
    """A table of the numbers, and what they mean."""
    usage = spend.usage
    rows = [
        ("Requests to a model", f"{spend.steps:,}"),
        ("Tokens read", f"{usage.input_tokens:,}"),
        ("Tokens read from the cache", f"{usage.cache_read_tokens:,}"),
        ("Tokens written to the cache", f"{usage.cache_write_tokens:,}"),
        ("Tokens written", f"{usage.output_tokens:,}"),
    ]
    about = "The token counts are estimates." if usage.is_estimate else ""
    return page("# Cost of this session", _money(spend, model), table(("What", "Number"), rows),
                about)  # fmt: skip


def _money(spend: Spend, model: ModelCard) -> str:
    name = code(model.alias or model.id)
    if spend.cost_usd is None:
        return wrap(
            f"The price of a model that was used is not known, so neither is the cost. "
            f"The model now is {name}."
        )
    if not spend.cost_usd:
        free = ", which costs nothing" if model.is_free else ""
        return wrap(f"$0.00. The model now is {name}{free}.")
    return wrap(f"${spend.cost_usd:.4f}. The model now is {name}.")


builtin = Builtin(
    name="cost",
    aliases=("usage",),
    group="Conversation",
    summary="What this session used: requests, tokens, money",
    run=run,
)
