"""What leaves, and in which names. The collector here is a server of our own on this computer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
from opentelemetry.semconv._incubating.attributes import error_attributes, gen_ai_attributes
from opentelemetry.semconv.schemas import Schemas

from pmagent.errors import FetchError, UsageError
from pmagent.records.spans import SpanRows
from pmagent.records.tables import Tables
from pmagent.traces.export import endpoint, send_otlp
from pmagent.traces.jsonl import json_lines
from pmagent.traces.names import SCHEMA_URL, NamedSpan, named_spans
from pmagent.traces.tracer import Tracer, Used, trace_of
from pmagent.types.traces import Operation
from tests.traces.clocks import BEGAN_NS, MS, Clock, Ids
from tests.traces.collector import Collector, collecting

CANARY = "the merger closes on the ninth of May"
UNRELEASED = {"plan", "search_memory", "upsert_memory", "delete_memory"}


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as listening:
        yield listening


@pytest.fixture
def spans(tables: Tables, clock: Clock) -> SpanRows:
    """A run with a model that broke off, whose words were kept."""
    tracer = Tracer(tables, now_ns=clock, new_id=Ids(), keep=lambda text: text)
    with tracer.run("r1", "publish-episode", digest="ab12") as run:
        with tracer.span("model", "step", run, address="5") as step:
            clock.pass_ms(10)
            with tracer.span("titles", "model", step, finish_reasons=["end_turn"]) as call:
                clock.pass_ms(250)
                call.add_words(prompt=CANARY, answer="Five titles")
                call.event("evaluation", evaluation="groundedness", score=0.9)
                call.add_use(
                    Used(
                        provider="anthropic", model="claude-haiku-4-5", tokens_in=1_200,
                        tokens_out=80, tokens_cache_read=1_000, first_ms=120,
                        usd=Decimal("0.0016"),
                    )
                )  # fmt: skip
        try:
            with tracer.span("ghost.draft", "tool", run, call="c1") as tool:
                tool.add_words(arguments=CANARY)
                raise TimeoutError
        except TimeoutError:
            pass
    return SpanRows(tables)


def named(rows: SpanRows, *, content: bool = False) -> tuple[NamedSpan, ...]:
    return tuple(named_spans(rows.of_run("r1"), rows.events_of_run("r1"), content=content))


def test_spans_have_the_names_of_the_conventions(spans: SpanRows) -> None:
    found = {span.name: span for span in named(spans)}

    assert list(found) == [
        "invoke_workflow publish-episode", "pmagent.step model", "chat claude-haiku-4-5",
        "execute_tool ghost.draft",
    ]  # fmt: skip
    assert found["chat claude-haiku-4-5"].kind == "client"
    prompt = dict(found["chat claude-haiku-4-5"].attributes)
    assert prompt.pop("pmagent.prompt_sha256")
    assert prompt.pop("pmagent.answer_sha256")
    assert prompt == {
        "gen_ai.operation.name": "chat",
        "gen_ai.conversation.id": "r1",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-haiku-4-5",
        "gen_ai.response.finish_reasons": ("end_turn",),
        "gen_ai.response.time_to_first_chunk": 0.12,
        "gen_ai.usage.input_tokens": 1_200,
        "gen_ai.usage.output_tokens": 80,
        "gen_ai.usage.cache_read.input_tokens": 1_000,
        "gen_ai.usage.cache_creation.input_tokens": 0,
        "pmagent.name": "titles",
        "pmagent.operation": "model",
        "pmagent.run": "r1",
        "pmagent.usd": 0.0016,
        "pmagent.prompt_characters": len(CANARY),
        "pmagent.answer_characters": 11,
    }
    [event] = found["chat claude-haiku-4-5"].events
    assert (event.name, event.attributes) == (
        "gen_ai.evaluation.result",
        {"gen_ai.evaluation.name": "groundedness", "gen_ai.evaluation.score.value": 0.9},
    )
    tool = found["execute_tool ghost.draft"]
    assert (tool.status, tool.attributes["error.type"]) == ("error", "TimeoutError")
    assert tool.attributes["gen_ai.tool.call.id"] == "c1"


def test_every_name_is_one_of_the_release_it_says(tables: Tables, clock: Clock) -> None:
    operations: tuple[Operation, ...] = (
        "run", "step", "model", "tool", "find", "embed", "agent", "plan", "remember", "recall",
        "forget", "person", "wait", "outbox", "guard",
    )  # fmt: skip
    facts = {
        "agent_id": "1", "agent_version": "1", "call": "1", "max_tokens": 1, "prompt_name": "1",
        "response": "1", "response_model": "1", "stop_sequences": ["x"], "temperature": 0.5,
        "finish_reasons": ["stop"],
    }  # fmt: skip
    tracer = Tracer(tables, now_ns=clock, new_id=Ids(), keep=str)
    with tracer.run("r1", "x") as run:
        for operation in operations:
            with tracer.span("y", operation, run, **facts) as span:
                span.add_use(Used(provider="p", model="m", first_ms=1))
                span.add_words(prompt="a", answer="b", query="c", arguments="d", result="e")
                span.event("evaluation", evaluation="x", score=1.0, label="good")

    spans = named(SpanRows(tables), content=True)
    used = {name for span in spans for name in span.attributes}
    used |= {name for span in spans for event in span.events for name in event.attributes}
    known = {value for value in vars(gen_ai_attributes).values() if isinstance(value, str)}
    known |= {value for value in vars(error_attributes).values() if isinstance(value, str)}
    assert {name for name in used if not name.startswith("pmagent.")} <= known
    values = {item.value for item in gen_ai_attributes.GenAiOperationNameValues}  # pyright: ignore[reportDeprecated]
    wanted = {span.attributes.get("gen_ai.operation.name") for span in spans} - {None}
    assert wanted - values == UNRELEASED
    assert SCHEMA_URL in {schema.value for schema in Schemas}


def test_a_collector_gets_the_spans_as_they_are(spans: SpanRows, collector: Collector) -> None:
    assert send_otlp(named(spans), collector.url, version="1.2.3") == 4

    [(path, headers, body)] = collector.bodies
    assert (path, headers["content-type"]) == ("/v1/traces", "application/x-protobuf")
    [resource] = ExportTraceServiceRequest.FromString(body).resource_spans
    assert {pair.key: pair.value.string_value for pair in resource.resource.attributes} == {
        "service.name": "pmagent", "service.version": "1.2.3",
    }  # fmt: skip
    sent = resource.scope_spans[0].spans
    assert [(span.name, span.span_id.hex(), span.parent_span_id.hex()) for span in sent] == [
        ("invoke_workflow publish-episode", f"{1:016x}", ""),
        ("pmagent.step model", f"{2:016x}", f"{1:016x}"),
        ("chat claude-haiku-4-5", f"{3:016x}", f"{2:016x}"),
        ("execute_tool ghost.draft", f"{4:016x}", f"{1:016x}"),
    ]
    assert {span.trace_id.hex() for span in sent} == {trace_of("r1")}
    assert (sent[2].start_time_unix_nano, sent[2].end_time_unix_nano) == (
        BEGAN_NS + 10 * MS, BEGAN_NS + 260 * MS,
    )  # fmt: skip
    assert CANARY.encode() not in body


def test_the_lines_say_the_same_as_what_is_sent(spans: SpanRows, collector: Collector) -> None:
    send_otlp(named(spans), collector.url, version="1.2.3")
    lines = list(json_lines(named(spans), version="1.2.3"))

    sent = ExportTraceServiceRequest.FromString(collector.bodies[0][2])
    whole = sent.resource_spans[0].scope_spans[0].spans
    assert len(lines) == len(whole)
    assert CANARY not in "".join(lines)
    for line, span in zip(lines, whole, strict=True):
        written = json.loads(line)
        inner = written["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        # Of all bytes the ids alone are hex in OTLP's JSON, where protobuf's has base64.
        assert inner.pop("traceId") == span.trace_id.hex()
        assert inner.pop("spanId") == span.span_id.hex()
        assert inner.pop("parentSpanId", "") == span.parent_span_id.hex()
        parsed = ParseDict(written, TracesData()).resource_spans[0].scope_spans[0].spans[0]
        for name in ("trace_id", "span_id", "parent_span_id", "flags"):
            span.ClearField(name)
        for each in (parsed, span):
            pairs = sorted(each.attributes, key=lambda pair: pair.key)
            del each.attributes[:]
            each.attributes.extend(pairs)
        assert parsed == span


def test_words_leave_only_where_they_were_asked_for_twice(spans: SpanRows) -> None:
    without = "".join(json_lines(named(spans), version="1"))
    with_words = "".join(json_lines(named(spans, content=True), version="1"))

    assert CANARY not in without
    assert with_words.count(CANARY) == 2


def test_a_collector_that_refuses_or_is_not_there_is_said(
    spans: SpanRows, collector: Collector
) -> None:
    collector.status = 401
    with pytest.raises(FetchError, match="it answered 401"):
        send_otlp(named(spans), collector.url, version="1")
    with pytest.raises(FetchError, match="no answer"):
        send_otlp(named(spans), "http://127.0.0.1:1", version="1")


def test_a_collector_cannot_send_the_trace_elsewhere(spans: SpanRows, collector: Collector) -> None:
    collector.status, collector.location = 307, f"{collector.url}/elsewhere"
    with pytest.raises(FetchError, match="it answered 307"):
        send_otlp(named(spans), collector.url, version="1")

    assert {path for path, _, _ in collector.bodies} == {"/v1/traces"}


def test_an_open_span_does_not_leave(tracer: Tracer, rows: SpanRows) -> None:
    with tracer.run("r1", "x") as run, tracer.span("y", "find", run):
        assert named(rows) == ()


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
        ("https://otel.example/in", "https://otel.example/in"),
    ],
)
def test_a_bare_address_gets_the_usual_path(url: str, wanted: str) -> None:
    assert endpoint(url) == wanted


@pytest.mark.parametrize("url", ["localhost:4318", "file:///etc/passwd", "", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        endpoint(url)
