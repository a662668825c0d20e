"""The door to one API that the person has set up: one address, and nothing else.

The page client (`egress`) reaches public addresses alone; here the one origin that the person wrote
in their own settings is dialled wherever it lies, in the local network or on this computer too. It
is https, or it does not leave this computer. No redirect is followed, nothing is taken from the
environment, no cookie is kept, and every time and size has a bound. What came of a request is a
value: an answer, or whether the server may have got it.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeAlias
from urllib.parse import quote

import httpx2

from pmagent.errors import FetchError
from pmagent.net.addresses import WebTarget, parse_target
from pmagent.net.exchange import Deadline, Dialler, Exchange, system_dial
from pmagent.net.request import (
    Resolver,
    check_request,
    headers_of,
    resolve_in_time,
    system_resolve,
)

TOTAL_S = 30.0
MOST_BYTES = 10_000_000
DIALLED_ADDRESSES = 4
_ANY_PORT = range(1, 65_536)
_PATH = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~/-]{0,500}")
_JSON = "application/json"
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server said, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    was_cut: bool = False
    """Whether more came than is taken."""


@dataclass(frozen=True, kw_only=True)
class NoReply:
    """Nothing was heard, or not to its end."""

    kind: Literal["not sent", "maybe sent"]
    """`not sent`: not a byte of the request left. `maybe sent`: the server may have done it."""
    message: str
    hint: str = ""


Heard: TypeAlias = Reply | NoReply


class Api:
    """Sends requests below one address. Safe to use from several threads."""

    def __init__(
        self,
        address: str,
        *,
        resolve: Resolver = system_resolve,
        dial: Dialler = system_dial,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`address` is `https://blog.example.org`, with a path where the API lies below one.

        Raises:
            FetchError: it is no address, or one at which others could read along.
        """
        self._base = parse_target(address, ports=_ANY_PORT)
        self._is_local = _is_this_computer(self._base.host)
        if self._base.scheme != "https" and not self._is_local:
            raise FetchError(
                f'"{self._base.origin}" is not used: over http others could read along',
                'give an address that begins with "https://"',
            )
        if "?" in self._base.path_and_query:
            raise FetchError("the address is refused: it has a question mark in it")
        self._resolve = resolve
        self._dial = dial
        self._now = now

    @property
    def host(self) -> str:
        """Without a port, as the rules judge it."""
        return self._base.host

    @property
    def address(self) -> str:
        """For a person to read, without a closing slash."""
        return self._base.origin + self._base.path_and_query.rstrip("/")

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
        body: bytes = b"",
        total_s: float = TOTAL_S,
    ) -> Heard:
        """What came of one request to `path` below the address. It is never sent twice.

        Raises:
            FetchError: the path or a header is not one that could be meant; nothing was sent.
        """
        check_request(method, headers)
        target = self._target(path, query)
        sent: list[bool] = []
        deadline = Deadline(self._now, total_s, what=f'an answer of "{self.host}"')
        try:
            exchange = Exchange(
                target=target,
                addresses=self._addresses(target, deadline),
                dial=self._dial,
                deadline=deadline,
                max_bytes=MOST_BYTES,
                tls=self._tls if target.scheme == "https" else None,
                sending=lambda: sent.append(True),
            )
            answer = exchange.run(method, headers_of(target, _JSON, headers, body, method), body)
        except FetchError as exc:
            kind = "maybe sent" if sent else "not sent"
            return NoReply(kind=kind, message=exc.message, hint=exc.hint)
        return Reply(
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            was_cut=answer.was_cut,
        )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpx2.create_ssl_context(trust_env=False)

    def _target(self, path: str, query: Mapping[str, str]) -> WebTarget:
        if not _PATH.fullmatch(path) or any(part in {".", ".."} for part in path.split("/")):
            raise FetchError(f"the path {path[:60]!a} is refused: it is not a plain one")
        pairs = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in query.items())
        whole = f"{self.address}/{path}{f'?{pairs}' if pairs else ''}"
        return parse_target(whole, ports=(self._base.port,))

    def _addresses(self, target: WebTarget, deadline: Deadline) -> Sequence[str]:
        if target.is_address:
            return (target.host,)
        found = resolve_in_time(self._resolve, target.host, deadline)
        if not self._is_local:
            return found[:DIALLED_ADDRESSES]
        # "localhost" is whatever the system says; in the clear it is only ever this computer.
        local = [address for address in found if _is_this_computer(address)]
        if not local:
            raise FetchError(f'"{target.host}" is not this computer here')
        return local[:DIALLED_ADDRESSES]


def _is_this_computer(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
