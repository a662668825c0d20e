"""A record of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pmagent.records.spans import SpanRows
from pmagent.records.tables import Tables
from pmagent.traces.tracer import Tracer
from tests.traces.clocks import Clock, Ids


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    opened = Tables(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def rows(tables: Tables) -> SpanRows:
    return SpanRows(tables)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracer(tables: Tables, clock: Clock) -> Tracer:
    return Tracer(tables, now_ns=clock, new_id=Ids())
