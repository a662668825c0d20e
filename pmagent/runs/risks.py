"""How much a procedure may do, by what it calls and not by what it says of itself. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from pmagent.procedures.language.walk import all_steps
from pmagent.types.calls import CallSpec
from pmagent.types.procedures import CallStep, Procedure, Risk, RunStep, SwitchStep

_RISKS: tuple[Risk, ...] = get_args(Risk)
"""From the least to the greatest."""


def risk_of(
    procedure: Procedure,
    effects: Mapping[str, CallSpec],
    find: Callable[[str], Procedure | None],
) -> Risk:
    """The greatest risk that it names, or that a call of it, or of one that it runs, has."""
    met: dict[str, Procedure] = {}
    waiting = [procedure]
    risks: list[Risk] = []
    while waiting:
        one = waiting.pop()
        if one.name in met:
            continue
        met[one.name] = one
        risks.append(one.risk)
        for step in all_steps(one):
            match step:
                case CallStep(function=name) if name in effects:
                    risks.append(effects[name].effect)
                case RunStep(command=name) | SwitchStep(command=name):
                    below = find(name) if name not in met else None
                    waiting += [below] if below is not None else []
                case _:
                    continue
    return max(risks, key=_RISKS.index)
