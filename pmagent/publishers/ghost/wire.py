"""What a Ghost site sends, read once into values; fields that are not used here are passed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class _Sent(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SentTag(_Sent):
    """A tag of a post."""

    name: str


class SentEmail(_Sent):
    """The mail that a post was sent by."""

    status: str = ""
    email_count: int = 0


class SentPost(_Sent):
    """A post as it lies there."""

    id: str
    title: str = ""
    slug: str = ""
    status: str = ""
    """`draft`, `scheduled`, `published`, or `sent` for one that went out by mail alone."""
    updated_at: str = ""
    published_at: str | None = None
    lexical: str | None = None
    html: str | None = None
    custom_excerpt: str | None = None
    feature_image: str | None = None
    feature_image_alt: str | None = None
    url: str = ""
    tags: tuple[SentTag, ...] = ()
    email: SentEmail | None = None
    newsletter: Mapping[str, object] | None = None

    @property
    def tag_names(self) -> tuple[str, ...]:
        """In the order they stand there, internal ones among them."""
        return tuple(tag.name for tag in self.tags)


class SentPosts(_Sent):
    """The answer to every request about posts."""

    posts: tuple[SentPost, ...]


class SentImage(_Sent):
    """Where an image lies now."""

    url: str


class SentImages(_Sent):
    """The answer to an upload."""

    images: tuple[SentImage, ...] = Field(min_length=1)


class SentSite(_Sent):
    """What a site says of itself to everybody."""

    title: str = ""
    version: str = ""
    url: str = ""


class SentSites(_Sent):
    """The answer to a request about the site."""

    site: SentSite


class SentNewsletter(_Sent):
    """A newsletter of the site."""

    slug: str
    status: str = "active"


class SentNewsletters(_Sent):
    """The answer to a request about newsletters."""

    newsletters: tuple[SentNewsletter, ...]


class SentError(_Sent):
    """One complaint of the server."""

    message: str = ""
    context: str | None = None
    type: str = ""
    code: str | None = None
    help: str | None = None
    property: str | None = None
    details: object = None
    """A list of what is wrong with which field, or something else."""


class SentErrors(_Sent):
    """What the server sends with every status above 399."""

    errors: tuple[SentError, ...] = Field(min_length=1)


M = TypeVar("M", bound=BaseModel)


def read_as(model: type[M], body: bytes) -> M | None:
    """The body as that; None where it is something else."""
    try:
        return model.model_validate_json(body)
    except (ValidationError, RecursionError):
        return None


def exact_fault(error: SentError) -> str:
    """What is wrong with the first field that the server names; empty where it names none."""
    details = error.details
    first = cast("list[object]", details)[:1] if isinstance(details, list) else []
    match first:
        case [{"message": str(told)}]:
            return f"{error.property or ''} {told}".strip()
        case _:
            return ""
