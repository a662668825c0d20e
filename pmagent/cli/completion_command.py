"""`pmagent completion`: the script a shell needs to complete commands, flags and files."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from pmagent.cli import codes
from pmagent.errors import UsageError


@click.command(short_help="Completion for your shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Write the completion script of SHELL, for its rc file: eval "$(pmagent completion bash)"."""
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f'no completion is known for "{shell}"')
    from pmagent.cli.main import pmagent  # noqa: PLC0415 - this module is one of its commands

    click.echo(kind(pmagent, {}, "pmagent", "_PMAGENT_COMPLETE").source())
    return codes.OK
