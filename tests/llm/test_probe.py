"""What a server lacks is found out once."""

from __future__ import annotations

import pytest

from pmagent.llm.probe import Feature, Listed, Probes, features_of, refused_features

ALL: frozenset[Feature] = frozenset({"caching", "structure", "effort", "opaque"})


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("cache_control: Extra inputs are not permitted", {"caching"}),
        ("unknown field `output_config`", {"structure"}),
        ("output_config.effort: not supported by this model", {"effort"}),
        ("output_config.format: json_schema is not supported", {"structure"}),
        ("messages.1.content.0: Invalid `signature` in `thinking` block", {"opaque"}),
        ("Extra inputs are not permitted", ALL),
        ("prompt is too long: 1200000 tokens > 1000000 maximum", set()),
        ("max_tokens: must be greater than 0", set()),
    ],
)
def test_a_refusal_says_which_field_it_is_about(said: str, refused: set[Feature]) -> None:
    assert refused_features(said, ALL) == refused


def test_only_what_was_sent_can_be_left_out() -> None:
    assert refused_features("cache_control is unknown", frozenset({"effort"})) == frozenset()


def test_a_model_is_known_by_its_name_without_a_date() -> None:
    listed = [
        Listed(id="claude-haiku-4-5-20251001", context_tokens=200_000, has_effort=False),
        Listed(id="other"),
    ]

    found = features_of("claude-haiku-4-5", listed)

    assert (found.context_tokens, found.missing) == (200_000, {"effort"})
    assert found.models == ("claude-haiku-4-5-20251001", "other")


def test_a_server_is_asked_once_for_each_model() -> None:
    probes, asked = Probes(), list[int]()

    def ask() -> list[Listed] | None:
        asked.append(1)
        return None

    for _ in range(3):
        probes.find("http://a", "m", ask)
    probes.lacks("http://a", "m", frozenset({"count"}))

    assert len(asked) == 1
    assert probes.known("http://a", "m").missing == {"count"}
    assert probes.known("http://b", "m").missing == frozenset()
