"""The `metadata:` of a procedure's file: its budget, how far it goes by itself, what it gives."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TypeVar, cast, get_args

from pmagent.errors import UsageError
from pmagent.procedures.language.shapes import parse_shape
from pmagent.procedures.language.source import read_source
from pmagent.types.commands import Scalar
from pmagent.types.procedures import Autonomy, Problem, Risk, RunBudget, Shape

KEYS = ("budget", "autonomy", "key", "output", "owner", "risk", "model", "version")
"""What is read below `metadata:`; other keys belong to others."""
BUDGET_KEYS = ("steps", "minutes", "tokens", "usd", "effects")
_Number = TypeVar("_Number", int, float, Decimal)
MOST_LIMIT = 10**12
"""A limit beyond is none, and is taken for a slip."""
_SCALES = {"": 1, "k": 1_000, "m": 1_000_000}
_BUDGET_FORM = "write it as {steps: 40, minutes: 10, tokens: 150k, usd: 0.50, effects: 1}"


@dataclass(frozen=True, kw_only=True)
class Front:
    """The metadata, read."""

    budget: RunBudget = field(default_factory=RunBudget)
    autonomy: Autonomy = "assist"
    risk: Risk = "internal"
    key: str = ""
    output: Shape | None = None
    owner: str = ""
    model: str = ""
    version: str = ""
    problems: tuple[Problem, ...] = ()


def read_front(fields: Mapping[str, Scalar], lines: Sequence[str]) -> Front:
    """The metadata among a file's front matter; `lines` are the file's, to tell where."""
    metadata = fields.get("metadata", {})
    if not isinstance(metadata, dict):
        return Front(problems=(_at(lines, "metadata", '"metadata" is not a list of keys'),))
    reader = _Reader(metadata, lines)
    return Front(
        budget=reader.budget(),
        autonomy=cast("Autonomy", reader.word("autonomy", get_args(Autonomy), "assist")),
        risk=cast("Risk", reader.word("risk", get_args(Risk), "internal")),
        key=reader.key(),
        output=reader.output(),
        owner=reader.text("owner"),
        model=reader.text("model"),
        version=reader.text("version"),
        problems=(*reader.problems, *_misspelt(metadata, lines)),
    )


class _Reader:
    def __init__(self, metadata: Mapping[str, Scalar], lines: Sequence[str]) -> None:
        self._metadata = metadata
        self._lines = lines
        self.problems: list[Problem] = []

    def text(self, key: str) -> str:
        value = self._metadata.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self._problem(key, f'"{key}" is not a text', "put it between quotes")
        return ""

    def word(self, key: str, known: Sequence[str], other: str) -> str:
        word = self.text(key) or other
        if word in known:
            return word
        self._problem(key, f'"{key}" is "{word}"', f"use one of: {', '.join(known)}")
        return other

    def key(self) -> str:
        source = self.text("key")
        if source:
            try:
                read_source(source, "expression")
            except UsageError as exc:
                self._problem("key", exc.message, "name an argument, or write an expression")
        return source

    def output(self) -> Shape | None:
        text = self.text("output")
        if not text:
            return None
        try:
            return parse_shape(text)
        except UsageError as exc:
            self._problem("output", exc.message, exc.hint)
            return None

    def budget(self) -> RunBudget:
        given = self._metadata.get("budget", {})
        if not isinstance(given, dict):
            self._problem("budget", '"budget" is not a list of limits', _BUDGET_FORM)
            return RunBudget()
        for key in given:
            if key not in BUDGET_KEYS:
                known = ", ".join(BUDGET_KEYS)
                self._problem(
                    "budget", f'the budget has the unknown limit "{key}"', f"limits are: {known}"
                )
        return RunBudget(
            steps=self._limit(given, "steps", _whole),
            minutes=self._limit(given, "minutes", float),
            tokens=self._limit(given, "tokens", _whole),
            usd=self._limit(given, "usd", _money),
            effects=self._limit(given, "effects", _whole),
        )

    def _limit(
        self, given: Mapping[str, Scalar], key: str, read: Callable[[str], _Number]
    ) -> _Number | None:
        value = given.get(key)
        if value is None:
            return None
        try:
            limit = read(value if isinstance(value, str) else "")
            if 0 <= limit <= MOST_LIMIT:
                return limit
        except (ValueError, InvalidOperation):
            pass
        self._problem("budget", f'the limit "{key}: {value}" is no number', _BUDGET_FORM)
        return None

    def _problem(self, key: str, message: str, hint: str) -> None:
        self.problems.append(_at(self._lines, key, message, hint))


def _whole(text: str) -> int:
    found = re.fullmatch(r"([\d_]{1,16}(?:\.\d{1,16})?)([kKmM]?)", text.strip())
    if found is None:
        raise ValueError(text)
    return int(Decimal(found[1].replace("_", "")) * _SCALES[found[2].lower()])


def _money(text: str) -> Decimal:
    return Decimal(text.strip().removeprefix("$"))


def _misspelt(metadata: Mapping[str, Scalar], lines: Sequence[str]) -> list[Problem]:
    found: list[Problem] = []
    for key in metadata:
        near = difflib.get_close_matches(key, KEYS, 1, cutoff=0.8)
        if key not in KEYS and near:
            message = f'the metadata key "{key}" has no effect'
            found.append(_at(lines, key, message, f'did you mean "{near[0]}"', is_error=False))
    return found


def _at(
    lines: Sequence[str], key: str, message: str, hint: str = "", *, is_error: bool = True
) -> Problem:
    pattern = re.compile(rf"(?:^|[\s{{,]){re.escape(key)}\s*:")
    line = next((number for number, text in enumerate(lines, 1) if pattern.search(text)), 1)
    return Problem(code="PL00", line=line, message=message, hint=hint, is_error=is_error)
