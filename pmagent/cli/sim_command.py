"""`pmagent sim`: plays the scenarios of commands, and says what is wrong, untried or unnoticed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pmagent.cli import codes
from pmagent.cli.output import Output, common_options, make_output
from pmagent.errors import GardenError, UsageError
from pmagent.paths import bundled_dir, reason_of

if TYPE_CHECKING:
    from pmagent.simulations.running import Bench, Report, Result

_ACTIONS = ("run", "mutate", "suggest")


@click.command("sim", short_help="Play the scenarios of commands, without a model.")
@click.argument("words", nargs=-1, metavar="[run|mutate|suggest] [COMMAND|FILE]")
@click.option("--all", "is_all", is_flag=True, help="Every scenario there is.")
@click.option("--changed", is_flag=True, help="Only what changed since it passed last.")
@click.option("--update", is_flag=True, help="Keep these plays as the ones to compare with.")
@click.option("--junit", metavar="FILE", default="", help="Write the results as JUnit XML.")
@click.option("--repeat", type=click.IntRange(1, 100), default=1, metavar="K",
              help="Play each K times; the plays must be the same.")  # fmt: skip
@click.option("--min-coverage", type=click.FloatRange(0, 1), default=0.0, metavar="X",
              help="Exit 1 where a command has less of its ways gone: 0.9.")  # fmt: skip
@click.option("--min-score", type=click.FloatRange(0, 1), default=0.0, metavar="X",
              help="Exit 1 where fewer mutants are noticed, for mutate.")  # fmt: skip
@click.option("--in", "folder", metavar="DIR", default="",
              help='A folder with "commands" and "simulations"; else those that ship.')  # fmt: skip
@common_options
def command(words: tuple[str, ...], **flags: object) -> int:
    """Play the scenarios in `simulations/COMMAND/NAME.sim.yaml`, through the engine of real runs.

    "run" plays them and prints which ways of a command nobody has tried. "mutate" puts one fault
    after another into a command and says which its scenarios do not notice. "suggest" writes
    scenarios that a command asks for by its own words. Nothing is sent, and no key is needed.
    """
    output = make_output("sim", flags)
    action, name = _asked(words, is_all=bool(flags["is_all"]))
    bench = _bench(str(flags["folder"]), may_begin=action == "suggest")
    match action:
        case "mutate":
            return _mutate(bench, output, name, flags)
        case "suggest":
            return _suggest(bench, output, name)
        case _:
            return _run(bench, output, name, flags)


def _asked(words: tuple[str, ...], *, is_all: bool) -> tuple[str, str]:
    """What is to be done, and with what.

    Raises:
        UsageError: there is a word too many, or one is missing.
    """
    action = words[0] if words and words[0] in _ACTIONS else "run"
    rest = words[1:] if words and words[0] in _ACTIONS else words
    if len(rest) > 1:
        raise UsageError(f'"{rest[1]}" is too much', "pmagent sim [run|mutate|suggest] COMMAND")
    if rest and is_all:
        raise UsageError("--all is every scenario", f'leave out "{rest[0]}", or --all')
    if action != "run" and not rest:
        raise UsageError("no command is named", f"pmagent sim {action} COMMAND")
    return action, "".join(rest)


def _bench(folder: str, *, may_begin: bool) -> Bench:
    """The scenarios and commands of a folder, or those that ship.

    `may_begin`: it need not have scenarios yet.

    Raises:
        UsageError: the folder has none.
    """
    # Late: the engine and its functions are needed only here.
    from pmagent.simulations.running import Bench  # noqa: PLC0415
    from pmagent.simulations.shelf import Shelf  # noqa: PLC0415
    from pmagent.simulations.staging import folder_texts, make_stage  # noqa: PLC0415

    shipped = bundled_dir("commands")
    if not folder:
        shelf = Shelf(bundled_dir("simulations"))
        return Bench(shelf, make_stage(folder_texts(shipped), shelf))
    scenarios = Path(folder) / "simulations"
    if not (Path(folder) if may_begin else scenarios).is_dir():
        raise UsageError(f'there is no folder "{scenarios}"', "--in names the folder above it")
    shelf = Shelf(scenarios)
    places = (Path(folder) / "commands", Path(folder) / ".pmagent" / "commands", shipped)
    readers = [folder_texts(place) for place in places if place.is_dir()]

    def text_of(name: str) -> bytes | None:
        """The folder's own command of a name before the one that ships."""
        return next((data for one in readers if (data := one(name)) is not None), None)

    return Bench(shelf, make_stage(text_of, shelf))


