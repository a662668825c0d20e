"""Reads what one handler said: its exit status, its text or its JSON.

An answer is either understood whole or refused whole; a refused one is never consent. JSON is read
whatever the status, but a handler that failed allows and rewrites nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pmagent.hooks.events import Event
from pmagent.hooks.read import Handler
from pmagent.types.actions import Json

Choice = Literal["allow", "ask", "deny", "defer"]
BLOCK_STATUS = 2
MAX_SEQUENCE = 2_000


class Completed(Protocol):
    """A process that ended, as `sandbox.confinement` reports it."""

    @property
    def stdout(self) -> str:
        """What it wrote."""
        ...

    @property
    def stderr(self) -> str:
        """What it wrote there."""
        ...

    @property
    def status(self) -> int:
        """Its exit status, negative for a signal."""
        ...

    @property
    def timed_out(self) -> bool:
        """Whether it was ended because its time was up."""
        ...

    @property
    def was_cut(self) -> bool:
        """Whether it wrote more than was kept."""
        ...

    @property
    def elapsed_s(self) -> float:
        """How long it ran."""
        ...


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one handler decided, or how it failed to."""

    handler: Handler
    failure: str = ""
    """What went wrong, in one sentence; empty when all went well."""
    is_broken: bool = False
    """It gave no answer at all: not found, not started, killed, out of time, cut off."""
    decision: Choice | None = None
    blocks: bool = False
    reason: str = ""
    updated_input: Mapping[str, Json] | None = None
    updated_output: Json = None
    context: str = ""
    system_message: str = ""
    terminal_sequence: str = ""
    stops: bool = False
    stop_reason: str = ""
    session_title: str = ""
    first_message: str = ""
    watch_paths: tuple[str, ...] = ()


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="ignore", strict=True, validate_by_name=True, validate_by_alias=True
    )


class _Request(_Model):
    behavior: Literal["allow", "deny"]
    updated_input: dict[str, object] | None = Field(default=None, alias="updatedInput")
    updated_permissions: list[object] | None = Field(default=None, alias="updatedPermissions")
    message: str | None = None
    interrupt: bool | None = None


class _Specific(_Model):
    event: str = Field(alias="hookEventName")
    context: str | None = Field(default=None, alias="additionalContext")
    permission: Choice | None = Field(default=None, alias="permissionDecision")
    permission_reason: str | None = Field(default=None, alias="permissionDecisionReason")
    updated_input: dict[str, object] | None = Field(default=None, alias="updatedInput")
    updated_output: object = Field(default=None, alias="updatedToolOutput")
    decision: _Request | None = None
    first_message: str | None = Field(default=None, alias="initialUserMessage")
    title: str | None = Field(default=None, alias="sessionTitle")
    watch_paths: list[str] | None = Field(default=None, alias="watchPaths")


class _Output(_Model):
    goes_on: bool | None = Field(default=None, alias="continue")
    stop_reason: str | None = Field(default=None, alias="stopReason")
    suppress: bool | None = Field(default=None, alias="suppressOutput")
    message: str | None = Field(default=None, alias="systemMessage")
    sequence: str | None = Field(default=None, alias="terminalSequence")
    decision: Literal["approve", "block"] | None = None
    reason: str | None = None
    specific: _Specific | None = Field(default=None, alias="hookSpecificOutput")


@dataclass(frozen=True, kw_only=True)
class _Text:
    text: str


@dataclass(frozen=True, kw_only=True)
class _Refused:
    why: str


_Said: TypeAlias = "_Output | _Text | _Refused"

