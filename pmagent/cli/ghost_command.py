"""`pmagent ghost`: the person's own Ghost site, where drafts go to, and the key for it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
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
from pmagent.publishers.ghost.key import (
    KEY_VARIABLE,
    GhostKey,
    account_of,
    find_key,
    parse_key,
)

if TYPE_CHECKING:
    from pmagent.publishers.ghost.connect import Site

SETTING = "ghost-url"


@click.group(short_help="Your Ghost site: connect, status, forget.")
def command() -> None:
    """The Ghost site that drafts go to, and the key for it."""


@command.command(short_help="Set up your site, and test it.")
@click.argument("url")
@own_options
def connect(url: str, **flags: object) -> int:
    """Test the site at URL with an Admin API key, and keep both.

    The key is asked for and kept in this system's keyring, never in a file. PMAGENT_GHOST_ADMIN_KEY
    goes before it, and is not kept. Nothing is changed on the site.
    """
    # Late: the network is for those who connect.
    from pmagent.publishers.ghost.connect import site_address  # noqa: PLC0415

    output = make_output("ghost-connect", flags)
    address = site_address(url)
    given = from_environment(KEY_VARIABLE)
    text = given or ask_secret(f"Admin API key for {address}", (KEY_VARIABLE,))
    site = _tested(address, parse_key(text))
    if not given:
        keep(text, account_of(site.address), variable=KEY_VARIABLE)
    write_own_setting(find_homes(), SETTING, site.address)
    if output.as_json:
        output.envelope(_as_json(site, "environment" if given else "keyring"))
        return codes.OK
    output.say(f'"{site.title}" at {site.address} answers (Ghost {site.version}); drafts go there')
    if given:
        output.note(f"the key is read from {KEY_VARIABLE} and was not kept")
    return codes.OK


@command.command(short_help="Whether the site answers and takes the key.")
@own_options
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
    site = _tested(address, find_key(address, os.environ, read_kept))
    source = source_of(KEY_VARIABLE)
    if output.as_json:
        output.envelope(_as_json(site, source))
        return codes.OK
    output.line(f"{output.style(site.title, 'bold')}  {output.style(site.address)}")
    output.line(f"Ghost {output.style(site.version)}, key from the {source}")
    return codes.OK


@command.command(short_help="Forget the site and its key.")
@own_options
def forget(**flags: object) -> int:
    """Take the key out of the keyring and the site out of the settings. Posts there stay."""
    output = make_output("ghost-forget", flags)
    homes = find_homes()
    address = read_own_settings(homes).ghost_url
    if not address:
        output.say("no site is set up")
        return codes.NONE
    # The setting first: where the keyring refuses, nothing is sent there any more.
    write_own_setting(homes, SETTING, "")
    was_there = forget_kept(account_of(address))
    if output.as_json:
        output.envelope({"address": address, "had_key": was_there})
        return codes.OK
    output.say(f"{address} is forgotten{', and its key' if was_there else ''}; posts there stay")
    return codes.OK


def _tested(address: str, key: GhostKey) -> Site:
    # Late: the network.
    from pmagent.publishers.ghost import connect as ghost  # noqa: PLC0415

    client = ghost.open_client(address, lambda: key, now=lambda: datetime.now(UTC))
    return ghost.connect(client)


def _as_json(site: Site, source: Source) -> dict[str, object]:
    return {
        "address": site.address, "title": site.title, "version": site.version, "key": source,
    }  # fmt: skip
