"""`pmagent trello`: the person's own Trello board, where cards go to, and the key for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from pmagent.cli import codes
from pmagent.cli.credentials import (
    Source,
    ask_secret,
    forget_kept,
    from_environment,
    keep,
    own_options,
    read_kept,
    source_of,
)
from pmagent.cli.output import make_output
from pmagent.config import read_own_settings, write_own_setting
from pmagent.paths import find_homes
from pmagent.publishers.trello.key import (
    ACCOUNT,
    KEY_VARIABLE,
    TOKEN_VARIABLE,
    TrelloKey,
    find_key,
    parse_key,
)

if TYPE_CHECKING:
    from pmagent.publishers.trello.connect import OwnBoard

SETTING = "trello-board"
_VARIABLES = (KEY_VARIABLE, TOKEN_VARIABLE)


@click.group(short_help="Your Trello board: connect, status, forget.")
def command() -> None:
    """The Trello board that "pmagent tasks push" tells your cards to, and the key for it."""


@command.command(short_help="Set up your board, and test it.")
@click.argument("board")
@own_options
def connect(board: str, **flags: object) -> int:
    """Test BOARD, the address of a Trello board, with a key and a token, and keep all three.

    Both are asked for and kept in this system's keyring, never in a file. PMAGENT_TRELLO_KEY and
    PMAGENT_TRELLO_TOKEN go before them, and are not kept. Nothing is changed on the board.
    """
    # Late: the network is for those who connect.
    from pmagent.publishers.trello.connect import check_name  # noqa: PLC0415

    output = make_output("trello-connect", flags)
    check_name(board)
    given = from_environment(*_VARIABLES)
    text = given or _asked()
    found = _tested(board, parse_key(text))
    if not given:
        keep(text, ACCOUNT, variable=KEY_VARIABLE)
    write_own_setting(find_homes(), SETTING, found.setting)
    if output.as_json:
        output.envelope(_as_json(found, "environment" if given else "keyring"))
        return codes.OK
    output.say(f'"{found.title}" at {found.url} answers; "pmagent tasks push" shows what would go')
    if given:
        output.note(f"key and token are read from {' and '.join(_VARIABLES)}, and were not kept")
    return codes.OK


@command.command(short_help="Whether the board answers and takes the key.")
@own_options
def status(**flags: object) -> int:
    """Test the board that is set up: one request, and nothing is changed."""
    output = make_output("trello-status", flags)
    board = read_own_settings(find_homes()).trello_board
    if not board:
        if output.as_json:
            output.envelope({"address": None})
        else:
            output.say('no board is set up: "pmagent trello connect BOARD" does it')
        return codes.NONE
    found = _tested(board, find_key(os.environ, read_kept))
    source = source_of(*_VARIABLES)
    if output.as_json:
        output.envelope(_as_json(found, source))
        return codes.OK
    output.line(f"{output.style(found.title, 'bold')}  {output.style(found.url)}")
    output.line(f"key and token from the {source}")
    return codes.OK


@command.command(short_help="Forget the board, its key and its token.")
@own_options
def forget(**flags: object) -> int:
    """Take key and token out of the keyring and the board out of the settings. Cards there stay."""
    output = make_output("trello-forget", flags)
    homes = find_homes()
    board = read_own_settings(homes).trello_board
    if not board:
        output.say("no board is set up")
        return codes.NONE
    # The setting first: where the keyring refuses, nothing is sent there any more.
    write_own_setting(homes, SETTING, "")
    was_there = forget_kept(ACCOUNT)
    if output.as_json:
        output.envelope({"address": board, "had_key": was_there})
        return codes.OK
    told = ", with its key and token" if was_there else ""
    output.say(f"the board {board} is forgotten{told}; cards there stay")
    return codes.OK


def _asked() -> str:
    key = ask_secret("Trello key", _VARIABLES)
    return f"{key}:{ask_secret('Trello token', _VARIABLES)}"


def _tested(board: str, key: TrelloKey) -> OwnBoard:
    # Late: the network.
    from pmagent.publishers.trello import connect as trello  # noqa: PLC0415

    return trello.connect(board, key)


def _as_json(found: OwnBoard, source: Source) -> dict[str, object]:
    return {
        "address": found.url, "board": found.setting, "title": found.title, "key": source,
    }  # fmt: skip
