"""trello.card: a card on the person's own Trello board, made once and then changed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.publishers.trello.payloads import CardPayload
from pmagent.tools._effects import EffectInput, checked, parameters
from pmagent.tools._trello import GIVES, plan_of, send
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec

KIND = "trello.card"


class TrelloCardInput(EffectInput):
    """The card, and what it is about."""

    list: str
    name: Annotated[str, Field(min_length=1)]
    text: str = ""
    due: str | None = None
    key: str = ""
    """What it is about, where no procedure says it: the same key is the same card."""


class TrelloCardTool:
    """Makes a card, or brings it to what it shall say."""

    name = KIND
    summary = "A card on a Trello board"
    Input = TrelloCardInput
    spec = CallSpec(
        name=KIND,
        summary="A card on a Trello board",
        parameters=parameters(list="str", name="str", text="str?", due="str?", key="str?"),
        gives=GIVES,
        effect="external",
    )

    def plan(self, given: TrelloCardInput, reach: Reach) -> Plan:
        """The card as it would leave.

        Raises:
            UsageError: no board is set up, or Trello would not take it.
        """
        payload = CardPayload.model_validate(_payload(given))
        rows = [("List", payload.list), ("Title", payload.name)]
        rows += [("Due", f"{payload.due:%A, %d %B %Y at %H:%M %Z}")] if payload.due else []
        return plan_of(KIND, reach, subject=payload.name, rows=rows, text=payload.text)

    def run(self, given: TrelloCardInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox."""
        del plan
        return send(KIND, given.key or given.name, _payload(given), reach)


def _payload(given: TrelloCardInput) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "list": given.list,
        "name": " ".join(given.name.split()),
        "text": given.text,
        "due": given.due,
    }
    return dict(checked(KIND, CardPayload, fields))


tool = TrelloCardTool()
