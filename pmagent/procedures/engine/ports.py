"""What the engine needs of the world, as protocols: whoever wires it hands in one of each.

The engine itself opens nothing, sends nothing and asks nobody; with scripted ports it runs whole in
a test or a simulation. A port says an expected outcome with a value. What it cannot do at all it
raises as a PmagentError, which ends the run `failed` with that sentence (AccessError: `denied`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec
from pmagent.types.procedures import ModelStep, Procedure, Shape
from pmagent.types.runs import Question, Reply, Run, Sending, Spent

FailPlace = Literal["begun", "performed", "written"]
"""Where a run may be broken off in a test: a step is about to be done; its port has answered and
nothing is on record yet; its row is on the disk."""
Failpoint = Callable[[FailPlace, str], None]
"""Called with the place and the step's address."""
Tier = str
"""`fast`, `deep`, or a model's alias."""


def no_ceiling(path: str) -> str:
    """Every document may be read."""
    del path
    return ""


@dataclass(frozen=True, kw_only=True)
class Here:
    """Which step of which run wants something."""

    run: Run
    procedure: Procedure
    """As the run has pinned it. `allowed_tools` is its ceiling."""
    address: str
    """`7[2].3`: the step's path with the turn of each loop around it."""
    key: str = ""
    """What an effect of this step is about: the run's key, and below it the key of the item of each
    loop around the step. It is the business key of its wish: the same in every later run."""
    why_not_read: Callable[[str], str] = no_ceiling
    """Why the ceiling forbids a document; empty where it does not. It holds for functions too."""


class Documents(Protocol):
    """The garden's documents, within its walls."""

    def read(self, path: str, here: Here) -> Mapping[str, Json] | None:
        """A document object (`pmagent.types.runs`), or None where there is no such file.

        Raises:
            AccessError: the walls refuse it.
            ReadError: it cannot be read.
        """
        ...

    def find(self, query: str, globs: Sequence[str], here: Here) -> Mapping[str, Json]:
        """`{hits: [{path, place, text, score, date, title}], abstained: bool, reason: str}`.

        No globs: everywhere. The engine drops hits outside the procedure's own ceiling.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Done:
    """The effect has happened, or is held for good (of a shadow run)."""

    data: Json


@dataclass(frozen=True, kw_only=True)
class NotYet:
    """It is on record and is tried again; the run waits for the outbox."""

    reason: str
    wakes: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Refused:
    """It was not done, and will not be."""

    why: str
    by: Literal["person", "rule", "hook", "outbox"] = "rule"
    """A person's no ends the run `blocked`; the outbox (a dead letter) `failed`; else `denied`."""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class NeedsYes:
    """A person has to say yes to exactly this; nothing was done."""

    sending: Sending


Performed: TypeAlias = Done | NotYet | Refused | NeedsYes


class Calls(Protocol):
    """What a step may call by name: pure functions, and tools with an effect."""

    def spec(self, name: str) -> CallSpec | None:
        """What is called so; None where nothing is."""
        ...

    def value(self, name: str, given: Mapping[str, Json], here: Here) -> Json:
        """What a pure function gives. `here.run.clock` is its now.

        Raises:
            PmagentError: it cannot give a value.
        """
        ...

    def preview(self, name: str, given: Mapping[str, Json], here: Here) -> Sending:
        """What an effect tool would send, exactly; nothing is done.

        Raises:
            PmagentError: it cannot be planned.
        """
        ...

    def perform(
        self, name: str, given: Mapping[str, Json], here: Here, approved: frozenset[str]
    ) -> Performed:
        """Do it, through the gate. A sending whose digest is in `approved` has its yes.

        Called again with the same arguments after a kill: it must not do it twice. An effect of a
        run with `autonomy` `shadow` or `origin` `shadow` is held.

        Raises:
            PmagentError: it broke.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Writing:
    """What a model is asked to write: one typed value, from these values and no others."""

    step: ModelStep
    guidance: str
    """The procedure's standing words."""
    good: tuple[str, ...]
    """What a good result looks like."""
    values: Mapping[str, Json]
    """By the span as it is written in the step: `t`, `c.examples`."""
    shape: Shape
    tier: Tier
    problems: tuple[str, ...] = ()
    """What was wrong with `previous`; empty at the first attempt."""
    previous: Json = None
    limit_tokens: int | None = None
    """What the run may still use, without its reserve."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A value, not yet checked."""

    value: Json
    spent: Spent = field(default_factory=Spent)
    """Tokens and dollars; the engine counts the step and the time."""
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoValue:
    """The model gave none: it abstained, or did not answer."""

    why: str
    spent: Spent = field(default_factory=Spent)


