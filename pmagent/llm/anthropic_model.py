"""The provider's package, and nothing of it beyond this module: requests, retries, decoding.

Answers are taken as the package decodes them, event by event. Its own `messages.stream` is not
used: it raises in the middle of an answer whose tool input is broken, and takes a cut input for a
whole one (anthropic 2.12.0, `accumulate_event`). Refused here are redirects, compressed answers
(which could unfold without end), and events without end. The package's telemetry is off.
"""

from __future__ import annotations

import ssl
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol, cast

import anthropic
import httpx2

from pmagent.llm.assembling import Frame
from pmagent.llm.faults import Refused, WireFault
from pmagent.llm.probe import Listed
from pmagent.llm.servers import Key, Server
from pmagent.types.actions import Json

CONNECT_S = 5.0
SILENCE_S = 600.0
"""The package's own: a long answer may be thought about for minutes."""
ASIDE_S = 5.0
"""For lists and counts, which nothing depends on."""
LONGEST_WAIT_S = 30.0
"""A server that asks for a longer wait is not waited for; the person is told."""
MOST_EVENT_BYTES = 8_000_000
MOST_EVENT_LINES = 1_000
"""The package puts the lines of an event together one by one, in quadratic time."""
MOST_ANSWER_BYTES = 64_000_000
_NO_KEY = "none"
"""Sent where no key is needed: compatible servers ask for one and take any."""
_SHUT_BOTH = 2
# What the package and the packages below it raise on answers of no known form.
_DAMAGE = (
    anthropic.AnthropicError, httpx2.StreamError, ValueError, TypeError, KeyError, IndexError,
    AttributeError, RuntimeError, AssertionError,
)  # fmt: skip


class _StoppedError(anthropic.AnthropicError):
    """Nothing more is sent: the package passes its own errors on without trying again."""


class _UnfitError(anthropic.AnthropicError):
    """The answer is refused."""


class _Socket(Protocol):
    def shutdown(self, how: int, /) -> None: ...
    def fileno(self) -> int: ...


@dataclass
class _Line:
    """The sockets of one client, to be shut from another thread: closing one does not wake it."""

    is_cut: bool = False
    sockets: list[_Socket] = field(default_factory=list[_Socket])

    def cut(self) -> None:
        self.is_cut = True
        for socket in self.sockets:
            _shut(socket)

    def watch(self, request: httpx2.Request) -> None:
        """Before each attempt: refuse it once cut, and note the socket it opens."""
        if self.is_cut:
            raise _StoppedError("stopped")
        request.extensions["trace"] = self._note

    def _note(self, event: str, told: Mapping[str, object]) -> None:
        if not event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            return
        stream = told.get("return_value")
        find = cast("Callable[[str], object] | None", getattr(stream, "get_extra_info", None))
        socket = find("socket") if find else None
        if socket is not None:
            self.sockets = [held for held in self.sockets if held.fileno() >= 0]
            self.sockets.append(cast("_Socket", socket))
            if self.is_cut:
                _shut(cast("_Socket", socket))


