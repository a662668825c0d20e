"""A trace as lines of JSON, as OpenTelemetry's file exporter writes them: collectors read it.

Each line is a `TracesData` of one span, so that a line can be found, counted and cut by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from pmagent.traces.names import SCHEMA_URL, SERVICE, NamedEvent, NamedSpan, Value

_KINDS = {"internal": 1, "client": 3}
_OK, _ERROR = 1, 2


def json_lines(spans: Sequence[NamedSpan], *, version: str) -> Iterator[str]:
    """One line a span, in the order given, without line ends. The same spans give the same bytes.

    `version` is pmagent's.
    """
    for span in spans:
        whole = as_otlp(span, version=version)
        yield json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_otlp(span: NamedSpan, *, version: str) -> dict[str, object]:
    """A `TracesData` with this span in it."""
    of_us = [_pair("service.name", SERVICE), _pair("service.version", version)]
    scope = {"scope": {"name": SERVICE, "version": version}, "spans": [_span(span)]}
    return {
        "resourceSpans": [
            {"resource": {"attributes": of_us}, "scopeSpans": [scope], "schemaUrl": SCHEMA_URL}
        ]
    }


def _span(span: NamedSpan) -> dict[str, object]:
    status: dict[str, object] = {"code": _OK if span.status == "ok" else _ERROR}
    if span.status != "ok":
        status["message"] = span.error_type or span.status
    return {
        "traceId": span.trace,
        "spanId": span.id,
        **({"parentSpanId": span.parent} if span.parent else {}),
        "name": span.name,
        "kind": _KINDS[span.kind],
        # 64-bit numbers are strings in the JSON form of protobuf.
        "startTimeUnixNano": str(span.began_ns),
        "endTimeUnixNano": str(span.ended_ns),
        "attributes": _pairs(span.attributes),
        "events": [_event(event) for event in span.events],
        "status": status,
    }


def _event(event: NamedEvent) -> dict[str, object]:
    return {
        "name": event.name,
        "timeUnixNano": str(event.at_ns),
        "attributes": _pairs(event.attributes),
    }


def _pairs(attributes: Mapping[str, Value]) -> list[dict[str, object]]:
    return [_pair(name, attributes[name]) for name in sorted(attributes)]


def _pair(name: str, value: Value) -> dict[str, object]:
    return {"key": name, "value": _value(value)}


def _value(value: Value) -> dict[str, object]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    return {"arrayValue": {"values": [_value(one) for one in value]}}
