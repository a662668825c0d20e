"""`/model`: which model answers, which there are, and another one from the next step on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, item, page, plain, wrap
from pmagent.types.talk import ModelCard, Price
from pmagent.types.turns import Said, Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The list; with a name, the switch and what leaves this computer from then on."""
    talk = bench.talk
    name = argument.strip()
    if not name:
        yield Screen(name="model", text=_list(talk.model, talk.models()))
        return
    card = talk.use_model(name)
    yield Said(text=wrap(f"{_named(card)} answers from the next step on. {_privacy(card)}"))


def _list(now: ModelCard, cards: Sequence[ModelCard]) -> str:
    rows = [
        item(_row(card, is_now=card.id == now.id and card.alias == now.alias)) for card in cards
    ]
    head = wrap(f"{_named(now)} answers now. {_privacy(now)}")
    return page("# Models", head, "\n".join(rows), wrap('"/model NAME" takes another.'))


def _row(card: ModelCard, *, is_now: bool) -> str:
    facts = [f"{card.context_tokens:,} tokens of context", _price(card)]
    facts.append("nothing leaves this computer" if card.is_local else f"asks {plain(card.host)}")
    if card.problem:
        facts.append(f"cannot be used: {plain(card.problem)}")
    mark = " (now)" if is_now else ""
    return f"{_named(card)}{mark}: {', '.join(facts)}"


def _named(card: ModelCard) -> str:
    if card.alias and card.alias != card.id:
        return f"{code(card.alias)} ({plain(card.id)})"
    return code(card.id)


def _price(card: ModelCard) -> str:
    match card:
        case ModelCard(is_free=True):
            return "free"
        case ModelCard(price=Price() as price):
            read, written = price.input_usd.normalize(), price.output_usd.normalize()
            return f"${read:f} read and ${written:f} written a million tokens"
        case _:
            return "price unknown"


def _privacy(card: ModelCard) -> str:
    if card.is_local:
        return "Nothing leaves this computer."
    return (
        f"Your words and the passages that are quoted go to {plain(card.host) or 'its provider'}."
    )


builtin = Builtin(
    name="model",
    group="Conversation",
    summary="Which model answers, and another one from the next step on",
    argument_hint="[NAME]",
    details="`offline` needs no key and no network. What is typed is kept while you change.",
    run=run,
)