_STRICTEST_FIRST: Sequence[Choice | None] = ("deny", "defer", "ask", "allow", None)
_ALIKE = {frozenset({"Stop", "SubagentStop"})}
"""A handler of an agent's file is written for `Stop` and runs at `SubagentStop`."""
_NOT_FOUND = re.compile(
    "|".join((
        r"^\S*(?:python|pypy)[\d.]*: can't open file .*\[Errno \d+\]",
        r"^\S*(?:python|pypy)[\d.]*: (?:Error while finding module|No module named )",
        r"^Can't open perl script \"",
        r"^(?:\S*/)?(?:sh|dash|zsh): (?:\d+: )?(?:cannot|can't) open ",
        r"^Could not open input file: ",
        r"^\S*ruby: No such file or directory -- ",
        r"^Error: Cannot find module '",
    )),
    re.MULTILINE,
)
"""What interpreters say, with status 1 or 2, where their script is not there or no program."""
_SEQUENCE = re.compile(r"\x07|\x1b\](?:0|1|2|9|99|777);[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\)")


def read_answer(handler: Handler, event: Event, done: Completed, *, limit_s: float) -> Answer:
    """What the handler says about the event."""
    if broken := _why_broken(handler, event, done, limit_s):
        return Answer(handler=handler, failure=broken, is_broken=True)
    said = _read(done.stdout, event)
    if isinstance(said, _Output):
        answer = _decided(handler, event, said)
    elif isinstance(said, _Text):
        is_context = event.takes_text and done.status == 0
        answer = Answer(handler=handler, context=said.text if is_context else "")
    else:
        answer = Answer(handler=handler, failure=said.why)
    if done.status == BLOCK_STATUS:
        return _refused(answer, event, done)
    if done.status != 0:
        why = f"it ended with status {done.status}{_last(done.stderr)}"
        return _without_consent(answer, why)
    return answer


def allowed_sequence(text: str) -> str:
    """`text` where it is only bells and titles or notifications for a terminal; else nothing.

    OSC 0, 1, 2, 9, 99 and 777, ended by BEL or ST. No other sequence, and no control character
    inside one, gets to a terminal from a hook.
    """
    if len(text) > MAX_SEQUENCE:
        return ""
    return text if text and not _SEQUENCE.sub("", text) else ""


def _why_broken(handler: Handler, event: Event, done: Completed, limit_s: float) -> str:
    status = done.status
    if done.timed_out:
        return f"it gave no answer within {limit_s:g} seconds"
    if status < 0:
        return f"it was ended by signal {-status}"
    if done.was_cut and status != BLOCK_STATUS and event.is_guard:
        return "it wrote more than can be read, so what it decided is not known"
    if not_found := _not_found(handler, done):
        return f"it could not be started: {not_found}"
    if status in {126, 127}:
        return f"it could not be started{_last(done.stderr)}"
    if handler.layer == "shipped" and status not in {0, BLOCK_STATUS}:
        return f"it ended with status {status}{_last(done.stderr)}"
    # A shell and a sandbox report a signal this way.
    if 128 < status < 160:
        return f"it was ended by signal {status - 128}"
    return ""


def _not_found(handler: Handler, done: Completed) -> str:
    """What an interpreter said that did not find its script; empty where it ran.

    Status 2 would be a no that somebody meant, so there the sentence must stand alone and name a
    file of the command: a reason that quotes a stranger's text must not pass for it.
    """
    said = done.stderr.strip()
    found = _NOT_FOUND.search(said) if done.status in {1, BLOCK_STATUS} else None
    if found is None:
        return ""
    line = said[found.start() :].splitlines()[0][:300]
    if done.status == BLOCK_STATUS:
        command = " ".join((handler.command, *(handler.args or ())))
        names = re.findall(r"[\w.-]*\.[\w.-]+|[\w-]{3,}", command)
        is_ours = any(f"/{name}" in line or f" {name}" in line for name in names)
        return line if is_ours and said == line else ""
    return line


def _read(stdout: str, event: Event) -> _Said:
    text = stdout.lstrip("\ufeff").strip()
    if not text.startswith("{"):
        return _Text(text=text)
    try:
        whole = cast("object", json.loads(text))
    except RecursionError:
        return _Refused(why="its JSON is nested too deeply")
    except ValueError:
        return _Text(text=text)
    try:
        said = _Output.model_validate(whole)
    except ValidationError as exc:
        fault = exc.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        return _Refused(why=f'its JSON is not understood: "{where}": {fault["msg"].lower()}')
    named = said.specific.event if said.specific else event.name
    if named != event.name and frozenset({named, event.name}) not in _ALIKE:
        return _Refused(why=f'its JSON speaks of "{named[:60]}", not of {event.name}')
    return said


