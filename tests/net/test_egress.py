from __future__ import annotations

import contextlib
import gzip
import http.server
import socket
import threading
import time
import zlib
from collections.abc import Callable

import httpcore2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmagent.errors import FetchError
from pmagent.net.egress import Egress, system_dial, system_resolve
from pmagent.net.page import Page
from tests.net.servers import (
    CERTIFICATE,
    PUBLIC,
    Handler,
    Net,
    Web,
    answering,
    anything,
    page,
    public,
    redirect,
    serve,
)

PRIVATE = [
    "127.0.0.1", "127.1", "0x7f000001", "2130706433", "017700000001", "0x7f.1", "0", "0.0.0.0",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[fec0::1]", "[ff02::1]", "[fe80::1]", "localhost", "LOCALHOST.",
    "inner.test", "user@127.0.0.1", "allowed.test@127.0.0.1",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "169.254.169.254",
    "10.0.0.1", "192.168.0.1", "224.0.0.1", "mapped.test", "nat64.test", "mixed.test", "link.test",
]  # fmt: skip
NAMES = {
    "localhost": [["127.0.0.1"]],
    "inner.test": [["10.0.0.7"]],
    "mapped.test": [["::ffff:127.0.0.1"]],
    "nat64.test": [["64:ff9b::7f00:1"]],
    "mixed.test": [[PUBLIC, "127.0.0.1"]],
    "link.test": [["fe80::1%eth0"]],
}


def test_a_public_page_is_fetched_by_its_name_from_the_resolved_address(web: Web) -> None:
    web.routes["/fact"] = page(b"<h1>public fact</h1>", Content_Type="text/html; charset=UTF-8")
    net = Net(ports=frozenset({web.port}))

    fetched = net.client().fetch(f"http://page.test:{web.port}/fact?q=1#part")

    assert fetched == Page(
        url=f"http://page.test:{web.port}/fact?q=1",
        final_url=f"http://page.test:{web.port}/fact?q=1",
        status=200,
        content_type="text/html; charset=utf-8",
        body=b"<h1>public fact</h1>",
    )
    assert (net.resolved, net.dialled) == (["page.test"], [(PUBLIC, web.port)])
    [hit] = web.hits
    assert (hit.method, hit.path) == ("GET", "/fact?q=1")
    assert hit.headers == {
        "Host": f"page.test:{web.port}",
        "User-Agent": "pmagent",
        "Accept": "text/html, text/markdown, text/plain, application/json;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }


@pytest.mark.parametrize("host", PRIVATE)
def test_nothing_private_is_dialled_however_it_is_written(web: Web, host: str) -> None:
    net = Net(names=NAMES, ports=frozenset({web.port}))

    with pytest.raises(FetchError):
        net.client().fetch(f"http://{host}:{web.port}/secret")

    assert (net.dialled, web.hits) == ([], [])


@pytest.mark.parametrize("host", PRIVATE)
def test_a_redirect_to_something_private_is_not_followed(web: Web, host: str) -> None:
    web.routes["/"] = redirect(f"http://{host}:{web.port}/secret")
    net = Net(names=NAMES, ports=frozenset({web.port}))

    with pytest.raises(FetchError):
        net.client().fetch(f"http://page.test:{web.port}/")

    assert [hit.path for hit in web.hits] == ["/"]


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://page.test/_x", "data:text/html,x", "http://", "\x80"],
)
def test_a_redirect_to_what_is_no_web_address_is_refused(web: Web, location: str) -> None:
    web.routes["/"] = redirect(location)

    with pytest.raises(FetchError, match=r'"page.test" redirects, and the address is refused'):
        Net(ports=frozenset({web.port})).client().fetch(f"http://page.test:{web.port}/")


