"""A step of one item: what each verb makes of its operands, and the step for the model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

from pmagent.errors import UsageError
from pmagent.procedures.language.blocks import Item
from pmagent.procedures.language.operands import FUNCTION, NAME, OperandReader
from pmagent.procedures.language.source import read_source
from pmagent.procedures.language.spans import (
    MAIN,
    MODEL_ROLES,
    Span,
    Spans,
    read_prose,
    split_names,
    without,
)
from pmagent.procedures.language.verbs import Head
from pmagent.types.procedures import (
    ApproveStep,
    AskStep,
    CallStep,
    CheckStep,
    CodeStep,
    FindStep,
    HandOffStep,
    ModelStep,
    NoteStep,
    Operand,
    ReadStep,
    ReturnStep,
    RunStep,
    SetStep,
    Step,
    StopStep,
    SwitchStep,
    WaitStep,
)

_COMMAND = re.compile(r"/?([\w][\w:.-]*)")


class _Base(TypedDict):
    path: str
    line: int
    text: str


def exact_step(reader: OperandReader, head: Head, item: Item, path: str) -> Step | None:
    """The step of a verb without a block; None where it cannot be read."""
    before = sum(problem.is_error for problem in reader.problems)
    spans = reader.parts(head)
    _unread(reader, head, item)
    base: _Base = {"path": path, "line": item.line, "text": item.text}
    step = _MAKERS[head.verb](reader, spans, item, base)
    return step if sum(problem.is_error for problem in reader.problems) == before else None


def model_step(reader: OperandReader, item: Item, path: str) -> ModelStep:
    """The step of an item that is for the model."""
    text = "\n\n".join([item.text, *(words for _, words in item.more)])
    spans = read_prose(item.text, item.line).spans
    roles = {role: [span for span in spans if span.role == role] for role in MODEL_ROLES}
    for role in ("as", "like", "or offline"):
        if len(roles[role]) > 1:
            reader.problem(
                roles[role][1].line,
                f'a step for the model has two "{role}"',
                f'keep one, and put other words before the other span than "{role}"',
                code="PL19",
            )
    inner = [span for line, words in item.more for span in read_prose(words, line).spans]
    seen = [span for span in (*spans, *inner) if span.role == MAIN]
    told = [span for role in MODEL_ROLES for span in roles[role]]
    return ModelStep(
        path=path,
        line=item.line,
        text=text,
        prose="\n\n".join([without(item.text, told), *(words for _, words in item.more)]),
        sees=_once(seen),
        name=reader.named(roles["as"][0]) if roles["as"] else "",
        shape=reader.shape(roles["like"], item),
        offline=reader.offline(roles["or offline"]),
        using=_once(roles["using"]),
    )


def _unread(reader: OperandReader, head: Head, item: Item) -> None:
    wants_fence = head.verb in ("Code", "Ask")
    if item.items:
        reader.problem(
            item.items[0].line,
            f'steps stand below a "{head.verb}" step, which has no block',
            'only "If", "Else if", "Else" and "For each" have one',
        )
    if item.fences and not wants_fence:
        reader.problem(
            item.fences[0].line,
            f'a block stands below a "{head.verb}" step, which reads none',
            "put it below a Code step",
        )
    for line, _ in item.more:
        reader.problem(
            line,
            f'words below a "{head.verb}" step say nothing exact',
            "put them into the text above the steps",
            is_error=False,
        )


def _once(spans: Sequence[Span]) -> tuple[Operand, ...]:
    return tuple({span.text: span.operand for span in reversed(spans)}.values())[::-1]


_Maker = Callable[[OperandReader, Spans, Item, _Base], Step]


def _read(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    what = reader.one(spans, MAIN, item, "what to read")
    return ReadStep(
        **base,
        what=what.operand if what else Operand(source="", line=item.line),
        name=reader.name(spans, item),
        is_optional=spans.is_optional,
        condition=_condition(spans),
    )


def _find(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    query = reader.one(spans, MAIN, item, "what to look for")
    globs = split_names(spans.of("in"))
    return FindStep(
        **base,
        query=query.operand if query else Operand(source="", line=item.line),
        globs=globs,
        name=reader.name(spans, item),
    )


def _ask(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    return AskStep(
        **base,
        question=reader.message(spans, MAIN, item),
        name=reader.name(spans, item),
        shape=reader.shape(spans.of("like"), item),
    )


def _call(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    what = reader.one(spans, MAIN, item, "the function to call")
    found = FUNCTION.fullmatch(what.text) if what else None
    if what and found is None:
        reader.problem(what.line, f'"{what.text}" is no function', "write it as `family.function`")
    if what and found and found[2] is not None:
        reader.problem(
            what.line,
            f'the arguments of "{found[1]}" stand in brackets',
            f"write `{found[1]}` with `{found[2] or 'name=value'}`",
        )
    return CallStep(
        **base,
        function=found[1] if found else "",
        given=reader.given(spans),
        name=reader.name(spans, item, is_needed=False),
    )


def _command(reader: OperandReader, spans: Spans, item: Item) -> str:
    what = reader.one(spans, MAIN, item, "the command")
    found = _COMMAND.fullmatch(what.text.strip()) if what and what.text.startswith("/") else None
    if what and found is None:
        reader.problem(what.line, f'"{what.text}" is no command', "write it as `/name`")
    return found[1] if found else ""


def _run(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    return RunStep(
        **base,
        command=_command(reader, spans, item),
        given=reader.given(spans),
        name=reader.name(spans, item, is_needed=False),
    )


def _code(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    code = item.fences[0].text if item.fences else ""
    if len(item.fences) != 1:
        count = "no fenced snippet" if not item.fences else "several fenced snippets"
        reader.problem(
            item.line, f"a Code step has {count} below it", "indent one as far as its words begin"
        )
    else:
        try:
            read_source(code, "code")
        except UsageError as exc:
            reader.problem(item.fences[0].line, exc.message, exc.hint)
    return CodeStep(**base, code=code, name=reader.name(spans, item))


def _set(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    what = reader.one(spans, MAIN, item, "`name = expression`")
    found = re.fullmatch(r"\s*([^\W\d]\w*)\s*=(?!=)\s*(.+)", what.text, re.DOTALL) if what else None
    if what and found is None:
        reader.problem(what.line, f'"{what.text}" sets no name', "write it as `name = expression`")
    value = Operand(source=found[2] if found else "", line=what.line if what else item.line)
    if found:
        try:
            read_source(value.source, "expression")
        except UsageError as exc:
            reader.problem(value.line, exc.message, exc.hint)
    return SetStep(**base, name=found[1] if found else "", value=value)


def _check(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    condition = reader.expression(reader.one(spans, MAIN, item, "its condition"))
    return CheckStep(**base, condition=condition, message=reader.message(spans, "else", item))


def _approve(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    return ApproveStep(
        **base,
        question=reader.message(spans, MAIN, item),
        showing=_shown_names(reader, spans),
    )


def _hand_off(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    return HandOffStep(
        **base,
        message=reader.message(spans, MAIN, item),
        showing=_shown_names(reader, spans),
        condition=_condition(spans),
    )


def _note(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    return NoteStep(**base, message=reader.message(spans, MAIN, item), condition=_condition(spans))


def _switch(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    return SwitchStep(
        **base,
        command=_command(reader, spans, item),
        given=reader.given(spans),
        condition=_condition(spans),
    )


def _wait(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    span = reader.one(spans, "until", item, "until when")
    return WaitStep(**base, until=span.operand if span else Operand(source="", line=item.line))


def _stop(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    return StopStep(**base, message=reader.message(spans, MAIN, item))


def _return(reader: OperandReader, spans: Spans, item: Item, base: _Base) -> Step:
    return ReturnStep(**base, value=reader.expression(reader.one(spans, MAIN, item, "its value")))


def _condition(spans: Spans) -> Operand | None:
    found = spans.of("if")
    return found[0].operand if found else None


def _shown_names(reader: OperandReader, spans: Spans) -> tuple[str, ...]:
    names = split_names(spans.of("showing"))
    for name in names:
        if not NAME.fullmatch(name):
            reader.problem(
                spans.of("showing")[0].line,
                f'"{name}" is no name of a value',
                "show names alone: give the value one with Set",
            )
    return names


_MAKERS: Mapping[str, _Maker] = {
    "Read": _read,
    "Find": _find,
    "Ask": _ask,
    "Call": _call,
    "Run": _run,
    "Code": _code,
    "Set": _set,
    "Check": _check,
    "Approve": _approve,
    "Hand off": _hand_off,
    "Note": _note,
    "Switch to": _switch,
    "Wait": _wait,
    "Stop": _stop,
    "Return": _return,
}
