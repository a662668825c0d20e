"""`pmagent model`: which models there are, which one is used, and the key for their server."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from typing import ParamSpec, TypeVar

import click

from pmagent.cli import codes
from pmagent.cli.asking import is_person_there
from pmagent.cli.output import make_output, table
from pmagent.config import read_own_settings, write_own_setting
from pmagent.errors import UsageError
from pmagent.llm.catalog import Catalog
from pmagent.paths import find_homes
from pmagent.types.talk import ModelCard

P = ParamSpec("P")
R = TypeVar("R")


def _options(function: Callable[P, R]) -> Callable[P, R]:
    """The common flags without --garden: models are a person's own, not a garden's."""
    for option in (
        click.option("--no-color", is_flag=True, help="Write plain text."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr but errors."),
        click.option("--json", "as_json", is_flag=True, help="Write one JSON object."),
    ):
        function = option(function)
    return function


@click.group(short_help="Models: list, use, key.")
def command() -> None:
    """The models that answer, and the key for their server."""


@command.command("list", short_help="Every model by its alias.")
@_options
def list_models(**flags: object) -> int:
    """List what each alias means, what it costs, where it runs, and why it cannot be used."""
    output = make_output("model-list", flags)
    catalog = _catalog()
    default, cards = catalog.default, catalog.cards()
    if output.as_json:
        output.envelope({"default": default, "models": [_as_json(card) for card in cards]})
        return codes.OK
    rows = [
        (
            "*" if card.alias == default else " ",
            output.style(card.alias, "bold"),
            output.style(card.id),
            _price(card),
            "" if card.is_free else f"{card.context_tokens:,} tokens",
            output.style(_place(card)),
            "cannot be used" if card.problem else "",
        )
        for card in cards
    ]
    for line in table(rows):
        output.line(line)
    if default not in {card.alias for card in cards}:
        output.line(f"* {output.style(default)}")
    output.say("prices are US dollars for a million tokens")
    output.say('* begins a conversation; "pmagent model use NAME" changes it')
    for problem in dict.fromkeys(card.problem for card in cards if card.problem):
        output.note(f'{problem}; "pmagent model key" keeps one')
    return codes.OK


@command.command(short_help="Begin conversations with another model.")
@click.argument("name")
@_options
def use(name: str, **flags: object) -> int:
    """Begin conversations with NAME: an alias, or a provider's full name."""
    output = make_output("model-use", flags)
    card = _catalog().card(name)
    path = write_own_setting(find_homes(), "default-model", name)
    if output.as_json:
        output.envelope({"model": _as_json(card), "file": str(path)})
        return codes.OK
    output.say(f'conversations begin with "{name}" ({card.id}), as "{path}" now says')
    if card.problem:
        output.note(card.problem)
    return codes.OK


@command.command(short_help="Keep the key for the models' server.")
@click.option("--forget", is_flag=True, help="Take the key out of the keyring.")
@_options
def key(*, forget: bool, **flags: object) -> int:
    """Ask for the key and keep it in this system's keyring, never in a file.

    It is kept for the server that is set, and sent nowhere else. ANTHROPIC_API_KEY goes before it.
    """
    # Late: the keyring's package looks for its backends.
    from pmagent.llm.keys import forget_key, store_key  # noqa: PLC0415

    output = make_output("model-key", flags)
    server = _catalog().server
    if forget:
        was_there = forget_key(server)
        output.say("the key is gone from the keyring" if was_there else "there was no key")
        return codes.OK if was_there else codes.NONE
    if not is_person_there():
        raise UsageError(
            "a key is asked for at a terminal, so that it stands in no history and no file",
            "run it in a terminal, or set ANTHROPIC_API_KEY",
        )
    value = str(click.prompt(f"key for {server.host}", hide_input=True, err=True))
    store_key(value, server)
    if output.as_json:
        output.envelope({"host": server.host})
        return codes.OK
    output.say(f'the key for "{server.host}" is in the keyring; "--forget" takes it out')
    return codes.OK


def _catalog() -> Catalog:
    return Catalog(read_own_settings(find_homes()), os.environ)


def _price(card: ModelCard) -> str:
    if card.is_free:
        return "free"
    if card.price is None:
        return "price unknown"
    return f"${_plain(card.price.input_usd)} in, ${_plain(card.price.output_usd)} out"


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def _place(card: ModelCard) -> str:
    return "on this computer" if card.is_local else card.host


def _as_json(card: ModelCard) -> dict[str, object]:
    price = card.price
    return {
        "alias": card.alias,
        "id": card.id,
        "context_tokens": card.context_tokens,
        "is_local": card.is_local,
        "host": card.host,
        "is_free": card.is_free,
        "input_usd": None if price is None else _plain(price.input_usd),
        "output_usd": None if price is None else _plain(price.output_usd),
        "problem": card.problem,
    }
