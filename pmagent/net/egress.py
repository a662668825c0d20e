"""The one client that reaches the network: it dials what was checked, and nothing else.

A name is resolved once; where any of its addresses is not a public one, nothing is dialled. The
connection goes to the checked address itself, with the name kept for the Host header and the
certificate. Each redirect is a new request and asks again. Nothing is taken from the environment
(no proxies, no .netrc), no cookie is kept, and every wait, size and count has a bound, so that a
page can neither hold us up nor fill the memory. Private to this computer or its network: refused.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import httpx2

from pmagent.errors import FetchError
from pmagent.net.addresses import (
    WEB_PORTS,
    WebTarget,
    check_address,
    follow_target,
    parse_target,
)
from pmagent.net.exchange import Deadline, Dialler, Exchange, system_dial
from pmagent.net.page import Page
from pmagent.net.request import (
    Resolver,
    check_request,
    headers_of,
    resolve_in_time,
    system_resolve,
)

ACCEPT = "text/html, text/markdown, text/plain, application/json;q=0.5"
REDIRECTS = 5
DIALLED_ADDRESSES = 4
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Egress:
    """Fetches pages from public addresses, one at a time. Safe to use from several threads."""

    def __init__(
        self,
        *,
        may_reach: Callable[[str, int], str | None],
        resolve: Resolver = system_resolve,
        dial: Dialler | None = None,
        now: Callable[[], float] = time.monotonic,
        ports: Collection[int] = WEB_PORTS,
        trusts_documentation_addresses: bool = False,
    ) -> None:
        """`may_reach` gives the reason why a host and port are not to be reached, or None.

        It is asked before a name is resolved, for the first address and for each redirect.
        `trusts_documentation_addresses` takes 203.0.113.8 and its like for public addresses.
        """
        self._may_reach = may_reach
        self._resolve = resolve
        self._dial = dial or system_dial
        self._now = now
        self._ports = ports
        self._trusts_documentation = trusts_documentation_addresses
        # Its debug lines hold addresses and the headers of answers.
        logging.getLogger("httpcore2").setLevel(logging.WARNING)

    def trust_also(self, authorities: Path) -> None:
        """Accept certificates of the authorities in this PEM file too, such as a company's own.

        Raises:
            OSError: it cannot be read, or holds no certificate (`ssl.SSLError`).
        """
        self._tls.load_verify_locations(authorities)

    def fetch(  # noqa: PLR0913 - what a request is made of
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] = _NOTHING,
        body: bytes = b"",
        accept: str = ACCEPT,
        max_bytes: int = 5_000_000,
        total_s: float = 30.0,
    ) -> Page:
        """What lies at `url`, whatever the server's status says.

        At most `max_bytes` of the unpacked body are kept and `total_s` seconds spent in all. Up to
        five redirects of GET and HEAD are followed, never from https to http; `headers` go to the
        first server only. Other methods follow none: what is sent is sent where it was approved.

        Raises:
            FetchError: an address or header is refused, the network fails, or time is up.
        """
        deadline = Deadline(self._now, total_s)
        check_request(method, {"Accept": accept, **headers})
        here = parse_target(url, ports=self._ports)
        first, led = here, list[str]()
        while True:
            is_own = here.origin == first.origin
            sent = headers_of(here, accept, headers if is_own else _NOTHING, body, method)
            addresses = self._checked_addresses(here, deadline, is_redirect=bool(led))
            exchange = Exchange(
                target=here, addresses=addresses, dial=self._dial, deadline=deadline,
                max_bytes=max_bytes, tls=self._tls if here.scheme == "https" else None,
            )  # fmt: skip
            answer = exchange.run(method, sent, body)
            if answer.location is None:
                return Page(
                    url=first.url,
                    final_url=here.url,
                    status=answer.status,
                    content_type=answer.content_type,
                    body=answer.body,
                    redirects=tuple(led),
                    was_cut=answer.was_cut,
                )
            here = self._next(here, answer.location, method, len(led))
            led.append(here.url)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpx2.create_ssl_context(trust_env=False)

    def _next(self, here: WebTarget, location: str, method: str, followed: int) -> WebTarget:
        if followed >= REDIRECTS:
            raise FetchError(f'"{here.host}" redirects more than {REDIRECTS} times')
        try:
            there = follow_target(here, location, ports=self._ports)
        except FetchError as exc:
            raise FetchError(f'"{here.host}" redirects, and {exc.message}', exc.hint) from None
        if method not in {"GET", "HEAD"}:
            raise FetchError(
                f'"{here.host}" redirects to "{there.origin}", and what is sent is not sent on',
                "use that address in the settings if it is yours",
            )
        return there

    def _checked_addresses(
        self, target: WebTarget, deadline: Deadline, *, is_redirect: bool
    ) -> Sequence[str]:
        reason = self._may_reach(target.host, target.port)
        if reason is not None:
            led = "the page redirects there, and " if is_redirect else ""
            raise FetchError(f'"{target.host}" is not reached: {led}{reason}')
        if target.is_address:
            addresses: Sequence[str] = (target.host,)
        else:
            addresses = resolve_in_time(self._resolve, target.host, deadline)
        for address in addresses:
            why = check_address(address, trusts_documentation=self._trusts_documentation)
            if why is not None:
                raise FetchError(
                    f'"{target.host}" is not reached: {why}',
                    "only public addresses of the web are fetched",
                )
        return addresses[:DIALLED_ADDRESSES]
