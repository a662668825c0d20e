"""The question at a terminal: what would happen, shown whole, and one key for the answer.

Without a terminal nobody is asked, and nobody's silence is taken for a no.
"""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager

from pmagent.cli.output import Output
from pmagent.journal.diffs import diff_text
from pmagent.types.actions import Ask, AskReply, No, NoAnswer, Scope, Yes

ARMED_AFTER_S = 0.5
"""A key pressed sooner was not meant for this question."""
_KEYS: Mapping[str, Scope] = {"y": "once", "s": "session", "f": "folder"}
_WORDS: dict[Scope, str] = {"once": "y yes, once", "session": "s this session",
                            "folder": "f this folder, 7 days"}  # fmt: skip


def make_asker(output: Output) -> Callable[[Ask], AskReply]:
    """An asker for this command: the terminal, or nobody where there is none."""
    return lambda ask: ask_at_terminal(ask, output)


def is_person_there() -> bool:
    """Whether somebody sits at a terminal and sees what is written."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_at_terminal(ask: Ask, output: Output) -> AskReply:
    """The person's answer. Shown on stderr; keys typed before it was shown do not count."""
    if not is_person_there():
        return NoAnswer()
    # A command is no session: it ends when it is done.
    scopes: list[Scope] = [scope for scope in ask.scopes if scope != "session"]
    for line in lines_of(ask):
        output.say(line)
    output.say("  ".join((*(_WORDS[scope] for scope in scopes), "n no")))
    with _keys() as read_key:
        while True:
            key = read_key()
            if key in {"n", "\x03", "\x04", "\x1b", ""}:
                return No()
            scope = _KEYS.get(key)
            if scope is not None and scope in scopes:
                return Yes(scope=scope)


def lines_of(ask: Ask) -> Iterator[str]:
    """The question in lines: what, why it is asked, what it would change or send, the risk."""
    yield ""
    yield ask.title
    yield f"  asked because {ask.decision.reason}"
    if ask.decision.rule is not None and ask.decision.rule.source.path:
        yield f"  rule {ask.decision.rule} at {ask.decision.rule.source}"
    if ask.changes:
        for change in ask.changes:
            yield from (f"  {line}" for line in diff_text(change).splitlines())
    else:
        yield from (f"  {line}" for line in ask.body.split("\n"))
    if ask.risk:
        yield f"  risk: {ask.risk}"


def press_key() -> str:
    """The next key of the person at the terminal; what was typed ahead is thrown away."""
    with _keys() as read_key:
        return read_key()


@contextmanager
def _keys() -> Generator[Callable[[], str]]:
    """A function that waits for one key; what was typed ahead is thrown away."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    try:
        _drain(descriptor)
        yield lambda: os.read(descriptor, 1).decode("utf-8", "replace")
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _drain(descriptor: int) -> None:
    end = time.monotonic() + ARMED_AFTER_S
    while (left := end - time.monotonic()) > 0:
        ready, _, _ = select.select([descriptor], [], [], left)
        if ready and not os.read(descriptor, 4096):
            return
    termios.tcflush(descriptor, termios.TCIFLUSH)
