"""Everything the plain front end waits for, in one place and in the order it came.

Lines that are typed, events of the turn, questions and Ctrl+C. Input is read where somebody waits,
never ahead of it by a thread that could swallow what is meant for the shell afterwards.
"""

from __future__ import annotations

import os
import select
import termios
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TypeAlias

from pmagent.types.actions import Ask, AskReply
from pmagent.types.turns import TurnEvent

_BLOCK = 65_536


@dataclass(frozen=True)
class Line:
    """A line that was typed or piped in."""

    text: str
    is_early: bool = False
    """Whether a part of it was there before `take_typed`."""


@dataclass(frozen=True)
class EndOfInput:
    """Nothing more will be typed."""


@dataclass(frozen=True)
class Interrupted:
    """Ctrl+C was pressed."""


@dataclass(frozen=True)
class Happened:
    """The turn has something to tell."""

    event: TurnEvent


@dataclass(frozen=True)
class TurnOver:
    """The turn's thread has ended."""


@dataclass(frozen=True)
class Asking:
    """A question, and where its answer goes."""

    ask: Ask
    box: SimpleQueue[AskReply] = field(default_factory=SimpleQueue[AskReply])


Item: TypeAlias = Line | EndOfInput | Interrupted | Happened | TurnOver | Asking


class Inbox:
    """Filled from any thread and from a signal's handler, emptied from one thread."""

    def __init__(self, descriptor: int, *, is_terminal: bool) -> None:
        self._input = descriptor
        self._is_terminal = is_terminal
        self._items: deque[Item] = deque()
        self._partial = b""
        self._is_partial_early = False
        self._has_ended = False
        self._woken, self._wake = os.pipe()
        # A handler must never wait: a full pipe wakes as well as one byte does.
        os.set_blocking(self._wake, False)

    def close(self) -> None:
        """Release the pipe."""
        os.close(self._woken)
        os.close(self._wake)

    def post(self, item: Item) -> None:
        """Put something in."""
        self._items.append(item)
        with suppress(BlockingIOError):
            os.write(self._wake, b"!")

    def wait(self) -> Item:
        """The next thing, once there is one."""
        while not self._items:
            watched = [self._woken] if self._has_ended else [self._woken, self._input]
            ready, _, _ = select.select(watched, [], [])
            if self._woken in ready:
                os.read(self._woken, _BLOCK)
            if self._input in ready:
                self._read()
        return self._items.popleft()

    def is_spent(self) -> bool:
        """Whether a pipe has nothing more to give and nothing waits: nobody is to be prompted.

        Of a terminal nothing is read ahead, so that it is never taken for spent.
        """
        while not (self._is_terminal or self._has_ended) and self._is_readable():
            self._read()
        return self._has_ended and not any(isinstance(item, Line) for item in self._items)

    def _is_readable(self) -> bool:
        return bool(select.select([self._input], [], [], 0)[0])

    def take_typed(self) -> Sequence[Line]:
        """The lines that are there already.

        Half a line in a terminal is thrown away; half a line of a pipe is marked once it is whole.
        """
        while not self._has_ended and self._is_readable():
            self._read()
        if self._is_terminal:
            with suppress(termios.error):
                termios.tcflush(self._input, termios.TCIFLUSH)
        self._is_partial_early = bool(self._partial)
        early = [item for item in self._items if isinstance(item, Line)]
        for line in early:
            self._items.remove(line)
        return early

    def _read(self) -> None:
        try:
            data = os.read(self._input, _BLOCK)
        except OSError:
            data = b""  # the terminal is gone
        *lines, self._partial = (self._partial + data).split(b"\n")
        if not data:
            self._has_ended = True
            lines, self._partial = ([self._partial] if self._partial else []), b""
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip("\r")
            self._items.append(Line(text, is_early=self._is_partial_early))
            self._is_partial_early = False
        if self._has_ended:
            self._items.append(EndOfInput())
