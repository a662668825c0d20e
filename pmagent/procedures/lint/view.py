"""What a rule looks at: one procedure, and what surrounds it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from pmagent.procedures.language.walk import all_steps
from pmagent.procedures.lint.scope import Moment, moments_of
from pmagent.types.calls import CallSpec
from pmagent.types.procedures import CallStep, Problem, Procedure, Risk, Step

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Vectors of texts, for what two procedures are said to be for."""
OUTWARD: frozenset[Risk] = frozenset({"external", "irreversible"})


class Scenario(Protocol):
    """A simulation, as far as lint looks at it."""

    @property
    def command(self) -> str:
        """The command it plays, without the slash."""
        ...


@dataclass(frozen=True, kw_only=True)
class View:
    """One procedure and its surroundings."""

    procedure: Procedure
    catalog: Mapping[str, CallSpec]
    """What can be called."""
    commands: Mapping[str, Procedure | None]
    """Every command by name; None for one that is no procedure."""
    scenarios: Sequence[Scenario] | None = None
    """None: nobody looked for any."""
    covered: Collection[str] | None = None
    """Paths of the branches that simulations went through; None: nobody counted."""
    embed: Embed | None = None
    supplied: Collection[str] = field(default_factory=frozenset[str])
    """Names that have a value before the first step, besides arguments."""

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in the order of the file."""
        return tuple(all_steps(self.procedure))

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """Every step with what has a value when it is reached."""
        return tuple(moments_of(self.procedure, self.catalog, self.commands, self.supplied))

    def effect_of(self, step: Step) -> Risk:
        """What a step may do outside; `read` for all but a Call of a function with an effect."""
        if not isinstance(step, CallStep) or step.function not in self.catalog:
            return "read"
        return self.catalog[step.function].effect

    def tests(self) -> Sequence[Scenario]:
        """The simulations of this command."""
        return [one for one in self.scenarios or () if one.command == self.procedure.name]


def error(code: str, line: int, message: str, hint: str = "") -> Problem:
    """A problem of the grave kind; lint then ends with code 1."""
    return Problem(code=code, line=line, message=message, hint=hint)


def warning(code: str, line: int, message: str, hint: str = "") -> Problem:
    """A problem with which it runs all the same."""
    return Problem(code=code, line=line, message=message, hint=hint, is_error=False)


def line_of(procedure: Procedure, pattern: str) -> int:
    """The first line that begins with a front matter key; 1 where there is none."""
    for number, line in enumerate(procedure.text.splitlines(), start=1):
        if line.lstrip().startswith(f"{pattern}:"):
            return number
    return 1
