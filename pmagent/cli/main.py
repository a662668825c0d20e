"""The commands, found by name and imported only when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import cast

import click

from pmagent import __version__

COMMANDS = (
    "init", "index", "status", "where", "ask", "read", "draft", "check", "verify", "lint-archive",
    "run", "runs", "resume", "cancel", "explain", "review", "autonomy", "outbox", "ghost", "trello",
    "show", "lint", "sim", "trace", "stats", "plan", "tasks", "weekly", "calendar", "sessions",
    "model", "compat", "tool", "garden", "undo", "rewind", "audit", "hooks", "doctor", "completion",
)  # fmt: skip
"""Each is `pmagent.cli.<name>_command`, exporting `command`, in the order help shows them."""


FRONTS = {"prompt": "prompt_mode", "plain": "plain_command"}
"""What `-p` and `--plain` stand for: commands without a name of their own, and their modules."""


def load_command(name: str) -> click.Command:
    """The command called `name`, one of `COMMANDS`, imported now."""
    return cast(
        "click.Command", import_module(f"pmagent.cli.{name.replace('-', '_')}_command").command
    )


class LazyGroup(click.Group):
    """A group whose commands are modules."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; `-p` and `--plain` stand for a command, wherever among the flags."""
        front = front_of(args)
        return super().parse_args(ctx, [front, *args] if front else args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        del ctx
        if cmd_name in FRONTS:
            return cast("click.Command", import_module(f"pmagent.cli.{FRONTS[cmd_name]}").command)
        return load_command(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name where there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as exc:
            import difflib  # noqa: PLC0415 - only for a mistyped name

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            also = f'; did you mean "{near[0]}"?' if near else ""
            raise click.UsageError(f'there is no command "{args[0]}"{also}', ctx) from exc


def front_of(arguments: Sequence[str]) -> str:
    """What `-p` or `--plain` stands for; empty where a command is named, or neither is there."""
    if not arguments or arguments[0] in COMMANDS:
        return ""
    if "-p" in arguments or "--print" in arguments:
        return "prompt"
    return "plain" if "--plain" in arguments else ""


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=False,
    no_args_is_help=True,
)
@click.option(
    "-p",
    "--print",
    expose_value=False,
    is_flag=True,
    help='Answer one prompt and end: pmagent -p "QUESTION"; "-p --help" lists its flags.',
)
@click.option(
    "--plain",
    expose_value=False,
    is_flag=True,
    help='Converse in plain lines, for screen readers; "--plain --help" lists its flags.',
)
@click.version_option(__version__, "-V", "--version", message="pmagent %(version)s")
def pmagent() -> None:
    """Ask your own archive: answers from your notes and transcripts, with exact citations.

    Without a command, in a terminal, the application opens on the garden of this folder.
    """
