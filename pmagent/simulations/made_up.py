"""A scenario made up from a procedure's own words: all that it calls or asks for gives an example.

It is where suggestions begin when nobody has written a scenario yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmagent.procedures.language.shapes import example_of, parse_shape
from pmagent.simulations.scenario import PersonLine, Scenario
from pmagent.simulations.walking import all_steps
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec
from pmagent.types.procedures import (
    ApproveStep,
    AskStep,
    CallStep,
    ModelStep,
    Procedure,
    ReadStep,
    RunStep,
    Scalar,
    Shape,
    Step,
)

ENOUGH_WORDS = 400
"""Of a document that is made up."""
_ANY = Scalar(kind="any")
_EXAMPLE = re.compile(r"\[\^[^\]]+\]")


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What suggestions are made from."""

    procedure: Procedure
    specs: Mapping[str, CallSpec]
    makers: Mapping[str, Step]
    """The step that makes each name first."""


def grounds_of(procedure: Procedure, specs: Mapping[str, CallSpec]) -> Grounds:
    """What a procedure's scenarios are made from."""
    makers: dict[str, Step] = {}
    for step in all_steps(procedure):
        makers.setdefault(getattr(step, "name", "") or "", step)
    return Grounds(procedure=procedure, specs=specs, makers=makers)


def make_up(grounds: Grounds) -> Scenario:
    """A scenario in which everything works, with examples for values."""
    procedure = grounds.procedure
    reads = [rule[5:-1] for rule in procedure.allowed_tools if rule.startswith("Read(")]
    garden: dict[str, str] = {}
    arguments: dict[str, str] = {}
    replies: dict[str, tuple[Json, ...]] = {}
    commands: dict[str, tuple[Json, ...]] = {}
    person: list[PersonLine] = []
    for step in all_steps(procedure):
        match step:
            case ReadStep(what=what) if what.source in procedure.arguments:
                path = _path_in(reads[0] if reads else "**")
                arguments[what.source] = path
                garden[path] = words_of(ENOUGH_WORDS)
            case ReadStep(what=what) if "/" in what.source or "." in what.source:
                garden[what.source] = words_of(ENOUGH_WORDS)
            case ModelStep(name=name, shape=shape):
                replies[name] = ({"value": example(shape)},)
            case RunStep(command=command):
                commands[command] = ({"value": {}},)
            case AskStep(question=question, shape=shape):
                say: Json = {"answer": example(shape)}
                person.append(PersonLine(when=glob_of(question), says=(say,)))
            case ApproveStep(question=question):
                person.append(PersonLine(when=glob_of(question), says=("approve",)))
            case _:
                pass
    functions = _functions(grounds)
    for step in all_steps(procedure):
        maker = grounds.makers.get(step.what.source) if isinstance(step, ReadStep) else None
        if isinstance(maker, CallStep) and maker.function in functions:
            # What it gives is read: so it has to name a document that is there.
            path = _path_in(reads[-1] if reads else "**").replace("example", "another")
            functions[maker.function] = (path,)
            garden[path] = words_of(ENOUGH_WORDS)
    first = next(iter(garden), "")
    replies = {name: _citing(series, first) for name, series in replies.items()}
    words = [arguments.get(name, "example") for name in procedure.arguments]
    return Scenario(
        name=procedure.name,
        path="",
        command=procedure.name,
        line=" ".join(words),
        garden=garden,
        replies=replies,
        commands=commands,
        functions=functions,
        person=tuple(person),
    )


def _functions(grounds: Grounds) -> dict[str, tuple[Json, ...]]:
    """An example of what each function gives that is called."""
    found: dict[str, tuple[Json, ...]] = {}
    for step in all_steps(grounds.procedure):
        name = step.function if isinstance(step, CallStep) else ""
        spec = grounds.specs.get(name)
        if spec is not None and spec.effect == "read":
            found[name] = ({"value": example_of(parse_shape(spec.gives))},)
    return found


def example(shape: Shape | None) -> Json:
    """A value of that shape; a word where there is none."""
    return example_of(shape or _ANY)


def _citing(series: tuple[Json, ...], path: str) -> tuple[Json, ...]:
    """Examples whose citations open: they name a document that is there."""
    return tuple(_cited(one, path) for one in series) if path else series


def _cited(value: Json, path: str) -> Json:
    match value:
        case str():
            return _EXAMPLE.sub(f"[^{path}:1]", value)
        case Mapping():
            return {name: _cited(one, path) for name, one in value.items()}
        case Sequence():
            return [_cited(one, path) for one in value]
        case _:
            return value


def glob_of(question: str) -> str:
    """A question as a glob: what is filled in may be anything."""
    return re.sub(r"\{[^{}]*\}", "*", question)


def _path_in(glob: str) -> str:
    """A path that fits a glob."""
    base = glob.removesuffix("**").removesuffix("*").rstrip("/")
    return base if base.endswith(".md") else f"{base}/example.md".lstrip("/")


def words_of(count: int) -> str:
    """A text of so many words, in lines."""
    words = ["We", "count", "seats,", "not", "licences,", "and", "that", "is", "settled."]
    said = [words[n % len(words)] for n in range(count)]
    return "\n".join(" ".join(said[at : at + 18]) for at in range(0, count, 18)) + "\n"
