"""`pmagent trace`: what one run did and how long each part took; exported where asked."""

from __future__ import annotations

from collections.abc import Sequence

import click

from pmagent import __version__
from pmagent.cli import codes
from pmagent.cli.output import Output, columns, common_options, make_output
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.nlp.counted import counted
from pmagent.records.runs import RunRecords
from pmagent.records.spans import SpanRows
from pmagent.records.tables import Tables
from pmagent.traces.gather import find_run
from pmagent.traces.names import NamedSpan, named_spans
from pmagent.traces.text import by_address, head_lines, waterfall_lines
from pmagent.traces.waterfall import waterfall
from pmagent.types.runs import Run, StepRow
from pmagent.types.traces import TraceEvent, TraceSpan

MOST_COLUMNS = 120


@click.command(short_help="What a run did, as a waterfall; or sent to a collector.")
@click.argument("run")
@click.option("--otlp", metavar="URL", help="Send it to this collector, by OTLP over HTTP.")
@click.option("--jsonl", is_flag=True, help="Write it as OpenTelemetry's JSON, one span a line.")
@click.option(
    "--content", is_flag=True, help="Export words too, where the run was told to keep them."
)
@common_options
def command(run: str, otlp: str | None, jsonl: bool, content: bool, **flags: object) -> int:
    """Show the spans of RUN (an id, the begin of one, or "last") on one axis of time.

    Nothing leaves this computer unless --otlp names where to. Words of prompts, answers and
    queries are not in a trace unless the run was told to keep them, and leave with --content only.
    """
    output = make_output("trace", flags)
    _check_options(otlp, is_jsonl=jsonl, is_json=output.as_json, content=content)
    with Garden.find(str(flags["garden"])) as garden:
        tables = Tables(garden.data_dir)
        try:
            found = find_run(tables, run)
            rows = SpanRows(tables)
            spans, events = rows.of_run(found.id), rows.events_of_run(found.id)
            steps = _steps(tables, spans)
        finally:
            tables.close()
    if otlp is None and not jsonl and not output.as_json:
        return _show(output, found, spans, events, steps)
    named = named_spans(spans, events, content=content)
    if len(named) < len(spans):
        output.note(f"{counted(len(spans) - len(named), 'span')} not ended yet, left out")
    if otlp is not None:
        return _send(output, named, otlp)
    return _write(output, found, named)


def _check_options(otlp: str | None, *, is_jsonl: bool, is_json: bool, content: bool) -> None:
    if is_jsonl and (is_json or otlp is not None):
        raise UsageError("--jsonl excludes --otlp and --json", "name one of them")
    if content and otlp is None and not (is_jsonl or is_json):
        raise UsageError(
            "--content is for an export", "add --jsonl, or --otlp with the collector's address"
        )


def _show(
    output: Output,
    run: Run,
    spans: Sequence[TraceSpan],
    events: Sequence[TraceEvent],
    steps: Sequence[StepRow],
) -> int:
    drawn = waterfall(spans)
    if drawn is None:
        for line in head_lines(run, None):
            output.line(output.style(line))
        output.say("it has no spans; what it did is on record all the same: pmagent explain")
        return codes.NONE
    width = min(columns(), MOST_COLUMNS)
    for line in waterfall_lines(run, drawn, events, by_address(steps), width=width):
        output.line(output.style(line))
    return codes.OK


def _send(output: Output, named: Sequence[NamedSpan], url: str) -> int:
    # Late: OpenTelemetry and requests are loaded only for a trace that leaves.
    from pmagent.traces.export import endpoint, send_otlp  # noqa: PLC0415

    number = send_otlp(named, url, version=__version__)
    if output.as_json:
        output.envelope({"sent": number, "to": endpoint(url)})
    else:
        output.say(f"{counted(number, 'span')} sent to {endpoint(url)}")
    return codes.OK


def _write(output: Output, run: Run, named: Sequence[NamedSpan]) -> int:
    from pmagent.traces.jsonl import as_otlp, json_lines  # noqa: PLC0415 - for an export alone

    if output.as_json:
        lines = [as_otlp(span, version=__version__) for span in named]
        output.envelope({"run": run.id, "state": run.state, "traces": lines})
        return codes.OK
    for line in json_lines(named, version=__version__):
        click.echo(line)
    return codes.OK


def _steps(tables: Tables, spans: Sequence[TraceSpan]) -> Sequence[StepRow]:
    records = RunRecords(tables)
    runs = dict.fromkeys(span.run for span in spans)
    return [row for run in runs for row in records.steps(run)]
