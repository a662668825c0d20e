"""ghost.schedule: a draft that the site shall publish by itself at a time to come."""

from __future__ import annotations

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.publishers.ghost.payloads import SchedulePayload
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

KIND = "ghost.schedule"


class GhostScheduleInput(EffectInput):
    """Which post, as of which revision, and when, with its zone: `2026-12-01T09:00:00+01:00`."""

    post: str
    revision: str
    at: str


class GhostScheduleTool:
    """Gives a draft its time."""

    name = KIND
    summary = "A time at which Ghost publishes a draft"
    Input = GhostScheduleInput
    spec = CallSpec(
        name=KIND,
        summary="A time at which Ghost publishes a draft by itself",
        parameters=parameters(post="str", revision="str", at="str"),
        gives=GIVES,
        effect="external",
    )

    def plan(self, given: GhostScheduleInput, reach: Reach) -> Plan:
        """Which post, and when.

        Raises:
            UsageError: no site is set up, or the time is none.
        """
        _, target, host = outbox_of(reach, KIND)
        payload = SchedulePayload.model_validate(_payload(given))
        outgoing = shown((
            ("To", f"{target}, the post {payload.post} as of {payload.revision}"),
            ("Published", f"{payload.at:%A, %d %B %Y at %H:%M %Z}"),
        ))
        return Plan(
            subject=f"post {payload.post} at {host}",
            host=host,
            is_outward=True,
            is_publication=True,
            outgoing=outgoing,
            body=outgoing,
            risk="it becomes public then, without another question; until then it can be made a "
            "draft again in Ghost",
            grant=KIND,
        )

    def run(self, given: GhostScheduleInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox."""
        del plan
        _, target, _ = outbox_of(reach, KIND)
        payload = _payload(given)
        wish = Wish(kind=KIND, target=target, business_key=given.post, payload=payload)
        return deliver(reach, wish)


def _payload(given: GhostScheduleInput) -> dict[str, Json]:
    fields: dict[str, Json] = {"post": given.post, "revision": given.revision, "at": given.at}
    return dict(checked(KIND, SchedulePayload, fields))


tool = GhostScheduleTool()
