"""A key press of a person: what widens or cannot be taken back is never done by a script."""

from __future__ import annotations

import click

from pmagent.cli.asking import is_person_there, press_key
from pmagent.errors import AccessError
from pmagent.safe_text import safe_text


def require_person(what: str) -> None:
    """Say what will be done, and go on only after a "y" at a terminal.

    Raises:
        AccessError: nobody is at a terminal, or the answer is no.
    """
    if not is_person_there():
        raise AccessError(
            "this needs the key press of a person at a terminal", "run it in a terminal"
        )
    click.echo(safe_text(what), err=True)
    click.echo("y yes  n no", err=True)
    # A "y" that was typed, or pasted, before the question stood there was no answer to it.
    if press_key() not in {"y", "Y"}:
        raise AccessError("nothing was changed")
