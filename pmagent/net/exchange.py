"""One request to one server: to addresses that were checked, within a time and a size.

The connection is told where to go by address; the name stays for the Host header and the
certificate. Whatever goes wrong comes out as a `FetchError`: nothing of the HTTP library escapes.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TypeAlias

import httpcore2

from pmagent.errors import FetchError
from pmagent.net.addresses import WebTarget
from pmagent.net.inflate import Inflater, packing_of
from pmagent.paths import reason_of

Dialler: TypeAlias = Callable[[str, int, float], socket.socket]
"""A connection to (address, port) within so many seconds; OSError where there is none."""

CONNECT_S = 10.0
MOST_HEADERS = 200
_SPARE_BYTES = 300_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BROKEN = (
    httpcore2.ConnectionNotAvailable,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.TimeoutException,
    httpcore2.UnsupportedProtocol,
)


def system_dial(address: str, port: int, timeout_s: float) -> socket.socket:
    """A connection to exactly this address.

    Raises:
        OSError: there is none within `timeout_s` seconds.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_s)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect((address, port))
    except OSError:
        connection.close()
        raise
    return connection


class Deadline:
    """The end of a request, kept through all its steps."""

    def __init__(self, now: Callable[[], float], total_s: float, *, what: str = "the page") -> None:
        self._now = now
        self._what = what
        self._end = now() + total_s
        self._total_s = total_s

    def left(self, most: float | None = None) -> float:
        """Seconds left, at most `most`.

        Raises:
            FetchError: none.
        """
        left = self._end - self._now()
        if left <= 0:
            raise self.over()
        return left if most is None else min(left, most)

    def over(self) -> FetchError:
        """What to raise when a wait ended with it."""
        return FetchError(
            f"{self._what} did not come within {self._total_s:g} seconds", "try again"
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one server said."""

    status: int
    content_type: str
    location: str | None
    """Where it sends us on; None where this is the page."""
    body: bytes
    was_cut: bool
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """By their names in lower case; of one that comes twice the first."""


def unnoticed() -> None:
    """Nobody wants to know when a request begins to leave."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request to one server and its answer, over a connection of its own."""

    target: WebTarget
    addresses: Sequence[str]
    dial: Dialler
    deadline: Deadline
    max_bytes: int
    tls: ssl.SSLContext | None
    sending: Callable[[], None] = unnoticed
    """Called before bytes of the request itself leave; until then the server has none of it."""

    def run(self, method: str, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> Answer:
        """Send and read.

        Raises:
            FetchError: it fails, in any way.
        """
        target = self.target
        host = target.host.encode("ascii")
        request = httpcore2.Request(
            method,
            httpcore2.URL(
                scheme=target.scheme.encode("ascii"),
                host=host,
                port=target.port,
                target=target.path_and_query.encode("ascii"),
            ),
            headers=headers,
            content=body,
        )
        backend = _PinnedBackend(
            self.addresses,
            self.dial,
            _Watch(self.deadline, self.sending),
            2 * self.max_bytes + _SPARE_BYTES,
        )
        connection = httpcore2.HTTPConnection(
            httpcore2.Origin(target.scheme.encode("ascii"), host, target.port),
            ssl_context=self.tls,
            network_backend=backend,
        )
        try:
            with contextlib.closing(connection):
                return self._answer(connection.handle_request(request))
        except httpcore2.TimeoutException as exc:
            raise FetchError(f'"{target.host}" does not answer in time', "try again") from exc
        except ssl.SSLCertVerificationError as exc:
            raise FetchError(
                f'the certificate of "{target.host}" is not valid: {exc.verify_message}'
            ) from exc
        except OSError as exc:
            raise FetchError(f'"{target.host}" cannot be reached: {words_of(exc)}') from exc
        except _BROKEN as exc:
            raise FetchError(f'"{target.host}" does not answer as a web server does') from exc

    def _answer(self, response: httpcore2.Response) -> Answer:
        if len(response.headers) > MOST_HEADERS:
            raise FetchError(f'"{self.target.host}" sends more than {MOST_HEADERS} headers')
        said = {name.lower(): value for name, value in reversed(response.headers)}
        headers = {name.decode("latin-1"): text.decode("latin-1") for name, text in said.items()}
        location = said.get(b"location") if response.status in _REDIRECTS else None
        if location is not None:
            return Answer(
                status=response.status, content_type="", location=_location(location), body=b"",
                was_cut=False, headers=headers,
            )  # fmt: skip
        body, was_cut = self._body(response, said.get(b"content-encoding", b"").decode("latin-1"))
        return Answer(
            status=response.status,
            content_type=said.get(b"content-type", b"").decode("latin-1")[:200].strip().lower(),
            location=None,
            body=body,
            was_cut=was_cut,
            headers=headers,
        )

    def _body(self, response: httpcore2.Response, encoding: str) -> tuple[bytes, bool]:
        inflater = Inflater(packing_of(encoding))
        body = bytearray()
        arrived = 0
        for piece in response.iter_stream():
            self.deadline.left()
            arrived += len(piece)
            body += inflater.feed(piece, self.max_bytes + 1 - len(body))
            if len(body) > self.max_bytes or arrived > self.max_bytes:
                return bytes(body[: self.max_bytes]), True
        return bytes(body), not (inflater.is_whole or arrived == 0)


@dataclass(frozen=True)
class _Watch:
    """What is watched on a connection: the time, and the first byte that leaves."""

    deadline: Deadline
    sending: Callable[[], None]


class _PinnedBackend(httpcore2.NetworkBackend):
    """Connects to addresses that were checked, whatever name it is asked for."""

    def __init__(
        self, addresses: Sequence[str], dial: Dialler, watch: _Watch, most_bytes: int
    ) -> None:
        self._addresses = addresses
        self._dial = dial
        self._watch = watch
        self._deadline = watch.deadline
        self._most_bytes = most_bytes

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - resolved and checked already
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline is kept here
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        budget_s = self._deadline.left(CONNECT_S)
        failure: OSError = OSError("it has no address")
        for place, address in enumerate(self._addresses):
            share_s = budget_s / (len(self._addresses) - place)
            try:
                connection = self._dial(address, port, self._deadline.left(share_s))
            except OSError as exc:
                failure = exc
                continue
            return _BoundedStream(connection, self._watch, self._most_bytes)
        raise failure


class _BoundedStream(httpcore2.NetworkStream):
    """A connection whose every wait ends with the deadline and whose bytes are counted."""

    def __init__(self, connection: socket.socket, watch: _Watch, most_bytes: int) -> None:
        self._connection = connection
        self._watch = watch
        self._deadline = watch.deadline
        self._bytes_left = most_bytes

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        self._connection.settimeout(self._deadline.left())
        try:
            data = self._connection.recv(max_bytes)
        except TimeoutError:
            raise self._deadline.over() from None
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise FetchError("the server sends far more than a page")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._watch.sending()
        rest = memoryview(buffer)
        while rest:
            self._connection.settimeout(self._deadline.left())
            try:
                sent = self._connection.send(rest)
            except TimeoutError:
                raise self._deadline.over() from None
            except OSError as exc:
                # A server may answer and hang up before it has taken all: its answer is still read.
                raise httpcore2.WriteError from exc
            rest = rest[sent:]

    def close(self) -> None:
        self._connection.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        self._connection.settimeout(self._deadline.left(CONNECT_S))
        with ExitStack() as undo:
            undo.callback(self.close)
            secured = ssl_context.wrap_socket(self._connection, server_hostname=server_hostname)
            undo.pop_all()
        return _BoundedStream(secured, self._watch, self._bytes_left)


def _location(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def words_of(exc: OSError) -> str:
    """What the system says went wrong."""
    return "it took too long" if isinstance(exc, TimeoutError) else reason_of(exc)
