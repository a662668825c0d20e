"""The door to one API: one origin, no way round it, and what came of a request as a value."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pmagent.errors import FetchError
from pmagent.net.api import Api, NoReply, Reply
from tests.net.servers import Web, page, redirect, serve


def test_a_request_goes_below_the_address_and_its_answer_is_a_value(web: Web) -> None:
    web.routes["/blog/api/posts/"] = lambda handler: handler.answer(
        b'{"a": 1}', status=422, Content_Type="application/json", Retry_After="3"
    )
    api = Api(f"http://127.0.0.1:{web.port}/blog/")

    heard = api.send(
        "POST", "api/posts/", query={"filter": "a:b,c:[x&y]"}, headers={"X-Key": "k"}, body=b"{}"
    )

    assert isinstance(heard, Reply)
    assert (heard.status, heard.body, heard.headers["retry-after"]) == (422, b'{"a": 1}', "3")
    [hit] = web.hits
    assert (hit.method, hit.path) == ("POST", "/blog/api/posts/?filter=a%3Ab%2Cc%3A%5Bx%26y%5D")
    assert (hit.body, hit.headers["X-Key"], hit.headers["Accept"]) == (
        b"{}", "k", "application/json",
    )  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "http://blog.example.org", "http://192.168.1.9:2368", "http://10.0.0.1", "ftp://a.test",
        "file:///etc/passwd", "https://me@blog.example.org", "https://127.1", "blog.example.org",
        "http://169.254.169.254", "https://blog.example.org?x=1",
    ],
)  # fmt: skip
def test_an_address_at_which_others_could_read_along_is_refused(address: str) -> None:
    with pytest.raises(FetchError):
        Api(address)


@pytest.mark.parametrize(
    "path", ["/etc", "../x", "a/../b", "a/./b", "a b", "a?b", "a#b", "//evil.test/x", "a\\b", ""]
)
def test_no_path_leads_elsewhere(web: Web, path: str) -> None:
    with pytest.raises(FetchError, match="not a plain one"):
        Api(f"http://127.0.0.1:{web.port}").send("GET", path)
    assert web.hits == []


def test_a_header_that_would_say_more_is_refused(web: Web) -> None:
    api = Api(f"http://127.0.0.1:{web.port}")

    for headers in ({"X": "a\r\nY: b"}, {"Host": "evil.test"}, {"Cookie": "a=b"}):
        with pytest.raises(FetchError):
            api.send("GET", "x", headers=headers)
    assert web.hits == []


def test_a_redirect_is_an_answer_and_is_not_followed(web: Web) -> None:
    web.routes["/a"] = redirect("https://evil.test/", 301)

    heard = Api(f"http://127.0.0.1:{web.port}").send("POST", "a", body=b"secret")

    assert isinstance(heard, Reply)
    assert (heard.status, heard.headers["location"]) == (301, "https://evil.test/")
    assert len(web.hits) == 1


def test_a_name_of_this_computer_leads_to_this_computer_alone(web: Web) -> None:
    dialled: list[str] = []

    def dial(address: str, port: int, timeout_s: float) -> socket.socket:
        dialled.append(address)
        return socket.create_connection(("127.0.0.1", port), timeout_s)

    web.routes["/a"] = page(b"ok")
    found = Api(
        f"http://localhost:{web.port}", dial=dial,
        resolve=lambda _: ["93.184.216.34", "127.0.0.1"],
    ).send("GET", "a")  # fmt: skip
    stray = Api(
        f"http://localhost:{web.port}", dial=dial, resolve=lambda _: ["93.184.216.34"]
    ).send("GET", "a")

    assert isinstance(found, Reply)
    assert stray == NoReply(kind="not sent", message='"localhost" is not this computer here')
    assert dialled == ["127.0.0.1"]


def test_the_environment_has_no_say(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    web.routes["/a"] = page(b"ok")

    assert isinstance(Api(f"http://127.0.0.1:{web.port}").send("GET", "a"), Reply)


@contextmanager
def raw_server(*, reads: bool) -> Iterator[tuple[int, list[bytes]]]:
    """Takes one connection, reads what comes or nothing, and hangs up without a word."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve_one() -> None:
            connection, _ = server.accept()
            with connection:
                if reads:
                    heard.append(connection.recv(65_536))

        thread = threading.Thread(target=serve_one)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(5)


def test_silence_after_the_request_left_may_mean_that_it_was_done() -> None:
    with raw_server(reads=True) as (port, heard):
        found = Api(f"http://127.0.0.1:{port}").send("POST", "a", body=b"x")

    assert isinstance(found, NoReply)
    assert found.kind == "maybe sent"
    assert heard[0].startswith(b"POST /a HTTP/1.1")


def test_a_port_at_which_nobody_listens_got_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    found = Api(f"http://127.0.0.1:{port}").send("POST", "a", body=b"x")

    assert isinstance(found, NoReply)
    assert found.kind == "not sent"


def test_a_name_that_is_not_known_got_nothing() -> None:
    def unknown(host: str) -> list[str]:
        raise OSError(f"no such name: {host}")

    found = Api("https://blog.example.org", resolve=unknown).send("POST", "a")

    assert isinstance(found, NoReply)
    assert found.kind == "not sent"


def test_a_certificate_that_is_not_valid_keeps_the_request_here() -> None:
    with serve(tls=True) as web:
        found = Api(f"https://127.0.0.1:{web.port}").send("POST", "a", body=b"secret")

    assert isinstance(found, NoReply)
    assert (found.kind, web.hits) == ("not sent", [])
    assert "certificate" in found.message


def test_an_answer_that_takes_too_long_is_given_up(web: Web) -> None:
    let_go = threading.Event()
    web.routes["/slow"] = lambda handler: (let_go.wait(5), handler.answer(b"late"))[0]

    found = Api(f"http://127.0.0.1:{web.port}").send("POST", "slow", total_s=0.2)
    let_go.set()

    assert isinstance(found, NoReply)
    assert found.kind == "maybe sent"
    assert 'an answer of "127.0.0.1" did not come within 0.2 seconds' in found.message


def test_an_answer_without_end_is_cut(web: Web) -> None:
    web.routes["/big"] = page(b"x" * 10_000_050)

    found = Api(f"http://127.0.0.1:{web.port}").send("GET", "big")

    assert isinstance(found, Reply)
    assert (found.was_cut, len(found.body)) == (True, 10_000_000)
