from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.errors import FetchError
from pmagent.net.addresses import WebTarget, check_address, follow_target, parse_target

PUBLIC = ["93.184.216.34", "8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::200e"]
NOT_PUBLIC = [
    "127.0.0.1", "127.255.255.255", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1",
    "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.100.100.200", "169.254.169.254",
    "169.254.1.1", "168.63.129.16", "192.0.0.8", "192.0.0.9", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:4136:e378::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
    "2002:7f00:1::", "2002:0a00:0001::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "4000::1",
    "", "localhost", "127.1", "0177.0.0.1", "①②⑦.0.0.1", "1.2.3.4.5", "[::1]",
]  # fmt: skip
NUMBERS = [
    "127.1", "127.0.1", "0x7f000001", "0X7F000001", "2130706433", "017700000001", "0x7f.1",
    "0x7f.0x0.0x0.0x1", "0177.0.0.1", "127.0.0.01", "0", "00", "0x", "1", "127.0.0.1..",
    "256.256.256.256", "1.2.3.4.5", "127.0.0.0x1", "0x7f.1.", "4294967296", "example.1",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "１２７.0.0.1", "²¹³", "0ⅹ7f.1",
]  # fmt: skip
BAD = [
    "", "example.com", "//example.com/", "http:/example.com", "http:example.com", "http://",
    "http:///etc/passwd", "https://:80/", "http://user@example.com/",
    "http://user:pass@example.com/", "http://example.com@127.0.0.1/", "http://@example.com/",
    "http://example.com%2f@127.0.0.1/", "http://example.com\\@127.0.0.1/", "http:\\\\example.com",
    "http://example.com\\", " http://example.com/", "http://example.com/ ",
    "http://example.com/a b",
    "http://exa mple.com/", "http://example.com/\r\nHost: a", "http://example.com/\x00",
    "http://exa\tmple.com/", "http://example.com\u2028/", "http://exam\u200bple.com/",
    "http://example.com/\u202e", "http://exa\u00admple.com/", "http://example.com:99999/",
    "http://example.com:0/", "http://example.com:80:80/", "http://example.com:8o/",
    "http://example.com:-1/", "http://example.com:+80/", "http://example.com:８０/",
    "http://[::1", "http://::1/", "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/",
    "http://[127.0.0.1]/", "http://[::1]x/", "http://[[::1]]/", "http://[v1.x]/", "http://a..b/",
    "http://.example.com/", "http://-a.com/", "http://%31%32%37.0.0.1/", "http://127.0.0.1%00.a.b/",
    "http://exa_mple!.com/", "http://a,b/", "http://*.example.com/", "http://" + "a" * 64 + ".com/",
    "http://" + "a." * 127 + "com/", "http://\ud800.com/", "http://xn--\u00e4.com/",
    "https://example.com/" + "a" * 9_000,
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_dialled(address: str) -> None:
    assert check_address(address) is None


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_every_other_address_is_refused_with_a_reason(address: str) -> None:
    assert check_address(address)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_what_is_taken_for_public_is_so_for_the_standard_library_too(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if check_address(str(address)) is None:
        meant = getattr(address, "ipv4_mapped", None) or address
        assert meant.is_global
        assert not meant.is_multicast


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_in_all_its_mapped_spellings(
    address: ipaddress.IPv4Address,
) -> None:
    verdict = check_address(str(address))

    assert check_address(f"::ffff:{address}") == verdict
    assert check_address(f"::FFFF:{address.packed.hex(':', 2)}") == verdict


def test_example_addresses_are_public_only_when_that_is_asked_for() -> None:
    for address in ("203.0.113.8", "198.51.100.7", "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"):
        assert check_address(address) is not None
        assert check_address(address, trusts_documentation=True) is None
    for address in ("127.0.0.1", "10.1.1.1", "64:ff9b::203.0.113.8", "::1"):
        assert check_address(address, trusts_documentation=True) is not None


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (
            "https://Example.COM/a/b?c=d#e",
            WebTarget(
                scheme="https", host="example.com", port=443, path_and_query="/a/b?c=d",
                shown="https://example.com/a/b?…", is_punycode=False,
            ),
        ),
        (
            "HTTP://example.com.",
            WebTarget(
                scheme="http", host="example.com", port=80, path_and_query="/",
                shown="http://example.com/", is_punycode=False,
            ),
        ),
        (
            "https://bücher.example/straße?q=ä",
            WebTarget(
                scheme="https", host="xn--bcher-kva.example", port=443,
                path_and_query="/stra%C3%9Fe?q=%C3%A4",
                shown="https://xn--bcher-kva.example/stra%C3%9Fe?…", is_punycode=True,
            ),
        ),
        (
            "http://8.8.8.8:443/",
            WebTarget(
                scheme="http", host="8.8.8.8", port=443, path_and_query="/",
                shown="http://8.8.8.8:443/", is_punycode=False, is_address=True,
            ),
        ),
        (
            "https://[2606:4700:0:0::1111]:80?x",
            WebTarget(
                scheme="https", host="2606:4700::1111", port=80, path_and_query="/?x",
                shown="https://[2606:4700::1111]:80/?…", is_punycode=False, is_address=True,
            ),
        ),
        (
            'https://a_b.example.com:/%7Euser/"quoted"',
            WebTarget(
                scheme="https", host="a_b.example.com", port=443,
                path_and_query="/%7Euser/%22quoted%22",
                shown="https://a_b.example.com/%7Euser/%22quoted%22", is_punycode=False,
            ),
        ),
        (
            "http://127.0.0.1#@allowed.test/",
            WebTarget(
                scheme="http", host="127.0.0.1", port=80, path_and_query="/",
                shown="http://127.0.0.1/", is_punycode=False, is_address=True,
            ),
        ),
        (
            "http://allowed.test/@127.0.0.1/:80?@b",
            WebTarget(
                scheme="http", host="allowed.test", port=80,
                path_and_query="/@127.0.0.1/:80?@b", shown="http://allowed.test/@127.0.0.1/:80?…",
                is_punycode=False,
            ),
        ),
    ],
)  # fmt: skip
def test_an_address_is_read_into_its_parts(url: str, target: WebTarget) -> None:
    assert parse_target(url) == target


