"""ghost.publish: a draft made public now, without a mail. It is asked about each time."""

from __future__ import annotations

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.publishers.ghost.payloads import PublishPayload
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

KIND = "ghost.publish"


class GhostPublishInput(EffectInput):
    """Which post, as of which revision."""

    post: str
    revision: str


class GhostPublishTool:
    """Makes a post public."""

    name = KIND
    summary = "A draft in Ghost made public"
    Input = GhostPublishInput
    spec = CallSpec(
        name=KIND,
        summary="A draft in Ghost made public now, without a mail",
        parameters=parameters(post="str", revision="str"),
        gives=GIVES,
        effect="irreversible",
    )

    def plan(self, given: GhostPublishInput, reach: Reach) -> Plan:
        """Which post.

        Raises:
            UsageError: no site is set up, or the post's id is none.
        """
        _, target, host = outbox_of(reach, KIND)
        payload = PublishPayload.model_validate(_payload(given))
        outgoing = shown((
            ("To", f"{target}, the post {payload.post} as of {payload.revision}"),
            ("Published", "now, for everybody the post is meant for"),
        ))
        return Plan(
            subject=f"post {payload.post} at {host}",
            host=host,
            is_outward=True,
            is_publication=True,
            is_final=True,
            outgoing=outgoing,
            body=outgoing,
            risk="feeds and search engines fetch a public post within minutes, and keep it",
        )

    def run(self, given: GhostPublishInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox."""
        del plan
        _, target, _ = outbox_of(reach, KIND)
        payload = _payload(given)
        wish = Wish(kind=KIND, target=target, business_key=given.post, payload=payload)
        return deliver(reach, wish)


def _payload(given: GhostPublishInput) -> dict[str, Json]:
    fields: dict[str, Json] = {"post": given.post, "revision": given.revision}
    return dict(checked(KIND, PublishPayload, fields))


tool = GhostPublishTool()
