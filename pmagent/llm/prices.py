"""What models cost, from the table of genai-prices. Unknown is None, never 0.

Nothing is fetched: the table is the installed package's own.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import cast

import genai_prices
from genai_prices.types import PriceCalculation, TieredPrices

from pmagent.llm.servers import Server
from pmagent.types.talk import ModelCard, Price, Usage

_FREE = Decimal(0)


def price_of(model: str, server: Server, *, at: datetime | None = None) -> Price | None:
    """The price of a model at `at` (now where that is None), for requests of ordinary size.

    Where long requests cost more, `cost` knows. What runs on this computer has no price here, and
    is not free either: nobody knows what it costs.
    """
    worked_out = _calculate(Usage(), model, server, at)
    if worked_out is None:
        return None
    prices = cast("dict[str, Decimal | TieredPrices | None]", vars(worked_out.model_price))
    read, written = _base(prices.get("input_mtok")), _base(prices.get("output_mtok"))
    if read is None or written is None:
        return None
    return Price(
        input_usd=read,
        output_usd=written,
        cache_read_usd=_base(prices.get("cache_read_mtok")),
        cache_write_usd=_base(prices.get("cache_write_mtok")),
    )


def context_of(model: str, server: Server) -> int | None:
    """How many tokens a model can take in, where the table knows."""
    worked_out = _calculate(Usage(), model, server, None)
    return worked_out.model.context_window if worked_out else None


def cost(usage: Usage, card: ModelCard, *, at: datetime | None = None) -> Decimal | None:
    """US dollars for the usage of one request; None where it is unknown.

    Of one request, since some models cost more beyond a size of request: add up costs, not usages.
    Writing to the cache and reading from it have their own prices; the cache of five minutes is
    assumed.
    """
    if card.is_free:
        return _FREE
    price = card.price
    if price is None:
        return None
    worked_out = _calculate(usage, card.id, _server_of(card), at)
    if worked_out is not None:
        return worked_out.total_price
    read_usd, write_usd = price.cache_read_usd, price.cache_write_usd
    if (usage.cache_read_tokens and read_usd is None) or (
        usage.cache_write_tokens and write_usd is None
    ):
        return None
    whole = (
        usage.input_tokens * price.input_usd
        + usage.output_tokens * price.output_usd
        + usage.cache_read_tokens * (read_usd or _FREE)
        + usage.cache_write_tokens * (write_usd or _FREE)
    )
    return whole / 1_000_000


def _server_of(card: ModelCard) -> Server:
    return Server(
        address=f"https://{card.host}",
        host=card.host,
        is_local=card.is_local,
        is_official=card.host == "api.anthropic.com",
        may_have_key=True,
    )


def _calculate(
    usage: Usage, model: str, server: Server, at: datetime | None
) -> PriceCalculation | None:
    if server.is_local:
        return None
    # The table counts what came from the cache as part of the input.
    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        output_tokens=usage.output_tokens,
    )
    try:
        if server.is_official:
            return genai_prices.calc_price(
                counted, model, provider_id="anthropic", genai_request_timestamp=at
            )
        return genai_prices.calc_price(
            counted, model, provider_api_url=server.address, genai_request_timestamp=at
        )
    except (LookupError, ValueError):
        return None


def _base(price: Decimal | TieredPrices | None) -> Decimal | None:
    return price.base if isinstance(price, TieredPrices) else price
