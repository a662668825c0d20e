"""Writes down what a run does while it does it: spans that nest, and events within them.

A span is on record from its begin, so that a killed process leaves it behind, and on the disk at
its end. What was left open is closed as `interrupted` when its run is carried on, at the last
moment that anything is known of. No words are kept: a fact is a number, a name or a hash; a longer
text becomes its hash and its length. Words are kept only by a tracer that was made with `keep`, and
then only those that are given as words.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from types import TracebackType

from pmagent.records.spans import SpanRows
from pmagent.records.tables import Tables
from pmagent.types.actions import Json
from pmagent.types.traces import EventName, Operation, SpanStatus, TraceEvent, TraceSpan

LONGEST_NAME = 120
"""Characters of a text that may be the name of something; a longer one is content."""
LONGEST_KEPT = 100_000
"""Characters of words that are kept, where the person wants them."""
CONTENT = "content"
"""The fact that holds words, by what they are: `prompt`, `answer`, `query`, `arguments`."""
LEAST_DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class Used:
    """What one request to a model took."""

    provider: str
    model: str
    tokens_in: int = 0
    """All that it read, what came from its cache included."""
    tokens_out: int = 0
    tokens_cache_read: int = 0
    tokens_cache_written: int = 0
    first_ms: int | None = None
    usd: Decimal | None = Decimal(0)
    """None: the model's price is not known."""