def test_a_name_that_turns_private_is_dialled_at_the_address_that_was_checked(web: Web) -> None:
    web.routes["/"] = page(b"as checked")
    net = Net(names={"rebind.test": [[PUBLIC], ["127.0.0.1"]]}, ports=frozenset({web.port}))
    client = net.client()

    assert client.fetch(f"http://rebind.test:{web.port}/").body == b"as checked"
    with pytest.raises(FetchError, match="this computer"):
        client.fetch(f"http://rebind.test:{web.port}/")

    assert net.dialled == [(PUBLIC, web.port)]


def test_a_name_is_not_resolved_before_it_is_allowed(web: Web) -> None:
    net = Net(refused=frozenset({"a-private-word.evil.test"}), ports=frozenset({web.port}))

    with pytest.raises(FetchError, match="its owner did not say so"):
        net.client().fetch(f"http://a-private-word.evil.test:{web.port}/")

    assert net.resolved == []


def test_a_redirect_to_a_host_without_leave_is_refused_and_named(web: Web) -> None:
    web.routes["/"] = redirect(f"http://elsewhere.test:{web.port}/?a=private-word")
    net = Net(refused=frozenset({"elsewhere.test"}), ports=frozenset({web.port}))

    with pytest.raises(FetchError) as caught:
        net.client().fetch(f"http://page.test:{web.port}/")

    assert caught.value.message == (
        '"elsewhere.test" is not reached: the page redirects there, and its owner did not say so'
    )
    assert net.resolved == ["page.test"]


def test_five_redirects_are_followed_and_told(web: Web) -> None:
    for step in range(6):
        web.routes[f"/{step}"] = redirect(
            f"/{step + 1}", status=[301, 302, 303, 307, 308, 302][step]
        )
    web.routes["/5"] = page(b"there")
    here = f"http://page.test:{web.port}"

    fetched = Net(ports=frozenset({web.port})).client().fetch(f"{here}/0")

    assert (fetched.url, fetched.final_url, fetched.body) == (f"{here}/0", f"{here}/5", b"there")
    assert fetched.redirects == tuple(f"{here}/{step}" for step in range(1, 6))


def test_a_sixth_redirect_is_not_followed(web: Web) -> None:
    web.routes["/"] = redirect("/")

    with pytest.raises(FetchError, match="redirects more than 5 times"):
        Net(ports=frozenset({web.port})).client().fetch(f"http://page.test:{web.port}/")

    assert len(web.hits) == 6


def test_a_redirect_that_names_no_place_is_a_page(web: Web) -> None:
    web.routes["/"] = page(b"choose")
    web.routes["/300"] = lambda handler: handler.answer(b"several", status=300, Location="/")
    web.routes["/302"] = lambda handler: handler.answer(b"nowhere", status=302)
    client = Net(ports=frozenset({web.port})).client()

    assert client.fetch(f"http://page.test:{web.port}/300").body == b"several"
    assert client.fetch(f"http://page.test:{web.port}/302").status == 302


def test_headers_of_the_caller_go_to_the_first_server_alone(web: Web) -> None:
    web.routes["/"] = redirect("/same")
    web.routes["/same"] = redirect(f"http://other.test:{web.port}/")
    net = Net(ports=frozenset({web.port}))
    client = net.client()
    web.routes["/end"] = page(b"end")

    def route(handler: Handler) -> None:
        if handler.headers["Host"].startswith("other"):
            return redirect("/end")(handler)
        return redirect("/same")(handler)

    web.routes["/"] = route
    client.fetch(f"http://page.test:{web.port}/", headers={"Authorization": "OAuth abc"})

    assert [(hit.path, hit.headers.get("Authorization")) for hit in web.hits] == [
        ("/", "OAuth abc"),
        ("/same", "OAuth abc"),
        ("/", None),
        ("/end", None),
    ]


