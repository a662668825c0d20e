"""What was done in a turn, piece by piece: spans in memory, each also handed on when it ends.

A span says what was worked on and for how long. It holds no words of a model and no text of a file.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from pmagent.types.actions import Json
from pmagent.types.turns import Span

SpanKind = Literal["turn", "step", "model", "tool", "agent", "command", "hook"]
Sink = Callable[[Span], None]
KEPT = 5_000
"""Ended spans in memory; the sink has had them all."""


def no_sink(span: Span) -> None:
    """Keep nothing elsewhere."""
    del span


class Trace:
    """The spans of one session. Safe to use from several threads."""

    def __init__(self, *, now: Callable[[], datetime], sink: Sink = no_sink) -> None:
        self._now = now
        self._sink = sink
        self._lock = threading.Lock()
        self._open: dict[str, Span] = {}
        self._ended: deque[Span] = deque(maxlen=KEPT)
        self._count = 0

    def begin(self, kind: SpanKind, name: str, parent: str = "", **facts: Json) -> str:
        """The id of a new span."""
        with self._lock:
            self._count += 1
            made = f"s{self._count}"
            span = Span(
                id=made, parent=parent, kind=kind, name=name, began=self._now(), facts=facts
            )
            self._open[made] = span
        return made

    def end(self, span_id: str, **facts: Json) -> None:
        """It has ended; nothing where it has already."""
        with self._lock:
            span = self._open.pop(span_id, None)
            if span is None:
                return
            ended = replace(span, ended=self._now(), facts={**span.facts, **facts})
            self._ended.append(ended)
        self._sink(ended)

    def end_below(self, parent: str, **facts: Json) -> None:
        """End what is still open below a span: a turn that was broken off leaves nothing open."""
        with self._lock:
            below = {parent}
            # A span opens after its parent, so that one pass in order finds all below it.
            for span in self._open.values():
                if span.parent in below:
                    below.add(span.id)
            left = [span_id for span_id in self._open if span_id in below - {parent}]
        for span_id in reversed(left):
            self.end(span_id, **facts)

    def spans(self) -> Sequence[Span]:
        """All that are kept, in the order in which they began."""
        with self._lock:
            return tuple(
                sorted((*self._ended, *self._open.values()), key=lambda span: int(span.id[1:]))
            )
