"""Fetches a page whose host was approved; a redirect to another needs a rule of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pmagent.net.addresses import parse_target
from pmagent.types.actions import Request

if TYPE_CHECKING:
    from pmagent.net.egress import Dialler, Resolver
    from pmagent.net.page import Page
    from pmagent.permissions.policy import Policy

FETCH_S = 20.0
"""Seconds a page may take in all: a person waits for it."""


@dataclass(frozen=True, kw_only=True)
class Fetcher:
    """Fetches pages as the rules of the moment allow."""

    policy: Callable[[], Policy]
    ports: frozenset[int]
    resolve: Resolver | None = None
    dial: Dialler | None = None
    trusts_documentation_addresses: bool = False

    def __call__(self, url: str) -> Page:
        """What lies at an address.

        Raises:
            FetchError: it is refused, or the network fails.
        """
        # Late: most sessions fetch nothing.
        from pmagent.net.egress import Egress, system_resolve  # noqa: PLC0415

        first = parse_target(url, ports=self.ports).host

        def may_reach(host: str, port: int) -> str | None:
            del port
            if host == first:
                return None
            request = Request(tool="WebFetch", input={"url": url}, host=host, is_outward=True)
            decision = self.policy().decide(request)
            return None if decision.effect == "allow" else decision.reason

        egress = Egress(
            may_reach=may_reach,
            resolve=self.resolve or system_resolve,
            dial=self.dial,
            ports=self.ports,
            trusts_documentation_addresses=self.trusts_documentation_addresses,
        )
        return egress.fetch(url, total_s=FETCH_S)
