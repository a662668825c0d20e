"""A small Ghost on loopback that keeps posts and behaves as the real one does where it matters.

`test_ghost_contract.py` holds for it and for a real server alike. Faults come by script: each one
is used up by the next request that changes something, or by any where it says so.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import re
import threading
import time
import unicodedata
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from markdown_it import MarkdownIt

KEY_ID = "0123456789abcdef01234567"
SECRET = "89abcdef" * 8
ADMIN_KEY = f"{KEY_ID}:{SECRET}"
ADMIN = "/ghost/api/admin/"
Record = dict[str, Any]
STATUSES = ("draft", "published", "scheduled", "sent")
_IMAGES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request."""

    kind: Literal["busy", "too many", "lost", "broken", "cut", "page", "slow", "down"]
    """`lost`: done, then the connection is cut. `broken`: done, then 500. `cut`: not done, cut.
    `page`: a proxy's page with 200. `down`: 502 before anything is done."""
    retry_after: str = ""
    slow_s: float = 0.0
    is_any: bool = False
    """Whether a request that only reads uses it up as well."""


class Refusal(Exception):  # noqa: N818
    def __init__(self, status: int, type: str, message: str, **more: Any) -> None:  # noqa: A002
        super().__init__(message)
        self.status = status
        self.error = {
            "message": message, "context": None, "type": type, "details": None, "property": None,
            "help": None, "code": None, "id": str(uuid.uuid4()), "ghostErrorCode": None, **more,
        }  # fmt: skip


