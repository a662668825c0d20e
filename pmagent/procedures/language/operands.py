"""The operands of a step, each read as what it must be, with what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import cast

from pmagent.errors import UsageError
from pmagent.procedures.language.blocks import Item
from pmagent.procedures.language.shapes import parse_shape, shape_of_schema
from pmagent.procedures.language.source import expressions_in, read_source
from pmagent.procedures.language.spans import ROLE_MEANINGS, Span, Spans, joined, read_exact
from pmagent.procedures.language.verbs import VERBS, Head, head_of
from pmagent.types.actions import Json
from pmagent.types.procedures import OfflineCall, Operand, Problem, Shape

NAME = re.compile(r"[^\W\d]\w*")
FUNCTION = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*(?:\((.*)\))?\s*", re.DOTALL)


class OperandReader:
    """Reads operands, and remembers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(
        self, line: int, message: str, hint: str = "", *, code: str = "PL00", is_error: bool = True
    ) -> None:
        """Remember one problem."""
        self.problems.append(
            Problem(code=code, line=line, message=message, hint=hint, is_error=is_error)
        )

    def parts(self, head: Head) -> Spans:
        """The operands of an exact step, with what is wrong among them."""
        verb = VERBS[head.verb]
        spans = read_exact(head.rest, head.line)
        for words in spans.strange:
            self.problem(
                head.line,
                f'the words "{words}" in a "{verb.name}" step say nothing exact',
                f"write it as {verb.form}",
                code="PL19",
            )
        for span in spans.spans:
            if span.role not in verb.roles and not spans.strange:
                self.problem(
                    span.line,
                    f'"{verb.name}" takes no "{span.role}" '
                    f"({ROLE_MEANINGS.get(span.role, 'an operand')})",
                    f"write it as {verb.form}",
                    code="PL19",
                )
            if span.is_message:
                self._message(span)
            elif span.role in ("if", "up to", "until"):
                self.expression(span)
        return spans

    def expression(self, span: Span | None) -> Operand:
        """An operand that is an expression."""
        if span is None:
            return Operand(source="", line=0)
        try:
            read_source(span.text, "expression")
        except UsageError as exc:
            self.problem(span.line, exc.message, exc.hint)
        return span.operand

    def one(self, spans: Spans, role: str, item: Item, what: str) -> Span | None:
        """The only operand of a role."""
        found = spans.of(role)
        if len(found) == 1:
            return found[0]
        head = head_of(item)
        form = VERBS[head.verb].form if head and head.verb in VERBS else ""
        if found:
            self.problem(found[1].line, f"a step has two operands for {what}", f"write {form}")
        else:
            self.problem(item.line, f"a step lacks {what}", f"write it as {form}")
        return None

    def name(self, spans: Spans, item: Item, *, is_needed: bool = True) -> str:
        """The name behind `as`; empty where there is none."""
        if not is_needed and not spans.of("as"):
            return ""
        span = self.one(spans, "as", item, "the name of its value")
        return self.named(span) if span else ""

    def message(self, spans: Spans, role: str, item: Item) -> str:
        """The message of a role."""
        span = self.one(spans, role, item, 'its message in "double quotes"')
        if span is None or span.is_message:
            return span.text if span else ""
        self.problem(span.line, f'"{span.text}" is no message', 'write messages in "double quotes"')
        return ""

    def given(self, spans: Spans) -> Operand | None:
        """The arguments behind `with`."""
        operand = joined(spans.of("with"))
        if operand is not None:
            try:
                read_source(operand.source, "arguments")
            except UsageError as exc:
                self.problem(operand.line, exc.message, "write arguments as name=value, name=value")
        return operand

    def _message(self, span: Span) -> None:
        try:
            for source in expressions_in(span.text):
                read_source(source, "expression")
        except UsageError as exc:
            self.problem(span.line, exc.message, exc.hint)

    def named(self, span: Span) -> str:
        """A name as it is written."""
        if NAME.fullmatch(span.text):
            return span.text
        self.problem(span.line, f'"{span.text}" is no name', "use letters, digits and underscores")
        return ""

    def shape(self, spans: Sequence[Span], item: Item) -> Shape | None:
        """The type behind `like`, or that of a JSON Schema below the step."""
        schemas = [fence for fence in item.fences if fence.language in ("json", "jsonschema")]
        try:
            if spans:
                return parse_shape(spans[0].text)
            if schemas:
                return shape_of_schema(_schema(schemas[0].text))
        except UsageError as exc:
            line = spans[0].line if spans else schemas[0].line
            self.problem(line, exc.message, exc.hint)
        return None

    def offline(self, spans: Sequence[Span]) -> OfflineCall | None:
        """The call behind `or offline`."""
        if not spans:
            return None
        span = spans[0]
        found = FUNCTION.fullmatch(span.text)
        if found is None:
            self.problem(span.line, f'"{span.text}" is no call', "write it as `family.function(x)`")
            return None
        arguments = (found[2] or "").strip()
        try:
            read_source(arguments, "arguments")
        except UsageError as exc:
            self.problem(span.line, exc.message, "write it as `family.function(x, 5)`")
        return OfflineCall(function=found[1], arguments=arguments, line=span.line)


def _schema(text: str) -> Json:
    try:
        return cast("Json", json.loads(text))
    except ValueError as exc:
        raise UsageError(f"a JSON Schema cannot be read: {exc}") from exc
