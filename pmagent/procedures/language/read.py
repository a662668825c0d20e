"""A procedure from a command's file. A bad file gives a procedure with problems, never an error."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pmagent.procedures.language.blocks import STEPS, Item, read_blocks, section_titles
from pmagent.procedures.language.front import KEYS, read_front
from pmagent.procedures.language.operands import NAME, OperandReader
from pmagent.procedures.language.spans import MAIN
from pmagent.procedures.language.steps import exact_step, model_step
from pmagent.procedures.language.verbs import VERBS, Head, head_of, nearest_verb
from pmagent.types.commands import CommandFile
from pmagent.types.procedures import (
    Branch,
    CheckStep,
    EachStep,
    HandOffStep,
    IfStep,
    NoteStep,
    Operand,
    Procedure,
    Step,
    SwitchStep,
)

_BLOCKS = ("If", "Else if", "Else", "For each")
_JOINED = ("Else if", "Else")
_WATCHING = (SwitchStep, HandOffStep, CheckStep, NoteStep)


def is_procedure(command: CommandFile) -> bool:
    """Whether a command has exact steps.

    They stand numbered under `## Steps`, and at least one begins with a known verb and reads whole;
    in a file with our `metadata` the verb is enough. A numbered list whose bold words are headings
    of prose is none.
    """
    if STEPS not in section_titles(command.body):
        return False
    metadata = command.fields.get("metadata")
    has_ours = isinstance(metadata, dict) and any(key in metadata for key in KEYS)
    return any(
        _is_exact(item, is_strict=not has_ours)
        for item in _all_items(read_blocks(command.body).steps)
    )


def read_procedure(command: CommandFile, text: str) -> Procedure:
    """The procedure in a file whose whole text is `text`; what is wrong is in its `problems`."""
    blocks = read_blocks(text)
    front = read_front(command.fields, text.splitlines())
    reader = _TreeReader()
    steps = reader.steps(blocks.steps, "")
    always = reader.always(blocks.always)
    if not blocks.steps:
        reader.problem(
            1, "the file has no steps", 'write a numbered list below a heading "## Steps"'
        )
    problems = (*front.problems, *blocks.problems, *reader.problems)
    return Procedure(
        name=command.name,
        path=command.path,
        description=command.description,
        when_to_use=command.when_to_use,
        arguments=command.arguments,
        guidance=blocks.guidance,
        always=always,
        steps=steps,
        good=tuple(item.text for item in blocks.good),
        allowed_tools=command.allowed_tools,
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        budget=front.budget,
        autonomy=front.autonomy,
        risk=front.risk,
        key=front.key,
        output=front.output,
        owner=front.owner,
        model=front.model or command.model,
        version=front.version,
        is_trusted=command.is_trusted,
        problems=tuple(sorted(problems, key=lambda problem: (problem.line, problem.code))),
    )


def _is_exact(item: Item, *, is_strict: bool) -> bool:
    head = head_of(item)
    if head is None or head.verb not in VERBS:
        return False
    if not is_strict:
        return True
    reader = OperandReader()
    if head.verb in _BLOCKS:
        return (
            head.verb in ("If", "For each") and bool(item.items) and bool(reader.parts(head).spans)
        )
    return exact_step(reader, head, item, "") is not None


def _all_items(items: Sequence[Item]) -> list[Item]:
    return [one for item in items for one in (item, *_all_items(item.items))]


class _TreeReader(OperandReader):
    """Reads lists of items as steps, with the blocks below them."""

    def steps(self, items: Sequence[Item], above: str) -> tuple[Step, ...]:
        """The steps of one list; `Else if` and `Else` join the `If` before them."""
        steps: list[Step] = []
        for number, item in enumerate(items, start=1):
            path = f"{above}{number}"
            head = head_of(item)
            if head is not None and head.verb in _JOINED:
                self._join(steps, head, item, path)
            else:
                step = self._step(head, item, path)
                steps += [step] if step is not None else []
        return tuple(steps)

    def always(self, items: Sequence[Item]) -> tuple[Step, ...]:
        """What is checked after every step."""
        found: list[Step] = []
        for number, item in enumerate(items, start=1):
            step = self._step(head_of(item), item, f"A{number}")
            if step is None:
                continue
            if not isinstance(step, _WATCHING):
                self.problem(
                    item.line,
                    'only Check, Hand off, Switch to and Note may stand under "Always"',
                    "move it among the steps",
                )
            elif step.condition is None:
                self.problem(
                    item.line,
                    'what stands under "Always" without an "if" would happen after the first step',
                    "add if `condition`",
                )
            else:
                found.append(step)
        return tuple(found)

    def _step(self, head: Head | None, item: Item, path: str) -> Step | None:
        if head is None:
            return self._model(item, path)
        if head.verb not in VERBS:
            near = nearest_verb(head.verb)
            self.problem(
                item.line,
                f'"{head.verb}" is no verb of a step',
                f'did you mean "{near}"' if near else "take the bold away for a step for the model",
                code="PL01",
            )
            return None
        match head.verb:
            case "If":
                return self._if(head, item, path)
            case "For each":
                return self._each(head, item, path)
            case _:
                return exact_step(self, head, item, path)

    def _model(self, item: Item, path: str) -> Step | None:
        if not item.text.strip():
            self.problem(
                item.line, "a step has no words", "write what is to be done, or take it out"
            )
            return None
        if item.items:
            self.problem(
                item.items[0].line,
                "numbered steps stand below a step for the model, which has no block",
                "use bullets for what it should heed",
            )
        return model_step(self, item, path)

    def _if(self, head: Head, item: Item, path: str) -> Step:
        branch = self._branch(head, item, path)
        return IfStep(path=path, line=item.line, text=item.text, branches=(branch,))

    def _branch(self, head: Head, item: Item, path: str) -> Branch:
        spans = self.parts(head)
        condition: Operand | None = None
        if head.verb != "Else":
            condition = self.expression(self.one(spans, MAIN, item, "its condition"))
        self._block(head, item)
        return Branch(
            path=path,
            line=item.line,
            condition=condition,
            steps=self.steps(item.items, f"{path}."),
            text=item.text,
        )

    def _join(self, steps: list[Step], head: Head, item: Item, path: str) -> None:
        branch = self._branch(head, item, path)
        before = steps[-1] if steps else None
        if not isinstance(before, IfStep) or before.branches[-1].condition is None:
            self.problem(
                item.line,
                f'an "{head.verb}" has no "If" before it',
                'put it right after an "If" or an "Else if", as far in as that',
            )
            return
        steps[-1] = IfStep(
            path=before.path,
            line=before.line,
            text=before.text,
            branches=(*before.branches, branch),
        )

    def _each(self, head: Head, item: Item, path: str) -> Step:
        spans = self.parts(head)
        variable = self.one(spans, MAIN, item, "the name of one item")
        items = self.one(spans, "in", item, "the list it goes over")
        if variable and not NAME.fullmatch(variable.text):
            self.problem(
                variable.line, f'"{variable.text}" is no name', "use letters, digits, underscores"
            )
        most = spans.of("up to")
        self._block(head, item)
        return EachStep(
            path=path,
            line=item.line,
            text=item.text,
            variable=variable.text if variable else "",
            items=self.expression(items),
            most=most[0].operand if most else None,
            steps=self.steps(item.items, f"{path}."),
        )

    def _block(self, head: Head, item: Item) -> None:
        if not item.items:
            self.problem(
                item.line,
                f'no steps stand below "{head.verb}"',
                "indent them as far as its words begin",
            )
        if item.fences:
            self.problem(item.fences[0].line, f'a block stands below "{head.verb}"', "take it away")
