"""`/index`: read what changed, and make it searchable by words and by meaning."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, wrap
from pmagent.errors import LockedError, UsageError
from pmagent.nlp.counted import counted
from pmagent.types import IndexReport, Progress
from pmagent.types.turns import Noted, Said, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """What one run changed; where an indexer runs already, how far it is."""
    wish = argument.strip()
    if wish not in {"", "words"}:
        raise UsageError(f'"/index" knows no "{plain(wish)}"', "write /index, or /index words")
    underway = bench.garden.indexer_progress()
    if underway is not None:
        yield Said(text=_underway(underway))
        return
    try:
        report = bench.garden.index(meaning=not wish, stop=lambda: bench.is_stopping)
    except LockedError:
        yield Noted(
            text="another pmagent indexes this garden now; what it has read is searchable",
            hint='"/status" tells how far it is',
        )
        return
    for note in bench.garden.notes():
        yield Noted(text=note, kind="warning")
    yield Said(text=report_markdown(report))


def report_markdown(report: IndexReport) -> str:
    """What changed, and what failed with its reason."""
    head = (
        f"{report.new} new, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged, {report.skipped} skipped, {len(report.failed)} failed. "
        f"{counted(report.passages, 'passage')} read, {counted(report.embedded, 'text')} embedded."
    )
    failed = [f"{code(file.path)}: {plain(file.reason)}" for file in report.failed]
    return page(wrap(head), f"## Failed\n\n{items(failed)}" if failed else "")


def _underway(progress: Progress) -> str:
    if progress.stage == "ready":
        return "The index is up to date; changes are read as they are saved."
    share = f"{progress.done:,} of {progress.total:,}" if progress.total else f"{progress.done:,}"
    return wrap(
        f"The index is being made: {share} {progress.unit} ({progress.stage}). What was read can "
        "be searched already."
    )


builtin = Builtin(
    name="index",
    group="Garden",
    summary="Read what changed and make it searchable",
    argument_hint="[words]",
    details="With `words` the vectors are left for another time.",
    run=run,
)