def test_what_is_sent_is_sent_once_and_not_sent_on(web: Web) -> None:
    web.routes["/old"] = redirect("/new", status=307)
    web.routes["/new"] = lambda handler: handler.answer(b"made", status=201)
    client = Net(ports=frozenset({web.port})).client()

    with pytest.raises(FetchError, match="what is sent is not sent on"):
        client.fetch(f"http://page.test:{web.port}/old", method="POST", body=b"draft")
    made = client.fetch(
        f"http://page.test:{web.port}/new", method="POST", body=b"draft",
        headers={"Content-Type": "application/json", "accept": "application/json"},
    )  # fmt: skip

    assert (made.status, made.body) == (201, b"made")
    assert [(hit.path, hit.body) for hit in web.hits] == [("/old", b"draft"), ("/new", b"draft")]
    assert web.hits[1].headers["accept"] == "application/json"
    assert "Accept" not in web.hits[1].headers


def test_no_cookie_is_kept(web: Web) -> None:
    web.routes["/"] = lambda handler: handler.answer(
        b"", status=302, Location="/next", Set_Cookie="id=1; Path=/"
    )
    web.routes["/next"] = page(b"x")
    client = Net(ports=frozenset({web.port})).client()

    client.fetch(f"http://page.test:{web.port}/")
    client.fetch(f"http://page.test:{web.port}/")

    assert not [hit for hit in web.hits if "Cookie" in hit.headers]


