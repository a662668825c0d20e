"""The tools as a model is told of them: names, what they do, and what they take."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import cast

from pydantic import BaseModel

from pmagent.agent.tool import AnyTool
from pmagent.permissions.rules import present_names
from pmagent.types.actions import Json
from pmagent.types.talk import ToolSpec

_NOISE = frozenset({"title"})


def specs_of(
    tools: Iterable[AnyTool], *, is_removed: Callable[[str], bool]
) -> tuple[ToolSpec, ...]:
    """The tools by name, without those that a rule denies altogether.

    Tools with a dot in their names are for the steps of procedures: no model is told of them. The
    same tools give the same bytes, so that a provider's cache holds.
    """
    told = (tool for tool in tools if "." not in tool.name and not is_removed(tool.name))
    kept = sorted(told, key=lambda t: t.name)
    return tuple(
        ToolSpec(name=tool.name, description=tool.summary, schema=_schema(tool.Input))
        for tool in kept
    )


def find_spec(name: str, specs: Sequence[ToolSpec]) -> ToolSpec | None:
    """The tool that is meant by a name, also by an old one such as `Task`; None where none is."""
    by_name = {spec.name: spec for spec in specs}
    return next((by_name[new] for new in present_names(name) if new in by_name), None)


def no_such_tool(name: str, specs: Sequence[ToolSpec]) -> str:
    """What the model is told of a tool that is not there, with the one it may have meant."""
    names = [spec.name for spec in specs]
    folded = {known.casefold(): known for known in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    meant = f' did you mean "{folded[near[0]]}"?' if near else ""
    known = ", ".join(names) or "none"
    return f'not run: there is no tool "{name[:100]}" here;{meant} There are: {known}'


@cache
def _schema(takes: type[BaseModel]) -> Mapping[str, Json]:
    written = cast("Mapping[str, Json]", takes.model_json_schema(by_alias=True))
    return cast("Mapping[str, Json]", _without_noise(written))


def _without_noise(value: Json) -> Json:
    """A schema without the titles that pydantic makes of names: they cost tokens, and say nothing.

    A field that is itself called `title` stays: its value is a mapping, not a text.
    """
    if isinstance(value, Mapping):
        return {
            name: _without_noise(inner)
            for name, inner in value.items()
            if not (name in _NOISE and isinstance(inner, str))
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_noise(inner) for inner in value]
    return value
