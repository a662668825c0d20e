"""Expressions, arguments, messages and snippets of a procedure, worked out over its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from pmagent.errors import UsageError
from pmagent.procedures.language.helpers import Helper, helpers_at
from pmagent.procedures.language.outside import TIMEOUT_S, OutsideEvaluator
from pmagent.procedures.language.source import Form, fields_in, names_in, read_source, read_template
from pmagent.procedures.language.starlark import Evaluator, shown
from pmagent.types.actions import Json


class Expressions:
    """Works out what stands between backticks. Leaving the `with` block ends its process, if any.

    Inside an expression a record's fields are read by dot (`facts.worst.claim`) or by name
    (`facts["worst"]`); what comes back is plain JSON.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        helpers: Mapping[str, Helper] | None = None,
        *,
        is_outside: bool = False,
        is_guarded: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """`clock` is the run's, for `today` and its kin.

        `helpers` add to the usual ones, or stand in for them; they are given plain JSON and give
        it. `is_outside`: each evaluation runs in a process with little memory and `timeout_s`
        seconds, for files nobody has trusted. `is_guarded`: so does what may grow without a bound,
        which a slip in a file of one's own can bring about.
        """
        self._clock = clock
        self._helpers = dict(helpers or {})
        self._is_outside = is_outside
        has_other = is_outside or is_guarded
        self._outside = OutsideEvaluator(timeout_s=timeout_s) if has_other else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process of an outside evaluation; the next one starts another."""
        if self._outside is not None:
            self._outside.close()

    def evaluate(self, source: str, names: Mapping[str, Json]) -> Json:
        """The value of an expression.

        Raises:
            UsageError: it cannot be worked out: the message has the expression and why.
        """
        return self._evaluate(source, "expression", names)

    def arguments(
        self, source: str, names: Mapping[str, Json]
    ) -> tuple[list[Json], dict[str, Json]]:
        """What stands between the brackets of a call: `notes, most=5`, by place and by name.

        Raises:
            UsageError: it cannot be worked out.
        """
        match self._evaluate(source, "arguments", names):
            case [Sequence() as by_place, Mapping() as by_name]:
                return list(by_place), dict(by_name)
            case _:
                raise UsageError(f'"{source}" is not a list of arguments')

    def render(self, template: str, names: Mapping[str, Json]) -> str:
        """A message with the value of each `{expr}`; `{{` is a brace.

        None reads `none`, truth `yes` or `no`, a list its items with commas.

        Raises:
            UsageError: an expression cannot be worked out, or a brace is not closed.
        """
        return "".join(
            shown(self.evaluate(piece.text, names)) if piece.is_expression else piece.text
            for piece in read_template(template)
        )

    def run_code(self, code: str, names: Mapping[str, Json]) -> Json:
        """The value of the last expression of a snippet.

        Raises:
            UsageError: it cannot be worked out: the message has the line in the snippet.
        """
        return self._evaluate(code, "code", names)

    def names_in(self, source: str) -> frozenset[str]:
        """The free names of a source, without what is called; empty where it cannot be read."""
        return names_in(source)

    def fields_in(self, source: str) -> frozenset[str]:
        """The dotted uses of free names, such as `facts.contradicted`."""
        return fields_in(source)

    def _evaluate(self, source: str, form: Form, names: Mapping[str, Json]) -> Json:
        now = self._clock()
        is_elsewhere = self._is_outside or read_source(source, form).may_grow
        if self._outside is not None and is_elsewhere:
            return self._outside.evaluate(source, form, names, now=now, helpers=self._helpers)
        constants: dict[str, Json] = {"today": now.date().isoformat()}
        return Evaluator({**helpers_at(now), **self._helpers}, constants).evaluate(
            source, form, names
        )
