"""trello.move: a card of the person's own Trello board in another list."""

from __future__ import annotations

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.publishers.trello.payloads import MovePayload
from pmagent.tools._effects import checked, parameters
from pmagent.tools._trello import GIVES, OfCardInput, plan_of, send
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec

KIND = "trello.move"


class TrelloMoveInput(OfCardInput):
    """Which card, the list it goes to, and the one it is moved out of."""

    list: str
    before: str | None = None


class TrelloMoveTool:
    """Puts a card at the end of a list."""

    name = KIND
    summary = "A Trello card in another list"
    Input = TrelloMoveInput
    spec = CallSpec(
        name=KIND,
        summary="A Trello card in another list",
        parameters=parameters(card="str?", made_by="str?", list="str", before="str?"),
        gives=GIVES,
        effect="external",
    )

    def plan(self, given: TrelloMoveInput, reach: Reach) -> Plan:
        """Which card, and where it goes.

        Raises:
            UsageError: no board is set up, or Trello would not take it.
        """
        payload = MovePayload.model_validate(_payload(given))
        rows = [("Card", given.named), ("From", payload.before or ""), ("List", payload.list)]
        return plan_of(KIND, reach, subject=f"card {given.named}", rows=rows)

    def run(self, given: TrelloMoveInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox."""
        del plan
        return send(KIND, given.named, _payload(given), reach)


def _payload(given: TrelloMoveInput) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "card": given.card,
        "made_by": given.made_by,
        "list": given.list,
        "before": given.before,
    }
    return dict(checked(KIND, MovePayload, fields))


tool = TrelloMoveTool()