@pytest.mark.parametrize("host", NUMBERS)
def test_a_host_that_a_resolver_takes_for_a_number_is_refused(host: str) -> None:
    with pytest.raises(FetchError, match="the address is refused"):
        parse_target(f"http://{host}/secret")


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_can_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(FetchError, match="the address is refused"):
        parse_target(url)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://h:70/_x", "ftp://h/", "data:text/html,x", "javascript:x",
     "ws://h/", "dict://h:11211/", "ldap://h/", "jar:http://h!/", "view-source:http://h/"],
)  # fmt: skip
def test_other_schemes_are_refused_by_name(url: str) -> None:
    with pytest.raises(FetchError, match=f'not "{url.partition(":")[0]}"'):
        parse_target(url)


def test_ports_beside_those_of_the_web_need_a_grant() -> None:
    for port in (22, 25, 6379, 8080, 65_535):
        with pytest.raises(FetchError, match=f"port {port} is not granted"):
            parse_target(f"http://example.com:{port}/")

    assert parse_target("http://example.com:8080/", ports={8080}).port == 8080


@given(st.text("0123456789abcdefxX.", min_size=1, max_size=20))
def test_no_spelling_of_a_number_leads_elsewhere_than_it_is_judged(host: str) -> None:
    try:
        means = socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return
    try:
        target = parse_target(f"http://{host}/")
    except FetchError:
        return
    assert target.is_address
    assert target.host == means


@given(
    st.text(max_size=40)
    | st.text("ab0.:/@[]?#\\%x-。①\u200b\x00 ", max_size=30).map("http://".__add__)
)
def test_any_text_is_refused_or_read_to_the_same_parts_again(text: str) -> None:
    try:
        target = parse_target(text)
    except FetchError:
        return
    assert parse_target(target.url) == target
    assert target.url.isascii()
    assert target.url.isprintable()
    assert target.scheme in {"http", "https"}


def test_what_is_shown_holds_no_query_and_no_key() -> None:
    target = parse_target(
        "https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/c0ffeec0ffeec0ffeec0ffee?token=hunter2"
    )

    assert target.host == "hooks.slack.com"
    assert "c0ffee" not in target.shown
    assert "hunter2" not in target.shown
    assert len(parse_target("https://a.example/" + "b" * 8_000).shown) < 300


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("https://b.example/x", "https://b.example/x"),
        ("//b.example/x", "https://b.example/x"),
        ("/x?y", "https://a.example/x?y"),
        ("x", "https://a.example/one/x"),
        ("?z", "https://a.example/one/two?z"),
        ("../up", "https://a.example/up"),
        ("../../../up/./a/..", "https://a.example/up/"),
        ("#part", "https://a.example/one/two?three"),
        ("", "https://a.example/one/two?three"),
        ("x?../..", "https://a.example/one/x?../.."),
    ],
)
def test_a_redirect_is_joined_to_where_it_came_from(location: str, leads_to: str) -> None:
    base = parse_target("https://a.example/one/two?three")

    assert follow_target(base, location).url == leads_to


@pytest.mark.parametrize(
    "location",
    ["http://a.example/", "file:///etc/passwd", "//user@b.example/", "/\\b.example/",
     "javascript:x",
     "///etc", "https:b.example", "https://127.1/", "/a b", "\r\nX: y"],
)  # fmt: skip
def test_a_redirect_away_from_https_or_the_web_is_refused(location: str) -> None:
    with pytest.raises(FetchError):
        follow_target(parse_target("https://a.example/"), location)
