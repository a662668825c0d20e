"""What identifies a person is found, what only looks like it is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.hooks.personal_data import find_personal, mask


def masked(text: str, *regions: str, published: tuple[str, ...] = ()) -> str:
    pieces = find_personal(text, regions=regions or ("US", "GB"), published=published)
    return mask(text, pieces)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write to ana.b+list@mail.example.org.", "write to [e-mail]."),
        ("<a href='mailto:ana@example.com'>Ana</a>", "<a href='mailto:[e-mail]'>Ana</a>"),
        ("ana&#64;example.com, ana%40example.com", "[e-mail], [e-mail]"),
        ("jörg@exämple.de", "[e-mail]"),
        ("call +44 20 7946 0018 today", "call [phone] today"),
        ("+1 (555) 123-4567", "[phone]"),
        ("+49-30-901820", "[phone]"),
        ("0044 20 7946 0018", "[phone]"),
        ("(555) 123-4567 or 555.123.4567", "[phone] or [phone]"),
        ("020 7946 0018", "[phone]"),
        ("my number: tel. 555-0123", "my number: tel. [phone]"),
        ("WhatsApp 5551234567", "WhatsApp [phone]"),
        ("pay GB82 WEST 1234 5698 7654 32 please", "pay [IBAN] please"),
        ("IBAN:DE89370400440532013000.", "IBAN:[IBAN]."),
        ("card 4111 1111 1111 1111 until 12/27", "card [card] until 12/27"),
        ("5500-0000-0000-0004", "[card]"),
        ("378282246310005", "[card]"),
        ("SSN 536-90-4399", "SSN [national id]"),
        ("NI number AB 12 34 56 C", "NI number [national id]"),
        ("2 95 10 99 126 111 93", "[national id]"),
        ("DNI 54362315K", "DNI [national id]"),
        ("RSSMRA85T10A562S", "[national id]"),
        ("CPF 390.533.447-05", "CPF [national id]"),
        ("AHV 756.9217.0769.85", "AHV [national id]"),
        ("BSN 111222333", "BSN [national id]"),
    ],
)
def test_what_identifies_a_person_is_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "on 2026-10-19 at 14:03, again 19.10.2026 and 10/19/2026",
        "2026-10-19 14:03:22.123456+02:00",
        "00:12:44 --> 00:12:51.500",
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nhello",
        "[00:12:44] so we said",
        "episode 041, ep. 1234567, S02E05, #1234567",
        "version 1.21.4, 10.0.26100.4061, v2026.10.19, python 3.11.2",
        "ISBN 978-0-306-40615-7, ISBN-10: 0-306-40615-2, 9780306406157",
        "192.168.100.200 and 2001:db8:85a3::8a2e:370:7334",
        "between 1990-2000 and 2001–2010 we sold 1 000 000 and 12.345.678 of them",
        "revenue 1,234,567.89 on 12 345 678 visits",
        "5e8400e2-e29b-41d4-a716-446655440000",
        "sha 3f786850e387550fdab836ed7e6dc881de23001b",
        "https://example.com/watch?v=1234567890&t=5551234567",
        "order id=5551234567 took 1700000000 ms at 1760880000000",
        "lat 40.712776 lon -74.005974",
        "doi 10.1000/182 and arXiv:2503.18813",
        "logo@2x.png, lodash@4.17.21, @ana, ana@localhost, git@github.com:o/r.git",
        "3.14159265358979 and 6.02214076e23",
        "4539148803436468 is no card",
        "GB00 WEST 1234 5698 7654 32 is no account",
        "12345678A is no id, nor 000-12-3456",
        "prices: 99 100 101 102 103 104",
        "1920x1080, 4:3, 24/7, 9-5",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert masked(text) == text


def test_a_country_reads_numbers_its_own_way() -> None:
    assert masked("06 12 34 56 78", "FR") == "[phone]"
    assert masked("044 668 18 00", "CH") == "[phone]"


def test_what_a_person_has_published_stays() -> None:
    published = ("Hello@Example.com", "@show.example", "+44 20 7946 0018")
    text = "hello@example.com, guest@show.example, 020 7946 0018, +442079460018, ana@example.com"

    assert masked(text, published=published) == (
        "hello@example.com, guest@show.example, 020 7946 0018, +442079460018, [e-mail]"
    )


@given(st.text(alphabet="0123456789 +-().@abc:/é\n", max_size=200))
def test_finds_are_in_order_inside_the_text_and_apart(text: str) -> None:
    pieces = find_personal(text)

    ends = [0]
    for piece in pieces:
        assert ends[-1] <= piece.start < piece.end <= len(text)
        ends.append(piece.end)
    assert len(find_personal(mask(text, pieces))) <= len(pieces)


@pytest.mark.parametrize(
    "unit",
    [
        "AB12a1b2c3",
        "a'",
        "a@",
        "a.b@c.",
        "4111 1111 ",
        "1-",
        "+1 555 ",
        "GB82 WEST ",
        "&#64;",
        "0 ",
    ],
)
def test_a_long_text_of_any_making_is_read_in_time(unit: str) -> None:
    text = unit * (40_000 // len(unit))
    began = time.process_time()

    find_personal(text)

    assert time.process_time() - began < 8
