"""ghost.newsletter: a draft made public and mailed to subscribers. It is asked about each time."""

from __future__ import annotations

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.publishers.ghost.payloads import NewsletterPayload
from pmagent.tools._effects import (
    GIVES,
    EffectInput,
    checked,
    deliver,
    outbox_of,
    parameters,
    shown,
)
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec
from pmagent.types.outbox import Wish

KIND = "ghost.newsletter"


class GhostNewsletterInput(EffectInput):
    """Which post, as of which revision, by which newsletter, and to whom of its subscribers."""

    post: str
    revision: str
    newsletter: str
    segment: str = "all"


class GhostNewsletterTool:
    """Publishes and mails a post."""

    name = KIND
    summary = "A draft in Ghost published and mailed"
    Input = GhostNewsletterInput
    spec = CallSpec(
        name=KIND,
        summary="A draft in Ghost made public now, and mailed to a newsletter's subscribers",
        parameters=parameters(post="str", revision="str", newsletter="str", segment="str?"),
        gives=GIVES,
        effect="irreversible",
    )

    def plan(self, given: GhostNewsletterInput, reach: Reach) -> Plan:
        """Which post, by which newsletter, to whom.

        Raises:
            UsageError: no site is set up, or the post's id or newsletter is none.
        """
        _, target, host = outbox_of(reach, KIND)
        payload = NewsletterPayload.model_validate(_payload(given))
        outgoing = shown((
            ("To", f"{target}, the post {payload.post} as of {payload.revision}"),
            ("Published", "now, for everybody the post is meant for"),
            ("Mailed", f'by "{payload.newsletter}", to the subscribers "{payload.segment}"'),
        ))
        return Plan(
            subject=f"post {payload.post} at {host}",
            host=host,
            is_outward=True,
            is_publication=True,
            is_final=True,
            outgoing=outgoing,
            body=outgoing,
            risk="a mail that went out cannot be called back",
        )

    def run(self, given: GhostNewsletterInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox."""
        del plan
        _, target, _ = outbox_of(reach, KIND)
        payload = _payload(given)
        wish = Wish(kind=KIND, target=target, business_key=given.post, payload=payload)
        return deliver(reach, wish)


def _payload(given: GhostNewsletterInput) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "post": given.post,
        "revision": given.revision,
        "newsletter": given.newsletter,
        "segment": given.segment,
    }
    return dict(checked(KIND, NewsletterPayload, fields))


tool = GhostNewsletterTool()
