"""trello.board: the person's own Trello board as it is now, its lists and cards."""

from __future__ import annotations

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.nlp.counted import counted
from pmagent.tools._effects import EffectInput, outbox_of

KIND = "trello.board"


class TrelloBoardInput(EffectInput):
    """Nothing: there is one board, the person's own."""


class TrelloBoardTool:
    """Reads the board."""

    name = KIND
    summary = "The Trello board as it is now"
    Input = TrelloBoardInput

    def plan(self, given: TrelloBoardInput, reach: Reach) -> Plan:
        """Which board is asked for its lists and cards.

        Raises:
            UsageError: no board is set up.
        """
        del given
        _, target, host = outbox_of(reach, KIND)
        return Plan(
            subject=f"the board at {host}",
            host=host,
            is_outward=True,
            outgoing=target,
            body=f"GET {target}, its lists and its cards",
            risk="nothing is changed there; what comes back is not to be trusted",
            grant=KIND,
        )

    def run(self, given: TrelloBoardInput, plan: Plan, reach: Reach) -> Result:
        """Read it.

        Raises:
            FetchError: it could not be read.
        """
        del given, plan
        outbox, target, _ = outbox_of(reach, KIND)
        held = outbox.read(KIND)
        cards = held.get("cards")
        count = len(cards) if isinstance(cards, list) else 0
        return Result(
            text=f"{counted(count, 'card')} at {target}",
            data=held,
            labels=frozenset({"untrusted"}),
        )


tool = TrelloBoardTool()
