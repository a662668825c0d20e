"""ghost.update: named fields of a post that is there, public or not."""

from __future__ import annotations

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.publish.render.ghost import markdown_of
from pmagent.publishers.ghost.payloads import UpdatePayload
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
)
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec
from pmagent.types.outbox import Wish

KIND = "ghost.update"


class GhostUpdateInput(EffectInput):
    """Which post, as of which revision, and the fields that shall change."""

    post: str
    revision: str
    title: str | None = None
    markdown: str | None = Field(default=None, max_length=1_000_000)
    excerpt: str | None = None
    tags: list[str] | None = None
    feature_image: str | None = None
    feature_image_alt: str | None = None


class GhostUpdateTool:
    """Changes a post."""

    name = KIND
    summary = "Named fields of a post in Ghost"
    Input = GhostUpdateInput
    spec = CallSpec(
        name=KIND,
        summary="Named fields of a post in Ghost, which readers see at once where it is public",
        parameters=parameters(
            post="str", revision="str", title="str?", markdown="any?", excerpt="str?",
            tags="[str]?", feature_image="str?", feature_image_alt="str?",
        ),
        gives=GIVES,
        effect="external",
    )  # fmt: skip

    def plan(self, given: GhostUpdateInput, reach: Reach) -> Plan:
        """The fields as they would leave.

        Raises:
            UsageError: no site is set up, or it would not take them.
        """
        _, target, host = outbox_of(reach, KIND)
        payload = UpdatePayload.model_validate(_payload(given))
        tags = None if payload.tags is None else ", ".join(payload.tags)
        head = [("To", f"{target}, the post {payload.post} as of {payload.revision}")]
        for name, value in (
            ("Title", payload.title), ("Excerpt", payload.excerpt), ("Tags", tags),
            ("Image", payload.feature_image), ("Image description", payload.feature_image_alt),
        ):  # fmt: skip
            head += [] if value is None else [(name, value or "none")]
        outgoing = shown(head, markdown_of(payload.lexical) if payload.lexical else "")
        return Plan(
            subject=f"post {payload.post} at {host}",
            host=host,
            is_outward=True,
            outgoing=outgoing,
            is_publication=True,
            body=outgoing,
            risk="readers see the change at once where the post is public; Ghost keeps what stood "
            "there in the post's history",
            grant=KIND,
        )

    def run(self, given: GhostUpdateInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox."""
        del plan
        _, target, _ = outbox_of(reach, KIND)
        payload = _payload(given)
        wish = Wish(kind=KIND, target=target, business_key=given.post, payload=payload)
        return deliver(reach, wish)


def _payload(given: GhostUpdateInput) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "post": given.post,
        "revision": given.revision,
        "title": None if given.title is None else " ".join(given.title.split()),
        "lexical": None if given.markdown is None else card_of(given.markdown),
        "excerpt": None if given.excerpt is None else excerpt_of(given.excerpt),
        "tags": given.tags,
        "feature_image": given.feature_image,
        "feature_image_alt": given.feature_image_alt,
    }
    return dict(checked(KIND, UpdatePayload, fields))


tool = GhostUpdateTool()
