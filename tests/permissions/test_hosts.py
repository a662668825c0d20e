from __future__ import annotations

import pytest

from pmagent.permissions.hosts import HostMatcher, normalise_host, parse_domain
from tests.permissions.small_book import fetch, policy


@pytest.mark.parametrize(
    ("pattern", "host", "is_taken"),
    [
        ("example.com", "example.com", True),
        ("example.com", "EXAMPLE.com", True),
        ("Example.COM", "example.com.", True),
        ("example.com.", "example.com", True),
        ("example.com", "www.example.com", False),
        ("example.com", "evilexample.com", False),
        ("example.com", "example.com.evil.test", False),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "a.b.c.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "evilexample.com", False),
        ("*.example.com", "example.com.evil.test", False),
        ("api-*.example.com", "api-7.example.com", True),
        ("api-*.example.com", "api-7.x.example.com", False),
        ("api.*.com", "api.example.com", True),
        ("api.*.com", "api.a.b.com", False),
        ("*.api-*.test", "x.y.api-1.test", True),
        ("*.api-*.test", "api-1.test", False),
        ("*", "any.host.test", True),
        ("münchen.test", "xn--mnchen-3ya.test", True),
        ("xn--mnchen-3ya.test", "MÜNCHEN.test", True),
        ("ｅxample.com", "example.com", True),
        ("example。com", "example.com", True),
        ("[::1]", "0:0:0:0:0:0:0:1", True),
        ("10.0.0.1", "10.0.0.1", True),
    ],
)
def test_a_host_pattern_takes_what_it_says(pattern: str, host: str, is_taken: bool) -> None:
    try:
        parsed = parse_domain(f"domain:{pattern}")
    except ValueError:
        assert not is_taken
        return

    found = HostMatcher([(3, parsed)]).find(normalise_host(host))

    assert found == (3 if is_taken else None)


@pytest.mark.parametrize(
    "text",
    ["", " ", "a b", "a..b", ".a", "http://a", "a/b", "a:80", "u@a", "a\0.b", "a?b", "a" * 64,
     "-a.test", "a\n", ("a" * 60 + ".") * 5 + "test", "a*b", "%61.test"],
)  # fmt: skip
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the name of a host"):
        normalise_host(text)


def test_an_address_in_a_refusing_rule_refuses_its_host() -> None:
    decide = policy("allow WebFetch", "deny WebFetch(https://*.evil.test/x/*)").decide

    assert decide(fetch("a.evil.test")).effect == "deny"
    assert decide(fetch("docs.test")).effect == "allow"


def test_ask_stands_between_deny_and_allow_for_hosts_too() -> None:
    rules = ("allow WebFetch(domain:*.test)", "ask WebFetch(domain:b.test)")

    assert policy(*rules).decide(fetch("a.test")).effect == "allow"
    assert policy(*rules).decide(fetch("b.test"), hook="allow").effect == "ask"


def test_stars_cost_linear_time() -> None:
    pattern = parse_domain("domain:" + "*a" * 20 + "b.test")

    assert HostMatcher([(0, pattern)]).find("a" * 60 + ".test") is None
