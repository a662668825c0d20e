"""What a tool is to the gate: it says what it would touch, and does it when it is let.

The gate knows no tool by name. A tool never decides, asks or records; it plans and runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from pmagent.agent.session import Narrow
from pmagent.errors import UsageError
from pmagent.types.actions import FileChange, Json, Label, Target
from pmagent.types.turns import EndReason, Spend

if TYPE_CHECKING:
    from pmagent.journal.trash import Trash
    from pmagent.net.egress import Page
    from pmagent.permissions.walls import Walls
    from pmagent.sandbox.confinement import Completed
    from pmagent.types import Abstention, Found, Map, Parsed, Query
    from pmagent.types.outbox import Delivery, Wish

I = TypeVar("I", bound=BaseModel)  # noqa: E741 - the tool's own input

Keeps = Literal["nothing", "paths", "garden"]
"""What must be stored before the tool runs: nothing, the files it names, or the whole garden."""


@dataclass(frozen=True, kw_only=True)
class AgentTask:
    """What a sub-agent is to do."""

    agent: str
    """Its type: the name of its file."""
    prompt: str
    description: str = ""
    """The task in a few words."""
    model: str = ""
    """Another model than its own; empty for its own."""


@dataclass(frozen=True, kw_only=True)
class AgentReport:
    """What a sub-agent hands back: its last words, as data."""

    id: str
    agent: str
    reason: EndReason
    text: str
    spend: Spend


Spawn = Callable[[AgentTask], AgentReport]
"""Runs a sub-agent to its end. Raises UsageError where it cannot be started."""


def no_spawn(task: AgentTask) -> AgentReport:
    """Where nobody can start a sub-agent: a call from outside a turn.

    Raises:
        UsageError: always.
    """
    raise UsageError(
        f'"{task.agent}" cannot be started here', "a sub-agent is started within a turn"
    )


def never() -> bool:
    """No: nothing is called off."""
    return False


@dataclass(frozen=True, kw_only=True)
class Errand:
    """For whom a call is made, beyond what is recorded of it."""

    spawn: Spawn = no_spawn
    """How the tool that starts sub-agents starts one."""
    is_off: Callable[[], bool] = never
    """Whether the call was called off; looked at once more when its turn has come."""
    mode: Narrow | None = None
    """A narrower mode than the session's."""
    facts: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """What hooks are told besides, such as `agent_id`."""


class OutboxPort(Protocol):
    """The one way out for effects on other computers: on record first, and done once."""

    def target(self, kind: str) -> str:
        """The address that effects of a kind, such as `ghost.draft`, go to.

        Raises:
            UsageError: no such place is set up.
        """
        ...

    def send(self, wish: Wish) -> Delivery:
        """Put it on record, try it, and say how it stands."""
        ...

    def read(self, kind: str) -> Mapping[str, Json]:
        """What lies at the place that effects of a kind go to. Changes nothing.

        Raises:
            UsageError: no such place is set up, or it cannot be read.
            FetchError: it could not be read.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Reach:
    """All that a tool can reach, and nothing else: each door is one that another module keeps."""

    walls: Walls
    run: Callable[[str, float], Completed]
    """A shell text in the sandbox, with its time limit in seconds."""
    fetch: Callable[[str], Page]
    """What lies at an address."""
    ports: frozenset[int]
    """The ports that may be reached."""
    search: Callable[[Query], Found]
    where: Callable[[Query], Map | Abstention]
    parse: Callable[[bytes, str], Parsed]
    """What stands in a file's bytes; a stranger's format is read in a worker of its own."""
    labels: Callable[[str], frozenset[Label]]
    """What reading a path makes of a session."""
    trash: Trash
    skill: Callable[[str, str], Result]
    """What a slash command makes of its arguments, without a model."""
    spawn: Spawn = no_spawn
    """Runs a sub-agent of whoever makes the call, to its end."""
    outbox: OutboxPort | None = None
    """Where effects are handed in; None where nothing can be sent."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one call would do, before anything is done."""

    subject: str
    """What it is about, for the trail: a path, a command, an address."""
    targets: tuple[Target, ...] = ()
    changes: tuple[FileChange, ...] = ()
    """What would become of the files, where that is known beforehand."""
    keeps: Keeps = "nothing"
    command: str | None = None
    host: str | None = None
    is_outward: bool = False
    outgoing: str = ""
    """The exact text that would leave this computer."""
    is_publication: bool = False
    """Its purpose is to carry the person's words out, to a place of theirs: they are asked with the
    exact text before them, where any other call that carries such words is refused."""
    is_final: bool = False
    """It cannot be taken back: a person is asked each time, whatever rules, modes and hooks say."""
    body: str = ""
    """What a person is shown of it; empty shows the whole input."""
    risk: str = ""
    grant: str = ""
    """The narrowest rule that would let it run again; empty where none should."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of it."""

    text: str
    data: Mapping[str, Json] = field(default_factory=dict[str, Json])
    labels: frozenset[Label] = frozenset()
    private_text: str = ""
    """The person's own words in it, so that they are known again on their way out."""


class Tool(Protocol, Generic[I]):
    """One tool. `tool` of each module in `pmagent.tools` is one."""

    @property
    def name(self) -> str:
        """As rules and hooks name it, such as `Write`."""
        ...

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        ...

    @property
    def Input(self) -> type[I]:  # noqa: N802 - a class
        """What it takes."""
        ...

    def plan(self, given: I, reach: Reach) -> Plan:
        """What it would touch and change. Reads at most; raises AccessError or ReadError."""
        ...

    def run(self, given: I, plan: Plan, reach: Reach) -> Result:
        """Do it, as planned."""
        ...


AnyTool = Tool[Any]
"""A tool whose input the gate hands from `Input` to `plan` and `run` without looking in."""


SUBJECTS = (
    "file_path", "source", "command", "url", "pattern", "query", "path", "subagent_type", "skill",
)  # fmt: skip
"""The inputs that say what a call is about, where it could not be planned."""


def subject_of(given: Mapping[str, Json]) -> str:
    """What a call is about, as far as its input says; empty where it does not."""
    found = (given.get(name) for name in SUBJECTS)
    return next((value for value in found if isinstance(value, str)), "")


def hook_input(given: BaseModel, plan: Plan, root: str) -> dict[str, Json]:
    """The input as hooks see it: the fields by their public names, files as absolute paths."""
    shown: dict[str, Json] = given.model_dump(mode="json", by_alias=True, exclude_none=True)
    if plan.targets and isinstance(shown.get("file_path"), str):
        first = plan.targets[0].resolved
        shown["file_path"] = first if first.startswith("/") else f"{root}/{first}"
    return shown
