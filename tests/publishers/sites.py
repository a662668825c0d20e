"""A site to send to, the fake one or a real one, and effects on it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pmagent.net.api import Api, Reply
from pmagent.publishers.ghost.client import GhostClient
from pmagent.publishers.ghost.connect import open_client
from pmagent.publishers.ghost.key import parse_key, sign_token
from pmagent.publishers.ghost.publisher import GhostPublisher
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, Receipt
from tests.publishers.fake_ghost import FakeGhost


def now() -> datetime:
    return datetime.now(UTC)


def card(markdown: str) -> str:
    """As `pmagent.publish.render.ghost` writes it."""
    return json.dumps(
        {
            "root": {
                "children": [{"type": "markdown", "version": 1, "markdown": markdown}],
                "direction": None,
                "format": "",
                "indent": 0,
                "type": "root",
                "version": 1,
            }
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


@dataclass
class GhostSite:
    """One site under test."""

    url: str
    admin_key: str
    fake: FakeGhost | None
    keys: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.word = secrets.token_hex(4)
        """In every slug of this test: a real server keeps what others have made."""
        self.client: GhostClient = open_client(self.url, lambda: parse_key(self.admin_key), now=now)
        self.publisher = GhostPublisher(self.client)

    def slug(self, name: str = "post") -> str:
        return f"{name}-{self.word}"

    def effect(
        self,
        kind: str,
        payload: Mapping[str, Json],
        *,
        key: str = "",
        receipt: Receipt | None = None,
    ) -> Effect:
        key = key or hashlib.sha256(f"{self.word}{kind}".encode()).hexdigest()[:20]
        self.keys.append(key)
        return Effect(
            key=key, kind=kind, target=self.publisher.target, business_key="transcripts/ep.md",
            payload=payload, digest="", state="sending", made=now(), changed=now(), receipt=receipt,
        )  # fmt: skip

    def draft(self, *, key: str = "", receipt: Receipt | None = None, **fields: Json) -> Effect:
        payload: dict[str, Json] = {
            "title": "What a seat costs",
            "lexical": card("# Notes\n\n- one\n- two\n"),
            "slug": self.slug(),
            "excerpt": "Two sentences.",
            "tags": ["podcast"],
            **fields,
        }
        return self.effect("ghost.draft", payload, key=key, receipt=receipt)

    def made(self, **fields: Json) -> Receipt:
        """A draft that is there."""
        return self.publisher.do(self.draft(**fields), None)

    def call(
        self, method: str, path: str, body: object = None, **options: Any
    ) -> tuple[int, dict[str, Any]]:
        """One request past the client, as a person with the editor open makes it."""
        headers = {"Authorization": f"Ghost {sign_token(parse_key(self.admin_key), now())}"}
        headers |= {"Accept-Version": "v6.0", "Content-Type": "application/json"}
        headers = {k: v for k, v in {**headers, **options.get("headers", {})}.items() if v}
        sent = b"" if body is None else json.dumps(body).encode()
        heard = Api(self.url).send(
            method, f"ghost/api/admin/{path}", query=options.get("query", {}), headers=headers,
            body=sent,
        )  # fmt: skip
        assert isinstance(heard, Reply), heard
        told = json.loads(heard.body) if heard.body else {}
        self.ids += [post["id"] for post in told.get("posts", []) if method == "POST"]
        return heard.status, told

    def edit(self, number: str, **fields: Json) -> dict[str, Any]:
        """As somebody else: the post after a change in the editor."""
        [post] = self.call("GET", f"posts/{number}/")[1]["posts"]
        body = {"posts": [{**fields, "updated_at": post["updated_at"]}]}
        status, told = self.call("PUT", f"posts/{number}/", body)
        assert status == 200, told
        return told["posts"][0]

    def of_mark(self, key: str) -> list[dict[str, Any]]:
        query = {"filter": f"tag:hash-pmagent-{key}", "formats": "html,lexical", "limit": "50"}
        return self.call("GET", "posts/", query={**query, "include": "tags"})[1]["posts"]

    def clear(self) -> None:
        """Delete what this test has made on a real server."""
        if self.fake is None:
            found = {post["id"] for key in set(self.keys) for post in self.of_mark(key)}
            for number in {*found, *self.ids}:
                self.call("DELETE", f"posts/{number}/")
