"""A small server of the Messages API on loopback, for tests: it plays a script and keeps a journal.

Streams as the provider does, and breaks in the ways that providers and networks break: refusals,
cut and slow streams, damaged events, other kinds of content, parts of the API that are not there.
Use it as a context manager; it ends itself and everything that still waits in it.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

Frame = Mapping[str, Any]
Raw = bytes


@dataclass(frozen=True, kw_only=True)
class Play:
    """What the server does with one request."""

    frames: tuple[Frame | Raw, ...] = ()
    """Events; bytes go out as they are."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """In place of a stream."""
    content_type: str = "text/event-stream; charset=utf-8"
    cut_after: int | None = None
    """The connection ends after so many events, in the middle of the stream."""
    resets: bool = False
    """It ends by a reset: what was not yet read at the other end is lost, as on a bad network."""
    ends_after: int | None = None
    """The stream ends in good form after so many events."""
    hold_after: int | None = None
    """After so many events it waits until `release` is set, or the client is gone."""
    bytes_at_once: int = 0
    """0: an event at a time."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One request, as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By names in small letters."""
    body: Mapping[str, Any]


Script = Sequence[Play] | Callable[[Mapping[str, Any]], Play]


def say(
    text: str = "",
    *,
    uses: Sequence[tuple[str, Mapping[str, Any]]] = (),
    thinking: str = "",
    reason: str | None = None,
    usage: Mapping[str, int] | None = None,
    pieces: int = 3,
) -> Play:
    """An ordinary answer: thinking, words, uses of tools, in that order."""
    blocks: list[Sequence[Frame]] = []
    if thinking:
        start = {"type": "thinking", "thinking": "", "signature": ""}
        deltas = [{"type": "thinking_delta", "thinking": part} for part in cut(thinking, pieces)]
        blocks.append(block(start, [*deltas, {"type": "signature_delta", "signature": "c2ln"}]))
    if text:
        deltas = [{"type": "text_delta", "text": part} for part in cut(text, pieces)]
        blocks.append(block({"type": "text", "text": ""}, deltas))
    for number, (tool, given) in enumerate(uses, 1):
        start = {"type": "tool_use", "id": f"toolu_{number}", "name": tool, "input": {}}
        written = json.dumps(given)
        deltas = [{"type": "input_json_delta", "partial_json": p} for p in cut(written, pieces)]
        blocks.append(block(start, deltas))
    return answer(blocks, reason=reason or ("tool_use" if uses else "end_turn"), usage=usage)


def answer(
    blocks: Sequence[Sequence[Frame]],
    *,
    reason: str | None = "end_turn",
    usage: Mapping[str, int] | None = None,
) -> Play:
    """An answer of these blocks, with its beginning and end."""
    counted = {"input_tokens": 10, "output_tokens": 5, **(usage or {})}
    begun = {**counted, "output_tokens": 1}
    frames: list[Frame] = [
        {
            "type": "message_start",
            "message": {
                "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
                "stop_reason": None, "stop_sequence": None, "usage": begun,
            },
        },
        {"type": "ping"},
    ]  # fmt: skip
    for index, frames_of_block in enumerate(blocks):
        frames.extend({**frame, "index": index} for frame in frames_of_block)
    frames.append({
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None},
        "usage": {"output_tokens": counted["output_tokens"]},
    })
    frames.append({"type": "message_stop"})
    return Play(frames=tuple(frames))


def block(start: Mapping[str, Any], deltas: Sequence[Mapping[str, Any]]) -> Sequence[Frame]:
    """The events of one part of an answer."""
    return [
        {"type": "content_block_start", "content_block": start},
        *({"type": "content_block_delta", "delta": delta} for delta in deltas),
        {"type": "content_block_stop"},
    ]


def refuse(
    status: int, kind: str, message: str = "no", *, retry_after: str = "", **headers: str
) -> Play:
    """An error as the provider gives it."""
    body = {"type": "error", "error": {"type": kind, "message": message}}
    waits = {"retry-after": retry_after} if retry_after else {}
    return Play(
        status=status,
        body=json.dumps(body).encode(),
        content_type="application/json",
        headers={**waits, **headers},
    )


def as_event(frame: Frame) -> bytes:
    """An event as it goes over the line."""
    return f"event: {frame['type']}\ndata: {json.dumps(frame)}\n\n".encode()


