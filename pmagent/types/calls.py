"""What a step may call by name: a typed function, and what it may reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from pmagent.types.actions import Json
from pmagent.types.procedures import Risk

if TYPE_CHECKING:
    from pmagent.types.checking import CheckReport
    from pmagent.types.insights import Archive
    from pmagent.types.publishing import Kit


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument of a function."""

    name: str
    shape: str
    """A short type: `cited_text`, `[str]`, `any`."""
    is_optional: bool = False


@dataclass(frozen=True, kw_only=True)
class CallSpec:
    """What can be called, as lint, simulations and people see it."""

    name: str
    """`draft.titles`: a family and a verb or a thing."""
    summary: str
    parameters: tuple[Parameter, ...]
    gives: str
    """The short type of its value; its fields are what expressions may name."""
    effect: Risk = "read"
    """`read`: a pure function of the garden. Others go through the gate."""


class DeskJobs(Protocol):
    """The jobs that functions use, as `types.jobs.JobCalls` says."""

    def kit(self, name: str, *, more: float = 1.0, is_worded: bool = True) -> Kit:
        """Everything that can be drafted from one transcript."""
        ...

    def check(self, name: str, *, sources: Sequence[str] = ()) -> CheckReport:
        """A verdict on every claim of a document."""
        ...

    def check_text(self, text: str, *, sources: Sequence[str] = ()) -> CheckReport:
        """The same of words that are no file."""
        ...

    def kept(self, report: CheckReport) -> Sequence[int]:
        """Which verdicts a person lets stand, counted from 0."""
        ...


class CallDesk(Protocol):
    """What a function may reach. It reads inside the walls, and changes nothing."""

    @property
    def archive(self) -> Archive:
        """The garden's documents."""
        ...

    @property
    def jobs(self) -> DeskJobs:
        """Kits and checks, without a model."""
        ...

    @property
    def now(self) -> datetime:
        """The run's own clock: the same when the step is replayed."""
        ...

    def matching(self, globs: str | Sequence[str]) -> Sequence[str]:
        """Indexed paths that fit one of the globs, sorted."""
        ...

    def kit(self, path: str) -> Kit:
        """The kit of one transcript, without a model; made once for its bytes."""
        ...

    def dated(self, since: date, until: date) -> Sequence[str]:
        """Paths of the documents of some days, both included, oldest first."""
        ...

    def runs(self, since: date, until: date) -> Sequence[Mapping[str, Json]]:
        """The runs of some days, both included: `{command, state, reason, began, effects}`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function without an effect; `functions` of a module in `pmagent.functions` names some."""

    spec: CallSpec
    run: Callable[[Mapping[str, Json], CallDesk], Json]
    """Given the arguments by name, already checked against the parameters.

    Raises PmagentError where it cannot give a value.
    """
