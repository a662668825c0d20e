"""How fast spans are written, and what one takes on the disk.

    python -m benchmarks.traces [SPANS]

In batches of a thousand; and one by one as a run does: each at its begin, and at its end, which is
on the disk before anything goes on.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from pmagent.records.spans import SpanRows
from pmagent.records.tables import Tables
from pmagent.traces.tracer import Tracer
from pmagent.types.traces import TraceSpan

BATCH = 1_000


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        tables = Tables(Path(folder))
        print(f"batched     {batched(SpanRows(tables), number):>9,.0f} spans/s")
        tables.close()
        size = (Path(folder) / "runs.db").stat().st_size
        print(f"on the disk {size / number:>9,.0f} bytes a span")
    with tempfile.TemporaryDirectory() as folder:
        tables = Tables(Path(folder))
        rate = one_by_one(tables, max(number // 100, 1))
        print(f"one by one  {rate:>9,.0f} spans/s, {1_000 / rate:.2f} ms a span")
        tables.close()


def batched(rows: SpanRows, number: int) -> float:
    """Spans a second, a thousand in one transaction."""
    spans = [a_span(at) for at in range(number)]
    began = time.perf_counter()
    for first in range(0, number, BATCH):
        rows.put(spans[first : first + BATCH])
    return number / (time.perf_counter() - began)


def one_by_one(tables: Tables, number: int) -> float:
    """Spans a second through the tracer."""
    ids = count(1)
    tracer = Tracer(tables, now_ns=time.time_ns, new_id=lambda: f"{next(ids):016x}")
    began = time.perf_counter()
    with tracer.run("r1", "publish-episode") as run:
        for at in range(number):
            with tracer.span("Read", "step", run, address=f"7[{at}].3"):
                pass
    return number / (time.perf_counter() - began)


def a_span(at: int) -> TraceSpan:
    """One as a step of a run with a model has it."""
    return TraceSpan(
        id=f"{at * 2_654_435_761 % 2**64:016x}",
        trace=f"{at // 50:032x}",
        parent=f"{at // 50:016x}",
        run=f"r-{at // 50:04x}",
        name="model",
        operation="model",
        began_ns=1_795_424_400_000_000_000 + at,
        ended_ns=1_795_424_400_000_000_000 + at + 1_000,
        status="ok",
        provider="anthropic",
        model="claude-haiku-4-5",
        tokens_in=1_200,
        tokens_out=80,
        first_ms=410,
        facts={"address": f"{at % 50}", "maker": "model", "status": "done"},
    )


if __name__ == "__main__":
    main()
