"""What Trello sends, read once into values; fields that are not used here are passed over."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class _Sent(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SentLabel(_Sent):
    """A label of a board."""

    id: str
    name: str | None = ""
    color: str | None = None


class SentCard(_Sent):
    """A card as it lies there."""

    id: str
    name: str = ""
    desc: str = ""
    closed: bool = False
    list: str = Field(default="", alias="idList")
    board: str = Field(default="", alias="idBoard")
    due: datetime | None = None
    labels: tuple[SentLabel, ...] = ()
    label_ids: tuple[str, ...] = Field(default=(), alias="idLabels")
    url: str = Field(default="", alias="shortUrl")
    changed: str = Field(default="", alias="dateLastActivity")


class SentList(_Sent):
    """A list of a board."""

    id: str
    name: str = ""
    closed: bool = False


class SentBoard(_Sent):
    """The board itself."""

    id: str
    name: str = ""
    closed: bool = False
    url: str = Field(default="", alias="shortUrl")


class SentError(_Sent):
    """What Trello says with 429, and sometimes otherwise; else it answers in plain text."""

    error: str = ""
    message: str = ""


T = TypeVar("T")


def read_as(kind: type[T], body: bytes) -> T | None:
    """The body as that; None where it is something else."""
    try:
        return TypeAdapter(kind).validate_json(body)
    except (ValidationError, RecursionError):
        return None
