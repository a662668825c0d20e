"""A procedure as a picture: a tree of steps for the terminal, and a Mermaid chart."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pmagent.procedures.language.shapes import shape_text
from pmagent.procedures.language.walk import is_end, plain_tools, steps_below, verb_of
from pmagent.types.procedures import (
    ApproveStep,
    AskStep,
    Branch,
    CallStep,
    CheckStep,
    CodeStep,
    EachStep,
    FindStep,
    HandOffStep,
    IfStep,
    ModelStep,
    NoteStep,
    Operand,
    Procedure,
    ReadStep,
    ReturnStep,
    RunBudget,
    RunStep,
    SetStep,
    Step,
    StopStep,
    SwitchStep,
    WaitStep,
)

WIDTH = 100
EFFECT, PERSON = "[effect]", "[asks you]"
_LABEL = 60
_VERB_WIDTH = 9


def draw_tree(
    procedure: Procedure, *, effects: Collection[str] | None = None, width: int = WIDTH
) -> str:
    """The steps with their numbers, what a model step sees, and where effects and questions are.

    `effects` names the functions that have one; without it those are the tools of its ceiling.
    """
    drawing = _Tree(effects if effects is not None else plain_tools(procedure), width)
    return "\n".join(drawing.lines(procedure))


def draw_mermaid(procedure: Procedure, *, effects: Collection[str] | None = None) -> str:
    """The steps as a Mermaid flow chart."""
    return _Chart(effects if effects is not None else plain_tools(procedure)).text(procedure)


def budget_text(budget: RunBudget) -> str:
    """A budget in words: `40 steps, 10 minutes, 150,000 tokens, 0.50 USD, 1 effect`."""
    parts = [
        f"{budget.steps} steps" if budget.steps is not None else "",
        f"{budget.minutes:g} minutes" if budget.minutes is not None else "",
        f"{budget.tokens:,} tokens" if budget.tokens is not None else "",
        f"{budget.usd} USD" if budget.usd is not None else "",
        f"{budget.effects} effect{'' if budget.effects == 1 else 's'}"
        if budget.effects is not None
        else "",
    ]
    return ", ".join(part for part in parts if part) or "no limit"


def step_words(step: Step) -> str:
    """What a step does, on one line, without its verb and without the name it gives."""
    match step:
        case ModelStep(prose=prose):
            return _flat(prose)
        case ReadStep(what=what, is_optional=is_optional, condition=condition):
            return what.source + (" if it exists" if is_optional else "") + _when(condition)
        case FindStep(query=query, globs=globs):
            return f"{query.source} in {', '.join(globs)}" if globs else query.source
        case CallStep(function=what, given=given):
            return f"{what}({given.source if given else ''})"
        case RunStep(command=command, given=given):
            return f"/{command}{_with(given)}"
        case SwitchStep(command=command, given=given, condition=condition):
            return f"/{command}{_with(given)}{_when(condition)}"
        case CodeStep(code=code):
            lines = code.strip().splitlines()
            return lines[-1] if len(lines) == 1 else f"{len(lines)} lines"
        case _:
            return _worked_out(step)


def _worked_out(step: Step) -> str:
    match step:
        case SetStep(value=value) | ReturnStep(value=value):
            return value.source
        case CheckStep(condition=condition, message=message):
            return f'{condition.source}, else "{message}"'
        case IfStep(branches=branches):
            return branches[0].condition.source if branches[0].condition else ""
        case EachStep(variable=variable, items=items, most=most):
            return f"{variable} in {items.source}" + (f", up to {most.source}" if most else "")
        case WaitStep(until=until):
            return f"until {until.source}"
        case _:
            return _said(step)


def _said(step: Step) -> str:
    match step:
        case AskStep(question=question):
            return f'"{question}"'
        case ApproveStep(question=words, showing=showing):
            return f'"{words}"{_showing(showing)}'
        case HandOffStep(message=words, showing=showing, condition=condition):
            return f'"{words}"{_showing(showing)}{_when(condition)}'
        case NoteStep(message=words, condition=condition):
            return f'"{words}"{_when(condition)}'
        case StopStep(message=words):
            return f'"{words}"'
        case _:
            return ""


def _when(condition: Operand | None) -> str:
    return f" if {condition.source}" if condition else ""


def _with(given: Operand | None) -> str:
    return f" with {given.source}" if given else ""


def _showing(names: Sequence[str]) -> str:
    return f" showing {', '.join(names)}" if names else ""


def _gives(step: Step) -> str:
    match step:
        case ModelStep(name=name, shape=shape) | AskStep(name=name, shape=shape) if name:
            return f" → {name}: {shape_text(shape)}" if shape else f" → {name}"
        case (
            ReadStep(name=name)
            | FindStep(name=name)
            | CallStep(name=name)
            | RunStep(name=name)
            | CodeStep(name=name)
            | SetStep(name=name)
        ) if name:
            return f" → {name}"
        case _:
            return ""


def _flat(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(1, width - 1)] + "…"


class _Tree:
    def __init__(self, effects: Collection[str], width: int) -> None:
        self._effects = effects
        self._width = width
        self._column = 0

    def lines(self, procedure: Procedure) -> Iterator[str]:
        every = [*steps_below(procedure.always), *steps_below(procedure.steps)]
        paths = [step.path for step in every]
        paths += [way.path for step in every if isinstance(step, IfStep) for way in step.branches]
        self._column = max((len(path) for path in paths), default=1) + 2
        given = "".join(f" <{name}>" for name in procedure.arguments)
        yield f"/{procedure.name}{given}"
        yield f"risk {procedure.risk}, at most {procedure.autonomy}"
        yield f"budget {budget_text(procedure.budget)}"
        if procedure.allowed_tools:
            yield f"may use {' '.join(procedure.allowed_tools)}"
        if procedure.always:
            yield from ("", "After every step")
            yield from self._steps(procedure.always, 0)
        yield from ("", "Steps")
        yield from self._steps(procedure.steps, 0)
        if procedure.output is not None:
            yield from ("", f"Gives {shape_text(procedure.output)}")

    def _steps(self, steps: Sequence[Step], depth: int) -> Iterator[str]:
        for step in steps:
            match step:
                case IfStep(branches=branches):
                    for number, branch in enumerate(branches):
                        yield self._branch(branch, depth, is_first=number == 0)
                        yield from self._steps(branch.steps, depth + 1)
                case EachStep():
                    yield self._line(step.path, verb_of(step), step_words(step), depth)
                    yield from self._steps(step.steps, depth + 1)
                case _:
                    yield from self._step(step, depth)

    def _step(self, step: Step, depth: int) -> Iterator[str]:
        verb = verb_of(step)
        yield self._line(step.path, verb, step_words(step), depth, _gives(step) + self._mark(step))
        if isinstance(step, ModelStep):
            seen = ", ".join(operand.source for operand in step.sees) or "nothing"
            offline = step.offline
            without = f"{offline.function}({offline.arguments})" if offline else "you write it"
            margin = " " * (self._column + 2 * depth + _VERB_WIDTH + 3)
            yield _cut(f"{margin}sees {seen}; with no model: {without}", self._width)

    def _branch(self, branch: Branch, depth: int, *, is_first: bool) -> str:
        if branch.condition is None:
            return self._line(branch.path, "Else", "", depth)
        return self._line(
            branch.path, "If" if is_first else "Else if", branch.condition.source, depth
        )

    def _line(self, path: str, verb: str, words: str, depth: int, after: str = "") -> str:
        start = f"  {path:<{self._column}}{'  ' * depth}{verb:<{_VERB_WIDTH}} "
        return (
            start + _cut(words, max(20, self._width - len(start) - len(after))) + after
        ).rstrip()

    def _mark(self, step: Step) -> str:
        if isinstance(step, CallStep) and step.function in self._effects:
            return f"  {EFFECT}"
        return f"  {PERSON}" if isinstance(step, ApproveStep | AskStep) else ""


@dataclass(frozen=True)
class _Open:
    """A way out of a step that waits for the next one."""

    node: str
    label: str = ""


class _Chart:
    def __init__(self, effects: Collection[str]) -> None:
        self._effects = effects
        self._lines: list[str] = []

    def text(self, procedure: Procedure) -> str:
        self._lines = ["flowchart TD", f'  start(["{_safe("/" + procedure.name)}"])']
        ends = self._steps(procedure.steps, [_Open("start")])
        if ends:
            self._lines.append('  done(["done"])')
            self._join(ends, "done")
        self._lines += [
            "  classDef model fill:#eef,stroke:#66a",
            "  classDef effect fill:#fee,stroke:#a44",
            "  classDef person fill:#ffd,stroke:#aa4",
        ]
        return "\n".join(self._lines)

    def _steps(self, steps: Sequence[Step], before: list[_Open]) -> list[_Open]:
        for step in steps:
            if not before:
                break  # nothing leads here
            before = self._step(step, before)
        return before

    def _step(self, step: Step, before: list[_Open]) -> list[_Open]:
        match step:
            case IfStep(branches=branches):
                return self._if(branches, before)
            case EachStep(steps=inner):
                node = self._node(step.path, "For each", step_words(step), ("{{", "}}"))
                self._join(before, node)
                self._join(self._steps(inner, [_Open(node, "each")]), node)
                return [_Open(node, "after the last")]
            case _:
                return self._plain(step, before)

    def _plain(self, step: Step, before: list[_Open]) -> list[_Open]:
        shape = ("([", "])") if is_end(step) else ("[", "]")
        kind = ""
        if isinstance(step, ModelStep):
            kind = ":::model"
        elif isinstance(step, CallStep) and step.function in self._effects:
            kind = ":::effect"
        elif isinstance(step, ApproveStep | AskStep | HandOffStep):
            kind = ":::person"
        node = self._node(step.path, verb_of(step), step_words(step) + _gives(step), shape, kind)
        self._join(before, node)
        if is_end(step):
            return []
        if isinstance(step, CheckStep):
            self._lines.append(f'  {node}_no(["blocked"])')
            self._join([_Open(node, "no")], f"{node}_no")
        return [_Open(node)]

    def _if(self, branches: Sequence[Branch], before: list[_Open]) -> list[_Open]:
        ends: list[_Open] = []
        for branch in branches:
            if branch.condition is None:
                ends += self._steps(branch.steps, before)
                return ends
            node = self._node(branch.path, "If", branch.condition.source, ("{", "}"))
            self._join(before, node)
            ends += self._steps(branch.steps, [_Open(node, "yes")])
            before = [_Open(node, "no")]
        return [*ends, *before]

    def _node(
        self, path: str, verb: str, words: str, shape: tuple[str, str], kind: str = ""
    ) -> str:
        node = "s" + path.replace(".", "_")
        label = _safe(_cut(f"{path} {verb} {words}", _LABEL))
        self._lines.append(f'  {node}{shape[0]}"{label}"{shape[1]}{kind}')
        return node

    def _join(self, before: Sequence[_Open], node: str) -> None:
        for way in before:
            label = f"|{way.label}|" if way.label else ""
            self._lines.append(f"  {way.node} -->{label} {node}")


def _safe(text: str) -> str:
    """Words as they may stand in a label: marks that Mermaid would heed, by number."""
    return re.sub(r'["<>`#&\[\]{}|;\\]', lambda mark: f"#{ord(mark[0])};", text)
