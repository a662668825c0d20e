"""What an effect on a Ghost site carries: exactly what the site will be told.

Whoever builds a payload has already cleaned its text: nothing is cleaned behind the person's back
on the way out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from pmagent.types.actions import Json
from pmagent.types.outbox import SendFault

TITLE_CHARS = 255
EXCERPT_CHARS = 300
SLUG_CHARS = 185
"""Ghost takes 191, and may put a number behind it."""
TAG_CHARS = 191
MARK = "#pmagent-"
"""Begins the internal tag by which a post is known again; readers never see it."""


def _one_json(text: str) -> str:
    if not isinstance(json.loads(text), dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - pydantic takes ValueError alone
    return text


def _not_internal(name: str) -> str:
    if name.startswith("#"):
        raise ValueError("begins with #, which is for tags of the site itself")
    return name


PostId = Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")]
Slug = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", min_length=1, max_length=SLUG_CHARS)
]
Lexical = Annotated[str, Field(max_length=2_000_000), AfterValidator(_one_json)]
Tag = Annotated[str, Field(min_length=1, max_length=TAG_CHARS), AfterValidator(_not_internal)]
Title = Annotated[str, Field(min_length=1, max_length=TITLE_CHARS)]
Excerpt = Annotated[str, Field(max_length=EXCERPT_CHARS)]
ImageAddress = Annotated[str, Field(pattern=r"^(?:https?://\S{1,1990})?$")]
Revision = Annotated[str, Field(min_length=1, max_length=40)]


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DraftPayload(_Payload):
    """A whole post, to be made as a draft or brought to this."""

    title: Title
    lexical: Lexical
    slug: Slug
    excerpt: Excerpt = ""
    tags: tuple[Tag, ...] = Field(default=(), max_length=50)
    feature_image: ImageAddress = ""
    feature_image_alt: Annotated[str, Field(max_length=190)] = ""
    may_number_slug: bool = False
    """Whether the site may put a number behind a slug that another post has."""


class UpdatePayload(_Payload):
    """What shall change in a post that is there; None leaves a field as it is."""

    post: PostId
    revision: Revision
    """The `updated_at` that the change was made against."""
    title: Title | None = None
    lexical: Lexical | None = None
    excerpt: Excerpt | None = None
    tags: Annotated[tuple[Tag, ...], Field(max_length=50)] | None = None
    feature_image: ImageAddress | None = None
    feature_image_alt: Annotated[str, Field(max_length=190)] | None = None


class SchedulePayload(_Payload):
    """When a draft shall be published."""

    post: PostId
    revision: Revision
    at: AwareDatetime


class PublishPayload(_Payload):
    """A draft that shall be public now."""

    post: PostId
    revision: Revision


class NewsletterPayload(_Payload):
    """A draft that shall be public and be mailed now."""

    post: PostId
    revision: Revision
    newsletter: Slug
    segment: Annotated[str, Field(min_length=1, max_length=200)] = "all"
    """Who of its subscribers, as Ghost filters them: `all`, `status:free`."""


class ImagePayload(_Payload):
    """An image, whole."""

    name: Annotated[str, Field(pattern=r"^pmagent-[0-9a-f]{20}\.(?:png|jpg|gif|webp)$")]
    """Made of its bytes, so that the same image is known again there."""
    media_type: Annotated[str, Field(pattern=r"^image/(?:png|jpeg|gif|webp)$")]
    data: Annotated[str, Field(min_length=1, max_length=30_000_000)]
    """Base64."""


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


def moment_of(text: str | None) -> datetime | None:
    """A time as Ghost writes it; None where there is none."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
