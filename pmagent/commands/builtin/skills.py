"""`/skills`: the commands and skills that are read from files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, shorten, wrap
from pmagent.errors import UsageError
from pmagent.safe_text import safe_text
from pmagent.types.commands import CommandFile
from pmagent.types.turns import Said, TurnEvent

PLACES = {
    "project": "Of this garden",
    "user": "Your own",
    "plugin": "From plugins",
    "shipped": "Shipped with pmagent",
}


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """All of them by where they come from; with a name, one of them whole."""
    files = bench.skills()
    name = argument.strip().removeprefix("/")
    if not name:
        yield Said(text=skills_markdown(files))
        return
    for file in files:
        if file.name == name:
            yield Said(text=_whole(file))
            return
    raise UsageError(f'no file makes a command "/{plain(name)}"', '"/skills" lists those there are')


def skills_markdown(files: Sequence[CommandFile]) -> str:
    """A line each, by where they come from."""
    if not files:
        return wrap(
            "No command is read from a file. One is a Markdown file in `.pmagent/commands/`; its "
            "name is the command."
        )
    blocks: list[str] = []
    for place, title in PLACES.items():
        rows = [_row(file) for file in files if file.place == place]
        if rows:
            blocks.append(f"## {title}\n\n{items(rows)}")
    return page("# Commands and skills from files", *blocks, f"One whole: {code('/skills NAME')}")


def _row(file: CommandFile) -> str:
    hint = f" {plain(file.argument_hint)}" if file.argument_hint else ""
    marks = [
        *(["skill"] if file.kind == "skill" else []),
        *([] if file.is_for_person else ["for the model only"]),
        *([] if file.is_for_model else ["for you only"]),
        *([] if file.is_trusted else ["its tools wait for your trust"]),
    ]
    tail = f" ({', '.join(marks)})" if marks else ""
    return f"{code(f'/{file.name}{hint}')}{tail}: {shorten(file.description, 160)}"


def _whole(file: CommandFile) -> str:
    facts = [
        f"File: {code(file.path)}",
        *([f"Unasked for one turn: {code(', '.join(file.allowed_tools))}"]
          if file.allowed_tools else []),
        *([f"Model: {plain(file.model)}"] if file.model else []),
        *([f"Runs in the sub-agent {code(file.fork_agent)}"] if file.fork_agent else []),
        *(plain(note) for note in file.notes),
    ]  # fmt: skip
    return page(
        f"# /{plain(file.name)}",
        items([_row(file), *facts]),
        "## What it says",
        safe_text(file.body.strip(), newlines=True),
    )


builtin = Builtin(
    name="skills",
    group="Garden",
    summary="The commands and skills that are read from files",
    argument_hint="[NAME]",
    run=run,
)
