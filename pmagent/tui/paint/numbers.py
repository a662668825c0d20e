"""Context, cost and models as rows of numbers, each bar with its words."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.tui.paint.lines import Page, PageBuilder, Span, clip_text, pad_text, span, wrap
from pmagent.tui.paint.turn_lines import tokens_word
from pmagent.tui.paint.vital import FULL, NEARLY, money_of, percent
from pmagent.types.talk import ModelCard, Price
from pmagent.types.turns import ContextView, Spend

_BAR = 24


def paint_context(view: ContextView, width: int) -> Page:
    """What the model would be sent, part by part, and what is free."""
    builder = PageBuilder()
    used = sum(row.tokens for row in view.rows if row.name != "free")
    share = used / view.limit_tokens if view.limit_tokens else 0.0
    if share >= FULL:
        word, style = "full: it is made shorter before the next step", "error"
    elif share >= NEARLY:
        word, style = "nearly full: /compact makes it shorter", "warn"
    else:
        word, style = "there is room", "ok"
    mark = "about " if view.is_estimate else ""
    total = f"{mark}{used:,} of {view.limit_tokens:,} tokens, {percent(share)}: "
    builder.add_all(wrap((span(total, "strong"), span(word, style)), width))
    builder.add()
    name_width = max((len(row.name) for row in view.rows), default=0) + 2
    for row in view.rows:
        part = row.tokens / view.limit_tokens if view.limit_tokens else 0.0
        is_free = row.name == "free"
        bar = "░" * round(part * _BAR) if is_free else "█" * round(part * _BAR)
        bar = bar or ("▏" if row.tokens else "")
        cells = (
            span(pad_text(row.name, name_width), "quiet" if is_free else ""),
            span(pad_text(f"{row.tokens:,}", 10, right=True)),
            span(pad_text(percent(part), 6, right=True), "quiet"),
            span("  " + pad_text(bar, _BAR + 2), "bar" if is_free else "bar-here"),
        )
        taken = name_width + 18 + _BAR + 2
        note = span(clip_text(span(row.note).text, max(width - taken, 0)), "quiet")
        builder.add(*cells, *((note,) if note.text else ()))
    return builder.page()


def paint_cost(spend: Spend, model: ModelCard, width: int) -> Page:
    """What the session used so far."""
    builder = PageBuilder()
    if model.is_free and not spend.usage.total_tokens:
        money = "offline: nothing was sent, nothing is paid"
    elif spend.cost_usd is None:
        money = "unknown: a model whose price is not known had a part in it"
    else:
        money = money_of(spend.cost_usd)
    usage = spend.usage
    about = " (estimated)" if usage.is_estimate else ""
    rows = (
        ("money", money),
        ("steps", f"{spend.steps:,} requests to a model"),
        ("tokens", f"{usage.total_tokens:,}{about}"),
        ("  read", f"{usage.input_tokens:,}"),
        ("  from cache", f"{usage.cache_read_tokens:,}"),
        ("  to cache", f"{usage.cache_write_tokens:,}"),
        ("  written", f"{usage.output_tokens:,}"),
        ("time", f"{spend.time_s:,.0f} s, of which {spend.model_s:,.0f} s in models"),
        ("model now", f"{model.id}, {price_words(model)}"),
    )
    for name, value in rows:
        builder.add_all(wrap((span(pad_text(name, 14), "quiet"), span(value)), width, indent=14))
    return builder.page()


def price_words(card: ModelCard) -> str:
    """`$1.00 in, $5.00 out per million tokens`, `free`, `price unknown`."""
    if card.is_free:
        return "free"
    if card.price is None:
        return "price unknown"
    return f"{_price(card.price)} per million tokens"


def paint_models(models: tuple[ModelCard, ...], now: str, width: int) -> Page:
    """A line a model, and below it what leaves this computer, or why it cannot be used."""
    builder = PageBuilder()
    keys = {"fast": "1", "deep": "2", "offline": "3"}
    alias_width = max((len(card.alias) for card in models), default=0) + 2
    id_width = min(max((len(card.id) for card in models), default=0) + 2, max(width - 50, 12))
    shared = _shared_problem(models)
    if shared:
        words = f'grey ones cannot be used now: {shared}; "pmagent model key" sets one'
        builder.add_all(wrap((span(words, "warn"),), width))
        builder.add()
    for card in _each_once(models):
        is_now = card.id == now
        style = "quiet" if card.problem else ""
        price = "free" if card.is_free else _price(card.price) if card.price else "price unknown"
        first = (
            span(pad_text(keys.get(card.alias, ""), 3), "key"),
            span(pad_text(card.alias, alias_width), "strong" if not card.problem else "quiet"),
            span(pad_text(card.id, id_width), style),
            span(pad_text(price, 24), style),
            span(pad_text(f"{tokens_word(card.context_tokens)} context", 16), "quiet"),
            span("in use" if is_now else "", "ok"),
        )
        is_said = bool(card.problem and shared)
        second = [] if is_said else wrap((span("   "), _second(card)), width, indent=3)
        builder.add_item(card, [first, *second])
        builder.add()
    return builder.page()


def _each_once(models: Sequence[ModelCard]) -> Sequence[ModelCard]:
    """Each model by the first of its names; the others can be typed."""
    first: dict[str, ModelCard] = {}
    for card in models:
        first.setdefault(card.id, card)
    return tuple(first.values())


def _shared_problem(models: Sequence[ModelCard]) -> str:
    """Why several models cannot be used, where it is the same for all of those."""
    problems = [card.problem for card in models if card.problem]
    return problems[0] if len(problems) > 1 and len(set(problems)) == 1 else ""


def _second(card: ModelCard) -> Span:
    if card.problem:
        return span(f"cannot be used now: {card.problem}", "warn")
    return span(privacy_words(card), "quiet")


def privacy_words(card: ModelCard) -> str:
    """What leaves this computer with it."""
    if not card.host:
        return "nothing leaves this computer; answers are made of your own sentences"
    if card.is_local:
        return f"a model on this computer ({card.host}): nothing leaves it"
    return f"what you type and the passages it reads go to {card.host}"


def _price(price: Price) -> str:
    return f"${price.input_usd:.2f} in, ${price.output_usd:.2f} out"
