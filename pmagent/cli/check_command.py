"""`pmagent check`: a verdict on every claim of a text, with the evidence beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import cast

import click

from pmagent import __version__
from pmagent.cli import codes
from pmagent.cli.asking import make_asker
from pmagent.cli.batch import read_lines
from pmagent.cli.check_json import report_values
from pmagent.cli.output import Output, common_options, make_output
from pmagent.cli.pressing import require_person
from pmagent.cli.tool_command import show_outcome
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.types.checking import CheckReport, Claim, VerdictWord
from pmagent.types.jobs import Asked, JobCalls

_EXAMPLE = '{"id": "1", "claim": "Seats cost nine dollars.", "sources": ["notes/pricing.md"]}'
_WORDS: Mapping[str, VerdictWord] = {
    "contradicted": "contradicted",
    "not-found": "not_found",
    "notfound": "not_found",
    "not_found": "not_found",
    "needs-person": "needs_person",
    "needs_person": "needs_person",
}


@click.command(short_help="Check every claim of a text against the archive or named sources.")
@click.argument("file", nargs=-1)
@click.option(
    "--sources", multiple=True, metavar="GLOB",
    help="Look for evidence here alone; may be given several times.",
)  # fmt: skip
@click.option(
    "--fail-on", metavar="WORDS", default="contradicted", show_default=True,
    help="Exit 1 on these: contradicted, not-found, needs-person, any, none.",
)  # fmt: skip
@click.option("--sarif", "is_sarif", is_flag=True, help="Write SARIF 2.1.0, as editors read it.")
@click.option("--markdown", "is_markdown", is_flag=True, help="Write the report as Markdown.")
@click.option("--fix", "fixed", type=click.IntRange(1), metavar="N",
              help="Put the correction of claim N into the file.")  # fmt: skip
@click.option("--keep", "kept", type=click.IntRange(1), metavar="N",
              help="Let claim N stand as it is. A person's key press.")  # fmt: skip
@click.option("--note", default="", metavar="TEXT", help="Why, for --keep.")
@click.option("--save", "is_saved", is_flag=True, help="Write the manifest beside the file.")
@click.option("--model", metavar="NAME", default="", help="Ask this model for a second opinion.")
@click.option("--batch", metavar="FILE",
              help='Read a line {"id", "claim", "sources"?} each; - is stdin.')  # fmt: skip
@click.option("--jsonl", is_flag=True, help="Write one JSON object a line, for --batch.")
@common_options
def command(file: tuple[str, ...], **flags: object) -> int:
    """Split FILE into claims and say of each: supported, contradicted, or not found.

    FILE is a document of the garden; "-" reads the text from stdin. Exit code 1 when a claim is
    what --fail-on names.
    """
    output = make_output("check", flags)
    failing = _failing(str(flags["fail_on"]))
    with Garden.find(str(flags["garden"])) as garden:
        garden.set_asker(make_asker(output))
        jobs = garden.jobs_with(str(flags["model"]))
        if flags["batch"]:
            return _run_batch(jobs, flags)
        report = _checked(jobs, output, " ".join(file), cast("tuple[str, ...]", flags["sources"]))
        for note in report.notes:
            output.note(note)
        if flags["fixed"]:
            number = _number(report, cast("int", flags["fixed"]))
            return show_outcome(output, jobs.fix(report, number))
        if flags["kept"]:
            return _keep(jobs, output, report, cast("int", flags["kept"]), str(flags["note"]))
        _show(jobs, output, report, flags)
        if flags["is_saved"] and (code := show_outcome(output, jobs.record(report))):
            return code
    return codes.NONE if any(one.word in failing for one in report.verdicts) else codes.OK


def _failing(words: str) -> frozenset[VerdictWord]:
    """What --fail-on names.

    Raises:
        UsageError: a word is no verdict.
    """
    asked = [word.strip().lower() for word in words.split(",") if word.strip()]
    if asked == ["none"]:
        return frozenset()
    if asked == ["any"]:
        return frozenset(_WORDS.values())
    for word in asked:
        if word not in _WORDS:
            raise UsageError(
                f'"{word}" is no verdict to fail on',
                "--fail-on takes contradicted, not-found, needs-person, any or none",
            )
    return frozenset(_WORDS[word] for word in asked)


def _checked(jobs: JobCalls, output: Output, name: str, sources: Sequence[str]) -> CheckReport:
    if not name:
        raise UsageError("no text is named", 'pmagent check FILE, or "-" for stdin')
    if name == "-":
        return jobs.check_text(sys.stdin.read(), sources=sources)

    def tell(done: int, of: int) -> None:
        output.step(f"checked {done} of {of}")

    return jobs.check(name, sources=sources, on_progress=tell)


def _number(report: CheckReport, number: int) -> int:
    if number > len(report.verdicts):
        raise UsageError(f"there is no claim {number}", f"it has {len(report.verdicts)}")
    return number - 1


def _keep(jobs: JobCalls, output: Output, report: CheckReport, number: int, note: str) -> int:
    place = _number(report, number)
    verdict = report.verdicts[place]
    require_person(f'let stand though {verdict.word.replace("_", " ")}: "{verdict.claim.text}"')
    jobs.keep(report, place, note)
    output.say("it stands, by your word")
    return codes.OK


def _show(jobs: JobCalls, output: Output, report: CheckReport, flags: Mapping[str, object]) -> None:
    # Late: they are needed only here.
    from pmagent.factcheck.sarif import sarif_text  # noqa: PLC0415
    from pmagent.factcheck.texts import report_text  # noqa: PLC0415

    leave = jobs.leave(report)
    kept = tuple(jobs.kept(report))
    if flags["is_sarif"]:
        click.echo(sarif_text([report], version=__version__), nl=False)
    elif output.as_json:
        output.envelope(report_values(report, leave, kept), ok=leave.is_free)
    elif flags["is_markdown"]:
        click.echo(jobs.report_page(report), nl=False)
    else:
        click.echo(report_text(report), nl=False)
        output.line("may leave" if leave.is_free else f"held back: {'; '.join(leave.reasons)}")


def _run_batch(jobs: JobCalls, flags: Mapping[str, object]) -> int:
    """One verdict a line, in the words of the scorer."""
    from pmagent.factcheck.scored import scored  # noqa: PLC0415 - as in `_show`

    if not flags["jsonl"]:
        raise UsageError("--batch writes JSON lines", "add --jsonl")
    ids: list[str] = []
    asked: list[Asked] = []
    common = cast("tuple[str, ...]", flags["sources"])
    for number, line in read_lines(str(flags["batch"]), example=_EXAMPLE):
        text, sources = line.get("claim"), line.get("sources", list(common))
        if not isinstance(text, str) or not isinstance(sources, list):
            raise UsageError(
                f'line {number} of "{flags["batch"]}" is no claim', f"such as {_EXAMPLE}"
            )
        ids.append(str(line.get("id", number)))
        named = tuple(str(one) for one in cast("list[object]", sources))
        asked.append(Asked(claim=Claim(text=text, source=text, number=number), sources=named))
    for name, verdict in zip(ids, jobs.check_claims(asked), strict=True):
        click.echo(json.dumps(scored(name, verdict), ensure_ascii=False))
    return codes.OK
