"""The commands, found by name and imported only when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

import click

from pmagent import __version__

COMMANDS = (
    "init", "index", "status", "where", "ask", "read", "tool", "garden", "undo", "rewind", "audit",
    "hooks", "doctor", "completion",
)  # fmt: skip
"""Each is `pmagent.cli.<name>_command`, exporting `command`, in the order help shows them."""


def load_command(name: str) -> click.Command:
    """The command called `name`, one of `COMMANDS`, imported now."""
    return cast("click.Command", import_module(f"pmagent.cli.{name}_command").command)


class LazyGroup(click.Group):
    """A group whose commands are modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        del ctx
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


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=False,
    no_args_is_help=True,
)
@click.version_option(__version__, "-V", "--version", message="pmagent %(version)s")
def pmagent() -> None:
    """Ask your own archive: answers from your notes and transcripts, with exact citations.

    Without a command, in a terminal, the application opens on the garden of this folder.
    """
