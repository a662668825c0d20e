"""Write the reference pages from the code: `make docs`. A test holds them equal."""

from __future__ import annotations

from pathlib import Path

import click

from pmagent.cli import codes
from pmagent.cli.main import load_command, pmagent

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
    codes.BUG: "pmagent itself broke; the trace is in `errors.log` in its data folder",
    codes.INTERRUPTED: "interrupted",
}


def commands_page() -> str:
    """Every command with its help, as the command line itself prints it."""
    parts = [
        "# Commands",
        "Made from the code by `make docs`. Results go to stdout, everything else to stderr; with "
        "`--json` a command writes one object "
        '`{"schema": "pmagent.<command>/1", "ok", "data", "warnings", "cost_usd", "ms"}`.',
    ]
    with click.Context(pmagent, info_name="pmagent", max_content_width=100) as context:
        for name in pmagent.list_commands(context):
            command = load_command(name)
            with click.Context(
                command, info_name=name, parent=context, terminal_width=100, max_content_width=100
            ) as inner:
                text = command.get_help(inner)
            parts.append(f"## pmagent {name}\n\n```\n{text}\n```")
    return "\n\n".join(parts) + "\n"


def codes_page() -> str:
    """The exit codes."""
    rows = "\n".join(f"| {code} | {words} |" for code, words in CODE_WORDS.items())
    head = "# Exit codes\n\nMade from the code by `make docs`.\n\n| code | meaning |\n|---|---|"
    return f"{head}\n{rows}\n"


PAGES = {"commands.md": commands_page, "exit-codes.md": codes_page}


def main() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        (HERE / "reference" / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
