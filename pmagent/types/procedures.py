"""A procedure: a slash command whose steps are exact where they begin with a bold verb.

Pure data, as it is read from one Markdown file. Expressions and messages stay as they are written;
whoever runs a step evaluates them. `path` of a step is its place in the list, such as `9.1`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

Risk = Literal["read", "internal", "external", "irreversible"]
"""What the worst effect of a procedure, a function or a tool is."""
Autonomy = Literal["shadow", "assist", "canary", "auto"]
"""How far a command goes by itself; each next one goes further."""
ScalarKind = Literal[
    "any", "str", "int", "float", "bool", "date", "time", "url", "cited", "cited_text"
]


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """One value: `str`, `str 80..400`, `int`. For `str` the bounds count characters."""

    kind: ScalarKind
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class ListOf:
    """`[T]`, `[T] 5` (exactly), `[T] 3..7`."""

    item: Shape
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Member:
    """One field of a record."""

    name: str
    shape: Shape
    is_optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Record:
    """`{name: T, other?: T}`. Fields it does not name are refused."""

    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """`small|medium|large`: one of these words."""

    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Maybe:
    """`T?`: a value, or none."""

    shape: Shape


Shape: TypeAlias = Scalar | ListOf | Record | OneOf | Maybe
"""What a value must be like: the short types of `as x like T`."""


@dataclass(frozen=True, kw_only=True)
class Operand:
    """A code span of a step: an expression, a path, a name."""

    source: str
    """As it stands between the backticks."""
    line: int


@dataclass(frozen=True, kw_only=True)
class OfflineCall:
    """`or offline f(x, 5)`: what makes the value without a model."""

    function: str
    """`draft.titles`."""
    arguments: str
    """What stands in its brackets, as it is written; empty for none."""
    line: int


@dataclass(frozen=True, kw_only=True)
class _Step:
    path: str
    line: int
    """From 1, in the whole file."""
    text: str
    """The step as it is written, without the blocks below it."""


@dataclass(frozen=True, kw_only=True)
class ModelStep(_Step):
    """Words for the model, which writes one typed value."""

    prose: str
    """What is asked of it, as Markdown."""
    sees: tuple[Operand, ...]
    """The values it is shown; nothing else."""
    name: str
    """The value's name; empty is a fault that lint names."""
    shape: Shape | None
    offline: OfflineCall | None
    using: tuple[Operand, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReadStep(_Step):
    """**Read** a document of the garden."""

    what: Operand
    """A path, or a name that holds one."""
    name: str
    is_optional: bool = False
    """`if it exists`: the name is None where there is no such file."""
    condition: Operand | None = None


@dataclass(frozen=True, kw_only=True)
class FindStep(_Step):
    """**Find** passages."""

    query: Operand
    globs: tuple[str, ...]
    name: str


@dataclass(frozen=True, kw_only=True)
class AskStep(_Step):
    """**Ask** the person for a value."""

    question: str
    name: str
    shape: Shape | None


@dataclass(frozen=True, kw_only=True)
class CallStep(_Step):
    """**Call** a typed function; where it has an effect, through the gate and the outbox."""

    function: str
    given: Operand | None
    """`k=v, k2=v2`."""
    name: str


@dataclass(frozen=True, kw_only=True)
class RunStep(_Step):
    """**Run** another command as a run of its own."""

    command: str
    """Without the slash."""
    given: Operand | None
    name: str


@dataclass(frozen=True, kw_only=True)
class CodeStep(_Step):
    """**Code**: the value of the last expression of a fenced snippet."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class SetStep(_Step):
    """**Set** a name."""

    name: str
    value: Operand


@dataclass(frozen=True, kw_only=True)
class CheckStep(_Step):
    """**Check** what must hold; else the run ends `blocked`."""

    condition: Operand
    message: str


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One way of an `If`. A condition of None is its `Else`."""

    path: str
    line: int
    condition: Operand | None
    steps: tuple[Step, ...]
    text: str


@dataclass(frozen=True, kw_only=True)
class IfStep(_Step):
    """**If** with the **Else if** and **Else** that follow it."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, kw_only=True)
class EachStep(_Step):
    """**For each** of a list, at most so many times."""

    variable: str
    items: Operand
    most: Operand | None
    """`up to`; None is a fault that lint names."""
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class ApproveStep(_Step):
    """**Approve**: a durable pause until a person has said yes, edited, or said no."""

    question: str
    showing: tuple[str, ...]
    """Names of the values that are shown, and may be edited."""


@dataclass(frozen=True, kw_only=True)
class HandOffStep(_Step):
    """**Hand off**: stop, and leave a note to a person."""

    message: str
    showing: tuple[str, ...]
    condition: Operand | None = None


@dataclass(frozen=True, kw_only=True)
class NoteStep(_Step):
    """**Note**: a line for whoever takes over."""

    message: str
    condition: Operand | None = None


@dataclass(frozen=True, kw_only=True)
class SwitchStep(_Step):
    """**Switch to** another command, which takes over with the names that fit it."""

    command: str
    given: Operand | None
    condition: Operand | None = None


@dataclass(frozen=True, kw_only=True)
class WaitStep(_Step):
    """**Wait** until a moment: an ISO time, or a number of seconds from now."""

    until: Operand


@dataclass(frozen=True, kw_only=True)
class StopStep(_Step):
    """**Stop**: the run ends, done, with these words."""

    message: str


@dataclass(frozen=True, kw_only=True)
class ReturnStep(_Step):
    """**Return** the typed result."""

    value: Operand


Step: TypeAlias = (
    ModelStep
    | ReadStep
    | FindStep
    | AskStep
    | CallStep
    | RunStep
    | CodeStep
    | SetStep
    | CheckStep
    | IfStep
    | EachStep
    | ApproveStep
    | HandOffStep
    | NoteStep
    | SwitchStep
    | WaitStep
    | StopStep
    | ReturnStep
)


@dataclass(frozen=True, kw_only=True)
class RunBudget:
    """What one run may use; None: no limit of that kind."""

    steps: int | None = None
    minutes: float | None = None
    """Working time; waiting for a person or a moment does not count."""
    tokens: int | None = None
    usd: Decimal | None = None
    effects: int | None = None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a file, where, and what to do."""

    code: str
    """`PL01`; `PL00` where it cannot be read as a procedure at all."""
    line: int
    message: str
    hint: str = ""
    is_error: bool = True
    """False: a warning, and it runs all the same."""


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One procedure, read whole."""

    name: str
    path: str
    """The file as a person would name it."""
    description: str
    when_to_use: str
    arguments: tuple[str, ...]
    guidance: str
    """The body without its steps: standing words to the model."""
    always: tuple[Step, ...]
    """Checked after every step: Switch to, Hand off, Check, Note with a condition."""
    steps: tuple[Step, ...]
    good: tuple[str, ...]
    """`## Good looks like`."""
    allowed_tools: tuple[str, ...]
    """The ceiling; empty: nothing but reading and pure functions."""
    text: str
    """The whole file, which a run pins."""
    digest: str
    """sha256 of the text, in hex."""
    budget: RunBudget = field(default_factory=RunBudget)
    autonomy: Autonomy = "assist"
    """The ceiling of how far it goes by itself."""
    risk: Risk = "internal"
    key: str = ""
    """The expression whose value names what a run is about; empty: its arguments."""
    output: Shape | None = None
    owner: str = ""
    model: str = ""
    """`fast`, `deep` or a model's alias."""
    version: str = ""
    is_trusted: bool = True
    """False: its Code steps run in a process of their own, and it may use nothing outward."""
    problems: tuple[Problem, ...] = ()
    """What was wrong in reading it. With an error it does not run."""
