"""trello.label: a label on a card of the person's own Trello board."""

from __future__ import annotations

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.publishers.trello.payloads import LabelPayload
from pmagent.tools._effects import checked, parameters
from pmagent.tools._trello import GIVES, OfCardInput, plan_of, send
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec

KIND = "trello.label"


class TrelloLabelInput(OfCardInput):
    """Which card, and the label it shall have."""

    name: str
    colour: str | None = None


class TrelloLabelTool:
    """Gives a card a label."""

    name = KIND
    summary = "A label on a Trello card"
    Input = TrelloLabelInput
    spec = CallSpec(
        name=KIND,
        summary="A label on a Trello card",
        parameters=parameters(card="str?", made_by="str?", name="str", colour="str?"),
        gives=GIVES,
        effect="external",
    )

    def plan(self, given: TrelloLabelInput, reach: Reach) -> Plan:
        """Which card, and what it is labelled.

        Raises:
            UsageError: no board is set up, or Trello would not take it.
        """
        payload = LabelPayload.model_validate(_payload(given))
        rows = [("Card", given.named), ("Label", payload.name), ("Colour", payload.colour or "")]
        return plan_of(KIND, reach, subject=f"card {given.named}", rows=rows)

    def run(self, given: TrelloLabelInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox."""
        del plan
        return send(KIND, f"{given.named} {given.name.casefold()}", _payload(given), reach)


def _payload(given: TrelloLabelInput) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "card": given.card,
        "made_by": given.made_by,
        "name": given.name,
        "colour": given.colour,
    }
    return dict(checked(KIND, LabelPayload, fields))


tool = TrelloLabelTool()
