"""`pmagent --plain`: a conversation in plain lines, for screen readers, dumb terminals, scripts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import click

from pmagent import __version__
from pmagent.cli.talk_options import opening_of, opening_options
from pmagent.errors import IndexFaultError
from pmagent.garden import Garden
from pmagent.plain.app import Plain, Surroundings
from pmagent.plain.choice import why_plain
from pmagent.safe_text import safe_text
from pmagent.sandbox.desktop import Desktop
from pmagent.types.conversing import Conversation


@click.command(short_help="Converse in plain lines.")
@click.option("--plain", is_flag=True, expose_value=False, help="Plain lines, without a screen.")
@opening_options
def command(**flags: object) -> int:
    """Converse line by line: no screen, no colours, nothing drawn twice; for screen readers.

    Also with PMAGENT_PLAIN=1 or ACCESSIBLE=1, and where TERM is "dumb". Lines may be piped in:
    each is a turn, and the end of the input leaves.
    """
    is_terminal = sys.stdin.isatty()
    opening = opening_of(flags, is_attended=True)
    with Garden.find(str(flags["garden"])) as garden:
        talk = garden.converse(opening)
        around = Surroundings(
            descriptor=sys.stdin.fileno(),
            write=_write,
            is_terminal=is_terminal,
            copy=_copy,
            set_asker=garden.set_asker,
        )
        because = _because(is_terminal=is_terminal)
        greeting = list(greet(garden, talk, because, is_terminal=is_terminal))
        if is_terminal:
            garden.start_indexer()
        return Plain(talk, around).run(greeting)


def greet(garden: Garden, talk: Conversation, because: str, *, is_terminal: bool) -> Iterator[str]:
    """The first lines: who speaks and why so, which garden and model, what can be typed."""
    yield f"pmagent {__version__}, plain mode, because {because}"
    name = talk.model.alias or talk.model.id
    where = "nothing leaves this computer" if talk.model.is_local else f"asks {talk.model.host}"
    yield f"Garden: {garden.root}. Model: {safe_text(name)}, {where}"
    if talk.session.turns:
        called = talk.session.name or talk.session.first
        yield f"Going on with: {called}. Turns so far: {talk.session.turns}"
    if is_terminal:
        yield "Type a question; /help lists the commands, ? tells what is going on"
        yield "Ctrl+C stops a turn, /quit leaves"
        yield from _suggested(garden)


def _because(*, is_terminal: bool) -> str:
    """What asked for it: the flag where it was typed, else what `pmagent` alone went by."""
    is_flag = "--plain" in sys.argv[1:]
    return why_plain(os.environ, is_terminal=is_terminal, is_flag=is_flag)


def _suggested(garden: Garden) -> Iterator[str]:
    try:
        for question in garden.suggestions():
            yield f"You could ask: {question}"
    except IndexFaultError as exc:
        yield f"note: {exc.message}"
        if exc.hint:
            yield f"hint: {exc.hint}"


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _copy(text: str) -> str | None:
    # Over ssh a local program would fill the clipboard of the wrong machine.
    return None if "SSH_CONNECTION" in os.environ else Desktop().copy(text)
