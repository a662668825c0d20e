"""Sends a trace to a collector with OpenTelemetry's own exporter: OTLP over HTTP.

Imported only when a person has named an address. Nothing is followed elsewhere: no redirect, no
proxy and no password of the environment's is taken. Of the environment only `OTEL_EXPORTER_OTLP_*`
counts, such as the headers that a collector wants.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from pmagent.errors import FetchError, UsageError
from pmagent.traces.names import SCHEMA_URL, SERVICE, NamedSpan

TIMEOUT_S = 10.0
"""For one request, with what is tried again."""
BATCH = 512
"""Spans in one request: OpenTelemetry's own default."""
PATH = "/v1/traces"


def send_otlp(spans: Sequence[NamedSpan], url: str, *, version: str) -> int:
    """How many spans were sent to the collector at `url`; `/v1/traces` is added to a bare address.

    Sending the same spans again is harmless: they have the same ids.

    Raises:
        UsageError: `url` is no http or https address.
        FetchError: the collector cannot be reached, or refuses them.
    """
    address = endpoint(url)
    resource = Resource({"service.name": SERVICE, "service.version": version}, SCHEMA_URL)
    scope = InstrumentationScope(SERVICE, version, SCHEMA_URL)
    ready = [_readable(span, resource, scope) for span in spans]
    session = _Session()
    quiet = logging.NullHandler()
    log = logging.getLogger("opentelemetry")
    # Without a handler, what the exporter logs would be written into the person's terminal.
    log.addHandler(quiet)
    try:
        exporter = OTLPSpanExporter(endpoint=address, timeout=TIMEOUT_S, session=session)
        for first in range(0, len(ready), BATCH):
            sent = exporter.export(ready[first : first + BATCH])
            # The exporter takes a redirect, which nobody follows, for a success.
            if sent is not SpanExportResult.SUCCESS or not session.is_taken:
                raise FetchError(
                    f'the collector at "{_host(address)}" did not take the trace: {session.says}',
                    "check that it listens there for OTLP over HTTP; the trace stays as it is",
                )
        exporter.shutdown()
    finally:
        session.close()
        log.removeHandler(quiet)
    return len(ready)


def endpoint(url: str) -> str:
    """The address to send to. Raises UsageError."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f'"{url}" is no address of a collector', 'such as "http://127.0.0.1:4318"')
    if parts.path in {"", "/"}:
        parts = parts._replace(path=PATH)
    return parts.geturl()


class _Session(requests.Session):
    """Takes neither proxies nor passwords from the environment, and remembers how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.says = "no answer"
        self.is_taken = False
        self.hooks["response"].append(self._remember)

    def _remember(self, response: requests.Response, **_: object) -> None:
        self.is_taken = response.status_code in range(200, 300)
        self.says = f"it answered {response.status_code} {response.reason}".rstrip()


def _host(address: str) -> str:
    """Without a name and a password that may stand before it."""
    return urlsplit(address).netloc.rpartition("@")[2]


def _readable(span: NamedSpan, resource: Resource, scope: InstrumentationScope) -> ReadableSpan:
    is_ok = span.status == "ok"
    problem = None if is_ok else span.error_type or span.status
    return ReadableSpan(
        name=span.name,
        context=_context(span.trace, span.id),
        parent=_context(span.trace, span.parent) if span.parent else None,
        resource=resource,
        attributes=dict(span.attributes),
        events=[
            Event(name=event.name, attributes=dict(event.attributes), timestamp=event.at_ns)
            for event in span.events
        ],
        kind=SpanKind.CLIENT if span.kind == "client" else SpanKind.INTERNAL,
        status=Status(StatusCode.OK if is_ok else StatusCode.ERROR, problem),
        start_time=span.began_ns,
        end_time=span.ended_ns,
        instrumentation_scope=scope,
    )


def _context(trace: str, span: str) -> SpanContext:
    return SpanContext(int(trace, 16), int(span, 16), is_remote=False, trace_flags=TraceFlags(1))
