"""A small Trello on loopback: a board and what lies elsewhere, as the real one where it matters.

Ids, plain-text refusals, 429 bodies, the lock after too many of them, and a limit by its own clock.
Faults come by script: each is used up by the next request that changes something, or by any where
it says so. There is no search, and nothing can be deleted.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

KEY, TOKEN = "0123456789abcdef" * 2, "ATTA" + "0123456789abcdef" * 4
BOARD, SHORT_LINK = "5abbe4b7ddc1b351ef961414", "9ea5e97d"
ELSEWHERE = "5abbe4b7ddc1b351ef96cafe"
"""Another board of the same account: its cards and lists answer by their ids as well."""
Record = dict[str, Any]
ID = re.compile(r"[0-9a-f]{24}")
DESC_CHARS = 16_384


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request."""

    kind: Literal[
        "none", "busy", "token limit", "key limit", "lost", "broken", "cut", "page", "down", "echo"
    ]
    """`lost`: done, then the connection is cut. `broken`: done, then 500. `cut`: not done, cut.
    `page`: a proxy's page with 200. `down`: 502 before anything is done. `echo`: 400, and the
    request's own header in the body."""
    is_any: bool = False
    """Whether a request that only reads uses it up as well."""


class Refusal(Exception):  # noqa: N818
    def __init__(self, status: int, body: str | Record) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


