"""What the commands share that set a place up: keys asked for without echo, kept in the keyring."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Literal, ParamSpec, TypeVar

import click

from pmagent.cli.asking import is_person_there
from pmagent.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")
Source = Literal["environment", "keyring"]


def own_options(function: Callable[P, R]) -> Callable[P, R]:
    """The common flags without --garden: a place is a person's own, not a garden's."""
    for option in (
        click.option("--no-color", is_flag=True, help="Write plain text."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr but errors."),
        click.option("--json", "as_json", is_flag=True, help="Write one JSON object."),
    ):
        function = option(function)
    return function


def from_environment(*variables: str) -> str:
    """What the variables say, with a colon between; empty where one of them says nothing."""
    values = [os.environ.get(name, "").strip() for name in variables]
    return ":".join(values) if all(values) else ""


def source_of(*variables: str) -> Source:
    """Where a key comes from: the variables go before the keyring."""
    return "environment" if from_environment(*variables) else "keyring"


def ask_secret(prompt: str, variables: Sequence[str]) -> str:
    """What a person types without echo.

    Raises:
        UsageError: nobody sits at a terminal.
    """
    if not is_person_there():
        raise UsageError(
            "a key is asked for at a terminal, so that it stands in no history and no file",
            f"run it in a terminal, or set {' and '.join(variables)}",
        )
    return str(click.prompt(prompt, hide_input=True, err=True)).strip()


def read_kept(account: str) -> str:
    """What the keyring holds under a name; empty where it holds nothing."""
    from pmagent.llm.keys import Key, read_secret  # noqa: PLC0415 - looks for keyrings

    found = read_secret(account)
    return found.value if isinstance(found, Key) else ""


def keep(secret: str, account: str, *, variable: str) -> None:
    """Keep a key in the keyring. `variable` may be set where there is none.

    Raises:
        ModelError: there is no keyring that keeps it.
    """
    from pmagent.llm.keys import store_secret  # noqa: PLC0415 - looks for keyrings

    store_secret(secret, account, variable=variable)


def forget_kept(account: str) -> bool:
    """Take a key out of the keyring; whether one was there.

    Raises:
        ModelError: the keyring refuses.
    """
    from pmagent.llm.keys import forget_secret  # noqa: PLC0415 - looks for keyrings

    return forget_secret(account)