class AnthropicWire:
    """A connection to one server through the provider's package."""

    def __init__(
        self,
        server: Server,
        key: Key | None,
        *,
        redact: Callable[[str], str],
        retries: int = anthropic.DEFAULT_MAX_RETRIES,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._redact = redact
        self._line = _Line()
        hooks = {"request": [self._line.watch], "response": [_guard]}
        timeout = httpx2.Timeout(silence_s, connect=CONNECT_S)
        # A proxy named in the environment would take what is meant for this computer elsewhere.
        http = (
            httpx2.Client(
                trust_env=False, verify=_certificates(), timeout=timeout, event_hooks=hooks
            )
            if server.is_local
            else anthropic.DefaultHttpxClient(
                follow_redirects=False,
                verify=_certificates(),
                timeout=timeout,
                event_hooks=hooks,
            )
        )
        value = key.value if key else _NO_KEY
        is_token = key is not None and key.kind == "auth_token"
        self._client = anthropic.Anthropic(
            api_key=None if is_token else value,
            auth_token=value if is_token else None,
            base_url=server.address,
            max_retries=retries,
            timeout=timeout,
            open_telemetry=False,
            http_client=http,
            default_headers={
                "Accept-Encoding": "identity",
                # Compatible servers look for the key in either header.
                **({} if is_token or server.is_official else {"X-Api-Key": value}),
            },
        )
        weakref.finalize(self, http.close)

    def send(self, body: Mapping[str, Json]) -> Iterator[Frame]:
        """The frames of an answer.

        Raises:
            WireFault: it did not come, or not whole.
        """
        with self._told("connection"):
            stream = self._client.post(
                "/v1/messages",
                cast_to=object,
                body={**_with_plain_schema(body), "stream": True},
                stream=True,
                stream_cls=anthropic.Stream[object],
            )
        kind = stream.response.headers.get("content-type", "")
        try:
            if not kind.lower().startswith("text/event-stream"):
                raise WireFault("malformed", f'it has the type "{self._redact(kind[:100])}"')
            while True:
                with self._told("cut"):
                    frame = next(stream, None)
                    if frame is None:
                        return
                if not isinstance(frame, dict):
                    raise WireFault("malformed", "an event is no object")
                yield cast("Frame", frame)
        finally:
            stream.close()

    def list_models(self) -> Sequence[Listed] | None:
        """The server's models; None where it gives no list that can be read."""
        try:
            with self._told("connection"):
                answer = self._client.get(
                    "/v1/models",
                    cast_to=object,
                    options={"params": {"limit": 1_000}, "timeout": ASIDE_S, "max_retries": 0},
                )
        except WireFault as fault:
            if fault.what == "stopped":
                raise
            return None
        rows = cast("dict[str, Json]", answer).get("data") if isinstance(answer, dict) else None
        return [_listed(row) for row in rows if _has_id(row)] if isinstance(rows, list) else None

    def count_tokens(self, body: Mapping[str, Json]) -> int:
        """The tokens of a body.

        Raises:
            WireFault: the server does not count them.
        """
        with self._told("connection"):
            answer = self._client.post(
                "/v1/messages/count_tokens",
                cast_to=object,
                body=dict(body),
                options={"timeout": ASIDE_S, "max_retries": 0},
            )
        count = (
            cast("dict[str, Json]", answer).get("input_tokens") if isinstance(answer, dict) else 0
        )
        if not isinstance(count, int) or count <= 0:
            raise WireFault("malformed", "it counts no tokens")
        return count

    def cut(self) -> None:
        """End whatever is under way, from any thread."""
        self._line.cut()

    @contextmanager
    def _told(self, meanwhile: str) -> Generator[None]:
        """Turn what the package raises into a `WireFault`, raised where none of it is at hand.

        `meanwhile`: what a broken connection means here, `connection` or `cut`.
        """
        try:
            yield
        except anthropic.APIStatusError as exc:
            fault = self._refusal(exc)
        except (anthropic.APITimeoutError, httpx2.TimeoutException):
            fault = WireFault("timeout")
        except anthropic.APIConnectionError as exc:
            fault = WireFault("connection", self._redact(str(exc.__cause__ or "")))
        except (httpx2.TransportError, OSError) as exc:
            what = "cut" if meanwhile == "cut" else "connection"
            fault = WireFault(what, self._redact(str(exc)))
        except _UnfitError as exc:
            fault = WireFault("malformed", str(exc))
        except _DAMAGE as exc:
            fault = WireFault("malformed", f"it cannot be read ({type(exc).__name__})")
        else:
            return
        raise WireFault("stopped") if self._line.is_cut else fault

    def _refusal(self, exc: anthropic.APIStatusError) -> WireFault:
        # An error in the middle of an answer comes with the status of its beginning.
        status = 500 if exc.status_code < 300 else exc.status_code
        said = exc.api_message or _words_of(exc.body)
        answer = Refused(
            status=status,
            kind=exc.type or "",
            code=exc.error_code or "",
            wait_s=_wait_of(exc.response.headers),
        )
        return WireFault("status", self._redact(str(said)), answer=answer)


class _Measured(httpx2.SyncByteStream):
    """An answer's bytes, as long as its events have an end."""

    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        whole = held = lines = 0
        tail = b""
        for piece in self._stream:
            whole += len(piece)
            window = tail + piece
            end = max(window.rfind(mark) for mark in (b"\n\n", b"\n\r\n", b"\r\r"))
            since = piece if end < 0 else window[end:]
            held = len(since) if end >= 0 else held + len(since)
            new = since.count(b"\n") + since.count(b"\r")
            lines = new if end >= 0 else lines + new
            if held > MOST_EVENT_BYTES or lines > MOST_EVENT_LINES:
                raise _UnfitError("an event of it has no end")
            if whole > MOST_ANSWER_BYTES:
                raise _UnfitError("it has no end")
            tail = window[-2:]
            yield piece

    def close(self) -> None:
        self._stream.close()


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes 0.1 s, and every stop makes a new client."""
    return httpx2.create_ssl_context()


def _guard(response: httpx2.Response) -> None:
    """After each attempt: what is not read, and what is not waited for."""
    if response.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
        raise _UnfitError("it is compressed, which was not asked for")
    response.stream = _Measured(cast("httpx2.SyncByteStream", response.stream))
    wait_s = _wait_of(response.headers)
    if not response.is_success and wait_s is not None and wait_s > LONGEST_WAIT_S:
        response.headers["x-should-retry"] = "false"


def _wait_of(headers: httpx2.Headers) -> float | None:
    try:
        wait_s = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return wait_s if 0 <= wait_s < 1e9 else None


def _shut(socket: _Socket) -> None:
    try:
        socket.shutdown(_SHUT_BOTH)
    except OSError:  # it is closed, or was taken over by TLS
        return


def _words_of(body: object) -> str:
    """The words in an error of another shape; none of a page made for a browser."""
    if isinstance(body, dict):
        told = cast("dict[str, object]", body)
        said = told.get("message") or told.get("error") or told.get("detail") or ""
        return said if isinstance(said, str) else ""
    return body if isinstance(body, str) and not body.lstrip().startswith("<") else ""


def _has_id(row: Json) -> bool:
    return isinstance(row, dict) and isinstance(row.get("id"), str)


def _listed(row: Json) -> Listed:
    told = cast("dict[str, Json]", row)
    return Listed(
        id=cast("str", told["id"]),
        context_tokens=_limit(told.get("max_input_tokens")),
        max_output_tokens=_limit(told.get("max_tokens")),
        has_effort=_supports(told.get("capabilities"), "effort"),
        has_structure=_supports(told.get("capabilities"), "structured_outputs"),
    )


def _limit(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _supports(capabilities: Json, name: str) -> bool | None:
    told = capabilities.get(name) if isinstance(capabilities, dict) else None
    supported = told.get("supported") if isinstance(told, dict) else None
    return supported if isinstance(supported, bool) else None


def _with_plain_schema(body: Mapping[str, Json]) -> dict[str, Json]:
    """`body` with the schema of its answer in the plain form that the provider takes."""
    config = body.get("output_config")
    wanted = config.get("format") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(wanted, dict):
        return dict(body)
    try:
        plain = anthropic.transform_schema(cast("dict[str, object]", wanted["schema"]))
    except (ValueError, TypeError, AssertionError, RecursionError):
        return dict(body)  # the server says what is wrong with it
    return {**body, "output_config": {**config, "format": {**wanted, "schema": plain}}}
