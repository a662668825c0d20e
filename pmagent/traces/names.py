"""Our spans in the names of OpenTelemetry's conventions for generative AI: the one place with them.

The conventions are still marked "Development", so that a name may change with any release: what is
on our disk has names of ours, and this table is what a new release changes. What they have no name
for begins with `pmagent.`. Words (prompts, queries, arguments) are left out unless asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pmagent.traces.tracer import CONTENT, trace_of
from pmagent.types.actions import Json
from pmagent.types.traces import EventName, Operation, SpanStatus, TraceEvent, TraceSpan

SEMCONV_VERSION = "1.44.0"
"""The release that the names are checked against. `plan` and the uses of a memory are in the newer
repository of the GenAI conventions, which has no release yet."""
SCHEMA_URL = f"https://opentelemetry.io/schemas/{SEMCONV_VERSION}"
SERVICE = "pmagent"
OURS = "pmagent."

Value: TypeAlias = "str | bool | int | float | tuple[str, ...]"
"""What an attribute may be."""
Kind = Literal["internal", "client"]

_OPERATIONS: Mapping[Operation, str] = {
    "run": "invoke_workflow",
    "agent": "invoke_agent",
    "plan": "plan",
    "model": "chat",
    "tool": "execute_tool",
    "find": "retrieval",
    "embed": "embeddings",
    "recall": "search_memory",
    "remember": "upsert_memory",
    "forget": "delete_memory",
}
"""`gen_ai.operation.name`; the others have none."""
_NAMES: Mapping[Operation, str] = {
    "run": "gen_ai.workflow.name",
    "agent": "gen_ai.agent.name",
    "tool": "gen_ai.tool.name",
    "find": "gen_ai.data_source.id",
}
"""Which attribute a span's name is."""
_FACTS: Mapping[str, str] = {
    "agent_id": "gen_ai.agent.id",
    "agent_version": "gen_ai.agent.version",
    "call": "gen_ai.tool.call.id",
    "finish_reasons": "gen_ai.response.finish_reasons",
    "max_tokens": "gen_ai.request.max_tokens",
    "prompt_name": "gen_ai.prompt.name",
    "response": "gen_ai.response.id",
    "response_model": "gen_ai.response.model",
    "stop_sequences": "gen_ai.request.stop_sequences",
    "temperature": "gen_ai.request.temperature",
}
_LISTS = frozenset({"gen_ai.response.finish_reasons", "gen_ai.request.stop_sequences"})
"""Always several, also where there is one."""
_WORDS: Mapping[str, str] = {
    "prompt": "gen_ai.input.messages",
    "answer": "gen_ai.output.messages",
    "query": "gen_ai.retrieval.query.text",
    "arguments": "gen_ai.tool.call.arguments",
    "result": "gen_ai.tool.call.result",
}
_EVENTS: Mapping[EventName, str] = {"evaluation": "gen_ai.evaluation.result"}
_EVENT_FACTS: Mapping[str, str] = {
    "evaluation": "gen_ai.evaluation.name",
    "score": "gen_ai.evaluation.score.value",
    "label": "gen_ai.evaluation.score.label",
}


@dataclass(frozen=True, kw_only=True)
class NamedEvent:
    """An event as it leaves."""

    name: str
    at_ns: int
    attributes: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class NamedSpan:
    """A span as it leaves: names of the conventions, and nothing that was not asked for."""

    trace: str
    id: str
    parent: str
    name: str
    kind: Kind
    began_ns: int
    ended_ns: int
    status: SpanStatus
    error_type: str
    attributes: Mapping[str, Value]
    events: tuple[NamedEvent, ...]


def named_spans(
    spans: Sequence[TraceSpan], events: Sequence[TraceEvent], *, content: bool = False
) -> Sequence[NamedSpan]:
    """The spans that have ended, in the conventions' names, with their events.

    With `content` also the words, where any were kept when the run was made.
    """
    by_span: dict[tuple[str, str], list[TraceEvent]] = {}
    for event in events:
        by_span.setdefault((event.trace, event.span), []).append(event)
    return tuple(
        _named(span, span.ended_ns, by_span.get((span.trace, span.id), ()), content=content)
        for span in spans
        if span.ended_ns is not None
    )


def _named(
    span: TraceSpan, ended_ns: int, events: Sequence[TraceEvent], *, content: bool
) -> NamedSpan:
    operation = _OPERATIONS.get(span.operation, "")
    of_what = span.model if span.operation == "model" and span.model else span.name
    return NamedSpan(
        trace=span.trace,
        id=span.id,
        parent=span.parent,
        name=f"{operation} {of_what}" if operation else f"{OURS}{span.operation} {of_what}",
        kind="client" if span.operation in {"model", "embed", "outbox"} else "internal",
        began_ns=span.began_ns,
        ended_ns=ended_ns,
        status=span.status,
        error_type=span.error_type,
        attributes=_attributes(span, operation, content=content),
        events=tuple(_named_event(event) for event in events),
    )


def _attributes(span: TraceSpan, operation: str, *, content: bool) -> dict[str, Value]:
    found: dict[str, Value] = {
        f"{OURS}operation": span.operation,
        f"{OURS}run": span.run,
        # Runs of one trace belong together as the turns of a conversation do.
        "gen_ai.conversation.id": span.run if span.trace == trace_of(span.run) else span.trace,
    }
    if operation:
        found["gen_ai.operation.name"] = operation
    found[_NAMES.get(span.operation, f"{OURS}name")] = span.name
    texts = {
        "gen_ai.provider.name": span.provider,
        "gen_ai.request.model": span.model,
        "error.type": span.error_type,
    }
    found |= {name: text for name, text in texts.items() if text}
    if span.status == "interrupted":
        found[f"{OURS}interrupted"] = True
    if span.model:
        found |= _usage(span)
    for name, value in span.facts.items():
        if name != CONTENT:
            found |= _attribute(_FACTS.get(name, OURS + name), value)
    words = span.facts.get(CONTENT)
    if content and isinstance(words, Mapping):
        for name, value in words.items():
            found |= _attribute(_WORDS.get(name, f"{OURS}content.{name}"), value)
    return found


def _usage(span: TraceSpan) -> dict[str, Value]:
    found: dict[str, Value] = {
        "gen_ai.usage.input_tokens": span.tokens_in,
        "gen_ai.usage.output_tokens": span.tokens_out,
        "gen_ai.usage.cache_read.input_tokens": span.tokens_cache_read,
        "gen_ai.usage.cache_creation.input_tokens": span.tokens_cache_written,
    }
    if span.first_ms is not None:
        found["gen_ai.response.time_to_first_chunk"] = span.first_ms / 1000
    if span.usd is not None:
        found[f"{OURS}usd"] = float(span.usd)
    return found


def _attribute(name: str, value: Json) -> dict[str, Value]:
    """One attribute; none for nothing. What has no plain form is written as JSON."""
    if value is None:
        return {}
    if name in _LISTS:
        several = value if isinstance(value, (list, tuple)) else [value]
        return {name: tuple(str(one) for one in several)}
    if isinstance(value, (str, bool, int, float)):
        return {name: value}
    return {name: json.dumps(value, ensure_ascii=False, sort_keys=True)}


def _named_event(event: TraceEvent) -> NamedEvent:
    attributes: dict[str, Value] = {}
    for name, value in event.facts.items():
        attributes |= _attribute(_EVENT_FACTS.get(name, OURS + name), value)
    return NamedEvent(
        name=_EVENTS.get(event.name, OURS + event.name), at_ns=event.at_ns, attributes=attributes
    )