def test_nothing_is_taken_from_the_environment(
    web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("person") / "netrc"
    netrc.write_text("machine page.test login a password b\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    web.routes["/"] = page(b"direct")
    net = Net(ports=frozenset({web.port}))

    assert net.client().fetch(f"http://page.test:{web.port}/").body == b"direct"
    assert net.dialled == [(PUBLIC, web.port)]
    assert "Authorization" not in web.hits[0].headers


def test_another_address_of_the_name_is_tried_when_one_is_down(web: Web) -> None:
    web.routes["/"] = page(b"second")
    net = Net(
        names={"page.test": [["203.0.113.1", "203.0.113.2"]]},
        down=frozenset({"203.0.113.1"}),
        ports=frozenset({web.port}),
    )

    assert net.client().fetch(f"http://page.test:{web.port}/").body == b"second"
    assert net.dialled == [("203.0.113.1", web.port), ("203.0.113.2", web.port)]


def test_a_host_that_is_down_is_told_in_words() -> None:
    net = Net(down=frozenset({PUBLIC}))

    with pytest.raises(FetchError) as caught:
        net.client().fetch("http://page.test/")

    assert caught.value.message == '"page.test" cannot be reached: connection refused'


def test_an_unknown_name_is_told_in_words() -> None:
    def resolve(host: str) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    client = Egress(may_reach=anything, resolve=resolve)

    with pytest.raises(
        FetchError, match=r'the name "a.test" is not known: name or service not known'
    ):
        client.fetch("http://a.test/")
    with pytest.raises(FetchError, match="it has no address"):
        Net(names={"a.test": [[]]}).client().fetch("http://a.test/")


def test_a_resolver_that_hangs_does_not_hold_the_request() -> None:
    free = threading.Event()

    def resolve(host: str) -> list[str]:
        free.wait(60)
        return []

    client = Egress(may_reach=anything, resolve=resolve)

    with pytest.raises(FetchError, match="is not resolved in time"):
        client.fetch("http://a.test/", total_s=0.1)
    free.set()


def endless(piece: bytes, **headers: str) -> Callable[[Handler], None]:
    def route(handler: Handler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        while True:
            handler.wfile.write(piece)

    return route


def test_a_body_without_end_is_cut(web: Web) -> None:
    web.routes["/"] = endless(b"x" * 65_536)

    fetched = Net(ports=frozenset({web.port})).client().fetch(f"http://page.test:{web.port}/")

    assert fetched.body == b"x" * 5_000_000
    assert fetched.was_cut


def test_a_body_of_exactly_the_limit_is_whole(web: Web) -> None:
    web.routes["/"] = page(b"12345")
    client = Net(ports=frozenset({web.port})).client()

    whole = client.fetch(f"http://page.test:{web.port}/", max_bytes=5)
    cut = client.fetch(f"http://page.test:{web.port}/", max_bytes=4)

    assert (whole.body, whole.was_cut, cut.body, cut.was_cut) == (b"12345", False, b"1234", True)


def test_a_gzip_bomb_is_stopped_at_the_limit(web: Web) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()
    web.routes["/"] = page(bomb, Content_Encoding="gzip")

    fetched = Net(ports=frozenset({web.port})).client().fetch(f"http://page.test:{web.port}/")

    assert (len(fetched.body), fetched.was_cut) == (5_000_000, True)


def test_a_packed_body_that_never_gives_anything_is_stopped(web: Web) -> None:
    web.routes["/"] = endless(b"\x00\x00\x00\xff\xff" * 10_000, Content_Encoding="deflate")

    fetched = Net(ports=frozenset({web.port})).client().fetch(f"http://page.test:{web.port}/")

    assert (fetched.body, fetched.was_cut) == (b"", True)


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("packing", "body"),
    [
        ("gzip", gzip.compress(b"words " * 1_000)),
        ("X-GZIP", gzip.compress(b"words " * 1_000)),
        ("deflate", zlib.compress(b"words " * 1_000)),
        ("deflate", bare(b"words " * 1_000)),
        ("identity", b"words " * 1_000),
        ("identity, gzip", gzip.compress(b"words " * 1_000)),
        ("gzip", gzip.compress(b"words " * 1_000) + b"left over"),
    ],
    ids=["gzip", "x-gzip", "zlib", "bare", "identity", "identity-gzip", "left-over"],
)
def test_a_packed_body_is_unpacked(web: Web, packing: str, body: bytes) -> None:
    web.routes["/"] = page(body, Content_Encoding=packing)

    fetched = Net(ports=frozenset({web.port})).client().fetch(f"http://page.test:{web.port}/")

    assert (fetched.body, fetched.was_cut) == (b"words " * 1_000, False)


def test_a_packed_body_that_ends_early_is_said_to_be_cut(web: Web) -> None:
    web.routes["/"] = page(gzip.compress(bytes(range(256)) * 50)[:-20], Content_Encoding="gzip")

    fetched = Net(ports=frozenset({web.port})).client().fetch(f"http://page.test:{web.port}/")

    assert fetched.was_cut


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "compress", "a" * 500])
def test_a_body_packed_in_another_way_is_refused(web: Web, packing: str) -> None:
    web.routes["/"] = page(b"x", Content_Encoding=packing)

    with pytest.raises(FetchError, match="packed in a way that is not unpacked here"):
        Net(ports=frozenset({web.port})).client().fetch(f"http://page.test:{web.port}/")


def dripping(*, headers_too: bool) -> Callable[[Handler], None]:
    def route(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"" if headers_too else b"\r\n"))
        for _ in range(600):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    return route


@pytest.mark.parametrize("headers_too", [False, True])
def test_a_server_that_drips_is_left_when_time_is_up(web: Web, headers_too: bool) -> None:
    web.routes["/"] = dripping(headers_too=headers_too)
    client = Net(ports=frozenset({web.port})).client()

    with pytest.raises(FetchError, match=r"did not come within 0\.4 seconds"):
        client.fetch(f"http://page.test:{web.port}/", total_s=0.4)


def test_a_server_that_says_nothing_is_left_when_time_is_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        client = Net(ports=frozenset({port})).client()
        with pytest.raises(FetchError, match=r"did not come within 0\.2 seconds"):
            client.fetch(f"http://page.test:{port}/", total_s=0.2)


def test_a_server_that_takes_nothing_is_left_when_time_is_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        client = Net(ports=frozenset({port})).client()
        with pytest.raises(FetchError, match=r"did not come within 0\.2 seconds"):
            client.fetch(
                f"http://page.test:{port}/", method="POST", body=bytes(50_000_000), total_s=0.2
            )


