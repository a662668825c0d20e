"""What came of simulations, for people and for a build server. Pure: values in, text out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from pmagent.simulations.coverage import Coverage
from pmagent.simulations.mutating import Score
from pmagent.simulations.running import Report, Result

_MOST_MISSING = 40


def result_lines(result: Result) -> Iterator[str]:
    """One scenario: a line, and what is wrong below it."""
    word = "ok    " if result.is_passed else "FAILED"
    steps = len(result.played.path) if result.played is not None else 0
    yield f"{word} {result.scenario.name}  {steps} steps, {result.elapsed_ms:.0f} ms"
    if result.is_passed:
        return
    if result.scenario.because:
        yield f"       because {result.scenario.because}"
    yield from (f"       {line}" for fault in result.faults for line in fault.splitlines())
    if result.parted is not None:
        yield from (f"       {line}" for line in result.parted.told().splitlines())
        yield '       if that is meant: "pmagent sim --update"'


def closing_lines(report: Report) -> Iterator[str]:
    """How many passed, and what nobody has tried."""
    passed = len(report.results) - len(report.failed)
    skipped = f", {report.skipped} unchanged and not played" if report.skipped else ""
    seconds = report.elapsed_ms / 1000
    yield f"{passed} passed, {len(report.failed)} failed{skipped} in {seconds:.1f} s"
    for coverage in report.coverage:
        yield from coverage_lines(coverage)


def coverage_lines(coverage: Coverage) -> Iterator[str]:
    """Of one command: how many ways were gone, and those that were not."""
    yield f"/{coverage.command}: {coverage.hit} of {len(coverage.ways)} ways ({coverage.share:.0%})"
    yield from (f"  missing {way.told()}" for way in coverage.missing[:_MOST_MISSING])
    if len(coverage.missing) > _MOST_MISSING:
        yield f"  and {len(coverage.missing) - _MOST_MISSING} more"


def score_lines(score: Score) -> Iterator[str]:
    """Of one command: how many faults were noticed, and those that were not."""
    count = len(score.verdicts)
    yield f"/{score.command}: {score.killed} of {count} mutants noticed ({score.share:.0%})"
    for one in score.survivors:
        place = f"line {one.line}" if one.line else "front matter"
        yield f"  survived {place}, {one.kind}: {one.says}"


def junit(results: Sequence[Result]) -> str:
    """As JUnit XML: a suite for each command, a case for each scenario."""
    return "\n".join(_junit(results)) + "\n"


def _junit(results: Sequence[Result]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield _open("testsuites", "pmagent simulations", results)
    for command in sorted({one.scenario.command for one in results}):
        own = [one for one in results if one.scenario.command == command]
        yield f"  {_open('testsuite', command, own)}"
        for one in own:
            name, seconds = quoteattr(one.scenario.name), one.elapsed_ms / 1000
            case = f'    <testcase classname={quoteattr(command)} name={name} time="{seconds:.3f}"'
            if one.is_passed:
                yield f"{case}/>"
                continue
            said = "\n".join(line.strip() for line in list(result_lines(one))[1:])
            first = one.faults[0] if one.faults else "it went otherwise than before"
            yield f"{case}>"
            yield f"      <failure message={quoteattr(_printable(first))}>"
            yield f"{escape(_printable(said))}</failure>"
            yield "    </testcase>"
        yield "  </testsuite>"
    yield "</testsuites>"


def _open(tag: str, name: str, results: Sequence[Result]) -> str:
    failed = sum(1 for one in results if not one.is_passed)
    seconds = sum(one.elapsed_ms for one in results) / 1000
    return (
        f'<{tag} name={quoteattr(name)} tests="{len(results)}" failures="{failed}" '
        f'time="{seconds:.3f}">'
    )


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(one for one in text if one in "\n\t" or one.isprintable())
