"""`pmagent ghost`: the person's own Ghost site, where drafts go to, and the key for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from pmagent.cli import codes
from pmagent.cli.asking import is_person_there
from pmagent.cli.output import make_output
from pmagent.config import read_own_settings, write_own_setting
from pmagent.errors import UsageError
from pmagent.paths import find_homes
from pmagent.publishers.ghost.key import (
    KEY_VARIABLE,
    GhostKey,
    account_of,
    find_key,
    parse_key,
)

if TYPE_CHECKING:
    from pmagent.publishers.ghost.connect import Site

P = ParamSpec("P")
R = TypeVar("R")
SETTING = "ghost-url"


def _options(function: Callable[P, R]) -> Callable[P, R]:
    """The common flags without --garden: a site is a person's own, not a garden's."""
    for option in (
        click.option("--no-color", is_flag=True, help="Write plain text."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr but errors."),
        click.option("--json", "as_json", is_flag=True, help="Write one JSON object."),
    ):
        function = option(function)
    return function


@click.group(short_help="Your Ghost site: connect, status, forget.")
def command() -> None:
    """The Ghost site that drafts go to, and the key for it."""


@command.command(short_help="Set up your site, and test it.")
@click.argument("url")
@_options
def connect(url: str, **flags: object) -> int:
    """Test the site at URL with an Admin API key, and keep both.

    The key is asked for and kept in this system's keyring, never in a file. PMAGENT_GHOST_ADMIN_KEY
    goes before it, and is not kept. Nothing is changed on the site.
    """
    # Late: the network and the keyring are for those who connect.
    from pmagent.llm.keys import store_secret  # noqa: PLC0415
    from pmagent.publishers.ghost.connect import site_address  # noqa: PLC0415

    output = make_output("ghost-connect", flags)
    address = site_address(url)
    given = os.environ.get(KEY_VARIABLE, "").strip()
    text = given or _asked_key(address)
    site = _tested(address, parse_key(text))
    if not given:
        store_secret(text, account_of(site.address), variable=KEY_VARIABLE)
    write_own_setting(find_homes(), SETTING, site.address)
    if output.as_json:
        output.envelope(_as_json(site, "environment" if given else "keyring"))
        return codes.OK
    output.say(f'"{site.title}" at {site.address} answers (Ghost {site.version}); drafts go there')
    if given:
        output.note(f"the key is read from {KEY_VARIABLE} and was not kept")
    return codes.OK


@command.command(short_help="Whether the site answers and takes the key.")
@_options
def status(**flags: object) -> int:
    """Test the site that is set up: two requests, and nothing is changed."""
    output = make_output("ghost-status", flags)
    address = read_own_settings(find_homes()).ghost_url
    if not address:
        if output.as_json:
            output.envelope({"address": None})
        else:
            output.say('no site is set up: drafts go to "drafts/posts" of the garden')
        return codes.NONE
    site = _tested(address, find_key(address, os.environ, _read_secret))
    source = "environment" if os.environ.get(KEY_VARIABLE, "").strip() else "keyring"
    if output.as_json:
        output.envelope(_as_json(site, source))
        return codes.OK
    output.line(f"{output.style(site.title, 'bold')}  {output.style(site.address)}")
    output.line(f"Ghost {output.style(site.version)}, key from the {source}")
    return codes.OK


@command.command(short_help="Forget the site and its key.")
@_options
def forget(**flags: object) -> int:
    """Take the key out of the keyring and the site out of the settings. Posts there stay."""
    from pmagent.llm.keys import forget_secret  # noqa: PLC0415 - looks for keyrings

    output = make_output("ghost-forget", flags)
    homes = find_homes()
    address = read_own_settings(homes).ghost_url
    if not address:
        output.say("no site is set up")
        return codes.NONE
    # The setting first: where the keyring refuses, nothing is sent there any more.
    write_own_setting(homes, SETTING, "")
    was_there = forget_secret(account_of(address))
    if output.as_json:
        output.envelope({"address": address, "had_key": was_there})
        return codes.OK
    output.say(f"{address} is forgotten{', and its key' if was_there else ''}; posts there stay")
    return codes.OK


def _asked_key(address: str) -> str:
    if not is_person_there():
        raise UsageError(
            "a key is asked for at a terminal, so that it stands in no history and no file",
            f"run it in a terminal, or set {KEY_VARIABLE}",
        )
    return str(click.prompt(f"Admin API key for {address}", hide_input=True, err=True)).strip()


def _read_secret(account: str) -> str:
    from pmagent.llm.keys import Key, read_secret  # noqa: PLC0415 - looks for keyrings

    found = read_secret(account)
    return found.value if isinstance(found, Key) else ""


def _tested(address: str, key: GhostKey) -> Site:
    # Late: the network.
    from pmagent.publishers.ghost import connect as ghost  # noqa: PLC0415

    client = ghost.open_client(address, lambda: key, now=lambda: datetime.now(UTC))
    return ghost.connect(client)


def _as_json(site: Site, source: str) -> dict[str, object]:
    return {
        "address": site.address, "title": site.title, "version": site.version, "key": source,
    }  # fmt: skip
