from __future__ import annotations

import base64
import json
from collections.abc import Callable
from html import escape
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pmagent.secrets import MASK, Found, Redactor, find_secrets, secret_values

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
HEX = "0123456789abcdef"
# Put together here, so that no scanner of repositories takes this file for a leak.
KEYS = {
    "Anthropic key": "sk-" + "ant-api03-" + LETTERS,
    "OpenAI key": "sk-" + "proj-" + LETTERS,
    "GitHub token": "ghp" + "_" + LETTERS[26:],
    "GitLab token": "glpat" + "-" + LETTERS[-20:],
    "Slack token": "xoxb" + "-123456789012-" + LETTERS[-24:],
    "Slack web hook": "hooks.slack.com" + "/services/T00000000/B00000000/" + LETTERS[-24:],
    "AWS key": "AKIA" + "IOSFODNN7EXAMPL3",
    "Google key": "AIza" + "Sy" + LETTERS[-33:],
    "Stripe key": "sk_" + "live_" + LETTERS[-24:],
    "Trello token": "ATTA" + HEX * 4,
    "Ghost key": "64f0c0ffee1234567890abcd" + ":" + HEX * 4,
    "signed token": "eyJ" + "hbGciOiJIUzI1NiJ9"
    ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_X",
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n"
    "MIIEow\nab+/cd==\n"
    "-----END " + "RSA PRIVATE KEY-----",
}  # fmt: skip
ORDINARY = [
    "We said nine dollars a seat. A seat is the wrong thing, so pricing moves to outcomes.",
    "The risk-management-framework-overview-and-task-based-plan is a basic understanding of it.",
    "Basic principles, basic authentication, bearer of good news, Bearer bonds, token gesture.",
    "The key: be patient. The secret: sleep. Password: see the envelope. key = value; token: none",
    "commit 356a192b7913b04c54574d18c28d46e6395428ab, 3f786850e387550fdab836ed7e6dc881de23001b",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 and 5d41402abc4b2a76",
    "id 3fa85f64-5717-4562-b3fc-2c963f66afa6 at 2025-06-01T12:30:00+00:00, card 5f3a2b1c9d8e7f6a",
    "2024-03-14 12:30:05 Ana Ruiz: 00:14:03.000 --> 00:14:09.500, 10:30, +49 30 901820",
    "https://example.com/a/b?q=pricing&page=2#part and mailto:ana@example.com, @ana, a@b: c@d",
    "http://localhost:8080/key, https://medium.com/@ana/why-keys-matter-3f786850e387",
    "sorted(names, key=lambda name: name.lower()); primary_key=True; monkey=banana; token=next(it)",
    "ATTACHED and ATTACKED at AKIAK, sk-learn, SG. Smith, AIzawa, ghp_x, xoxo-kisses, eyJafjalla",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    "[[ep-041]] #pricing **bold** `code` | a | b | $9.99 50% 1:1 16:9 e.g. i.e. …",
]  # fmt: skip


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("around", ["{}", "key {} here", '"{}",', "\\n{}\\n", "a={}&b", "%3D{} "])
def test_a_key_is_found_by_its_form(kind: str, around: str) -> None:
    text = around.format(KEYS[kind])

    [found] = find_secrets(text)

    assert (
        text[found.start : found.end] in KEYS[kind] or KEYS[kind] in text[found.start : found.end]
    )
    assert found.kind in {kind, "named secret"}
    assert KEYS[kind][-12:] not in Redactor(()).redact(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_sentences_are_left_as_they_are(text: str) -> None:
    assert find_secrets(text) == ()
    assert Redactor(()).redact(text) == text


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("https://ana:hunter2@example.com/x", "https://ana:‹secret›@example.com/x"),
        ("a://b:c1@d,https://e:f2@g", "a://b:‹secret›@d,https://e:‹secret›@g"),
        ("postgres://app:p%40ss@db:5432/x", "postgres://app:‹secret›@db:5432/x"),
        ("https://a.example/?key=0a1b2c3d4e&q=x", "https://a.example/?key=‹secret›&q=x"),
        ("GET /1/cards?q=x&token=abc123def456 HTTP", "GET /1/cards?q=x&token=‹secret› HTTP"),
        ("Authorization: Bearer abc123.def456-x", "Authorization: Bearer ‹secret›"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: Basic ‹secret›"),
        ('OAuth oauth_token="abc123def456", x', 'OAuth oauth_token="‹secret›", x'),
        ("password=correct-horse", "password=‹secret›"),
        ("Wifi password: Sommer2024", "Wifi password: ‹secret›"),
        ('{"api_key": "abc123def456"}', '{"api_key": "‹secret›"}'),
        ('{\\"api_key\\": \\"abc123def456\\"}', '{\\"api_key\\": \\"‹secret›\\"}'),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=‹secret›"),
        ("a -----BEGIN " + "PRIVATE KEY-----\\nMIIB\\nab+/\\n", "a ‹secret›"),
    ],
)
def test_only_the_secret_part_is_hidden(text: str, redacted: str) -> None:
    assert Redactor(()).redact(text) == redacted


def test_what_is_found_is_told_by_kind_and_place() -> None:
    text = f"a {KEYS['AWS key']} b"

    assert find_secrets(text) == (Found(kind="AWS key", start=2, end=22),)


WRITINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": lambda value: "".join(c.upper() if c.isascii() else c for c in value),
    "lower case": lambda value: "".join(c.lower() if c.isascii() else c for c in value),
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
    "hex dump": lambda value: value.encode().hex(" "),
    "quoted": quote,
    "fully quoted": lambda value: quote(value, safe=""),
    "quoted twice": lambda value: quote(quote(value, safe=""), safe=""),
    "form": lambda value: quote_plus(value),
    "query": lambda value: urlencode({"a": value}),
    "every byte quoted": lambda value: "".join(f"%{byte:02X}" for byte in value.encode()),
    "json": json.dumps,
    "json as it is": lambda value: json.dumps(value, ensure_ascii=False),
    "json in json": lambda value: json.dumps(json.dumps({"a": value})),
    "html": escape,
    "python": repr,
    "python in ASCII": ascii,
}


@pytest.mark.parametrize("name", WRITINGS)
@pytest.mark.parametrize(
    "value", ["correct horse/battery+staple", 'pä"ss\\wörd&<x>', "a:b~c=d%41?"]
)
def test_a_value_is_hidden_however_it_is_written(name: str, value: str) -> None:
    written = WRITINGS[name](value)

    redacted = Redactor([value]).redact(f"before {written} after")

    assert MASK in redacted
    assert written not in redacted
    assert redacted.startswith("before ")
    assert redacted.endswith(" after")


@given(
    st.text(min_size=8, max_size=60).filter(lambda value: len(value.strip()) >= 8),
    st.binary(max_size=5),
    st.binary(max_size=5),
    st.booleans(),
)
def test_a_value_is_hidden_in_base64_at_every_alignment(
    value: str, before: bytes, after: bytes, is_url_safe: bool
) -> None:
    raw = value.strip().encode("utf-8", "surrogatepass")
    encode = base64.urlsafe_b64encode if is_url_safe else base64.b64encode
    written = encode(before + raw + after).decode()

    redacted = Redactor([value]).redact(f"<{written}>")

    # What stays is what the neighbours' bytes are part of.
    assert MASK in redacted
    assert len(redacted) - len(MASK) <= 2 + 4 * -(-(len(before) + len(after) + 4) // 3)


@given(
    st.lists(st.text('abcXYZ019-_:/+% é\\"', min_size=8, max_size=30), max_size=4),
    st.lists(st.integers(0, 5) | st.text(max_size=20), max_size=8),
)
@example(values=["aaaaaaaa"], pieces=[0, 0, "aaaaaaaaa"])
@example(values=["password=abcdefgh", "abcdefgh=password"], pieces=[0, 1])
def test_no_value_is_left_and_doing_it_twice_changes_nothing(
    values: list[str], pieces: list[int | str]
) -> None:
    text = "".join(
        piece if isinstance(piece, str) else values[piece % len(values)] if values else ""
        for piece in pieces
    )
    redactor = Redactor(values)

    redacted = redactor.redact(text)

    assert not [value for value in values if len(value.strip()) >= 8 and value.strip() in redacted]
    assert redactor.redact(redacted) == redacted


@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_can_be_redacted(text: str) -> None:
    redacted = Redactor(["a-value-that-is-not-there"]).redact(text)

    assert find_secrets(text) or redacted == text


def test_the_half_of_an_id_and_a_secret_is_a_secret_too() -> None:
    redactor = Redactor([KEYS["Ghost key"]])

    assert redactor.redact(f"signed with {HEX * 4}") == "signed with ‹secret›"


def test_words_too_short_to_be_secrets_are_not_hidden() -> None:
    assert Redactor(["", "a", "seat", "   pri   "]).redact("a seat, pri") == "a seat, pri"


def test_values_are_taken_by_the_names_of_variables() -> None:
    environ = {
        "ANTHROPIC_API_KEY": "value-one",
        "trello_token": "value-two",
        "GHOST_ADMIN_API_KEY": "value-three",
        "DB_PASSWORD": "value-four",
        "CLIENT_SECRET": "value-five",
        "AWS_CREDENTIALS": "value-six",
        "SAME_KEY": "value-one",
        "SHORT_KEY": "short",
        "BLANK_KEY": "          ",
        "PATH": "/usr/bin:/bin",
        "HOME": "/home/person",
    }

    assert secret_values(environ) == (
        "value-one", "value-two", "value-three", "value-four", "value-five", "value-six",
    )  # fmt: skip


@pytest.mark.parametrize(
    "piece",
    ["sk-", "sk-ant-", "eyJ", "eyJ.", "://", "://a:b@", "=", "key=", "token=a1", "Bearer a",
     "-----BEGIN PRIVATE KEY-----", "-----BEGIN A", "0" * 32 + ":", "hooks.slack.com/", "A", "%41"],
)  # fmt: skip
def test_a_text_made_to_be_slow_is_done_in_one_pass(piece: str) -> None:
    # The square of this length would outlast the time limit of the test run many times over.
    text = piece * (400_000 // len(piece))

    redacted = Redactor(["a-value-that-is-not-there"]).redact(text)

    assert len(redacted) <= 2 * len(text)
