"""The plain front end: lines in, labelled lines out. No screen, no colours, nothing drawn twice.

For screen readers, dumb terminals and scripts. It knows the conversation and nothing behind it.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from pmagent.commands.builtin.why import why_markdown
from pmagent.plain.inbox import (
    Asking,
    EndOfInput,
    Happened,
    Inbox,
    Interrupted,
    Line,
    TurnOver,
)
from pmagent.plain.question import offered, question_lines, read_answer
from pmagent.plain.telling import LABEL, Teller
from pmagent.plain.words import plain_lines
from pmagent.safe_text import safe_text
from pmagent.types.actions import Ask, AskReply, NoAnswer
from pmagent.types.conversing import Conversation
from pmagent.types.turns import Paused, Resumed, Screen, TurnEnded, TurnEvent

LEFT = 0
INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the front end stands in."""

    descriptor: int
    """Where lines are read."""
    write: Callable[[str], None]
    """Writes text as it is, at once."""
    is_terminal: bool
    """Whether a person types; else lines are piped in, and each waits for the turn before it."""
    copy: Callable[[str], str | None]
    """Puts text on the clipboard; the program that took it, or None."""
    set_asker: Callable[[Callable[[Ask], AskReply]], None]
    """Says who is asked from now on."""


class Plain:
    """One conversation in plain lines."""

    def __init__(self, talk: Conversation, around: Surroundings) -> None:
        self._talk = talk
        self._around = around
        self._inbox = Inbox(around.descriptor, is_terminal=around.is_terminal)
        self._teller = Teller(self._line)
        self._pool = ThreadPoolExecutor(1)
        self._turn: Future[None] | None = None
        self._waiting: deque[str] = deque()
        self._asks: deque[Asking] = deque()
        self._is_paused = False
        self._is_leaving = False
        self._has_ended = False
        self._interrupts = 0
        self._code: int | None = None

    def run(self, greeting: Sequence[str]) -> int:
        """Converse until the person leaves or the input ends; the exit code."""
        self._around.set_asker(self._asked)
        for line in greeting:
            self._line(line)
        self._prompt()
        try:
            with _interrupting(self._inbox):
                while self._code is None:
                    self._step()
        finally:
            self._leave()
        return self._code

    # -- what comes in -----------------------------------------------------------------------------

    def _step(self) -> None:
        match self._inbox.wait():
            case Line(text=text, is_early=is_early):
                self._interrupts = 0
                self._typed(text.strip(), is_early=is_early)
            case EndOfInput():
                self._input_ended()
            case Interrupted():
                self._interrupted()
            case Happened(event=event):
                self._hear(event)
            case TurnOver():
                self._turn_over()
            case Asking() as asking:
                self._asks.append(asking)
                if len(self._asks) == 1:
                    self._put_question(asking)

    def _typed(self, text: str, *, is_early: bool) -> None:
        if self._asks and is_early:
            self._keep(text)
        elif self._asks:
            self._answer(text)
        elif self._turn is None:
            self._begin(text)
        elif text in {"?", "/why"} and self._around.is_terminal:
            self._tell_why()
        elif self._is_paused and text in {"1", "2"}:
            (self._talk.resume if text == "1" else self._talk.stop)()
        elif text:
            self._keep(text)

    def _keep(self, text: str) -> None:
        """Queue what a person types while a turn runs; what is piped waits for its own turn."""
        if not self._around.is_terminal:
            self._waiting.append(text)
            return
        number = self._talk.queue(text)
        self._line(f"note: kept for after this step, {number} waiting")

    def _begin(self, text: str) -> None:
        if not text:
            if self._around.is_terminal:
                self._prompt()
            return
        if not self._around.is_terminal:
            self._line(text)
        if text == "?":
            self._tell_why()
            self._next()
            return
        submitted = self._opened(text) if text.isdecimal() else text
        if submitted:
            self._turn = self._pool.submit(self._run_turn, submitted)
        else:
            self._next()

    def _opened(self, number: str) -> str:
        """The command that opens a numbered source; empty where there is none of that number."""
        sources = self._teller.sources
        if not 1 <= int(number) <= len(sources):
            last = f"the last is {len(sources)}" if sources else "no answer had any yet"
            self._line(f"{LABEL} there is no source {int(number)}; {last}")
            return ""
        return f"/read {sources[int(number) - 1].place}"

    def _run_turn(self, text: str) -> None:
        try:
            for event in self._talk.submit(text):
                self._inbox.post(Happened(event))
        finally:
            self._inbox.post(TurnOver())

    def _hear(self, event: TurnEvent) -> None:
        match event:
            case Screen(name="quit"):
                self._is_leaving = True
            case Screen(name="copy", text=text) if program := self._around.copy(text):
                self._line(f"{LABEL} copied with {program}")
            case Paused(reason=reason):
                self._is_paused = True
                self._line(f"{LABEL} paused: {safe_text(reason)}")
                self._line("1 go on")
                self._line("2 stop")
            case Resumed() | TurnEnded():
                self._is_paused = False
                self._teller.tell(event)
            case _:
                self._teller.tell(event)

    def _turn_over(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.result()  # a fault of ours goes on to the outer door
        self._waiting.extendleft(reversed(self._talk.unheard()))
        if self._is_leaving:
            self._code = LEFT
        else:
            self._next()

    def _next(self) -> None:
        """Take what waits, else wait for a line; leave where none will come."""
        if self._waiting:
            self._prompt()
            text = self._waiting.popleft()
            if self._around.is_terminal:
                self._line(text)
            self._begin(text)
        elif self._has_ended or self._inbox.is_spent():
            self._code = LEFT
        else:
            self._prompt()

    def _input_ended(self) -> None:
        self._has_ended = True
        while self._asks:
            self._reply(NoAnswer())
        if self._turn is None:
            self._code = LEFT
            self._line("")

    def _interrupted(self) -> None:
        self._interrupts += 1
        self._line("")
        if self._interrupts > 1:
            self._code = INTERRUPTED
            return
        if self._turn is None:
            self._line("Ctrl+C again leaves; /quit does too")
            self._prompt()
            return
        self._line("stopping as soon as it is safe; Ctrl+C again leaves")
        self._talk.stop()
        while self._asks:
            self._reply(NoAnswer())

    # -- questions ---------------------------------------------------------------------------------

    def _asked(self, ask: Ask) -> AskReply:
        """Ask the person, from the turn's thread, and wait."""
        asking = Asking(ask)
        self._inbox.post(asking)
        return asking.box.get()

    def _put_question(self, asking: Asking) -> None:
        for line in question_lines(asking.ask):
            self._line(line)
        # What was typed before the whole question stood there is no answer to it.
        for early in self._inbox.take_typed():
            if early.text.strip():
                self._keep(early.text.strip())
        if self._has_ended:
            self._reply(NoAnswer())
            return
        self._ask_for_number(asking.ask)

    def _ask_for_number(self, ask: Ask) -> None:
        self._around.write(f"answer with {offered(ask)}: ")

    def _answer(self, text: str) -> None:
        reply = read_answer(self._asks[0].ask, text)
        if not self._around.is_terminal:
            self._line(text)
        if reply is None:
            self._ask_for_number(self._asks[0].ask)
        else:
            self._reply(reply)

    def _reply(self, reply: AskReply) -> None:
        """Answer the question that stands there, and put the next."""
        self._asks.popleft().box.put(reply)
        if isinstance(reply, NoAnswer):
            self._line("note: not answered, so it is not done")
        if self._asks and not self._has_ended:
            self._put_question(self._asks[0])

    # -- what goes out -----------------------------------------------------------------------------

    def _line(self, text: str) -> None:
        self._around.write(f"{safe_text(text)}\n")

    def _prompt(self) -> None:
        self._around.write("you: ")

    def _tell_why(self) -> None:
        for line in plain_lines(why_markdown(self._talk.why())):
            self._line(line)

    def _leave(self) -> None:
        """End what runs, and say how to come back."""
        if self._turn is not None:
            self._talk.stop()
            self._line("leaving once the step that runs has ended")
        while self._asks:
            self._asks.popleft().box.put(NoAnswer())
        while self._turn is not None:
            match self._inbox.wait():
                case Asking(box=box):
                    box.put(NoAnswer())
                case TurnOver():
                    self._turn = None
                case _:
                    pass
        self._pool.shutdown()
        self._inbox.close()
        self._line(f"To go on: pmagent --plain --resume {self._talk.session.id}")


@contextmanager
def _interrupting(inbox: Inbox) -> Generator[None]:
    """Ctrl+C is a thing that comes in, like a line."""

    def heard(number: int, frame: FrameType | None) -> None:
        del number, frame
        inbox.post(Interrupted())

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