def test_time_runs_on_over_redirects(web: Web) -> None:
    def slow(handler: Handler) -> None:
        time.sleep(0.15)
        redirect("/")(handler)

    web.routes["/"] = slow
    client = Net(ports=frozenset({web.port})).client()

    with pytest.raises(FetchError, match=r"did not come within 0\.4 seconds"):
        client.fetch(f"http://page.test:{web.port}/", total_s=0.4)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: nine\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\x00: b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 201 + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 20_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip at all",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 4_000,
        b"\x16\x03\x01\x02\x00",
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_an_answer_that_is_none_is_told_in_words(raw: bytes) -> None:
    with answering(raw) as client, pytest.raises(FetchError) as caught:
        client.fetch("http://page.test/")

    assert caught.value.message


def test_a_server_that_only_says_wait_is_left(web: Web) -> None:
    def route(handler: Handler) -> None:
        while True:
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)

    web.routes["/"] = route
    client = Net(ports=frozenset({web.port})).client()

    with pytest.raises(FetchError, match="far more than a page"):
        client.fetch(f"http://page.test:{web.port}/", max_bytes=1_000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\nLocation: "]),
    st.binary(max_size=300) | st.text("\r\n: ;,=1aé\x00\x80/@[", max_size=60).map(str.encode),
)
def test_whatever_a_server_says_gives_a_page_or_a_refusal(start: bytes, rest: bytes) -> None:
    with answering(start + rest) as client, contextlib.suppress(FetchError):
        assert isinstance(client.fetch("http://page.test/", total_s=2.0), Page)


def exceptions_of(module: object) -> list[type[Exception]]:
    found = [value for value in vars(module).values() if isinstance(value, type)]
    return [kind for kind in found if issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", exceptions_of(httpcore2), ids=lambda kind: kind.__name__)
def test_nothing_of_the_http_library_escapes(kind: type[Exception]) -> None:
    def dial(address: str, port: int, timeout_s: float) -> socket.socket:
        raise kind("inner words")

    client = Egress(may_reach=anything, resolve=public, dial=dial)

    with pytest.raises(FetchError) as caught:
        client.fetch("http://page.test/")
    assert "inner words" not in caught.value.message


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "other.test"}, {"host": "x"}, {"Content-Length": "3"}, {"Cookie": "a=b"},
        {"Transfer-Encoding": "chunked"}, {"Connection": "keep-alive"},
        {"Proxy-Authorization": "x"},
        {"X-A": "a\r\nX-B: c"}, {"X-A\r\nX-B": "c"}, {"X A": "b"}, {"": "b"}, {"X-A": "é"},
        {"X-A": " b"}, {"X-A": "\x00"}, {"X-A": "a" * 9_000},
    ],
)  # fmt: skip
def test_headers_that_could_make_another_request_are_refused(headers: dict[str, str]) -> None:
    net = Net()

    with pytest.raises(FetchError, match="header"):
        net.client().fetch("http://page.test/", headers=headers)

    with pytest.raises(FetchError, match="header 'Accept' is refused"):
        net.client().fetch("http://page.test/", accept="a\r\nX: b")
    assert net.dialled == []


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "get", "", "GET / HTTP/1.1\r\nX"])
def test_only_the_requests_of_a_client_are_made(method: str) -> None:
    with pytest.raises(FetchError, match="there is no request"):
        Net().client().fetch("http://page.test/", method=method)