@dataclass
class Hit:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FakeGhost:
    """What the site holds, and what it was asked."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    token_now: Callable[[], float] = time.time
    """What a token's age is counted to."""
    posts: dict[str, Record] = field(default_factory=dict)
    tags: dict[str, Record] = field(default_factory=dict)
    """By name in lower case."""
    images: dict[str, bytes] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    """The ids of posts that were mailed."""
    faults: deque[Fault] = field(default_factory=deque)
    hits: list[Hit] = field(default_factory=list)
    version: str = "6.65"
    newsletters: tuple[str, ...] = ("default-newsletter",)
    url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    count: int = 0

    def writes(self) -> list[str]:
        return [f"{hit.method} {hit.path}" for hit in self.hits if hit.method != "GET"]

    # -- requests ----------------------------------------------------------------------------------

    def answer(self, hit: Hit, query: Mapping[str, str]) -> tuple[int, Any]:
        """Status and JSON of one request to the Admin API."""
        path = hit.path.removeprefix(ADMIN)
        if path == "site/" and hit.method == "GET":
            told = {"title": "A site", "version": self.version, "url": f"{self.url}/"}
            return 200, {"site": told}
        self.check_token(hit.headers.get("authorization", ""))
        with self.lock:
            parts = path.rstrip("/").split("/")
            if parts[0] == "posts" and len(parts) <= 3:
                return self.answer_about_posts(hit, parts[1:], query)
            match hit.method, parts:
                case "GET", ["config"]:
                    return 200, {"config": {"version": f"{self.version}.0"}}
                case "GET", ["newsletters"]:
                    known = [{"slug": one, "status": "active"} for one in self.newsletters]
                    return 200, {"newsletters": known}
                case "POST", ["images", "upload"]:
                    return 201, {"images": [self.upload(hit)]}
                case _:
                    return self.nothing_there(hit)

    def answer_about_posts(
        self, hit: Hit, parts: list[str], query: Mapping[str, str]
    ) -> tuple[int, Any]:
        match hit.method, parts:
            case "GET", []:
                found = [p for p in self.posts.values() if fits(p, query.get("filter", ""))]
                most = int(query.get("limit", "15"))
                return 200, {"posts": [self.shown(p, query) for p in found[:most]]}
            case "POST", []:
                return 201, {"posts": [self.shown(self.make(hit.body, query), query)]}
            case "GET", ["slug", slug]:
                found = [p for p in self.posts.values() if p["slug"] == slug]
                return 200, {"posts": [self.shown(self.one(found, "read"), query)]}
            case "GET", [number]:
                if not re.fullmatch(r"[0-9a-f]{24}", number):
                    said = "Validation (matches) failed for id undefined.id"
                    message = "Validation error, cannot read post."
                    raise Refusal(422, "ValidationError", message, context=said)
                return 200, {"posts": [self.shown(self.by_id(number, "read"), query)]}
            case "PUT", [number]:
                return 200, {"posts": [self.shown(self.change(number, hit.body, query), query)]}
            case "DELETE", [number]:
                del self.posts[self.by_id(number, "destroy")["id"]]
                return 204, None
            case _:
                return self.nothing_there(hit)

    def nothing_there(self, hit: Hit) -> tuple[int, Any]:
        asked = hit.headers.get("accept-version")
        if asked:
            raise Refusal(
                406, "RequestNotAcceptableError",
                "Request could not be served, the endpoint was not found.",
                context=f"Provided client accept-version {asked} is behind current Ghost version.",
                code="UPDATE_CLIENT",
            )  # fmt: skip
        raise Refusal(404, "NotFoundError", "Resource not found")

    def check_token(self, said: str) -> None:
        if not said.startswith("Ghost "):
            raise Refusal(403, "NoPermissionError", "Authorization failed")
        head, claims, mark = [*said.removeprefix("Ghost ").split("."), "", ""][:3]
        try:
            header, told = json.loads(unbase64(head)), json.loads(unbase64(claims))
        except ValueError:
            raise Refusal(401, "UnauthorizedError", "Invalid token", code="INVALID_JWT") from None
        if header.get("kid") != KEY_ID:
            raise Refusal(
                401, "UnauthorizedError", "Unknown Admin API Key", code="UNKNOWN_ADMIN_API_KEY"
            )
        signed = hmac.new(bytes.fromhex(SECRET), f"{head}.{claims}".encode(), hashlib.sha256)
        age = self.token_now() - told.get("iat", 0)
        is_good = header.get("alg") == "HS256" and told.get("aud") == "/admin/"
        if not is_good or not hmac.compare_digest(signed.digest(), unbase64(mark)) or age > 300:
            raise Refusal(401, "UnauthorizedError", "Invalid token", code="INVALID_JWT")

    # -- posts -------------------------------------------------------------------------------------

    def make(self, body: bytes, query: Mapping[str, str]) -> Record:
        given = self.given(body, "save")
        self.count += 1
        stamp = self.stamp()
        post: Record = {
            "id": f"{self.count:024x}", "uuid": str(uuid.UUID(int=self.count)),
            "title": "(Untitled)", "slug": "", "status": "draft", "lexical": None, "html": None,
            "custom_excerpt": None, "feature_image": None, "feature_image_alt": None,
            "created_at": stamp, "updated_at": stamp, "published_at": None, "tags": [],
            "email": None, "newsletter": None,
        }  # fmt: skip
        if query.get("source") == "html" and given.get("html"):
            card = {"type": "html", "version": 1, "html": given["html"]}
            given["lexical"] = json.dumps({"root": {"children": [card]}})
        given.setdefault("lexical", EMPTY)
        self.posts[post["id"]] = post
        post["slug"] = self.free_slug(given.get("slug") or given.get("title") or "untitled", post)
        self.lay_over(post, given)
        return post

    def change(self, number: str, body: bytes, query: Mapping[str, str]) -> Record:
        post = self.by_id(number, "edit")
        given = self.given(body, "edit")
        if "updated_at" not in given:
            raise Refusal(
                422, "ValidationError", "Validation error, cannot edit post.",
                context="Validation failed for 0.", property="0",
                details=[{"message": "must have required property 'updated_at'"}],
            )  # fmt: skip
        after = dict(post)
        self.lay_over(after, given)
        changed = [name for name in given if after.get(name) != post.get(name)]
        if moment(given["updated_at"]) != moment(post["updated_at"]) and set(changed) - {
            "updated_at"
        }:
            raise Refusal(
                409, "UpdateCollisionError", "Saving failed! Someone else is editing this post.",
                context="Saving failed! Someone else is editing this post.",
                code="UPDATE_COLLISION", details={"changedFields": changed},
            )  # fmt: skip
        was_public = post["status"] in {"published", "sent"}
        if "newsletter" in query and after["status"] == "published" and not was_public:
            self.mail(after, query)
        after["updated_at"] = self.stamp()
        if "slug" in given:
            after["slug"] = self.free_slug(given["slug"], post)
        self.posts[number] = after
        return after

    def mail(self, post: Record, query: Mapping[str, str]) -> None:
        if query["newsletter"] not in self.newsletters:
            raise Refusal(500, "EmailError", "Error sending email!",
                          context="The post does not have a newsletter relation")  # fmt: skip
        post["newsletter"] = {"slug": query["newsletter"]}
        post["email"] = {"status": "submitted", "email_count": 0,
                         "recipient_filter": query.get("email_segment", "all")}  # fmt: skip
        self.mails.append(post["id"])

    def lay_over(self, post: Record, given: Record) -> None:
        for name in ("title", "custom_excerpt", "lexical", "feature_image", "feature_image_alt",
                     "status", "published_at"):  # fmt: skip
            if name in given:
                post[name] = given[name]
        post["title"] = (post["title"] or "(Untitled)").strip()
        if "tags" in given:
            post["tags"] = [self.tag(one) for one in given["tags"]]
        if given.get("status") == "scheduled":
            at = moment(post["published_at"])
            if at is None or at < self.now() - timedelta(minutes=2):
                said = "Date must be at least -2 minutes in the future."
                message = "Validation error, cannot edit post."
                raise Refusal(422, "ValidationError", message, context=said)
        if given.get("status") == "published" and post["published_at"] is None:
            post["published_at"] = self.stamp()

    def tag(self, given: str | Record) -> Record:
        name = given if isinstance(given, str) else given["name"]
        slug = slugify(name.replace("#", "hash-"))
        internal = name.startswith("#")
        known = {"name": name, "slug": slug, "visibility": "internal" if internal else "public"}
        return self.tags.setdefault(name.casefold(), known)

    def free_slug(self, wanted: str, post: Record) -> str:
        slug = slugify(wanted)
        taken = {other["slug"] for other in self.posts.values() if other["id"] != post["id"]}
        number = 2
        found = slug
        while found in taken:
            found = f"{slug}-{number}"
            number += 1
        return found

    def given(self, body: bytes, verb: str) -> Record:
        said = f"Validation error, cannot {verb} post."
        try:
            whole = json.loads(body)
        except ValueError:
            raise Refusal(400, "InternalServerError", "An unexpected error occurred.") from None
        if "posts" not in whole:
            raise Refusal(422, "ValidationError", said, property="posts",
                          context="Validation failed for posts.")  # fmt: skip
        post = dict(whole["posts"][0])
        if len(post.get("title") or "") > 255:
            limit = "Value in [posts.title] exceeds maximum length of 255 characters. posts.title"
            raise Refusal(422, "ValidationError", said, context=limit)
        if len(post.get("custom_excerpt") or "") > 300:
            raise invalid(said, "custom_excerpt", "must NOT have more than 300 characters")
        if post.get("status", "draft") not in STATUSES:
            raise invalid(said, "status", "must be equal to one of the allowed values")
        if not is_json(post.get("lexical")):
            raise invalid(said, "lexical", 'must match format "json-string"')
        return post

    def by_id(self, number: str, verb: str) -> Record:
        return self.one([self.posts[number]] if number in self.posts else [], verb)

    def one(self, found: list[Record], verb: str) -> Record:
        if not found:
            raise Refusal(404, "NotFoundError", f"Resource not found error, cannot {verb} post.",
                          context="Post not found.")  # fmt: skip
        return found[0]

    def shown(self, post: Record, query: Mapping[str, str]) -> Record:
        is_public = post["status"] == "published"
        url = f"{self.url}/{post['slug']}/" if is_public else f"{self.url}/p/{post['uuid']}/"
        shown = {**post, "url": url}
        formats = query.get("formats", "lexical").split(",")
        if "html" in formats:
            shown["html"] = html_of(post["lexical"] or EMPTY)
        else:
            del shown["html"]
        return shown

    def stamp(self) -> str:
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    # -- files -------------------------------------------------------------------------------------

    def upload(self, hit: Hit) -> Record:
        edge = hit.headers["content-type"].partition("boundary=")[2].encode()
        parts: dict[str, bytes] = {}
        name = ""
        for part in hit.body.split(b"--" + edge)[1:-1]:
            head, _, data = part.partition(b"\r\n\r\n")
            said = re.search(rb'name="([^"]*)"(?:; filename="([^"]*)")?', head)
            assert said is not None
            parts[said[1].decode()] = data.removesuffix(b"\r\n")
            name = name or (said[2] or b"").decode()
        stem, dot, ending = name.rpartition(".")
        if not dot or ending not in {"png", "jpg", "jpeg", "gif", "webp", "svg"}:
            raise Refusal(415, "UnsupportedMediaTypeError", "Please select a valid image.")
        if not any(parts["file"].startswith(start) for start in _IMAGES):
            message = "Request not understood error, cannot upload image."
            told = "Image processing failed Unable to manipulate image."
            raise Refusal(400, "BadRequestError", message, context=told)
        folder = f"/content/images/{self.now():%Y/%m}"
        path, number = f"{folder}/{name}", 1
        while path in self.images:
            path, number = f"{folder}/{stem}-{number}.{ending}", number + 1
        self.images[path] = parts["file"]
        return {"url": f"{self.url}{path}", "ref": parts.get("ref", b"").decode() or None}


