"""What a conversation tells the screen, gathered in the turn's own thread.

A turn may say eighty words a second; the screen hears of them six times a second. What was
said in between is one event by then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from textual.message import Message

from pmagent.types.turns import Said, TurnEvent

if TYPE_CHECKING:
    from pmagent.tui.ports import Conversation, GardenPort
    from pmagent.types.commands import Completion
    from pmagent.types.sessions import SessionRow, TurnRow
    from pmagent.types.talk import ModelCard

FLUSH_S = 0.16


class Happened(Message):
    """Events wait to be taken; told once until they are."""


class TurnOver(Message):
    """A turn has ended: what was queued and not heard is to be submitted."""

    def __init__(self, exchange: int, unheard: Sequence[str]) -> None:
        super().__init__()
        self.exchange = exchange
        self.unheard = tuple(unheard)


class Conversed(Message):
    """The conversation is there; `turns` are those of an earlier run. `fresh`: another session."""

    def __init__(
        self, conversation: Conversation, turns: Sequence[TurnRow], *, fresh: bool = False
    ) -> None:
        super().__init__()
        self.conversation = conversation
        self.session: SessionRow = conversation.session
        self.turns = tuple(turns)
        self.fresh = fresh
        view = conversation.context()
        self.tokens = sum(row.tokens for row in view.rows if row.name != "free")
        self.limit = view.limit_tokens


class Completed(Message):
    """Ways to go on with `line`."""

    def __init__(self, line: str, rows: Sequence[Completion]) -> None:
        super().__init__()
        self.line = line
        self.rows = tuple(rows)


class ModelUsed(Message):
    """Another model answers from now on."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.card = card


class RewoundTo(Message):
    """The conversation goes on from before a turn; `typed` is what was typed then."""

    def __init__(self, typed: str, turns: Sequence[TurnRow], *, files: bool) -> None:
        super().__init__()
        self.typed = typed
        self.turns = tuple(turns)
        self.files = files


class LineTold(Message):
    """What the person's own status line command printed; None where it did not work."""

    def __init__(self, text: str | None) -> None:
        super().__init__()
        self.text = text


class Mailbox:
    """The events of one turn on their way from its thread to the screen."""

    def __init__(self, told: Callable[[], object]) -> None:
        self._told = told
        self._events: list[TurnEvent] = []
        self._is_told = False
        self._lock = threading.Lock()

    def put(self, event: TurnEvent) -> None:
        """Another event; words that follow words of the same speaker become one event."""
        with self._lock:
            last = self._events[-1] if self._events else None
            if isinstance(event, Said) and isinstance(last, Said) and last.agent == event.agent:
                self._events[-1] = Said(text=last.text + event.text, agent=last.agent)
            else:
                self._events.append(event)
            is_first, self._is_told = not self._is_told, True
        if is_first:
            self._told()

    def take(self) -> list[TurnEvent]:
        """All that has come since the last time."""
        with self._lock:
            events, self._events = self._events, []
            self._is_told = False
        return events


class Pace:
    """Says when the screen may be drawn again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = float("-inf")

    def wait_s(self) -> float:
        """Seconds until it may; 0 now."""
        return max(self._last + FLUSH_S - self._clock(), 0.0)

    def note(self) -> None:
        """It was drawn."""
        self._last = self._clock()


def run_turn(garden: GardenPort, exchange: int, text: str, mailbox: Mailbox) -> TurnOver:
    """Run one turn to its end, in the thread that calls this."""
    conversation = garden.converse()
    for event in conversation.submit(text):
        mailbox.put(event)
    return TurnOver(exchange, conversation.unheard())


def begin_conversation(garden: GardenPort) -> Conversed:
    """The conversation and what was said in it before; loads what drawing it needs."""
    conversation = garden.converse()
    # Here, in a thread: an eighth of a second that the first answer should not wait for.
    import_module("pmagent.tui.paint.exchange")
    return Conversed(conversation, conversation.turns())