def test_no_message_holds_the_query_or_a_header(web: Web) -> None:
    secret = "hunter2-and-more"
    web.routes["/loop"] = lambda handler: redirect(handler.path)(handler)
    web.routes["/file"] = lambda handler: redirect(f"file:///{secret}")(handler)
    web.routes["/other"] = lambda handler: redirect(f"http://no.test:{web.port}/{secret}")(handler)
    web.routes["/packed"] = page(b"x", Content_Encoding="br")
    web.routes["/hang-up"] = lambda handler: handler.connection.close()
    net = Net(refused=frozenset({"no.test"}), ports=frozenset({web.port}), names=NAMES)
    urls = [f"http://page.test:{web.port}/{path}?key={secret}" for path in ("loop", "file", "other",
            "packed", "hang-up")]  # fmt: skip
    urls += [
        f"http://{host}/?key={secret}"
        for host in ("inner.test", "127.0.0.1", "no.test", "1", "b b")
    ]
    urls += [f"http://u:{secret}@page.test/", f"http://page.test:1/{secret}", f"x://{secret}"]

    for url in urls:
        with pytest.raises(FetchError) as caught:
            net.client().fetch(url, headers={"Authorization": secret}, total_s=2.0)
        told: BaseException | None = caught.value
        while told is not None:
            assert secret not in f"{told} {getattr(told, 'hint', '')}"
            told = told.__cause__


def test_a_page_over_tls_is_asked_for_by_name_and_its_certificate_checked(secure_web: Web) -> None:
    secure_web.routes["/"] = page(b"private on the way")
    client = Net(ports=frozenset({secure_web.port})).client()
    client.trust_also(CERTIFICATE)

    fetched = client.fetch(f"https://page.test:{secure_web.port}/")

    assert fetched.body == b"private on the way"
    assert secure_web.names == ["page.test"]
    assert client.fetch(f"https://{PUBLIC}:{secure_web.port}/").status == 200
    with pytest.raises(FetchError, match=r'the certificate of "other.test" is not valid'):
        client.fetch(f"https://other.test:{secure_web.port}/")


def test_a_certificate_of_an_unknown_authority_is_refused(secure_web: Web) -> None:
    with pytest.raises(FetchError, match=r'the certificate of "page.test" is not valid'):
        Net(ports=frozenset({secure_web.port})).client().fetch(
            f"https://page.test:{secure_web.port}/"
        )

    assert secure_web.hits == []


def test_https_is_never_left_for_http(web: Web, secure_web: Web) -> None:
    secure_web.routes["/"] = redirect(f"http://page.test:{web.port}/")
    web.routes["/"] = redirect(f"https://page.test:{secure_web.port}/end")
    secure_web.routes["/end"] = page(b"up is fine")
    client = Net(ports=frozenset({web.port, secure_web.port})).client()
    client.trust_also(CERTIFICATE)

    with pytest.raises(FetchError, match="it leads from https to http"):
        client.fetch(f"https://page.test:{secure_web.port}/")
    assert web.hits == []
    assert client.fetch(f"http://page.test:{web.port}/").body == b"up is fine"


def test_tls_is_not_spoken_to_a_server_that_does_not(web: Web) -> None:
    with pytest.raises(FetchError, match="cannot be reached"):
        Net(ports=frozenset({web.port})).client().fetch(f"https://page.test:{web.port}/")


def test_the_system_answers_and_dials_addresses() -> None:
    assert "127.0.0.1" in system_resolve("localhost") or "::1" in system_resolve("localhost")
    with pytest.raises(OSError, match=r".+"):
        system_resolve("no-such-name.invalid")
    with serve() as web, system_dial("127.0.0.1", web.port, 2.0) as connection:
        assert connection.getpeername() == ("127.0.0.1", web.port)


def test_an_unspoiled_client_reaches_no_server_of_this_computer() -> None:
    heard: list[str] = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)

    with http.server.HTTPServer(("127.0.0.1", 0), Ear) as server:
        client = Egress(may_reach=anything, ports={server.server_port})
        for host in ("localhost", "127.0.0.1", "[::1]"):
            with pytest.raises(FetchError, match="is not reached"):
                client.fetch(f"http://{host}:{server.server_port}/")
    assert heard == []