EMPTY = json.dumps({"root": {"children": [], "type": "root", "version": 1}})


def invalid(message: str, name: str, says: str) -> Refusal:
    return Refusal(
        422, "ValidationError", message, context=f"Validation failed for {name}.", property=name,
        details=[{"instancePath": f"/posts/0/{name}", "message": says}],
    )  # fmt: skip


def is_json(value: str | None) -> bool:
    try:
        json.loads(value or "{}")
    except ValueError:
        return False
    return True


def fits(post: Record, condition: str) -> bool:
    """Ghost's NQL, as far as `a:b` joined by `,` for or goes."""
    if not condition:
        return True
    found = False
    for part in condition.split(","):
        name, colon, value = part.partition(":")
        if not colon or not re.fullmatch(r"[\w-]+", value):
            raise Refusal(
                400, "BadRequestError", "Request not understood error, cannot list posts."
            )
        if name == "tag":
            found = found or any(tag["slug"] == value for tag in post["tags"])
        else:
            found = found or post.get(name) == value
    return found


def html_of(lexical: str) -> str:
    made: list[str] = []
    for card in json.loads(lexical)["root"].get("children", []):
        if card["type"] == "markdown":
            made.append(
                MarkdownIt("commonmark", {"html": True}).enable("table").render(card["markdown"])
            )
        elif card["type"] == "html":
            made.append(card["html"])
    return "".join(made)


