"""WebFetch: one public page as Markdown, marked as the words of a stranger."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import FetchError
from pmagent.net.addresses import WebTarget, check_address, parse_target
from pmagent.tools._input import Input


class WebFetchInput(Input):
    """The address. `prompt` is what a model wants to know of it; the page is given whole."""

    url: Annotated[str, Field(min_length=1, max_length=8_000)]
    prompt: str = ""


class WebFetchTool:
    """Fetches a page."""

    name = "WebFetch"
    summary = "One public page as Markdown"
    Input = WebFetchInput

    def plan(self, given: WebFetchInput, reach: Reach) -> Plan:
        """Read the address; no name is resolved before it is decided.

        Raises:
            FetchError: it is no address of a public page.
        """
        target = fetchable(given.url, reach.ports)
        return Plan(
            subject=given.url,
            host=target.host,
            is_outward=True,
            outgoing=given.url,
            body=f"GET {target.shown}",
            risk="the address itself leaves this computer; what comes back is not to be trusted",
            grant=f"WebFetch(domain:{target.host})",
        )

    def run(self, given: WebFetchInput, plan: Plan, reach: Reach) -> Result:
        """Fetch it, as Markdown in a marked block."""
        del plan
        # Late: the page reader takes a second to load, and most sessions fetch nothing.
        from pmagent.net.pages import to_markdown, wrap_untrusted  # noqa: PLC0415

        page = reach.fetch(given.url)
        article = to_markdown(page)
        return Result(
            text=wrap_untrusted(article, page.final_url),
            data={
                "url": page.final_url,
                "code": page.status,
                "bytes": len(page.body),
                "result": article.text,
            },
            labels=frozenset({"untrusted"}),
        )


def fetchable(url: str, ports: frozenset[int]) -> WebTarget:
    """The parts of an address, as far as can be told without resolving a name.

    Raises:
        FetchError: it is no address of a public page.
    """
    target = parse_target(url, ports=ports)
    if target.is_address and (why := check_address(target.host.strip("[]"))):
        raise FetchError(why, "name a public page")
    return target


tool = WebFetchTool()