class Writer(Protocol):
    """A language model that writes values. There may be none."""

    def write(self, writing: Writing, here: Here) -> Written | NoValue:
        """One attempt. The engine repairs, escalates and falls back; this does not.

        Raises:
            ModelError: it did not answer; taken as NoValue.
        """
        ...


class Verifier(Protocol):
    """What is checked of a written value beyond its type; needs no model."""

    def verify(
        self, value: Json, shape: Shape, values: Mapping[str, Json], here: Here
    ) -> Sequence[str]:
        """What is wrong with it in plain words: citations that do not open, quotes not verbatim."""
        ...


class Person(Protocol):
    """Whoever answers questions: at the terminal, in a list of reviews, in a script."""

    @property
    def keeps_questions(self) -> bool:
        """Whether a question that is not answered now is kept, so that it can be later."""
        ...

    def ask(self, question: Question) -> Reply | None:
        """The reply; None: nobody answers now, and the run waits.

        Asked again after each resume with the same `run` and `address`, until there is a reply. A
        reply that does not fit is asked about again at `12~2`, with `problems` in the question.
        """
        ...


class Commands(Protocol):
    """The other commands that a step may run or switch to."""

    def procedure(self, name: str) -> Procedure | None:
        """The procedure of this name, without its slash; None where it is none."""
        ...

    def reread(self, name: str, text: str) -> Procedure:
        """The procedure as a run has pinned it; with problems where it cannot be read any more."""
        ...

    def run(self, name: str, given: Mapping[str, Json], here: Here) -> Json:
        """What a command that is code gives, such as `/chapters`, without a model.

        Positional arguments stand under `"0"`, `"1"` and so on.

        Raises:
            UsageError: there is no such command, or it cannot be run from a step.
        """
        ...


class Language(Protocol):
    """Expressions over names, as `pmagent.procedures.language` evaluates them."""

    def evaluate(self, source: str, names: Mapping[str, Json]) -> Json:
        """The value. Raises UsageError."""
        ...

    def arguments(
        self, source: str, names: Mapping[str, Json]
    ) -> tuple[Sequence[Json], Mapping[str, Json]]:
        """What stands in the brackets of a call: by place, and by name. Raises UsageError."""
        ...

    def render(self, template: str, names: Mapping[str, Json]) -> str:
        """A message with its `{expressions}` filled in. Raises UsageError."""
        ...

    def run_code(self, code: str, names: Mapping[str, Json]) -> Json:
        """The value of the last expression of a snippet. Raises UsageError."""
        ...

    def close(self) -> None:
        """No more is evaluated; a process of its own ends."""
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Now, aware."""
        ...

    def monotonic(self) -> float:
        """Seconds from some moment on, that never go back; for working time."""
        ...


class Ids(Protocol):
    """Names of runs."""

    def run_id(self) -> str:
        """A name that no run has yet: short, good to type."""
        ...


class Notes(Protocol):
    """Where the note to whoever takes over is left."""

    def hand_off(self, run: Run, note: str) -> str:
        """The path of the file that now holds the note (Markdown); empty where none is kept.

        Called again after a kill with the same run: it writes the same file.
        """
        ...


class Span(Protocol):
    """What is being measured: a run or a step. Facts are numbers, names and digests."""

    def note(self, facts: Mapping[str, Json]) -> None:
        """Add facts: `status`, `maker`, `tokens`, `usd`, `detail`, `error`."""
        ...


class Tracing(Protocol):
    """Writes down what took how long."""

    def run(self, run: Run) -> AbstractContextManager[Span]:
        """Around one process's part of a run; `run.parent` is the run it is below."""
        ...

    def step(self, here: Here, verb: str) -> AbstractContextManager[Span]:
        """Around one step that is done now; replayed ones are not traced. Steps nest."""
        ...


class Leases(Protocol):
    """Who carries a run on: one process at a time."""

    @property
    def me(self) -> str:
        """The name of this process for as long as it lives, such as `4711-839201-a3`."""
        ...

    def is_alive(self, holder: str) -> bool:
        """Whether the process of that name still lives."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ports:
    """One of each."""

    documents: Documents
    calls: Calls
    person: Person
    commands: Commands
    language: Callable[[Run, Procedure], Language]
    """Expressions at the run's own clock; for an untrusted procedure in a process of their own."""
    clock: Clock
    ids: Ids
    notes: Notes
    tracing: Tracing
    leases: Leases
    writer: Writer | None = None
    """None: no model is chosen; values are made offline or by the person."""
    verifier: Verifier | None = None
