"""`pmagent draft`: a publishing kit of one transcript, or one part of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

import click

from pmagent.cli import codes
from pmagent.cli.asking import make_asker
from pmagent.cli.batch import read_lines
from pmagent.cli.output import Output, common_options, make_output
from pmagent.cli.tool_command import show_outcome
from pmagent.errors import PmagentError, UsageError
from pmagent.garden import Garden
from pmagent.safe_text import safe_text
from pmagent.types.actions import Done
from pmagent.types.jobs import JobCalls
from pmagent.types.publishing import Kit

_EXAMPLE = '{"id": "1", "path": "transcripts/ep-041.md"}'


@click.command(short_help="Draft titles, description, chapters, notes … from one transcript.")
@click.argument("what", nargs=-1, metavar="[KIND] FILE")
@click.option("--as", "form", metavar="FORMAT", help='Write one format; "--as list" names them.')
@click.option("--more", type=click.FloatRange(0.2, 5.0), default=1.0, metavar="FACTOR",
              help="More or fewer chapters: 2 is about twice as many.")  # fmt: skip
@click.option("--save", "is_saved", is_flag=True, help="Write the kit below drafts/kits/.")
@click.option("--model", metavar="NAME", default="",
              help="The model that words it; offline by default.")  # fmt: skip
@click.option("--batch", metavar="FILE", help='Read a line {"id", "path"} each; - is stdin.')
@click.option("--jsonl", is_flag=True, help="Write one JSON object a line, for --batch.")
@common_options
def command(what: tuple[str, ...], **flags: object) -> int:
    """Draft from FILE: all of a kit, or one KIND of it.

    KIND is kit, titles, description, chapters, show-notes, quotes, mentions, promises or new. Every
    line says where it stands; nothing is written but with --save.
    """
    output = make_output("draft", flags)
    if flags["form"] == "list":
        return _list_formats(output)
    with Garden.find(str(flags["garden"])) as garden:
        garden.set_asker(make_asker(output))
        jobs = garden.jobs_with(str(flags["model"]))
        if flags["batch"]:
            return _run_batch(jobs, flags)
        kind, name = _named(what)
        kit = jobs.kit(name, more=cast("float", flags["more"]))
        for remark in kit.remarks:
            output.note(remark)
        if flags["is_saved"]:
            return _save(output, jobs, kit)
        _show(output, jobs, kit, kind, cast("str | None", flags["form"]))
    return codes.OK if kit.transcript.turns else codes.NONE


def _named(what: Sequence[str]) -> tuple[str, str]:
    """The kind and the file's name.

    Raises:
        UsageError: no file is named.
    """
    # Late: the formats are needed only where something is drafted.
    from pmagent.publish.render.markdown import PARTS  # noqa: PLC0415

    kinds = {"kit", *PARTS}
    words = [safe_text(word) for word in what]
    aliases = {"notes": "show-notes", "shownotes": "show-notes", "fresh": "new"}
    first = aliases.get(words[0], words[0]) if words else ""
    if len(words) > 1 and first in kinds:
        return first, " ".join(words[1:])
    if not words or (len(words) == 1 and first in kinds and "." not in first):
        listed = ", ".join(["kit", *PARTS])
        raise UsageError("no transcript is named", f"pmagent draft [KIND] FILE; KIND is {listed}")
    return "kit", " ".join(words)


def _show(output: Output, jobs: JobCalls, kit: Kit, kind: str, form: str | None) -> None:
    from pmagent.publish.render import format_named  # noqa: PLC0415 - as in `_named`
    from pmagent.publish.render.json_form import kit_fields  # noqa: PLC0415

    if form is not None:
        made = format_named(form).make(kit)
        for remark in made.remarks:
            output.note(remark)
        click.echo(made.text, nl=not made.text.endswith("\n"))
    elif output.as_json:
        output.envelope(kit_fields(kit), ok=bool(kit.transcript.turns))
    else:
        page = jobs.page(kit, kind)
        click.echo(page, nl=not page.endswith("\n"))


def _save(output: Output, jobs: JobCalls, kit: Kit) -> int:
    rows: list[dict[str, object]] = []
    for saved in jobs.save(kit):
        if not isinstance(saved.outcome, Done):
            return show_outcome(output, saved.outcome)
        for problem in saved.problems:
            output.note(f'"{saved.path}": {problem}')
        rows.append({"path": saved.path, "undo": saved.outcome.checkpoint})
        if not output.as_json:
            output.line(output.style(saved.path))
    if output.as_json:
        output.envelope({"saved": rows})
    return codes.OK


def _list_formats(output: Output) -> int:
    from pmagent.publish.render import formats  # noqa: PLC0415 - as in `_named`

    if output.as_json:
        output.envelope({"formats": [{"name": one.name, "about": one.about} for one in formats()]})
        return codes.OK
    for one in formats():
        output.line(f"{output.style(f'{one.name:<18}', 'bold')} {one.about}")
    return codes.OK


def _run_batch(jobs: JobCalls, flags: dict[str, object]) -> int:
    """One kit a line of JSON; a file that cannot be read says so in its line."""
    from pmagent.publish.render.json_form import kit_fields  # noqa: PLC0415 - as in `_named`

    if not flags["jsonl"]:
        raise UsageError("--batch writes JSON lines", "add --jsonl")
    failed = 0
    for number, line in read_lines(str(flags["batch"]), example=_EXAMPLE):
        if "path" not in line:
            raise UsageError(f'line {number} names no "path"', f"each line is such as {_EXAMPLE}")
        told: dict[str, object] = {"id": line.get("id", line["path"]), "path": line["path"]}
        try:
            kit = jobs.kit(str(line["path"]), more=cast("float", flags["more"]))
            told.update(kit_fields(kit))
        except PmagentError as exc:
            failed += 1
            told["error"] = exc.message
        click.echo(json.dumps(told, ensure_ascii=False))
    return codes.PARTIAL if failed else codes.OK
