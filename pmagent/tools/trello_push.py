"""trello.push: what changed on this garden's board, told to the person's own Trello board at once.

One decision for all of it, with every card and field shown. It is no function for a step of a
procedure: each effect is about a card, and not about a run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from pmagent.agent.tool import OutboxPort, Plan, Reach, Result
from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.publishers.trello.payloads import MARK, CardPayload, LabelPayload, MovePayload
from pmagent.tasks.board.push_text import push_lines
from pmagent.tools._effects import EffectInput, checked, outbox_of, shown
from pmagent.types.actions import Json
from pmagent.types.outbox import Delivery, Queued, Sent, Wish
from pmagent.types.pushes import PushCard, PushField

KIND = "trello.push"
PATIENCE_S = 60.0
"""So long a push waits in all for its turn, where Trello takes no more requests for a moment."""
_TURN_S = 15.0
"""A longer wait is not for a turn: it is the outbox's."""
_PAYLOADS: Mapping[str, type[BaseModel]] = {
    "trello.card": CardPayload, "trello.move": MovePayload, "trello.label": LabelPayload,
}  # fmt: skip
_Words = Annotated[str, Field(min_length=1, max_length=2_000)]


class PushStepInput(EffectInput):
    """One effect on one card."""

    card: _Words
    title: _Words
    kind: Literal["trello.card", "trello.move", "trello.label"]
    about: Annotated[str, Field(pattern=r"^card \S")]
    payload: dict[str, object]
    url: str = ""

    @model_validator(mode="after")
    def _of_its_card(self) -> PushStepInput:
        """A person is shown `card`; the effect is known by `about`."""
        label = f" label {str(self.payload.get('name')).casefold()}"
        if self.about != f"card {self.card}{label if self.kind == 'trello.label' else ''}":
            raise ValueError("what it is about is not its card")
        return self


class TrelloPushInput(EffectInput):
    """The effects in their order, and the names of the lists they speak of."""

    board: str
    lists: dict[str, str]
    steps: Annotated[list[PushStepInput], Field(min_length=1)]


class TrelloPushTool:
    """Sends them."""

    name = KIND
    summary = "Changed cards, told to a Trello board"
    Input = TrelloPushInput

    def plan(self, given: TrelloPushInput, reach: Reach) -> Plan:
        """Every card and field as it would leave.

        Raises:
            UsageError: no board is set up, or Trello would not take it.
        """
        _, target, host = outbox_of(reach, KIND)
        rows = list(push_lines(_cards(given)))
        head = [("To", f"{' '.join(given.board.split())}, {target}")]
        if any(step.kind == "trello.card" for step in given.steps):
            head.append(("With", f'"{MARK}" and a number as the last line of each description'))
        outgoing = shown(head, "\n".join(rows))
        count = counted(len({step.card for step in given.steps}), "card")
        return Plan(
            subject=f"{count} at {host}",
            host=host,
            is_outward=True,
            is_publication=True,
            outgoing=outgoing,
            body=outgoing,
            risk="it leaves this computer, and everybody on that board sees it; nothing is deleted",
            grant=KIND,
        )

    def run(self, given: TrelloPushInput, plan: Plan, reach: Reach) -> Result:
        """Hand each effect to the outbox, and say what became of each card."""
        del plan
        outbox, target, _ = outbox_of(reach, KIND)
        until = time.monotonic() + PATIENCE_S
        cards: dict[str, dict[str, Json]] = {}
        for step in given.steps:
            wish = Wish(
                kind=step.kind, target=target, business_key=step.about, payload=_payload(step)
            )
            told = _handed_in(outbox, wish, until)
            row = cards.setdefault(
                step.card,
                {"card": step.card, "title": step.title, "state": "sent", "url": step.url,
                 "why": ""},
            )  # fmt: skip
            _note(row, told)
        states = [row["state"] for row in cards.values()]
        text = ", ".join(
            f"{states.count(state)} {state}"
            for state in ("sent", "waiting", "failed")
            if state in states
        )
        return Result(text=f"cards: {text}", data={"cards": list(cards.values())})


