"""Procedures with one thing wrong in them. Good scenarios tell each of them from the right one.

The operators are those a person errs by: a comparison off by one, a condition turned round, a check
or an approval left out, an effect before its approval, a wider ceiling, a lost standing rule.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pmagent.simulations.walking import (
    all_steps,
    blocks_of,
    conditions_of,
    steps_in,
    with_block,
    with_condition,
    with_step,
)
from pmagent.types.procedures import (
    ApproveStep,
    CallStep,
    CheckStep,
    EachStep,
    HandOffStep,
    IfStep,
    Procedure,
    Step,
    StopStep,
)

Kind = Literal[
    "comparator", "connective", "negated", "dropped", "branches", "grants", "always", "up to",
    "order",
]  # fmt: skip

_TOKEN = re.compile(
    r"""(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<comparator><=|>=|==|!=|<|>)"""
    r"|(?P<connective>\band\b|\bor\b)"
)
_OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_CONNECTIVES = {"and": "or", "or": "and"}
_CHANGED = "\u0001"
"""Stands before the digest of what was changed, so that no mutant passes for the right one."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A procedure with one fault."""

    kind: Kind
    line: int
    """Where in the file; 0 for its front matter."""
    path: str
    """The step; empty for none."""
    says: str
    """The fault, in a few words."""
    procedure: Procedure


def make_mutants(procedure: Procedure, effects: Collection[str]) -> Iterator[Mutant]:
    """Every mutant, in the order of the file. `effects` are the functions that have an effect."""
    found: list[Mutant] = []
    for step in all_steps(procedure):
        found.extend(_of_conditions(procedure, step))
        found.extend(_of_step(procedure, step))
    found.extend(_of_order(procedure, frozenset(effects)))
    found.extend(_of_always(procedure))
    found.extend(_of_grants(procedure))
    yield from sorted(found, key=lambda one: one.line)


def _of_conditions(procedure: Procedure, step: Step) -> Iterator[Mutant]:
    """A comparison off by one, `and` for `or`, the whole turned round."""
    for condition in conditions_of(step):
        source = condition.source
        for found in _TOKEN.finditer(source):
            match found.lastgroup:
                case "comparator":
                    kind, other = "comparator", _OTHER[found[0]]
                case "connective":
                    kind, other = "connective", _CONNECTIVES[found[0]]
                case _:
                    continue
            changed = f"{source[: found.start()]}{other}{source[found.end() :]}"
            new = with_condition(step, condition, changed)
            yield Mutant(
                kind=kind,
                line=condition.line,
                path=step.path,
                says=f"`{source}` became `{changed}`",
                procedure=_one(with_step(procedure, step, (new,))),
            )
        new = with_condition(step, condition, f"not ({source})")
        yield Mutant(
            kind="negated",
            line=condition.line,
            path=step.path,
            says=f"`{source}` turned round",
            procedure=_one(with_step(procedure, step, (new,))),
        )


def _of_step(procedure: Procedure, step: Step) -> Iterator[Mutant]:
    match step:
        case CheckStep() | ApproveStep() | HandOffStep() | StopStep() if not _is_always(
            procedure, step
        ):
            yield Mutant(
                kind="dropped",
                line=step.line,
                path=step.path,
                says=f"left out: {_short(step.text)}",
                procedure=_one(with_step(procedure, step, ())),
            )
        case IfStep(branches=(first, second, *rest)):
            swapped = replace(
                step,
                branches=(
                    replace(first, steps=second.steps), replace(second, steps=first.steps), *rest,
                ),
            )  # fmt: skip
            yield Mutant(
                kind="branches",
                line=step.line,
                path=step.path,
                says=f"the first two ways exchanged: {_short(step.text)}",
                procedure=_one(with_step(procedure, step, (swapped,))),
            )
        case EachStep(most=most) if most is not None:
            fewer = replace(step, most=replace(most, source=f"({most.source}) - 1"))
            yield Mutant(
                kind="up to",
                line=most.line,
                path=step.path,
                says=f"up to `{most.source}` became one less",
                procedure=_one(with_step(procedure, step, (fewer,))),
            )
        case _:
            pass


def _of_order(procedure: Procedure, effects: frozenset[str]) -> Iterator[Mutant]:
    """The effect that comes before its approval."""
    for block in blocks_of(procedure):
        for place, step in enumerate(block):
            if not isinstance(step, ApproveStep):
                continue
            after = next(
                (n for n in range(place + 1, len(block)) if _acts(block[n], effects)), None
            )
            if after is None:
                continue
            acting = block[after]
            moved = (*block[:place], acting, step, *block[place + 1 : after], *block[after + 1 :])
            yield Mutant(
                kind="order",
                line=acting.line,
                path=acting.path,
                says=f"before its approval: {_short(acting.text)}",
                procedure=_one(with_block(procedure, block, moved)),
            )


def _of_always(procedure: Procedure) -> Iterator[Mutant]:
    for place, step in enumerate(procedure.always):
        rest = (*procedure.always[:place], *procedure.always[place + 1 :])
        yield Mutant(
            kind="always",
            line=step.line,
            path=step.path,
            says=f"left out: {_short(step.text)}",
            procedure=_one(replace(procedure, always=rest)),
        )


def _of_grants(procedure: Procedure) -> Iterator[Mutant]:
    """The ceiling with every document below it."""
    narrow = [rule for rule in procedure.allowed_tools if re.match(r"Read\((?!\*\*\))", rule)]
    if narrow:
        wide = tuple(dict.fromkeys("Read(**)" if rule in narrow else rule
                                   for rule in procedure.allowed_tools))  # fmt: skip
        yield Mutant(
            kind="grants",
            line=0,
            path="",
            says=f"{' '.join(narrow)} became Read(**)",
            procedure=_one(replace(procedure, allowed_tools=wide)),
        )


def _acts(step: Step, effects: frozenset[str]) -> bool:
    return any(isinstance(one, CallStep) and one.function in effects for one in steps_in((step,)))


def _is_always(procedure: Procedure, step: Step) -> bool:
    return any(one is step for one in procedure.always)


def _one(procedure: Procedure) -> Procedure:
    return replace(procedure, digest=f"{_CHANGED}{procedure.digest}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else f"{line[:69]}…"
