"""What a request costs, to the last digit; unknown is never free."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmagent.llm.prices import cost, price_of
from pmagent.llm.servers import read_server
from pmagent.types.talk import ModelCard, Price, Usage

AT = datetime(2026, 11, 1, tzinfo=UTC)
OFFICIAL = read_server("")


def card(model: str) -> ModelCard:
    return ModelCard(id=model, host=OFFICIAL.host, price=price_of(model, OFFICIAL, at=AT))


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (Usage(input_tokens=1_000_000), "5"),
        (Usage(output_tokens=1_000_000), "25"),
        (Usage(cache_write_tokens=1_000_000), "6.25"),  # 1.25 times
        (Usage(cache_read_tokens=1_000_000), "0.5"),  # a tenth
        (Usage(input_tokens=1_000, output_tokens=100, cache_read_tokens=2_000), "0.0085"),
        (Usage(), "0"),
    ],
)
def test_each_kind_of_token_has_its_price(usage: Usage, usd: str) -> None:
    assert cost(usage, card("claude-opus-4-5"), at=AT) == Decimal(usd)


def test_a_large_request_costs_what_large_requests_cost() -> None:
    haiku = card("claude-haiku-5-5")

    assert cost(Usage(input_tokens=100_000), haiku, at=AT) == Decimal("0.01")
    assert cost(Usage(input_tokens=60_000, cache_read_tokens=60_000), haiku, at=AT) == Decimal(
        "0.033"
    )


@pytest.mark.parametrize("model", ["claude-nothing-9", "qwen3:8b", "", "gpt-4o"])
def test_an_unknown_price_is_none(model: str) -> None:
    assert price_of(model, OFFICIAL) is None
    assert cost(Usage(input_tokens=10), card(model)) is None


@pytest.mark.parametrize("address", ["http://localhost:11434", "https://gateway.example"])
def test_a_server_of_ones_own_has_no_known_price(address: str) -> None:
    server = read_server(address)

    assert price_of("claude-opus-4-5", server) is None
    assert cost(Usage(input_tokens=10), ModelCard(id="claude-opus-4-5", host=server.host)) is None


def test_only_what_is_known_to_be_free_costs_nothing() -> None:
    assert cost(Usage(input_tokens=10), ModelCard(id="offline", is_local=True, is_free=True)) == 0


def test_a_price_of_ones_own_is_reckoned_with_all_its_parts() -> None:
    price = Price(input_usd=Decimal(2), output_usd=Decimal(4), cache_read_usd=Decimal(1))
    own = ModelCard(id="mine", host="gateway.example", price=price)

    assert cost(Usage(input_tokens=500_000, cache_read_tokens=1_000_000), own) == Decimal(2)
    assert cost(Usage(cache_write_tokens=1), own) is None