class OpenSpan:
    """A span that has begun. What is learnt of it is added, and written down at its end."""

    def __init__(self, tracer: Tracer, span: TraceSpan) -> None:
        self._tracer = tracer
        self._lock = threading.Lock()
        self._span = span

    @property
    def span(self) -> TraceSpan:
        """As it is known now."""
        with self._lock:
            return self._span

    def add(self, **facts: Json) -> None:
        """More facts; one of the same name is replaced."""
        kept = {name: _fact(value) for name, value in facts.items()}
        with self._lock:
            self._span = replace(self._span, facts={**self._span.facts, **kept})

    def add_words(self, **words: str) -> None:
        """Words that were read or written: their hash and their length, by what they are.

        The words themselves only where the person asked for them when the run began.
        """
        facts: dict[str, Json] = {}
        for name, text in words.items():
            facts |= {f"{name}_sha256": _hash(text), f"{name}_characters": len(text)}
        self.add(**facts)
        kept = self._tracer.kept_words(words)
        if kept:
            with self._lock:
                before = self._span.facts.get(CONTENT, {})
                held = dict(before) if isinstance(before, Mapping) else {}
                self._span = replace(
                    self._span, facts={**self._span.facts, CONTENT: {**held, **kept}}
                )

    def add_use(self, used: Used) -> None:
        """What a model took. The last answer's where there were several tries."""
        with self._lock:
            self._span = replace(
                self._span,
                provider=used.provider,
                model=used.model,
                tokens_in=used.tokens_in,
                tokens_out=used.tokens_out,
                tokens_cache_read=used.tokens_cache_read,
                tokens_cache_written=used.tokens_cache_written,
                first_ms=used.first_ms,
                usd=used.usd,
            )

    def event(self, name: EventName, **facts: Json) -> None:
        """Something happens in it now. It is on record when this returns."""
        self._tracer.write_event(self, name, facts)

    def end(self, status: SpanStatus = "ok", error_type: str = "") -> None:
        """It has ended, and is on the disk when this returns. A second end changes nothing."""
        with self._lock:
            if self._span.ended_ns is not None:
                return
            # Clocks are set back at times; no span ends before it begins.
            now = max(self._tracer.now_ns(), self._span.began_ns)
            ended = replace(self._span, ended_ns=now, status=status, error_type=error_type)
            self._span = ended
        self._tracer.write(ended)

    def leave(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        """End it as its block was left: `error` where that raised, which goes on to the caller."""
        del exc, tb
        if kind is None:
            self.end()
        elif issubclass(kind, GeneratorExit):
            # Whoever looked on went away; the work itself did not fail.
            self.end("interrupted")
        else:
            self.end("error", kind.__name__)


class Tracer:
    """The traces of one garden. Safe to use from several threads at once."""

    def __init__(
        self,
        tables: Tables,
        *,
        now_ns: Callable[[], int],
        new_id: Callable[[], str],
        keep: Callable[[str], str] | None = None,
    ) -> None:
        """`new_id` gives the 16 hex digits of a span; `keep` hides what is secret in words.

        Without `keep` no words are kept.
        """
        self.now_ns = now_ns
        self._new_id = new_id
        self._keep = keep
        self._rows = SpanRows(tables)

    @contextmanager
    def run(
        self, run: str, name: str, *, parent: OpenSpan | None = None, **facts: Json
    ) -> Generator[OpenSpan]:
        """The span of one carrying on of a run; what is begun below it is the run's too.

        Whoever carries the run on alone calls this: spans that an earlier process left open are
        closed first. A run that was begun before goes on in the same trace; a sub-run with
        `parent` begins in its parent's.
        """
        self.close_interrupted(lambda left: left != run, run=run)
        first = None if parent is not None else self._rows.first_of_run(run)
        if parent is not None:
            trace, above = parent.span.trace, parent.span.id
        elif first is not None:
            trace, above = first.trace, first.parent
        else:
            trace, above = trace_of(run), ""
        with self._within(self._begin(name, "run", (trace, above, run), facts)) as opened:
            yield opened

    @contextmanager
    def span(
        self, name: str, operation: Operation, parent: OpenSpan, **facts: Json
    ) -> Generator[OpenSpan]:
        """A span below `parent`, which ends with the block: `error` where the block raises."""
        with self._within(self.begin(name, operation, parent, **facts)) as opened:
            yield opened

    def begin(self, name: str, operation: Operation, parent: OpenSpan, **facts: Json) -> OpenSpan:
        """The same for where no block fits: the caller ends it."""
        above = parent.span
        return self._begin(name, operation, (above.trace, above.id, above.run), facts)

    def close_interrupted(
        self, is_carried: Callable[[str], bool] = lambda _: False, *, run: str = ""
    ) -> int:
        """How many spans that a dead process left open were closed, of one run or of all.

        `is_carried` says of a run whether a living process has it: its spans stay open.
        """
        left = [span for span in self._rows.open_spans(run) if not is_carried(span.run)]
        ends = {span.run: self._rows.last_sign_ns(span.run) for span in left}
        self._rows.put([
            replace(span, ended_ns=max(ends[span.run], span.began_ns), status="interrupted")
            for span in left
        ])
        return len(left)

    def write(self, span: TraceSpan) -> None:
        """Put a span on the disk as it is now."""
        self._rows.put([span])

    def write_event(self, opened: OpenSpan, name: EventName, facts: Mapping[str, Json]) -> None:
        """Put an event on record."""
        span = opened.span
        kept = {key: _fact(value) for key, value in facts.items()}
        event = TraceEvent(
            trace=span.trace, span=span.id, at_ns=self.now_ns(), name=name, facts=kept
        )
        self._rows.put_soon((), [event])

    def kept_words(self, words: Mapping[str, str]) -> Mapping[str, str]:
        """The words as they may be kept: none unless the person asked for them."""
        if self._keep is None:
            return {}
        return {name: self._keep(text)[:LONGEST_KEPT] for name, text in words.items()}

    def _begin(
        self,
        name: str,
        operation: Operation,
        place: tuple[str, str, str],
        facts: Mapping[str, Json],
    ) -> OpenSpan:
        trace, parent, run = place
        span = TraceSpan(
            id=self._new_id(),
            trace=trace,
            parent=parent,
            run=run,
            name=str(_fact(name)),
            operation=operation,
            began_ns=self.now_ns(),
            facts={key: _fact(value) for key, value in facts.items()},
        )
        self._rows.put_soon([span])
        return OpenSpan(self, span)

    @contextmanager
    def _within(self, opened: OpenSpan) -> Generator[OpenSpan]:
        with ExitStack() as ending:
            ending.push(opened.leave)
            yield opened


def trace_of(run: str) -> str:
    """The trace that a run begins: 32 hex digits, always the same for the same run."""
    return _hash(f"trace of {run}")[:32]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fact(value: Json) -> Json:
    """A value without content: what is too long for a name is told by its hash and its length."""
    if isinstance(value, str):
        if len(value) <= LONGEST_NAME and value.isprintable():
            return value
        return f"sha256:{_hash(value)[:LEAST_DIGITS]} ({len(value):,} characters)"
    if isinstance(value, Mapping):
        return {str(_fact(name)): _fact(inner) for name, inner in value.items()}
    if isinstance(value, Sequence):
        return [_fact(inner) for inner in value]
    return value
