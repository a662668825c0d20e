"""Requests to the Admin API of one Ghost site: signed anew each, told as values or as a fault.

It reads, makes and changes posts and uploads images; it deletes nothing, and asks for no members.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel

from pmagent.errors import FetchError, UsageError
from pmagent.net.api import Api, NoReply, Reply
from pmagent.publishers.ghost.faults import fault_of, fault_of_silence
from pmagent.publishers.ghost.key import GhostKey, fingerprint, sign_token
from pmagent.publishers.ghost.wire import (
    SentImages,
    SentNewsletters,
    SentPost,
    SentPosts,
    SentSite,
    SentSites,
    read_as,
)
from pmagent.types.actions import Json
from pmagent.types.outbox import SendFault

ADMIN = "ghost/api/admin"
VERSION = "v6.0"
"""What is asked for; version 5 answers to it as well."""
READ_S = 15.0
WRITE_S = 60.0
"""Half a megabyte of text takes a small server four seconds."""
MOST_FOUND = 15
_WHOLE = {"formats": "html,lexical", "include": "tags,email,newsletter"}
_NOTHING: Mapping[str, str] = MappingProxyType({})

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class GhostClient:
    """One site, with its key. Safe to use from several threads."""

    def __init__(
        self, api: Api, key: Callable[[], GhostKey], *, now: Callable[[], datetime]
    ) -> None:
        """`key` is asked when one is needed; it may raise UsageError where there is none."""
        self._api = api
        self._key = key
        self._now = now

    @property
    def address(self) -> str:
        """The site, for a person to read."""
        return self._api.address

    @property
    def credential(self) -> str:
        """Tells two keys apart, and gives neither away; empty where there is none."""
        try:
            return fingerprint(self._key())
        except UsageError:
            return ""

    def now(self) -> datetime:
        """The time by which tokens are signed and times are judged."""
        return self._now()

    def site(self) -> SentSite:
        """What the site says to everybody: the key is not sent."""
        return self._read("site/", SentSites, is_signed=False).site

    def see_that_the_key_works(self) -> None:
        """Nothing, where the site accepts it.

        Raises:
            SendFault: it does not.
        """
        self._heard("GET", "config/", total_s=READ_S)

    def newsletters(self) -> SentNewsletters:
        """Those of the site, with their slugs."""
        return self._read("newsletters/", SentNewsletters, {"limit": "50"})

    def find_posts(self, condition: str) -> tuple[SentPost, ...]:
        """At most 15 posts that fit, of every status. `condition` is in Ghost's NQL."""
        query = {**_WHOLE, "filter": condition, "limit": str(MOST_FOUND)}
        return self._read("posts/", SentPosts, query).posts

    def post(self, id: str) -> SentPost:  # noqa: A002 - as Ghost calls it
        """One post, whole.

        Raises:
            SendFault: it is not there, or cannot be read.
        """
        return self._one(self._read(f"posts/{id}/", SentPosts, _WHOLE), changes=False)

    def make_post(self, fields: Mapping[str, Json]) -> SentPost:
        """The post that was made. Ghost makes another one each time."""
        return self._one(self._write("POST", "posts/", fields, _NOTHING), changes=True)

    def change_post(
        self,
        id: str,  # noqa: A002 - as Ghost calls it
        fields: Mapping[str, Json],
        query: Mapping[str, str] = _NOTHING,
    ) -> SentPost:
        """The post as it is now. `fields` must hold the `updated_at` it is based on."""
        return self._one(self._write("PUT", f"posts/{id}/", fields, query), changes=True)

    def upload_image(self, name: str, media_type: str, data: bytes) -> str:
        """The address of the image. Ghost keeps another one each time."""
        edge = name.partition(".")[0]  # made of the bytes, so it does not stand in them
        body = _multipart(edge, name, media_type, data)
        kind = f"multipart/form-data; boundary={edge}"
        reply = self._heard("POST", "images/upload/", body=body, kind=kind, total_s=WRITE_S)
        return self._parsed(SentImages, reply, changes=True).images[0].url

    def has_image(self, path: str) -> bool:
        """Whether an image lies at that path of the site; asked for as any reader does."""
        heard = self._api.send("GET", path, headers={"Accept": "image/*"}, total_s=READ_S)
        if isinstance(heard, NoReply):
            raise fault_of_silence(heard, changes=False)
        if heard.status in {408, 425, 429} or heard.status >= 500:
            raise fault_of(heard, changes=False, now=self._now())
        return heard.status == 200 and heard.headers.get("content-type", "").startswith("image/")

    def address_of(self, path: str) -> str:
        """The whole address of a path of the site."""
        return f"{self._api.address}/{path}"

    def _read(
        self,
        path: str,
        model: type[M],
        query: Mapping[str, str] = _NOTHING,
        *,
        is_signed: bool = True,
    ) -> M:
        reply = self._heard("GET", path, query=query, is_signed=is_signed, total_s=READ_S)
        return self._parsed(model, reply, changes=False)

    def _write(
        self, method: str, path: str, fields: Mapping[str, Json], query: Mapping[str, str]
    ) -> SentPosts:
        body = json.dumps({"posts": [fields]}, ensure_ascii=False).encode("utf-8")
        reply = self._heard(
            method, path, query={**_WHOLE, **query}, body=body, kind="application/json",
            total_s=WRITE_S,
        )  # fmt: skip
        return self._parsed(SentPosts, reply, changes=True)

    def _heard(  # noqa: PLR0913 - what a request is made of
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = _NOTHING,
        body: bytes = b"",
        kind: str = "",
        is_signed: bool = True,
        total_s: float,
    ) -> Reply:
        changes = method != "GET"
        headers = {"Accept-Version": VERSION}
        if is_signed:
            headers["Authorization"] = self._signed()
        if kind:
            headers["Content-Type"] = kind
        try:
            heard = self._api.send(
                method, f"{ADMIN}/{path}", query=query, headers=headers, body=body,
                total_s=total_s,
            )  # fmt: skip
        except FetchError as exc:
            raise SendFault("refused", exc.message, exc.hint) from exc
        if isinstance(heard, NoReply):
            raise fault_of_silence(heard, changes=changes)
        if heard.status >= 300:
            raise fault_of(heard, changes=changes, now=self._now())
        return heard

    def _signed(self) -> str:
        try:
            return f"Ghost {sign_token(self._key(), self._now())}"
        except UsageError as exc:
            raise SendFault("unauthorised", exc.message, exc.hint) from exc

    def _parsed(self, model: type[M], reply: Reply, *, changes: bool) -> M:
        read = None if reply.was_cut else read_as(model, reply.body)
        if read is None:
            raise _not_ghost(self.address, changes=changes)
        return read

    def _one(self, sent: SentPosts, *, changes: bool) -> SentPost:
        if len(sent.posts) != 1:
            raise _not_ghost(self.address, changes=changes)
        return sent.posts[0]


def read_back(read: Callable[[], T]) -> T:
    """What `read` gives, after something was written: where it fails, the writing was done.

    Raises:
        SendFault: it cannot be read; never of the kind that says nothing was done.
    """
    try:
        return read()
    except SendFault as exc:
        if exc.kind != "again":
            raise
        raise SendFault("ambiguous", exc.message, exc.hint, wait_s=exc.wait_s) from exc


def _not_ghost(address: str, *, changes: bool) -> SendFault:
    """A proxy's page, or another site: it may pass, and a new address is tested when it is set."""
    return SendFault(
        "ambiguous" if changes else "again",
        f'"{address}" does not answer as Ghost does',
        "give the address of the site as its own settings name it",
    )


def _multipart(edge: str, name: str, media_type: str, data: bytes) -> bytes:
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    )
    fields = "".join(
        f'\r\n--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}'
        for field, value in (("purpose", "image"), ("ref", name))
    )
    return head.encode("ascii") + data + f"{fields}\r\n--{edge}--\r\n".encode()