def _run(bench: Bench, output: Output, name: str, flags: Mapping[str, object]) -> int:
    from pmagent.simulations.report import (  # noqa: PLC0415 - as in `_bench`
        closing_lines,
        junit,
        result_lines,
    )
    from pmagent.simulations.running import Wanted  # noqa: PLC0415 - as in `_bench`

    wanted = Wanted(
        name=name,
        only_changed=bool(flags["changed"]),
        updates=bool(flags["update"]),
        repeat=int(str(flags["repeat"])),
    )

    def tell(result: Result) -> None:
        if not output.as_json:
            for line in result_lines(result):
                output.line(output.style(line))

    report = bench.run(wanted, tell)
    if flags["junit"]:
        _write(Path(str(flags["junit"])), junit(report.results))
    _keep(bench, report, str(flags["garden"]))
    least = float(str(flags["min_coverage"]))
    is_short = report.least_coverage() < least
    if output.as_json:
        output.envelope(_values(report), ok=not report.failed and not is_short)
    else:
        for line in closing_lines(report):
            output.line(output.style(line))
        if is_short:
            output.line(f"below --min-coverage {least:g}")
    return codes.NONE if report.failed or is_short else codes.OK


def _keep(bench: Bench, report: Report, folder: str) -> None:
    """Let the garden know what was played, so that a command may come to go alone in it."""
    from pmagent.garden import Garden  # noqa: PLC0415 - as in `_bench`
    from pmagent.records.rehearsals import RehearsalRow  # noqa: PLC0415 - as in `_bench`

    try:
        garden = Garden.find(folder)
    except GardenError:
        # A checkout is none, and needs none.
        return
    with garden:
        for covered in report.coverage:
            played = [one for one in report.results if one.scenario.command == covered.command]
            garden.runs.keep_rehearsal(
                RehearsalRow(
                    command=covered.command,
                    digest=bench.procedure(covered.command).digest,
                    at=datetime.now(UTC),
                    cases=len(played),
                    clean=sum(one.is_passed for one in played),
                    ways=covered.share,
                )
            )


def _mutate(bench: Bench, output: Output, name: str, flags: Mapping[str, object]) -> int:
    from pmagent.simulations.report import score_lines  # noqa: PLC0415 - as in `_bench`

    def tell(done: int, of: int) -> None:
        output.step(f"tried {done} of {of} mutants")

    score = bench.mutate(name, tell)
    is_short = score.share < float(str(flags["min_score"]))
    if output.as_json:
        survivors = [
            {"line": one.line, "step": one.path, "kind": one.kind, "says": one.says}
            for one in score.survivors
        ]
        counts = {"killed": score.killed, "total": len(score.verdicts)}
        found = {"command": score.command, **counts, "survivors": survivors}
        output.envelope(found, ok=not is_short)
    else:
        for line in score_lines(score):
            output.line(output.style(line))
    return codes.NONE if is_short else codes.OK


def _suggest(bench: Bench, output: Output, name: str) -> int:
    from pmagent.simulations.suggesting import suggestions  # noqa: PLC0415 - as in `_bench`
    from pmagent.simulations.writing import scenario_text  # noqa: PLC0415 - as in `_bench`

    rows: list[Mapping[str, object]] = []
    for scenario in suggestions(bench, name):
        is_kept = bench.shelf.keep_suggestion(scenario.name, scenario_text(scenario))
        word = "wrote " if is_kept else "there "
        outcome, because = scenario.expect.outcome or "", scenario.because
        rows.append({"name": scenario.name, "written": is_kept, "outcome": outcome})
        if not output.as_json:
            output.line(output.style(f"{word} {scenario.name}  {outcome}: {because}"))
    if output.as_json:
        output.envelope({"suggestions": rows})
    else:
        output.say("each expects what came of it: read it, mend it, and take origin out")
    return codes.OK


def _values(report: Report) -> Mapping[str, object]:
    """The report as JSON."""
    return {
        "results": [
            {
                "name": one.scenario.name,
                "passed": one.is_passed,
                "faults": list(one.faults),
                "parted": one.parted.told() if one.parted is not None else "",
                "ms": round(one.elapsed_ms),
            }
            for one in report.results
        ],
        "skipped": report.skipped,
        "coverage": [
            {
                "command": one.command,
                "gone": one.hit,
                "ways": len(one.ways),
                "missing": [
                    {"step": way.path, "line": way.line, "what": way.what} for way in one.missing
                ],
            }
            for one in report.coverage
        ],
    }


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise UsageError(f'cannot write "{path}": {reason_of(exc)}') from exc
