"""trello.due: when a card of the person's own Trello board is due."""

from __future__ import annotations

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.publishers.trello.payloads import DuePayload
from pmagent.tools._effects import checked, parameters
from pmagent.tools._trello import GIVES, OfCardInput, plan_of, send
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec

KIND = "trello.due"


class TrelloDueInput(OfCardInput):
    """Which card, and when it is due: `2026-12-01T09:00:00+01:00`."""

    due: str
    before: str | None = None
    """When it was due, as far as known: another time there is a collision."""


class TrelloDueTool:
    """Gives a card its time."""

    name = KIND
    summary = "When a Trello card is due"
    Input = TrelloDueInput
    spec = CallSpec(
        name=KIND,
        summary="When a Trello card is due",
        parameters=parameters(card="str?", made_by="str?", due="str", before="str?"),
        gives=GIVES,
        effect="external",
    )

    def plan(self, given: TrelloDueInput, reach: Reach) -> Plan:
        """Which card, and when.

        Raises:
            UsageError: no board is set up, or Trello would not take it.
        """
        payload = DuePayload.model_validate(_payload(given))
        rows = [("Card", given.named)]
        rows += [("Due", f"{payload.due:%A, %d %B %Y at %H:%M %Z}")] if payload.due else []
        return plan_of(KIND, reach, subject=f"card {given.named}", rows=rows)

    def run(self, given: TrelloDueInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox."""
        del plan
        return send(KIND, given.named, _payload(given), reach)


def _payload(given: TrelloDueInput) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "card": given.card,
        "made_by": given.made_by,
        "due": given.due,
        "before": given.before,
    }
    return dict(checked(KIND, DuePayload, fields))


tool = TrelloDueTool()