@dataclass
class Hit:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class FakeTrello:
    """What the board holds, and what it was asked."""

    now: Callable[[], float] = time.monotonic
    limit: int = 0
    """Requests of one token in ten seconds; 0 is without a limit."""
    most_cards: int = 0
    is_closed: bool = False
    name: str = "A board"
    is_private_elsewhere: bool = False
    """Whether the token may not see the other board."""
    token: str = TOKEN
    """The one that is accepted; another one takes the old one's place."""
    lists: dict[str, Record] = field(default_factory=dict)
    cards: dict[str, Record] = field(default_factory=dict)
    labels: dict[str, Record] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    hits: list[Hit] = field(default_factory=list)
    url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    count: int = 0
    times: deque[float] = field(default_factory=deque)
    refused: int = 0
    locked_until: float = 0.0

    def __post_init__(self) -> None:
        for name in ("To do", "Doing", "Done"):
            self.put(self.lists, name=name, closed=False, pos=16_384 * (len(self.lists) + 1))

    def list_id(self, name: str) -> str:
        return next(one["id"] for one in self.lists.values() if one["name"] == name)

    def writes(self) -> list[str]:
        return [f"{hit.method} {hit.path}" for hit in self.hits if hit.method != "GET"]

    def put(self, table: dict[str, Record], **fields: Any) -> Record:
        self.count += 1
        one = {"id": f"{0x65000000:08x}{self.count:016x}", "idBoard": BOARD, **fields}
        table[one["id"]] = one
        return one

    def copy(self, card: Record) -> Record:
        """As "Copy card" does there: the description comes along, mark and all."""
        fields = {name: value for name, value in card.items() if name not in {"id", "shortUrl"}}
        return self.put(self.cards, **fields, shortUrl=f"https://trello.com/c/{self.count:08x}")

    def take_away(self, one: Record) -> None:
        """Bring a card, or a list with its cards, to another board: the ids stay."""
        one["idBoard"] = ELSEWHERE
        for card in self.cards.values():
            if card.get("idList") == one["id"]:
                card["idBoard"] = ELSEWHERE

    # -- requests ----------------------------------------------------------------------------------

    def answer(self, hit: Hit) -> Any:
        self.check_key(hit.headers.get("authorization", ""))
        self.check_limit()
        parts = hit.path.strip("/").split("/")
        given = self.given(hit)
        match hit.method, parts:
            case "GET", ["boards", _, *rest]:
                return self.of_board(parts[1], rest, hit.query)
            case "GET", ["cards", ident]:
                return self.shown(self.visible(self.by_id(self.cards, ident)))
            case "POST", ["cards"]:
                return self.shown(self.make_card(given))
            case "PUT", ["cards", ident]:
                card = self.visible(self.by_id(self.cards, ident))
                return self.shown(self.change_card(card, given))
            case "POST", ["cards", ident, "idLabels"]:
                return self.add_label(self.by_id(self.cards, ident), given)
            case "POST", ["labels"]:
                if given.get("idBoard") != BOARD or not given.get("name"):
                    raise Refusal(400, "invalid value for name")
                return self.put(self.labels, name=given["name"], color=given.get("color"))
            case _:
                raise Refusal(404, "Cannot " + f"{hit.method} {hit.path}")

    def of_board(self, ident: str, rest: list[str], query: Mapping[str, str]) -> Any:
        if ident not in {BOARD, SHORT_LINK}:
            raise Refusal(404, "board not found")
        lists, cards, labels = (
            [one for one in table.values() if one["idBoard"] == BOARD]
            for table in (self.lists, self.cards, self.labels)
        )
        is_all = query.get("filter") == "all"
        match rest:
            case []:
                return {
                    "id": BOARD,
                    "name": self.name,
                    "closed": self.is_closed,
                    "shortUrl": f"https://trello.com/b/{SHORT_LINK}",
                }
            case ["lists"]:
                return [one for one in lists if is_all or not one["closed"]]
            case ["labels"]:
                return labels
            case ["cards"]:
                if self.most_cards and len(cards) > self.most_cards:
                    raise Refusal(429, {"error": "API_TOO_MANY_CARDS_REQUESTED",
                                        "message": "Requested too many cards"})  # fmt: skip
                shown = [one for one in cards if is_all or not one["closed"]]
                return [self.shown(one) for one in shown]
            case _:
                raise Refusal(404, "The requested resource was not found.")

    def check_key(self, header: str) -> None:
        found = re.fullmatch(r'OAuth oauth_consumer_key="(.*)", oauth_token="(.*)"', header)
        if found is None:
            raise Refusal(401, "unauthorized permission requested")
        if found[1] != KEY:
            raise Refusal(401, "invalid key")
        if found[2] != self.token:
            raise Refusal(401, "invalid app token")

    def check_limit(self) -> None:
        now = self.now()
        if now < self.locked_until:
            raise Refusal(429, {"error": "API_KEY_LIMIT_EXCEEDED", "message": "Key is locked"})
        while self.times and self.times[0] <= now - 10:
            self.times.popleft()
        if self.limit and len(self.times) >= self.limit:
            self.refused += 1
            if self.refused > 200:
                self.locked_until = now + 10
            raise Refusal(429, {"error": "API_TOKEN_LIMIT_EXCEEDED",
                                "message": "Rate limit exceeded"})  # fmt: skip
        self.times.append(now)

    def given(self, hit: Hit) -> Record:
        try:
            told = json.loads(hit.body) if hit.body else {}
        except ValueError:
            raise Refusal(400, "Error parsing body") from None
        return {**hit.query, **told}

    def make_card(self, given: Record) -> Record:
        if not ID.fullmatch(str(given.get("idList", ""))):
            raise Refusal(400, "invalid value for idList")
        home = self.by_id(self.lists, given["idList"])["idBoard"]
        card = self.put(self.cards, idBoard=home, name="", desc="", closed=False, due=None,
                        idLabels=[], pos=0)  # fmt: skip
        card["shortUrl"] = f"https://trello.com/c/{self.count:08x}"
        try:
            return self.change_card(card, given)
        except Refusal:
            del self.cards[card["id"]]
            raise

    def change_card(self, card: Record, given: Record) -> Record:
        after = dict(card)
        for name in ("name", "desc", "closed", "idList"):
            if name in given:
                after[name] = given[name]
        if len(after["desc"].encode("utf-16-le")) // 2 > DESC_CHARS:  # as JavaScript counts
            raise Refusal(400, "invalid value for desc")
        if not str(after["name"]).strip():
            raise Refusal(400, "invalid value for name")
        after["desc"] = after["desc"].strip()
        after["name"] = after["name"].strip()
        if "idList" in given:
            if self.by_id(self.lists, given["idList"])["idBoard"] != card["idBoard"]:
                raise Refusal(400, "invalid value for idList")
            after["pos"] = self.position(given["idList"], given.get("pos", "bottom"))
        if "idLabels" in given:
            after["idLabels"] = [self.by_id(self.labels, one)["id"] for one in given["idLabels"]]
        if "due" in given:
            after["due"] = self.moment(given["due"])
        after["dateLastActivity"] = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.cards[card["id"]] = after
        return after

    def position(self, ident: str, said: str | float) -> float:
        held = [one["pos"] for one in self.cards.values() if one.get("idList") == ident]
        if said == "top":
            return min(held, default=32_768) / 2
        return max(held, default=0) + 16_384 if said == "bottom" else float(said)

    def moment(self, said: str | None) -> str | None:
        if not said:
            return None
        try:
            at = datetime.fromisoformat(said).astimezone(UTC)
        except ValueError:
            raise Refusal(400, "invalid date") from None
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def add_label(self, card: Record, given: Record) -> list[str]:
        label = self.by_id(self.labels, given.get("value", ""))["id"]
        if label in card["idLabels"]:
            raise Refusal(400, "that label is already on the card")
        card["idLabels"] = [*card["idLabels"], label]
        return card["idLabels"]

    def by_id(self, table: dict[str, Record], ident: str) -> Record:
        if not ID.fullmatch(ident):
            raise Refusal(400, "invalid id")
        if ident not in table:
            raise Refusal(404, "The requested resource was not found.")
        return table[ident]

    def visible(self, card: Record) -> Record:
        if self.is_private_elsewhere and card["idBoard"] != BOARD:
            raise Refusal(401, "unauthorized card permission requested")
        return card

    def shown(self, card: Record) -> Record:
        return {**card, "labels": [self.labels[one] for one in card["idLabels"]]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        trello: FakeTrello = self.server.trello  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        hit = Hit(self.command, parts.path, query, headers, self.rfile.read(length))
        self.close_connection = True
        with trello.lock:
            trello.hits.append(hit)
            is_taken = trello.faults and (hit.method != "GET" or trello.faults[0].is_any)
            fault = trello.faults.popleft() if is_taken else None
        with contextlib.suppress(OSError):  # the client has gone
            self.respond(trello, hit, fault)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    def respond(self, trello: FakeTrello, hit: Hit, fault: Fault | None) -> None:
        if fault is not None and self.fails_before(fault):
            return None
        try:
            with trello.lock:
                told = trello.answer(hit)
        except Refusal as refusal:
            return self.refuse(refusal)
        if fault is not None and fault.kind == "lost":
            return self.connection.close()
        if fault is not None and fault.kind == "broken":
            return self.refuse(Refusal(500, "Something went wrong"))
        return self.say(200, json.dumps(told).encode(), "application/json; charset=utf-8")

    def fails_before(self, fault: Fault) -> bool:
        """Whether the request ends here, with nothing done."""
        match fault.kind:
            case "busy":
                self.refuse(Refusal(503, "Service unavailable"))
            case "token limit":
                self.refuse(Refusal(429, {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "x"}))
            case "key limit":
                body = {"error": "API_KEY_LIMIT_EXCEEDED", "message": "Key is locked"}
                self.refuse(Refusal(429, body))
            case "down":
                self.say(502, b"<html>bad gateway</html>", "text/html")
            case "page":
                self.say(200, b"<html>hello</html>", "text/html")
            case "cut":
                self.connection.close()
            case "echo":
                self.refuse(Refusal(400, f"bad header {self.headers.get('Authorization')}"))
            case _:
                return False
        return True

    def refuse(self, refusal: Refusal) -> None:
        if isinstance(refusal.body, str):
            return self.say(refusal.status, refusal.body.encode(), "text/plain; charset=utf-8")
        return self.say(refusal.status, json.dumps(refusal.body).encode(), "application/json")

    def say(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def serve_trello() -> Iterator[FakeTrello]:
    """A fresh board on a port of its own, ended with the block."""
    trello = FakeTrello()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.trello = trello  # type: ignore[attr-defined]
    trello.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield trello
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
