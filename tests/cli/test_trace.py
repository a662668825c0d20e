"""`pmagent trace` and `pmagent stats` as a person and a script meet them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

import click
import pytest
from click.testing import CliRunner, Result

from pmagent.cli import stats_command, trace_command
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.records.runs import RunRecords
from pmagent.records.tables import Tables
from pmagent.traces.tracer import Tracer
from tests.traces.clocks import Clock, Ids
from tests.traces.collector import collecting
from tests.traces.test_metrics import twelve_tasks
from tests.traces.test_waterfall import A_RUN, WANTED, draw_a_run


@pytest.fixture
def tables(garden: Garden) -> Iterator[Tables]:
    opened = Tables(garden.data_dir)
    yield opened
    opened.close()


@pytest.fixture
def traced(garden: Garden, tables: Tables) -> str:
    """A garden in which one run was made; gives its folder."""
    RunRecords(tables).add(A_RUN, {})
    clock = Clock()
    draw_a_run(Tracer(tables, now_ns=clock, new_id=Ids()), clock)
    return str(garden.root)


def run(command: click.Command, *arguments: str, columns: int = 80) -> Result:
    around = {"COLUMNS": str(columns)}
    return CliRunner(env=around).invoke(command, arguments, standalone_mode=False)


def trace(*arguments: str) -> Result:
    return run(trace_command.command, *arguments)


@pytest.mark.parametrize("name", ["r-7f3a", "r-7", "last"])
def test_a_trace_is_read_in_80_columns(traced: str, name: str) -> None:
    shown = trace(name, "--garden", traced)

    assert shown.return_value == 0
    # Steps are not on this record, so that no value has a name.
    assert shown.stdout.splitlines()[:2] == WANTED.splitlines()[:2]
    assert "× failed" in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 80
    assert "\x1b" not in shown.stdout


def test_as_lines_every_ended_span_is_one(traced: str) -> None:
    written = trace("r-7f3a", "--jsonl", "--garden", traced)

    spans = [
        json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        for line in written.stdout.splitlines()
    ]
    assert len(spans) == 8
    assert spans[0]["name"] == "invoke_workflow publish-episode"


def test_it_is_sent_where_the_person_says_and_nowhere_else(traced: str) -> None:
    with collecting() as collector:
        sent = trace("r-7f3a", "--otlp", collector.url, "--garden", traced)
        as_json = trace("r-7f3a", "--otlp", collector.url, "--json", "--garden", traced)

    assert sent.stderr == f"8 spans sent to {collector.url}/v1/traces\n"
    assert json.loads(as_json.stdout)["data"] == {"sent": 8, "to": f"{collector.url}/v1/traces"}
    assert [path for path, _, _ in collector.bodies] == ["/v1/traces", "/v1/traces"]


def test_as_json_it_is_one_object(traced: str) -> None:
    whole = json.loads(trace("r-7f3a", "--json", "--garden", traced).stdout)

    assert (whole["schema"], whole["ok"]) == ("pmagent.trace/1", True)
    assert len(whole["data"]["traces"]) == 8


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("r-0",), 'there is no run "r-0"'),
        (("r-7f3a", "--content"), "for an export"),
        (("r-7f3a", "--jsonl", "--otlp", "http://127.0.0.1:1"), "--jsonl excludes"),
        (("r-7f3a", "--otlp", "127.0.0.1"), "no address of a collector"),
    ],
)
def test_what_cannot_be_is_said(traced: str, arguments: tuple[str, ...], says: str) -> None:
    done = trace(*arguments, "--garden", traced)

    assert isinstance(done.exception, UsageError)
    assert says in done.exception.message


def test_a_run_without_spans_says_where_to_look(garden: Garden, tables: Tables) -> None:
    RunRecords(tables).add(A_RUN, {})

    shown = trace("r-7f3a", "--garden", str(garden.root))

    assert shown.return_value == 1
    assert "publish-episode  r-7f3a  done" in shown.stdout
    assert "pmagent explain" in shown.stderr


def test_stats_tell_each_number_with_its_n_and_its_interval(garden: Garden, tables: Tables) -> None:
    records = RunRecords(tables)
    for made in twelve_tasks().runs:
        records.add(made, {})

    shown = run(stats_command.command, "--garden", str(garden.root))
    as_json = run(stats_command.command, "--json", "--garden", str(garden.root))

    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert lines[0] == "13 tasks, 12 of them ended"
    assert any(line.startswith("blocked 8 % 1 % … 35 % 12 ended at a check") for line in lines)
    assert any(line.startswith("review time too few 0 of one review") for line in lines)
    assert max(len(line) for line in shown.stdout.splitlines()) <= 80
    data = cast("dict[str, list[dict[str, object]]]", json.loads(as_json.stdout)["data"])
    [tokens] = [metric for metric in data["metrics"] if metric["name"] == "tokens"]
    assert (tokens["n"], tokens["value"]) == (12, 650.0)


def test_stats_of_a_garden_without_runs_say_so(garden: Garden) -> None:
    shown = run(stats_command.command, "--garden", str(garden.root))

    assert (shown.return_value, shown.stdout) == (1, "0 tasks, 0 of them ended\n")


def test_stats_since_a_day_leave_out_what_was_before(garden: Garden, tables: Tables) -> None:
    RunRecords(tables).add(A_RUN, {})

    shown = run(stats_command.command, "--since", "2026-11-24", "--garden", str(garden.root))

    assert shown.stdout.startswith("0 tasks")
