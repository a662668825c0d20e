"""ghost.draft: a post as a draft on the person's own Ghost site, made once and then changed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.publish.render.ghost import markdown_of
from pmagent.publishers.ghost.payloads import DraftPayload
from pmagent.tools._effects import (
    GIVES,
    EffectInput,
    card_of,
    checked,
    deliver,
    excerpt_of,
    outbox_of,
    parameters,
    shown,
    slug_of,
)
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec
from pmagent.types.outbox import Wish

KIND = "ghost.draft"


class GhostDraftInput(EffectInput):
    """The post, and what it is about."""

    title: Annotated[str, Field(min_length=1)]
    markdown: Annotated[str, Field(max_length=1_000_000)]
    excerpt: str = ""
    slug: str = ""
    tags: list[str] = Field(default_factory=list[str])
    feature_image: str = ""
    feature_image_alt: str = ""
    may_number_slug: bool = False
    key: str = ""
    """What it is about, where no procedure says it: the same key is the same post."""


class GhostDraftTool:
    """Makes a draft, or brings it to what it shall say."""

    name = KIND
    summary = "A post as a draft in Ghost"
    Input = GhostDraftInput
    spec = CallSpec(
        name=KIND,
        summary="A post as a draft in Ghost, where nobody sees it until it is published",
        parameters=parameters(
            title="str", markdown="any", excerpt="str?", slug="str?", tags="[str]?",
            feature_image="str?", feature_image_alt="str?", may_number_slug="bool?", key="str?",
        ),
        gives=GIVES,
        effect="external",
    )  # fmt: skip

    def plan(self, given: GhostDraftInput, reach: Reach) -> Plan:
        """The post as it would leave.

        Raises:
            UsageError: no site is set up, or it would not take the post.
        """
        _, target, host = outbox_of(reach, KIND)
        payload = DraftPayload.model_validate(_payload(given))
        outgoing = shown(
            (
                ("To", f"{target}, as a draft"),
                ("Title", payload.title),
                ("Address", f"{payload.slug}{', or with a number' * payload.may_number_slug}"),
                ("Excerpt", payload.excerpt),
                ("Tags", ", ".join(payload.tags)),
                ("Image", payload.feature_image),
                ("Image description", payload.feature_image_alt),
            ),
            markdown_of(payload.lexical),
        )
        return Plan(
            subject=f"{payload.slug} at {host}",
            host=host,
            is_outward=True,
            outgoing=outgoing,
            is_publication=True,
            body=outgoing,
            risk="it leaves this computer; nobody but your own staff sees a draft, and you can "
            "delete it there",
            grant=KIND,
        )

    def run(self, given: GhostDraftInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox."""
        del plan
        _, target, _ = outbox_of(reach, KIND)
        payload = _payload(given)
        key = given.key or str(payload["slug"])
        return deliver(reach, Wish(kind=KIND, target=target, business_key=key, payload=payload))


def _payload(given: GhostDraftInput) -> dict[str, Json]:
    title = " ".join(given.title.split())
    fields: dict[str, Json] = {
        "title": title,
        "lexical": card_of(given.markdown),
        "slug": given.slug or slug_of(title),
        "excerpt": excerpt_of(given.excerpt),
        "tags": given.tags,
        "feature_image": given.feature_image,
        "feature_image_alt": given.feature_image_alt,
        "may_number_slug": given.may_number_slug,
    }
    return dict(checked(KIND, DraftPayload, fields))


tool = GhostDraftTool()
