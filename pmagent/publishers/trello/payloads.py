"""What an effect on a Trello board carries: exactly what the board will be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from pmagent.types.actions import Json
from pmagent.types.outbox import SendFault

MARK = "pmagent:"
"""Begins the last line of a description, by which a card is known again."""
Seen = Annotated[str, Field(max_length=40)]
"""When something last happened to a card there, as it was when a change of it was approved: the
same change wished again later, after somebody has taken it back, is another one."""
NAME_CHARS = 500
LABEL_CHARS = 100
TEXT_CHARS = 16_000
"""Trello takes 16,384; the mark needs some. Counted as `units_of`."""
Colour = Literal[
    "green", "yellow", "orange", "red", "purple", "blue", "sky", "lime", "pink", "black"
]
ObjectId = Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")]
Key = Annotated[str, Field(pattern=r"^[0-9a-f]{20}$")]
Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARS)]
LabelName = Annotated[str, Field(min_length=1, max_length=LABEL_CHARS)]


def units_of(text: str) -> int:
    """How long a text is as JavaScript, and so Trello, counts: most emoji are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fitting(text: str) -> str:
    if units_of(text) > TEXT_CHARS:
        raise ValueError(f"it is longer than {TEXT_CHARS} characters")
    return text


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _OfCard(_Payload):
    """A card, by its own id or by the key of the effect that made it."""

    card: ObjectId | None = None
    made_by: Key | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> _OfCard:
        if (self.card is None) == (self.made_by is None):
            raise ValueError("name the card by its id or by what made it")
        return self


class CardContent(_Payload):
    """What a card says, as it was seen there."""

    name: str = ""
    text: str = ""
    due: AwareDatetime | None = None


class CardPayload(_Payload):
    """A whole card, to be made at the end of a list or brought to this."""

    list: ObjectId
    name: Name
    text: Annotated[str, AfterValidator(_fitting)] = ""
    due: AwareDatetime | None = None
    labels: tuple[LabelName, ...] | None = None
    """What it is made with; a card that is there keeps its own."""
    before: CardContent | None = None
    """What it said when a change was approved, in place of what was sent last: a field that says
    something else there by now is a collision, and one that is to stay as it was stays."""
    seen: Seen | None = None


class MovePayload(_OfCard):
    """The list that a card shall be in."""

    list: ObjectId
    before: ObjectId | None = None
    """The list it was in when the move was approved; a card in a third is a collision."""
    to: Annotated[str, Field(max_length=2_000)] | None = None
    """The list's name, for whoever reads what waits; it is not sent."""
    seen: Seen | None = None


class LabelPayload(_OfCard):
    """A label that a card shall have; one that the board does not have is made."""

    name: LabelName
    colour: Colour | None = None


class DuePayload(_OfCard):
    """When a card shall be due; None takes the day away."""

    due: AwareDatetime | None
    before: AwareDatetime | None = None
    """The time it was due when this was approved; another one there is a collision."""


P = TypeVar("P", bound=BaseModel)


def read_payload(model: type[P], payload: Mapping[str, Json]) -> P:
    """The payload as that.

    Raises:
        SendFault: it is something else, so that it can never be sent.
    """
    try:
        return model.model_validate(payload)
    except ValidationError as exc:
        fault = exc.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "payload"
        raise SendFault(
            "refused", f'"{where}" cannot be sent: {fault["msg"].lower()}', "change it, and retry"
        ) from None
