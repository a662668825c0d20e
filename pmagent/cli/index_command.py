"""`pmagent index`: read what changed, and make it searchable by words and by meaning."""

from __future__ import annotations

import dataclasses
import json
import signal
import threading
from types import FrameType

import click

from pmagent.cli import codes
from pmagent.cli.output import Output, common_options, make_output, say_seconds
from pmagent.garden import Garden
from pmagent.types import IndexReport, Progress


@click.command(short_help="Make the garden searchable.")
@click.option("--watch", is_flag=True, help="Stay, and keep the index fresh.")
@click.option("--full", is_flag=True, help="Forget the index and make it anew.")
@click.option("--words-only", is_flag=True, help="Leave the vectors for another time.")
@click.option("--jsonl", is_flag=True, help="Write each step of progress as a line of JSON.")
@common_options
def command(**flags: object) -> int:
    """Read new and changed files. Searching works meanwhile, first by words, then by meaning.

    May be ended at any time; the next run goes on from there. Exit code 8 when a file failed.
    """
    output = make_output("index", flags)
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)

    def tell(progress: Progress) -> None:
        if flags["jsonl"]:
            click.echo(json.dumps({"type": "progress", **dataclasses.asdict(progress)}))
        else:
            output.progress(progress)

    with Garden.find(str(flags["garden"])) as garden:
        if flags["full"]:
            garden.forget_index()
        report = garden.index(on_progress=tell, meaning=not flags["words_only"], stop=stop.is_set)
        output.finish()
        for note in garden.notes():
            output.note(note)
        _tell(output, report, is_jsonl=bool(flags["jsonl"]))
        if flags["watch"] and not stop.is_set():
            output.say("watching for changes; Ctrl-C ends it")
            garden.watch(on_progress=tell, stop=stop)
    return codes.PARTIAL if report.failed else codes.OK


def _tell(output: Output, report: IndexReport, *, is_jsonl: bool) -> None:
    data = {
        "files": {
            "new": report.new,
            "changed": report.changed,
            "removed": report.removed,
            "unchanged": report.unchanged,
            "skipped": report.skipped,
            "failed": [{"path": item.path, "reason": item.reason} for item in report.failed],
        },
        "passages": report.passages,
        "embedded": report.embedded,
        "seconds": round(report.elapsed_s, 2),
    }
    if is_jsonl:
        click.echo(json.dumps({"type": "result", "ok": not report.failed, "data": data}))
        return
    if output.as_json:
        output.envelope(data, ok=not report.failed)
        return
    output.line(
        f"{report.new} new, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged, {report.skipped} skipped, {len(report.failed)} failed"
        f" · {report.passages:,} passages read, {report.embedded:,} texts embedded"
        f" · {say_seconds(report.elapsed_s)}"
    )
    for item in report.failed:
        output.line(f"failed  {output.style(item.path)}: {output.style(item.reason)}")
