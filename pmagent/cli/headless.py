"""One turn without a person: run, told, and ended with its code. Nobody is ever asked.

The turn runs in a thread of its own, so that Ctrl+C is heard in this one: the first stops it as
soon as it is safe and keeps what was said, the second ends the process.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from types import FrameType

import click

from pmagent.agency.run_words import step_line, words_of_step
from pmagent.cli.asking import lines_of
from pmagent.cli.events import (
    Format,
    Heard,
    Refused,
    Who,
    exit_code,
    json_line,
    result_object,
)
from pmagent.cli.output import with_garden
from pmagent.cli.stream_json import Stream
from pmagent.commands.replies import REASONS
from pmagent.safe_text import safe_text
from pmagent.types.actions import Ask, AskReply, Denied, Json, NoAnswer, Unanswered
from pmagent.types.conversing import Conversation
from pmagent.types.turns import (
    AgentBegan,
    AgentEnded,
    Budget,
    Noted,
    Paused,
    ToolBegan,
    ToolEnded,
    TurnEnded,
    TurnEvent,
)


@dataclass
class Nobody:
    """Who is asked where no person is: nobody. What would have been asked is kept."""

    asked: list[Ask] = field(default_factory=list[Ask])

    def __call__(self, ask: Ask) -> AskReply:
        """No answer; never a no, never a yes."""
        self.asked.append(ask)
        return NoAnswer()


Fitting = Callable[[str], tuple[Json, str]]
"""What a result holds as a value, and what of it does not fit; empty where all does."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What is to be done, and how it is told."""

    text: str
    form: Format = "text"
    budget: Budget | None = None
    is_quiet: bool = False
    fits: Fitting | None = None
    garden: str = "."
    """What `--garden` says, for the commands that are named to go on with."""


def carry_out(errand: Errand, talk: Conversation, nobody: Nobody, who: Who) -> int:
    """Run the turn and tell it; the exit code."""
    heard = Heard()
    stream = Stream(who) if errand.form == "stream-json" else None
    if stream is not None:
        click.echo(json_line(stream.first()))
    for event in events_of(talk, errand.text, errand.budget):
        if isinstance(event, TurnEnded) and event.run is not None:
            event = replace(event, hint=with_garden(event.hint, errand.garden))
        heard.hear(event)
        if isinstance(event, Paused):
            # Nobody is there to look at it and say that it may go on.
            talk.stop()
        if stream is not None:
            for line in stream.lines(event):
                click.echo(json_line(line))
        if not errand.is_quiet:
            _tell_on_the_way(event)
    return _finish(errand, heard, nobody.asked, who)


def events_of(talk: Conversation, text: str, budget: Budget | None) -> Iterator[TurnEvent]:
    """The events of one turn, which is stopped where nobody takes them any more."""
    held: SimpleQueue[TurnEvent | None] = SimpleQueue()

    def submit() -> None:
        try:
            for event in talk.submit(text, budget=budget):
                held.put(event)
        finally:
            held.put(None)

    with ThreadPoolExecutor(1) as pool, _stopping(talk.stop):
        running = pool.submit(submit)
        is_over = False
        try:
            while (event := held.get()) is not None:
                yield event
            is_over = True
        finally:
            if not is_over:
                talk.stop()
        running.result()


@contextmanager
def _stopping(stop: Callable[[], None]) -> Generator[None]:
    """Ctrl+C and a request to end stop the turn; the second of them ends the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(kind) for kind in kinds]

    def heard(number: int, frame: FrameType | None) -> None:
        del number, frame
        for kind in kinds:
            signal.signal(kind, signal.default_int_handler)
        stop()

    for kind in kinds:
        signal.signal(kind, heard)
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def _finish(errand: Errand, heard: Heard, asked: Sequence[Ask], who: Who) -> int:
    code = exit_code(heard, asked)
    problem, extra = _fit(errand, heard)
    if problem and not code:
        code = 1
    if errand.form == "text":
        _tell_text(heard)
    else:
        value = {**result_object(heard, who, asked, code), **extra}
        if problem:
            value |= {"subtype": "error_during_execution", "is_error": True, "hint": problem}
        click.echo(json_line(value))
    for line in _last_words(heard, asked):
        _say(line)
    if problem:
        _say(f"error: {problem}")
    return code


def _fit(errand: Errand, heard: Heard) -> tuple[str, Mapping[str, object]]:
    if errand.fits is None or heard.ended is None or heard.ended.reason != "done":
        return "", {}
    value, problem = errand.fits(heard.result)
    return problem, {} if problem else {"structured_output": value}


def _tell_text(heard: Heard) -> None:
    result = heard.result
    if result:
        click.echo(result)
    if heard.ended is not None and heard.ended.is_partial:
        click.echo(f"\n[cut off: {REASONS.get(heard.ended.reason, 'it is not whole')}]")


def _tell_on_the_way(event: TurnEvent) -> None:
    match event:
        case ToolBegan(step="", tool=tool, subject=subject, agent=agent):
            who = f" ({agent})" if agent else ""
            _say(f"tool: {tool} {subject}{who}")
        case ToolBegan(step=step, tool=tool, subject=subject):
            _tell_running(step_line(step, f"{tool} {subject}"))
        case ToolEnded(step=step, outcome=outcome, elapsed_s=elapsed_s) if step:
            _tell_running("")
            _say(step_line(step, words_of_step(outcome), elapsed_s))
        case AgentBegan(name=name, task=task):
            _say(f"agent: {name} begins: {task}")
        case AgentEnded(id=name, reason=reason):
            _say(f"agent: {name} ends: {reason}")
        case Noted(text=text, kind=kind, hint=hint):
            word = kind if kind in {"warning", "error"} else "note"
            _say(f"{word}: {text}")
            if hint:
                _say(f"hint: {hint}")
        case _:
            pass


def _last_words(heard: Heard, asked: Sequence[Ask]) -> Iterator[str]:
    """What did not happen and why, and what to do."""
    for ask in asked:
        yield "not done: it must be asked, and nobody is here to be asked"
        yield from (line for line in lines_of(ask) if line)
        if ask.grant:
            yield f'hint: run it in a terminal, or allow it: pmagent garden allow "{ask.grant}"'
    known = {ask.id for ask in asked}
    for item in heard.refused:
        yield from _refusal(item, known)
    ended = heard.ended
    if ended is None:
        yield "error: the turn had no end"
    elif ended.reason != "done":
        told = {note.text for note in heard.notes if note.kind == "error"}
        # How a run stands is told by the run.
        if not told and ended.run is None:
            yield f"error: {REASONS[ended.reason]}"
        if ended.hint and ended.hint not in {note.hint for note in heard.notes}:
            yield f"hint: {ended.hint}"


def _refusal(item: Refused, known: set[str]) -> Iterator[str]:
    match item.outcome:
        case Denied(decision=decision, by=by):
            rule = f" (rule {decision.rule} at {decision.rule.source})" if decision.rule else ""
            yield f"denied by a {by}: {item.tool}: {decision.reason}{rule}"
        case Unanswered(decision=decision, ask_id=ask_id) if ask_id not in known:
            yield f"not done: {item.tool} must be asked, and nobody is here: {decision.reason}"
        case Unanswered():
            pass


def _tell_running(line: str) -> None:
    """What is being done, on a line that the next one overwrites; nothing but in a terminal."""
    if not sys.stderr.isatty():
        return
    width = (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1
    shown = f"{safe_text(line)[:width]}\r" if line else ""
    sys.stderr.write(f"\r\x1b[K{shown}")
    sys.stderr.flush()


def _say(line: str) -> None:
    click.echo(safe_text(line), err=True)
