"""A board elsewhere, in memory: it keeps what it was sent, card by card."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from pmagent.errors import PmagentError
from pmagent.types.actions import Done, Outcome
from pmagent.types.pushes import PushCard, PushDiff, Pushed, PushField, PushResult

GONE = '"Old card" is gone here and stays there: nothing is deleted'
URL = "https://trello.com/c/"
CARDS = (
    PushCard(
        card="ep41", title="Show notes for episode 41", state="new",
        fields=(
            PushField(name="title", here="Show notes for episode 41", there=""),
            PushField(name="list", here="NOW", there=""),
            PushField(name="text", there="",
                      here="The guest wants to read them first.\n\nEffort: 2h"),
            PushField(name="due", here="Tue 24 Nov", there=""),
            PushField(name="label", here="P1", there=""),
        ),
    ),
    PushCard(
        card="mail", title="Mail the guest a proof", state="changed", url=f"{URL}mail",
        fields=(
            PushField(name="list", here="NOW", there="NEXT", base="NEXT"),
            PushField(name="due", here="Mon 23 Nov", there="", base=""),
            PushField(name="text", here="Proof of page 2.\nAsk for the photo.\nEffort: 30m",
                      there="Proof of page 1.\nAsk for the photo.\nEffort: 30m", base=""),
        ),
    ),
    PushCard(
        card="prd", title="Outline of the pricing spec", state="conflict", url=f"{URL}prd",
        fields=(
            PushField(name="due", here="Thu 26 Nov", there="Mon 30 Nov", base="Wed 25 Nov"),
            PushField(name="title", here="Outline of the pricing spec", there="Pricing: outline",
                      base="Outline the pricing spec"),
        ),
    ),
    PushCard(
        card="cut", title="Listen to the first cut", state="kept", url=f"{URL}cut",
        fields=(PushField(name="list", here="NEXT", there="Doing", base="NEXT"),),
    ),
    PushCard(
        card="legal", title="Contract back from legal", state="left",
        why='the board there has no list "WAITING": make it there, or move the card',
    ),
)  # fmt: skip


class SmallElsewhere:
    """Tells a given difference; what is pushed is gone from it."""

    def __init__(self) -> None:
        self.cards: tuple[PushCard, ...] = CARDS
        self.is_set_up = True
        self.refuses: Outcome | None = None
        """What the gate says to the next push instead of letting it happen."""
        self.breaks: PmagentError | None = None
        self.ends: dict[str, Pushed] = {}
        """What becomes of a card where it is not sent, by its id."""
        self.sent: list[str] = []
        self.taken: list[str] = []
        self.may_send = threading.Event()
        """A push waits for it, five seconds at most."""
        self.may_send.set()

    def diff(self) -> PushDiff:
        if self.breaks is not None:
            raise self.breaks
        return PushDiff(
            place="trello", target="https://trello.com/b/plumday", title="Plumday, shared",
            cards=self.cards, same=4,
            notes=(GONE,) * bool(self.cards),
        )  # fmt: skip

    def push(self, diff: PushDiff, ours: Sequence[str], theirs: Sequence[str]) -> PushResult:
        assert self.may_send.wait(5)
        if self.breaks is not None:
            raise self.breaks
        if self.refuses is not None:
            return PushResult(outcome=self.refuses)
        wanted = [one for one in diff.cards if one in diff.to_send or one.card in ours]
        ended = tuple(
            self.ends.get(one.card)
            or Pushed(card=one.card, title=one.title, state="sent", url=f"{URL}{one.card}")
            for one in wanted
        )
        self.sent += [one.card for one in ended if one.state == "sent"]
        self.taken += theirs
        gone = {*self.sent, *theirs}
        self.cards = tuple(one for one in self.cards if one.card not in gone)
        return PushResult(outcome=Done(text="pushed"), cards=ended, taken=tuple(theirs))