def cut(text: str, pieces: int) -> Sequence[str]:
    """`text` in about so many pieces."""
    size = max(1, -(-len(text) // max(1, pieces)))
    return [text[start : start + size] for start in range(0, len(text), size)]


class MessagesServer:
    """Answers `POST /v1/messages` by the script, in order or as its function says.

    A sequence that is at its end is answered with 500 and `x-should-retry: false`.
    """

    def __init__(
        self,
        script: Script = (),
        *,
        counts: int | None = 42,
        models: Sequence[Mapping[str, Any]] | None = (),
        refuses: Mapping[str, str] | None = None,
    ) -> None:
        """`counts`: what `count_tokens` says; None: it is not there.

        `models`: what the list of models holds; None: there is no list. `refuses`: fields of the
        body by dotted name that are refused, and the words of the refusal.
        """
        self.script = script
        self.counts = counts
        self.models = models
        self.refuses = dict(refuses or {})
        self.journal: list[Seen] = []
        self.release = threading.Event()
        """Set to let go what holds; also set when the server ends."""
        self.gone = threading.Event()
        """Set once a client was seen to leave while the server held or wrote."""
        self._played = 0
        self._lock = threading.Lock()
        self._server = _Listening(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        """Its address, as a base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def asked(self) -> list[Mapping[str, Any]]:
        """The bodies of the requests for answers."""
        return [seen.body for seen in self.journal if seen.path == "/v1/messages"]

    def __enter__(self) -> MessagesServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def note(self, seen: Seen) -> None:
        with self._lock:
            self.journal.append(seen)

    def next_play(self, body: Mapping[str, Any]) -> Play:
        for name, words in self.refuses.items():
            if _has(body, name):
                return refuse(400, "invalid_request_error", words)
        if callable(self.script):
            return self.script(body)
        with self._lock:
            number = self._played
            self._played += 1
        if number < len(self.script):
            return self.script[number]
        play = refuse(500, "api_error", "the script is at its end")
        return replace(play, headers={"x-should-retry": "false"})


def _has(body: Mapping[str, Any], name: str) -> bool:
    held: Any = body
    for step in name.split("."):
        if not isinstance(held, Mapping) or step not in held:
            return False
        held = held[step]
    return True


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: MessagesServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listening
    wbufsize: ClassVar[int] = 0
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing is written to the terminal of the tests."""

    def do_GET(self) -> None:
        self._note({})
        owner = self.server.owner
        if self.path.startswith("/v1/models") and owner.models is not None:
            self._send_json(200, {"data": list(owner.models), "has_more": False})
        else:
            self._play(refuse(404, "not_found_error", "no such page"))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        body = json.loads(raw or b"{}")
        self._note(body)
        owner = self.server.owner
        if self.path == "/v1/messages/count_tokens" and owner.counts is not None:
            self._send_json(200, {"input_tokens": owner.counts})
        elif self.path == "/v1/messages":
            self._play(owner.next_play(body))
        else:
            self._play(refuse(404, "not_found_error", "no such page"))

    def _note(self, body: Mapping[str, Any]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.owner.note(
            Seen(method=self.command, path=self.path.partition("?")[0], headers=headers, body=body)
        )

    def _send_json(self, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self._play(Play(status=status, body=body, content_type="application/json"))

    def _play(self, play: Play) -> None:
        self.send_response(play.status)
        self.send_header("Content-Type", play.content_type)
        for name, value in play.headers.items():
            self.send_header(name, value)
        if play.body is not None:
            self.send_header("Content-Length", str(len(play.body)))
            self.end_headers()
            self.wfile.write(play.body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._stream(play)
        except OSError:
            self.server.owner.gone.set()
            self.close_connection = True

    def _stream(self, play: Play) -> None:
        for number, frame in enumerate((*play.frames, b"")):
            if number == play.hold_after:
                self._hold()
            if number == play.cut_after:
                self._break_off(resets=play.resets)
                return
            if number == play.ends_after:
                break
            data = frame if isinstance(frame, bytes) else as_event(frame)
            size = play.bytes_at_once or max(1, len(data))
            for start in range(0, len(data), size):
                piece = data[start : start + size]
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def _hold(self) -> None:
        """Wait, but not for a client that has left."""
        owner = self.server.owner
        self.connection.settimeout(0.02)
        while not owner.release.is_set():
            try:
                if self.connection.recv(1) == b"":
                    raise ConnectionResetError
            except TimeoutError:
                continue
        self.connection.settimeout(None)

    def _break_off(self, *, resets: bool) -> None:
        self.close_connection = True
        if resets:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RD if resets else socket.SHUT_RDWR)
        self.connection.close()
