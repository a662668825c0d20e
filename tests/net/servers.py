"""Web servers on loopback, and a client that takes example addresses for them."""

from __future__ import annotations

import contextlib
import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pmagent.net.egress import Egress

PUBLIC = "203.0.113.8"
"""Reserved for examples: the client of these tests takes it for a public address."""
CERTIFICATE = Path(__file__).parent / "page_test.pem"
"""For `page.test` and PUBLIC, signed by itself, made for these tests, good until 2126."""

Route = Callable[["Handler"], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by the routes of its server and keeps what was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        length = int(self.headers.get("Content-Length", 0))
        web.hits.append(
            Hit(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
        )
        route = web.routes.get(self.path.partition("?")[0])
        self.close_connection = True
        try:
            if route is None:
                self.answer(b"not here", status=404)
            else:
                route(self)
        except OSError:
            pass  # the client has heard enough

    do_POST = do_HEAD = do_PUT = do_GET  # noqa: N815 - the names http.server looks for

    def answer(self, body: bytes = b"", *, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@dataclass
class Hit:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Web:
    """One server: what it serves, what it was asked, where it listens."""

    routes: dict[str, Route] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """The server names that clients asked for in TLS."""
    port: int = 0


def page(body: bytes, **headers: str) -> Route:
    return lambda handler: handler.answer(body, **headers)


def redirect(location: str, status: int = 302) -> Route:
    return lambda handler: handler.answer(b"", status=status, Location=location)


@contextmanager
def serve(*, tls: bool = False) -> Iterator[Web]:
    web = Web()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.web = web  # type: ignore[attr-defined]
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        context.sni_callback = lambda _, name, __: web.names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
    web.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Net:
    """A client of a net of its own: what it resolves and dials, and what it did."""

    names: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    """Answers of the resolver, call by call, the last one for ever; others lead to PUBLIC."""
    ports: frozenset[int] = frozenset()
    refused: frozenset[str] = frozenset()
    resolved: list[str] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)
    down: frozenset[str] = frozenset()
    """Addresses that nobody answers at."""
    total_s: float = 30.0

    def resolve(self, host: str) -> Sequence[str]:
        self.resolved.append(host)
        answers = self.names.get(host, [[PUBLIC]])
        return answers[min(self.resolved.count(host), len(answers)) - 1]

    def dial(self, address: str, port: int, timeout_s: float) -> socket.socket:
        self.dialled.append((address, port))
        if address in self.down:
            raise ConnectionRefusedError(111, "Connection refused")
        return socket.create_connection(("127.0.0.1", port), timeout_s)

    def may_reach(self, host: str, port: int) -> str | None:  # noqa: ARG002
        return "its owner did not say so" if host in self.refused else None

    def client(self) -> Egress:
        return Egress(
            may_reach=self.may_reach,
            resolve=self.resolve,
            dial=self.dial,
            ports=self.ports | {80, 443},
            trusts_documentation_addresses=True,
        )


def anything(host: str, port: int) -> str | None:
    """Every host may be reached."""


def public(host: str) -> Sequence[str]:
    """Every name leads to one public address."""
    return ["9.9.9.9"]


@contextmanager
def answering(raw: bytes) -> Iterator[Egress]:
    """A client whose every server says exactly `raw` and hangs up."""
    threads: list[threading.Thread] = []

    def dial(address: str, port: int, timeout_s: float) -> socket.socket:
        ours, theirs = socket.socketpair()
        threads.append(threading.Thread(target=say, args=(theirs,)))
        threads[-1].start()
        return ours

    def say(theirs: socket.socket) -> None:
        with theirs, contextlib.suppress(OSError):
            theirs.sendall(raw)
            theirs.shutdown(socket.SHUT_WR)
            while theirs.recv(65_536):
                pass

    yield Egress(may_reach=anything, resolve=public, dial=dial)
    for thread in threads:
        thread.join(5)