def slugify(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:185] or "untitled"


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        ghost: FakeGhost = self.server.ghost  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        hit = Hit(self.command, unquote(parts.path), headers, self.rfile.read(length))
        self.close_connection = True
        with ghost.lock:
            ghost.hits.append(hit)
            fault = take_fault(ghost, hit)
        with contextlib.suppress(OSError):  # the client has gone
            self.respond(ghost, hit, query, fault)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    def respond(
        self, ghost: FakeGhost, hit: Hit, query: Mapping[str, str], fault: Fault | None
    ) -> None:
        if hit.path.startswith("/content/images/"):
            data = ghost.images.get(hit.path)
            kind = next((k for s, k in _IMAGES.items() if data and data.startswith(s)), "text/html")
            return self.say(200 if data else 404, data or b"<p>404</p>", {"Content-Type": kind})
        if fault is not None and self.fails_before(fault):
            return None
        try:
            status, told = ghost.answer(hit, query)
        except Refusal as refusal:
            return self.refuse(refusal, {})
        if fault is not None and fault.kind == "lost":
            return self.connection.close()
        if fault is not None and fault.kind == "broken":
            return self.refuse(Refusal(500, "InternalServerError", "It broke afterwards"), {})
        body = b"" if told is None else json.dumps(told).encode()
        return self.say(status, body, {"Content-Type": "application/json; charset=utf-8"})

    def fails_before(self, fault: Fault) -> bool:
        """Whether the request ends here, with nothing done."""
        more = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        match fault.kind:
            case "busy":
                self.refuse(Refusal(503, "MaintenanceError", "Site is starting up"), more)
            case "too many":
                self.refuse(Refusal(429, "TooManyRequestsError", "Too many requests"), more)
            case "down":
                self.say(502, b"<html>bad gateway</html>", {"Content-Type": "text/html"})
            case "page":
                self.say(200, b"<html>hello</html>", {"Content-Type": "text/html"})
            case "cut":
                self.connection.close()
            case _:
                time.sleep(fault.slow_s)
                return False
        return True

    def refuse(self, refusal: Refusal, more: Mapping[str, str]) -> None:
        body = json.dumps({"errors": [refusal.error]}).encode()
        self.say(refusal.status, body, {"Content-Type": "application/json", **more})

    def say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Version", "v6.65")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def take_fault(ghost: FakeGhost, hit: Hit) -> Fault | None:
    if ghost.faults and (hit.method != "GET" or ghost.faults[0].is_any):
        return ghost.faults.popleft()
    return None


@contextmanager
def serve_ghost() -> Iterator[FakeGhost]:
    """A fresh site on a port of its own, ended with the block."""
    ghost = FakeGhost()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.ghost = ghost  # type: ignore[attr-defined]
    ghost.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield ghost
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
