"""Makes one verdict of what all handlers of a moment said, the strictest word first.

A guard that gave no answer is never consent: it makes the call be asked, or denied where the
handler says so. Nothing a handler says turns a no or a question into a yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pmagent.hooks.events import Event
from pmagent.hooks.output import Answer, Choice, Completed, stricter
from pmagent.hooks.read import Handler
from pmagent.types.actions import Json

MAX_TEXT = 10_000
"""Characters of one text that a hook gives; more of it is kept in a file, where one is given."""
MAX_CONTINUED = 8
"""How often in a row a turn is continued because a hook does not let it stop."""

Keep = Callable[[str], str]
"""Stores a text that is too long, and gives its place for a person to find."""


@dataclass(frozen=True, kw_only=True)
class HookFailure:
    """A handler that did not do its work, or part of it."""

    handler: Handler
    what: str
    """One plain sentence that names the handler."""


@dataclass(frozen=True, kw_only=True)
class HookRun:
    """What one handler was given and what it gave back, untouched."""

    handler: Handler
    argv: tuple[str, ...]
    completed: Completed | None
    """None where it was not started."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the hooks of one moment say."""

    decision: Choice | None = None
    """deny before defer before ask before allow; None where nobody has an opinion."""
    reason: str = ""
    by: str = ""
    """The handlers that decided."""
    updated_input: Mapping[str, Json] | None = None
    """The whole new input: to be planned and decided like any other."""
    updated_output: Json = None
    context: tuple[str, ...] = ()
    """Texts for the model, one a handler."""
    system_messages: tuple[str, ...] = ()
    """Texts for the person."""
    terminal_sequences: tuple[str, ...] = ()
    """Bells, titles and notifications; nothing else is among them."""
    session_title: str = ""
    first_message: str = ""
    watch_paths: tuple[str, ...] = ()
    stops: bool = False
    """All processing ends."""
    stop_reason: str = ""
    blocks: bool = False
    """The moment itself is refused: the call, the prompt, the end of the turn, the task."""
    is_broken: bool = False
    """A guard gave no answer; `decision` is at least `ask`, and `failures` names it."""
    failures: tuple[HookFailure, ...] = ()
    runs: tuple[HookRun, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AfterStop:
    """Whether a turn that wants to end goes on."""

    goes_on: bool
    in_a_row: int
    """To be given at the next stop; 0 after a turn that ended."""
    note: str = ""
    """What the person is told, where it was ended against a hook."""


def merge_answers(event: Event, answers: Sequence[Answer], *, keep: Keep | None = None) -> Verdict:
    """The verdict of all answers, in the order in which the handlers are written."""
    answers = [_guarded(event, _capped(answer, keep)) for answer in answers]
    decision: Choice | None = None
    for answer in answers:
        decision = stricter(decision, answer.decision)
    rewritten, conflict = _rewritten(answers)
    if conflict:
        decision = stricter(decision, "ask")
    deciding = [a for a in answers if (a.decision or a.blocks) and a.decision == decision]
    deciding = deciding or [answer for answer in answers if answer.blocks]
    reasons = [*([conflict] if conflict else []), *(a.reason for a in deciding if a.reason)]
    outputs = [a.updated_output for a in answers if a.updated_output is not None]
    return Verdict(
        decision=decision,
        reason="\n".join(dict.fromkeys(reasons)),
        by=", ".join(dict.fromkeys(str(answer.handler) for answer in deciding)),
        updated_input=rewritten if decision not in {"deny", "defer"} else None,
        updated_output=outputs[0] if outputs and all(x == outputs[0] for x in outputs) else None,
        context=_texts(answer.context for answer in answers),
        system_messages=_texts(answer.system_message for answer in answers),
        terminal_sequences=_texts(answer.terminal_sequence for answer in answers),
        session_title=_first(answer.session_title for answer in answers),
        first_message=_first(answer.first_message for answer in answers),
        watch_paths=tuple(path for answer in answers for path in answer.watch_paths),
        stops=any(answer.stops for answer in answers),
        stop_reason=_first(
            answer.stop_reason or answer.reason for answer in answers if answer.stops
        ),
        blocks=any(answer.blocks for answer in answers) or decision == "deny",
        is_broken=event.is_guard
        and any(a.is_broken and a.handler.on_failure != "continue" for a in answers),
        failures=tuple(_failure(answer) for answer in answers if answer.failure),
    )


def after_stop(verdict: Verdict, in_a_row: int) -> AfterStop:
    """Whether the turn goes on after its stop hooks ran, `in_a_row` continuations before this one.

    A hook that never lets go is overruled after `MAX_CONTINUED` continuations in a row.
    """
    if verdict.stops or not (verdict.blocks or verdict.context):
        return AfterStop(goes_on=False, in_a_row=0)
    if in_a_row >= MAX_CONTINUED:
        who = verdict.by or "a hook"
        note = f"stopped after {MAX_CONTINUED} continuations in a row asked for by {who}"
        return AfterStop(goes_on=False, in_a_row=0, note=note)
    return AfterStop(goes_on=True, in_a_row=in_a_row + 1)


def shorten(text: str, keep: Keep | None = None) -> str:
    """`text` with at most `MAX_TEXT` characters, and where the whole of it is."""
    if len(text) <= MAX_TEXT:
        return text
    place = f'; all of it is in "{keep(text)}"' if keep else ""
    note = f"\n[cut: {len(text):,} characters{place}]"
    return text[: MAX_TEXT - len(note)] + note


def _guarded(event: Event, answer: Answer) -> Answer:
    """What an answer that never came counts as."""
    if not answer.is_broken:
        return answer
    reason = _failure(answer).what
    if answer.handler.on_failure == "block" and event.refusal in {"denies", "blocks"}:
        decision = "deny" if event.decides == "permission" else None
        return replace(answer, blocks=True, decision=decision, reason=reason)
    if event.is_guard and answer.handler.on_failure is None:
        return replace(answer, decision="ask", reason=reason)
    return answer


def _capped(answer: Answer, keep: Keep | None) -> Answer:
    return replace(
        answer,
        reason=shorten(answer.reason, keep),
        context=shorten(answer.context, keep),
        system_message=shorten(answer.system_message, keep),
        stop_reason=shorten(answer.stop_reason, keep),
        session_title=shorten(answer.session_title, keep),
        first_message=shorten(answer.first_message, keep),
    )


def _rewritten(answers: Sequence[Answer]) -> tuple[Mapping[str, Json] | None, str]:
    """The new input, or why none of several is taken."""
    inputs = [answer for answer in answers if answer.updated_input is not None]
    if not inputs:
        return None, ""
    first = inputs[0].updated_input
    if all(answer.updated_input == first for answer in inputs):
        return first, ""
    names = " and ".join(dict.fromkeys(answer.handler.name for answer in inputs))
    return None, f"{names} rewrite the input differently, so neither is taken"


def _failure(answer: Answer) -> HookFailure:
    return HookFailure(
        handler=answer.handler, what=f'the hook "{answer.handler}" failed: {answer.failure}'
    )


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text.strip())


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