def _handed_in(outbox: OutboxPort, wish: Wish, until: float) -> tuple[str, str, str]:
    """(state, address, why) of one effect."""
    try:
        delivery = outbox.send(wish)
        while (wait_s := _turn_s(delivery)) and time.monotonic() + wait_s < until:
            time.sleep(wait_s)
            before = delivery.effect.changed
            delivery = outbox.send(wish)
            if delivery.effect.changed <= before:
                break  # the garden's clock stands still
    except UsageError as exc:
        return "failed", "", exc.message
    match delivery:
        case Sent(receipt=receipt):
            return "sent", receipt.url, ""
        case Queued(effect=effect):
            return "waiting", "", effect.error or "it waits for its turn"
        case _:
            effect = delivery.effect
            hint = f"; {effect.hint}" if effect.hint else ""
            return "failed", "", f"{effect.error}{hint}"


def _turn_s(delivery: Delivery) -> float:
    """Seconds until it has its turn; 0 where it waits for anything else, or for nothing."""
    effect = delivery.effect
    is_waiting = isinstance(delivery, Queued) and not effect.error and effect.next_at is not None
    if not is_waiting or effect.next_at is None:
        return 0.0
    wait_s = (effect.next_at - effect.changed).total_seconds()
    return wait_s if 0 < wait_s <= _TURN_S else 0.0


def _note(row: dict[str, Json], told: tuple[str, str, str]) -> None:
    """The worst of its effects is what became of a card."""
    state, url, why = told
    rank = {"sent": 0, "waiting": 1, "failed": 2}
    if url:
        row["url"] = url
    if rank[state] > rank[str(row["state"])]:
        row["state"], row["why"] = state, why


def _payload(step: PushStepInput) -> Mapping[str, Json]:
    given = {name: value for name, value in step.payload.items() if value is not None}
    return checked(step.kind, _PAYLOADS[step.kind], given)  # type: ignore[arg-type]


def _cards(given: TrelloPushInput) -> tuple[PushCard, ...]:
    """What the effects do, by card: made of the very payloads that leave."""
    cards: dict[str, PushCard] = {}
    for step in given.steps:
        payload = _PAYLOADS[step.kind].model_validate(_payload(step))
        is_new = isinstance(payload, CardPayload) and payload.before is None
        made = PushCard(
            card=step.card, title=" ".join(step.title.split()),
            state="new" if is_new else "changed", fields=(), url=step.url,
        )  # fmt: skip
        before = cards.get(step.card, made)
        fields = (*before.fields, *_fields(payload, given.lists))
        cards[step.card] = PushCard(
            card=before.card, title=before.title, state=before.state, fields=fields, url=before.url
        )
    return tuple(cards.values())


def _fields(payload: BaseModel, lists: Mapping[str, str]) -> Iterator[PushField]:
    match payload:
        case CardPayload(before=None):
            yield PushField(name="title", here=payload.name, there="")
            yield PushField(name="list", here=_list(lists, payload.list), there="")
            yield from _told(payload.text, _moment(payload.due), ", ".join(payload.labels or ()))
        case CardPayload(before=before) if before is not None:
            if payload.name.strip() != before.name.strip():
                yield PushField(name="title", here=payload.name, there=before.name)
            if payload.text.strip() != before.text.strip():
                yield PushField(name="text", here=payload.text, there=before.text)
            if payload.due != before.due:
                yield PushField(name="due", here=_moment(payload.due), there=_moment(before.due))
        case MovePayload():
            there = _list(lists, payload.before or "")
            yield PushField(name="list", here=_list(lists, payload.list), there=there)
        case LabelPayload():
            yield PushField(name="label", here=payload.name, there="")
        case _:
            pass


def _told(text: str, due: str, labels: str) -> Iterator[PushField]:
    """The fields of a new card that it may do without."""
    if text:
        yield PushField(name="text", here=text, there="")
    if due:
        yield PushField(name="due", here=due, there="")
    if labels:
        yield PushField(name="label", here=labels, there="")


def _list(lists: Mapping[str, str], ident: str) -> str:
    return lists.get(ident, ident)


def _moment(at: datetime | None) -> str:
    return f"{at:%A, %d %B %Y at %H:%M %Z}" if at is not None else ""


tool = TrelloPushTool()
