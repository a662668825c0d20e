"""What a name of a model means."""

from __future__ import annotations

import pytest

from pmagent.config import Settings
from pmagent.errors import ModelError
from pmagent.llm.catalog import Catalog
from tests.llm.conftest import KEY, MemoryRing

WITH_KEY = {"ANTHROPIC_API_KEY": KEY}


def catalog(settings: Settings | None = None, **environment: str) -> Catalog:
    return Catalog(settings or Settings(), environment)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("fast", "claude-haiku-5-5"),
        ("deep", "claude-opus-5-5"),
        ("haiku", "claude-haiku-5-5"),
        ("sonnet", "claude-sonnet-5-5"),
        ("opus", "claude-opus-5-5"),
        ("fable", "claude-fable-5-2"),
        ("best", "claude-opus-5-5"),
        ("opusplan", "claude-sonnet-5-5"),
        ("default", "claude-opus-5-5"),
        ("offline", "offline"),
        ("sonnet[1m]", "claude-sonnet-5-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001"),
        ("inherit", "claude-fable-5-1"),
        ("", "claude-fable-5-1"),
    ],
)
def test_every_name_of_claude_code_means_a_model(name: str, model: str) -> None:
    assert catalog(**WITH_KEY).id_of(name, inherited="claude-fable-5-1") == model


def test_a_persons_own_aliases_go_before_those_that_ship() -> None:
    own = Settings(models={"fast": "sonnet", "draft": "fast", "sonnet": "claude-sonnet-5"})

    made = catalog(own, **WITH_KEY)

    assert [made.id_of(name) for name in ("fast", "draft", "opusplan")] == ["claude-sonnet-5"] * 3
    assert made.aliases[:4] == ("fast", "deep", "offline", "draft")


def test_an_alias_that_means_itself_is_told() -> None:
    with pytest.raises(ModelError, match="means itself"):
        catalog(Settings(models={"a": "b", "b": "a"}), **WITH_KEY).id_of("a")


def test_a_mistyped_name_is_told_with_the_nearest() -> None:
    with pytest.raises(ModelError) as told:
        catalog(**WITH_KEY).id_of("sonet")

    assert (told.value.kind, told.value.hint) == ("model_not_found", 'did you mean "sonnet"?')


def test_at_a_server_of_ones_own_every_name_may_be_a_model() -> None:
    card = catalog(ANTHROPIC_BASE_URL="http://localhost:11434/v1/").card("qwen3:8b")

    assert (card.id, card.host, card.is_local) == ("qwen3:8b", "localhost:11434", True)
    assert (card.price, card.is_free, card.problem) == (None, False, "")


@pytest.mark.parametrize(
    ("settings", "environment", "default"),
    [
        (Settings(), {}, "offline"),
        (Settings(), WITH_KEY, "deep"),
        (Settings(default_model="fast"), WITH_KEY, "fast"),
        (Settings(default_model="fast"), {"ANTHROPIC_MODEL": "sonnet"}, "sonnet"),
        (Settings(base_url="http://127.0.0.1:8080"), {}, "deep"),
    ],
)
def test_a_conversation_begins_with_what_can_be_used(
    settings: Settings, environment: dict[str, str], default: str
) -> None:
    assert catalog(settings, **environment).default == default


def test_a_key_in_the_keyring_makes_a_model_the_beginning(ring: MemoryRing) -> None:
    ring.kept["pmagent", "api.anthropic.com"] = KEY

    assert catalog().default == "deep"


def test_a_card_says_what_is_known_and_why_it_cannot_be_used() -> None:
    card = catalog().card("sonnet")

    assert (card.context_tokens, card.host, card.alias) == (
        1_000_000,
        "api.anthropic.com",
        "sonnet",
    )
    assert card.problem == 'there is no key for "api.anthropic.com"'
    assert card.price is not None
    assert (str(card.price.input_usd), str(card.price.output_usd)) == ("2", "10")


def test_a_card_bears_the_alias_that_led_to_it() -> None:
    made = catalog(Settings(default_model="fast"), **WITH_KEY)
    named = [("fast", ""), ("default", ""), ("inherit", "deep"), ("sonnet[1m]", "")]

    aliases = [made.card(name, inherited=inherited).alias for name, inherited in named]

    assert aliases == ["fast", "fast", "deep", "sonnet"]
    assert made.card("claude-haiku-5-5").alias == ""


def test_a_long_context_is_asked_for_in_the_name() -> None:
    cards = [catalog(**WITH_KEY).card(f"claude-opus-4-5{end}") for end in ("", "[1m]")]

    assert [card.context_tokens for card in cards] == [200_000, 1_000_000]


@pytest.mark.parametrize(
    "address",
    ["ftp://a", "http://user:word@host", "nonsense", "http://a b", "http://127.1:80", "http://"],
)
def test_an_address_without_meaning_is_a_problem_and_no_crash(address: str) -> None:
    made = catalog(ANTHROPIC_BASE_URL=address)

    cards = made.cards()

    assert all("cannot be used" in card.problem for card in cards if card.id != "offline")
    assert "offline" in [card.alias for card in cards]
    assert "word" not in str(cards)


def test_the_card_of_offline_needs_nothing() -> None:
    card = catalog(ANTHROPIC_BASE_URL="nonsense").card("offline")

    assert (card.is_free, card.is_local, card.problem) == (True, True, "")
