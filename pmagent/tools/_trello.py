"""What the four Trello tools share: a card named by its id or by the step that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.tools._effects import EffectInput, deliver, outbox_of, shown
from pmagent.types.actions import Json
from pmagent.types.outbox import Wish

GIVES = "{url: url?, id: str?, state: str, revision: str?, slug: str?}"
"""`state` is `open` or `archived`; or `queued`, `held`, `dead`."""


class OfCardInput(EffectInput):
    """Which card: by its id there, or by the key of the effect that made it."""

    card: str | None = None
    made_by: str | None = None

    @property
    def named(self) -> str:
        """The card, for a person to read."""
        return self.card or self.made_by or ""


def plan_of(
    kind: str, reach: Reach, *, subject: str, rows: Sequence[tuple[str, str]], text: str = ""
) -> Plan:
    """What would leave, as a person is asked about it.

    Raises:
        UsageError: no board is set up.
    """
    _, target, host = outbox_of(reach, kind)
    outgoing = shown([("To", target), *rows], text)
    return Plan(
        subject=f"{subject} at {host}",
        host=host,
        is_outward=True,
        is_publication=True,
        outgoing=outgoing,
        body=outgoing,
        risk="it leaves this computer, and everybody on that board sees it; nothing is deleted",
        grant=kind,
    )


def send(kind: str, key: str, payload: Mapping[str, Json], reach: Reach) -> Result:
    """Hand it to the outbox.

    Raises:
        UsageError: no board is set up.
    """
    _, target, _ = outbox_of(reach, kind)
    return deliver(reach, Wish(kind=kind, target=target, business_key=key, payload=payload))
