"""Rules about effects on other computers: named with a dot, decided like any outward call."""

from __future__ import annotations

import pytest

from pmagent.errors import RuleFaultError
from pmagent.permissions.rules import why_dead
from pmagent.types.actions import Mode, Request
from tests.permissions.small_book import policy, rule

HOST = "blog.example.org"


def effect(tool: str = "ghost.draft", host: str = HOST) -> Request:
    return Request(tool=tool, input={"title": "T"}, host=host, is_outward=True)


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ([], "ask"),
        (["allow ghost.draft"], "allow"),
        (["ask ghost.draft"], "ask"),
        (["allow ghost.draft", "ask ghost.draft"], "ask"),
        (["allow ghost.draft", "deny ghost.draft"], "deny"),
        (["allow ghost.draft", "deny ghost.*"], "deny"),
        (["allow ghost.draft", "deny WebFetch(domain:blog.example.org)"], "deny"),
        (["allow ghost.draft", "deny WebFetch(domain:*.example.org)"], "deny"),
        (["allow ghost.draft", "deny WebFetch(domain:other.org)"], "allow"),
        (["allow ghost.publish"], "ask"),
        (["allow ghostxdraft"], "ask"),
        (["allow WebFetch(domain:blog.example.org)"], "ask"),
        (["deny ghost.draft(title:T)"], "deny"),
    ],
)
def test_a_rule_about_an_effect_decides(rules: list[str], wanted: str) -> None:
    decision = policy(*rules).decide(effect())

    assert decision.effect == wanted
    if wanted == "ask":
        # A yes is for these bytes alone.
        assert not decision.can_be_remembered


@pytest.mark.parametrize("tool", ["ghost.publish", "ghost.newsletter"])
@pytest.mark.parametrize("mode", ["default", "acceptEdits", "bypassPermissions"])
def test_what_nothing_takes_back_is_asked_about_whatever_is_allowed(tool: str, mode: Mode) -> None:
    decision = policy(f"allow {tool}", mode=mode).decide(effect(tool))

    assert (decision.effect, decision.can_be_remembered) == ("ask", False)
    assert policy(f"deny {tool}", mode=mode).decide(effect(tool)).effect == "deny"


def test_a_rule_keeps_its_dot_and_an_allow_names_one_effect() -> None:
    assert str(rule("allow ghost.draft")) == "ghost.draft"
    assert why_dead(rule("allow ghost.draft")) is None
    assert "names its tool" in (why_dead(rule("allow ghost.*")) or "")
    with pytest.raises(RuleFaultError):
        rule("allow .draft")
