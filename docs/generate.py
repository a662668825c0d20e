"""Write the reference pages from the code: `make docs`. A test holds them equal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from pmagent.cli import codes
from pmagent.cli.main import FRONTS, load_command, pmagent
from pmagent.commands.bench import builtins
from pmagent.commands.found import Found
from pmagent.commands.read_agent import read_agent
from pmagent.commands.read_command import read_command
from pmagent.paths import bundled_dir
from pmagent.procedures.lint.lint import RULES, Check
from pmagent.types.commands import AgentFile, CommandFile

HERE = Path(__file__).parent
CODE_WORDS = {
    codes.OK: "done",
    codes.NONE: 'it ran, and the answer is "none", or a check failed',
    codes.USAGE: "the call itself is wrong",
    codes.NO_GARDEN: "no garden here, or its settings have a mistake",
    codes.NEEDS_KEY: "a key or login is needed",
    codes.DENIED: "outside the garden, or an approval is needed",
    codes.PROVIDER: "a provider or the network failed",
    codes.INDEX: "the index is missing, locked or damaged, or the disk is full",
    codes.PARTIAL: "some inputs failed, the others are done",
    codes.BUDGET: "a budget or a time limit was reached",
    codes.WAITING: "a run waits for a person, for a moment, or for a place that does not answer",
    codes.BUG: "pmagent itself broke; the trace is in `errors.log` in its data folder",
    codes.INTERRUPTED: "interrupted",
}
FLAGS = dict(zip(FRONTS, ("-p", "--plain"), strict=True))
"""How the front ends without a name of their own are called."""


def commands_page() -> str:
    """Every command with its help, as the command line itself prints it."""
    parts = [
        "# Commands",
        "Made from the code by `make docs`. Results go to stdout, everything else to stderr; with "
        "`--json` a command writes one object "
        '`{"schema": "pmagent.<command>/1", "ok", "data", "warnings", "cost_usd", "ms"}`.',
    ]
    settings = {**pmagent.context_settings, "max_content_width": 100}
    with click.Context(pmagent, info_name="pmagent", **settings) as context:
        parts.append(f"```\n{pmagent.get_help(context)}\n```")
        for name in pmagent.list_commands(context):
            parts += _help_of(load_command(name), name, context, "pmagent")
        for name, flag in FLAGS.items():
            if (command := pmagent.get_command(context, name)) is not None:
                parts += _help_of(command, flag, context, "pmagent")
    return "\n\n".join(parts) + "\n"


def _help_of(command: click.Command, name: str, parent: click.Context, path: str) -> Iterator[str]:
    """The help of a command, then those of the commands below it."""
    marks = "#" * (path.count(" ") + 2)
    with click.Context(
        command, info_name=name, parent=parent, terminal_width=100, max_content_width=100
    ) as context:
        yield f"{marks} {path} {name}\n\n```\n{command.get_help(context)}\n```"
        if isinstance(command, click.Group):
            for each in command.list_commands(context):
                if (below := command.get_command(context, each)) is not None:
                    yield from _help_of(below, each, context, f"{path} {name}")


def slash_page() -> str:
    """Every command that can be typed after a slash, and the sub-agents that ship."""
    parts = [
        "# Slash commands and sub-agents",
        "Made from the code by `make docs`. In the application, in `pmagent --plain`, and as "
        '`pmagent run "/name …"`. All of them work without a model.',
    ]
    groups: dict[str, list[str]] = {}
    for one in builtins():
        also = "".join(f", `/{alias}`" for alias in one.aliases)
        usage = f"/{one.name} {one.argument_hint}".strip()
        groups.setdefault(one.group, []).append(f"- `{usage}`{also}: {one.summary}")
    groups["Jobs that ship"] = [
        f"- `/{one.name} {one.argument_hint}`: {one.description}" for one in shipped_commands()
    ]
    groups["Sub-agents that ship"] = [
        f"- `{one.name}`: {one.description}" for one in shipped_agents()
    ]
    parts += [f"## {group}\n\n" + "\n".join(rows) for group, rows in groups.items()]
    return "\n\n".join(parts) + "\n"


def shipped_commands() -> list[CommandFile]:
    """The commands in `commands/`, by name."""
    paths = sorted(bundled_dir("commands").glob("*.md"))
    found = (read_command(path.read_bytes(), _found(path)) for path in paths)
    return [one for one in found if isinstance(one, CommandFile)]


def shipped_agents() -> list[AgentFile]:
    """The sub-agents in `agents/`, by name."""
    paths = sorted(bundled_dir("agents").glob("*.md"))
    found = (read_agent(path.read_bytes(), _found(path)) for path in paths)
    return [one for one in found if isinstance(one, AgentFile)]


def _found(path: Path) -> Found:
    return Found(name=path.stem, path=path.name, place="shipped")


def codes_page() -> str:
    """The exit codes."""
    rows = "\n".join(f"| {code} | {words} |" for code, words in CODE_WORDS.items())
    head = "# Exit codes\n\nMade from the code by `make docs`.\n\n| code | meaning |\n|---|---|"
    return f"{head}\n{rows}\n"


def lint_page() -> str:
    """What each rule of `pmagent lint` looks for, and what it keeps from happening."""
    head = [
        "# Rules of lint",
        "Made from the code by `make docs`. `pmagent lint` holds the procedures of a garden, and "
        "those that ship, against these; `pmagent lint /NAME` one of them. It ends with code 1 "
        "where one has an error; warnings change nothing.",
        "`PL00` is no rule: the file cannot be read as a procedure in that line. A procedure with "
        "such an error, or with one of the rules that reading finds, does not begin to run.",
        "| rule | what is wrong | what would happen |\n|---|---|---|",
    ]
    rows = [
        f"| {rule.code} | **{rule.title}**: {_looks_for(rule.checks)} | {rule.why} |"
        for rule in RULES.values()
    ]
    return "\n\n".join(head) + "\n" + "\n".join(rows) + "\n"


def _looks_for(checks: Sequence[Check]) -> str:
    """What the checks of a rule say of themselves, without the rule's code."""
    if not checks:
        return "found by reading the file"
    said = ((check.__doc__ or "").strip().splitlines()[0] for check in checks)
    return "; ".join(line.partition(": ")[2].rstrip(".") for line in said)


PAGES = {
    "commands.md": commands_page,
    "exit-codes.md": codes_page,
    "lint.md": lint_page,
    "slash-commands.md": slash_page,
}


def main() -> None:
    """Write every page; into the folder that is named, else where they are kept."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "reference"
    for name, make in PAGES.items():
        (folder / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
