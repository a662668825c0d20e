"""Conditions, and how they are told: `facts.contradicted > 0: yes (facts.contradicted = 2)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pmagent.errors import PmagentError
from pmagent.procedures.engine.ports import Language
from pmagent.procedures.language.source import fields_in, names_in
from pmagent.records.runs import canonical
from pmagent.types.actions import Json

_MOST_VALUES = 4
_MOST_CHARACTERS = 40


def judge(source: str, language: Language, names: Mapping[str, Json]) -> tuple[bool, str]:
    """Whether a condition holds, as Starlark has it, and that as a person reads it.

    Raises:
        UsageError: it cannot be worked out.
    """
    holds = bool(language.evaluate(source, names))
    values = ", ".join(list(_values(source, language, names))[:_MOST_VALUES])
    said = f"{source}: {'yes' if holds else 'no'}"
    return holds, f"{said} ({values})" if values else said


def _values(source: str, language: Language, names: Mapping[str, Json]) -> Iterator[str]:
    fields = fields_in(source)
    rooted = {field.split(".")[0] for field in fields}
    for name in sorted(fields | (names_in(source) - rooted)):
        try:
            value = language.evaluate(name, names)
        except PmagentError:
            continue
        if (told := _told(value)) and name != source:
            yield f"{name} = {told}"


def _told(value: Json) -> str:
    """A value in a few characters; a long list is told by its length, a record not at all."""
    if isinstance(value, Mapping):
        return ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"{len(value)} items"
    text = canonical(value)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