def _decided(handler: Handler, event: Event, said: _Output) -> Answer:
    """The answer that a valid object gives; fields that have no meaning here are left out."""
    specific = said.specific or _Specific.model_validate({"event": event.name})
    request = specific.decision if event.decides == "request" else None
    sequence = allowed_sequence(said.sequence or "")
    faults: list[str] = []
    if said.sequence and not sequence:
        faults.append("its terminal sequence is not one that a hook may send")
    if request and request.updated_permissions:
        faults.append("it asks for lasting permissions, which only a person gives")
    updated = specific.updated_input if "updatedInput" in event.fields else None
    if request is not None:
        updated = request.updated_input
    is_no = said.goes_on is False or bool(
        request and request.behavior == "deny" and request.interrupt
    )
    blocks = said.decision == "block" and event.decides == "block"
    return Answer(
        handler=handler,
        failure="; ".join(faults),
        decision=_decision(event, said, specific),
        blocks=blocks,
        reason=_reason(event, said, specific),
        updated_input=cast("Mapping[str, Json] | None", updated),
        updated_output=cast("Json", specific.updated_output)
        if "updatedToolOutput" in event.fields
        else None,
        context=(specific.context or "") if "additionalContext" in event.fields else "",
        system_message=said.message or "",
        terminal_sequence=sequence,
        stops=is_no,
        stop_reason=said.stop_reason or "",
        session_title=(specific.title or "") if "sessionTitle" in event.fields else "",
        first_message=(specific.first_message or "")
        if "initialUserMessage" in event.fields
        else "",
        watch_paths=tuple(specific.watch_paths or ()) if "watchPaths" in event.fields else (),
    )


def _decision(event: Event, said: _Output, specific: _Specific) -> Choice | None:
    if event.decides == "request":
        return specific.decision.behavior if specific.decision else None
    if event.decides != "permission":
        return None
    older: Mapping[str | None, Choice] = {"approve": "allow", "block": "deny"}
    return stricter(specific.permission, older.get(said.decision))


def stricter(first: Choice | None, second: Choice | None) -> Choice | None:
    """The one that holds of two: deny before defer before ask before allow before none."""
    return first if _STRICTEST_FIRST.index(first) <= _STRICTEST_FIRST.index(second) else second


def _reason(event: Event, said: _Output, specific: _Specific) -> str:
    if event.decides == "request" and specific.decision:
        return specific.decision.message or ""
    return specific.permission_reason or said.reason or ""


def _refused(answer: Answer, event: Event, done: Completed) -> Answer:
    """Status 2: a no that was meant, with its reason on stderr."""
    reason = done.stderr.strip() or answer.reason or "it gives no reason"
    match event.refusal:
        case "denies":
            return replace(answer, decision="deny", blocks=True, reason=reason, updated_input=None)
        case "blocks":
            return replace(answer, blocks=True, reason=reason)
        case "model":
            words = (answer.context, done.stderr.strip())
            return replace(answer, context="\n".join(part for part in words if part))
        case "person":
            return replace(answer, failure=f"it ended with status 2: {reason}")
        case "nothing":
            return _without_consent(answer, "")


def _without_consent(answer: Answer, why: str) -> Answer:
    """The answer of a handler that failed: what it forbids counts, what it allows does not."""
    decision = None if answer.decision == "allow" else answer.decision
    failure = "; ".join(part for part in (why, answer.failure) if part)
    return replace(answer, decision=decision, failure=failure, updated_input=None)


def _last(stderr: str) -> str:
    lines = stderr.strip().splitlines()
    return f": {lines[-1].strip()[:300]}" if lines else ""
