"""A scenario as it stands in a `.sim.yaml` file, read whole or refused with its place.

A key that is not known is refused, with the nearest that is: a misspelt expectation would hold of
everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Literal, cast

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from pmagent.errors import UsageError
from pmagent.simulations.scenario import (
    DEFAULT_NOW,
    INVARIANTS,
    Content,
    Expectation,
    Fixture,
    Invariant,
    Mode,
    Outcome,
    PersonLine,
    Saw,
    Scenario,
    Within,
)
from pmagent.types.actions import Json

SUFFIX = ".sim.yaml"
MAX_BYTES = 1_000_000
Budgeted = Literal["steps", "minutes", "tokens", "usd", "effects"]


def _as_list(value: object) -> object:
    return cast("list[object]", value) if isinstance(value, list) else [value]


Words = Annotated[list[str], BeforeValidator(_as_list)]
Kills = Annotated[list[int | float | str], BeforeValidator(_as_list)]
Tries = Annotated[list[int | str], BeforeValidator(_as_list)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class _From(_Closed):
    source: str = Field(alias="from")


class _Line(_Closed):
    when: str = "*"
    say: JsonValue = None


class _Saw(_Closed):
    never: Words = []
    only: Words | None = None
    has: Words = []


class _Within(_Closed):
    steps: int | None = None
    tokens: int | None = None
    usd: Decimal | None = None
    ms: int | None = None


class _Expect(_Closed):
    outcome: Outcome | None = None
    path: Words = []
    called: dict[str, int] = {}
    effects: dict[str, int] = {}
    denied: Words | None = None
    saw: dict[str, _Saw] = {}
    output: JsonValue = None
    sent: dict[str, JsonValue] = {}
    note: Words = []
    within: _Within = _Within()
    invariants: Literal["all", "none"] | list[Invariant] = "all"


class _Scenario(_Closed):
    simulate: str
    because: str = ""
    now: datetime = DEFAULT_NOW
    model: Mode = "scripted"
    garden: dict[str, str | _From] = {}
    grants: Words | None = None
    site: Literal["", "ghost", "folder"] = ""
    replies: dict[str, JsonValue] = {}
    functions: dict[str, JsonValue] = {}
    commands: dict[str, JsonValue] = {}
    faults: dict[str, Tries] = {}
    person: list[_Line] = []
    kill_at: Kills = []
    budget: dict[Budgeted, Decimal] = {}
    expect: _Expect = _Expect()
    origin: Literal["", "suggested"] = ""


def read_scenario(text: str, *, name: str, path: str) -> Scenario:
    """The scenario that `text` writes down.

    Raises:
        UsageError: it is no YAML, a key is not known, or a value has no meaning; says which.
    """
    if len(text.encode()) > MAX_BYTES:
        raise UsageError(f'"{path}" is too large for a scenario', f"at most {MAX_BYTES:,} bytes")
    try:
        found = _plain(_load(text))
    except (yaml.YAMLError, RecursionError) as exc:
        where = str(exc).replace("\n", " ")
        raise UsageError(f'"{path}" is no YAML: {where}', "see docs/guide/simulate.md") from exc
    if not isinstance(found, dict):
        raise UsageError(f'"{path}" is no scenario', 'it begins with "simulate: /COMMAND …"')
    try:
        whole = _Scenario.model_validate(found)
    except ValidationError as exc:
        raise _refusal(exc, path) from exc
    return _frozen(whole, name, path)


def _load(text: str) -> object:
    """The YAML's value. Without aliases: a few lines of them may stand for more than memory holds.

    Raises:
        YAMLError: it is none, or has an alias.
    """
    # The loader in C is ten times as fast, and is not on every platform.
    loader = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    parsed = yaml.parse(text, Loader=loader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - yaml has no types
    events = cast("Iterator[object]", parsed)
    if any(isinstance(event, yaml.AliasEvent) for event in events):
        raise yaml.YAMLError("aliases are not taken")
    return cast("object", yaml.load(text, Loader=loader))  # noqa: S506 - a safe loader, see above


def _plain(value: object) -> object:
    """YAML's moments and days as the text they are; keys as text."""
    match value:
        case datetime():
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
        case date():
            return value.isoformat()
        case dict():
            pairs = cast("dict[object, object]", value)
            return {str(key): _plain(one) for key, one in pairs.items()}
        case list():
            return [_plain(one) for one in cast("list[object]", value)]
        case _:
            return value


def _refusal(exc: ValidationError, path: str) -> UsageError:
    """The first fault, in our words."""
    fault = exc.errors()[0]
    place = ".".join(str(part) for part in fault["loc"]) or "the file"
    if fault["type"] == "extra_forbidden":
        key = str(fault["loc"][-1])
        known = _keys_at(fault["loc"][:-1])
        near = get_close_matches(key, known, n=1, cutoff=0.5)
        hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(known)}"
        return UsageError(f'"{path}" has an unknown key "{place}"', hint)
    said = fault["msg"][0].lower() + fault["msg"][1:]
    return UsageError(f'"{path}": "{place}" cannot be read: {said}', "see docs/guide/simulate.md")


def _keys_at(place: Sequence[int | str]) -> tuple[str, ...]:
    """The keys that are known where a fault is."""
    models: Mapping[str, type[BaseModel]] = {
        "saw": _Saw, "within": _Within, "expect": _Expect, "person": _Line, "garden": _From,
    }  # fmt: skip
    model = next((models[str(part)] for part in reversed(place) if str(part) in models), _Scenario)
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _frozen(read: _Scenario, name: str, path: str) -> Scenario:
    command, _, line = read.simulate.strip().removeprefix("/").partition(" ")
    if not command:
        raise UsageError(f'"{path}" simulates nothing', '"simulate: /COMMAND ARGUMENTS"')
    now = read.now if read.now.tzinfo else read.now.replace(tzinfo=UTC)
    return Scenario(
        name=name,
        path=path,
        command=command,
        line=line.strip(),
        because=read.because,
        now=now,
        model=read.model,
        garden={key: _content(value) for key, value in read.garden.items()},
        grants=tuple(read.grants) if read.grants is not None else None,
        site=read.site,
        replies=_series(read.replies),
        functions=_series(read.functions),
        commands=_series({key.removeprefix("/"): one for key, one in read.commands.items()}),
        faults={key: tuple(str(one) for one in tries) for key, tries in read.faults.items()},
        person=tuple(PersonLine(when=one.when, says=_listed(one.say)) for one in read.person),
        kill_at=tuple(str(one) for one in read.kill_at),
        budget={str(key): value for key, value in read.budget.items()},
        expect=_expected(read.expect),
        origin=read.origin,
    )


def _content(value: str | _From) -> Content:
    return Fixture(source=value.source) if isinstance(value, _From) else value


def _series(values: Mapping[str, JsonValue]) -> dict[str, tuple[Json, ...]]:
    return {key: _listed(value) for key, value in values.items()}


def _listed(value: JsonValue) -> tuple[Json, ...]:
    """A list is one value after the other; anything else is the one value."""
    return tuple(cast("list[Json]", value)) if isinstance(value, list) else (cast("Json", value),)


def _expected(read: _Expect) -> Expectation:
    match read.invariants:
        case "all":
            invariants = INVARIANTS
        case "none":
            invariants = ()
        case named:
            invariants = tuple(named)
    return Expectation(
        outcome=read.outcome,
        path=tuple(read.path),
        called=read.called,
        effects=read.effects,
        denied=tuple(read.denied) if read.denied is not None else None,
        saw={
            name: Saw(
                never=tuple(one.never),
                only=tuple(one.only) if one.only is not None else None,
                has=tuple(one.has),
            )
            for name, one in read.saw.items()
        },
        output=cast("Json", read.output),
        sent=cast("dict[str, Json]", read.sent),
        note=tuple(read.note),
        within=Within(
            steps=read.within.steps,
            tokens=read.within.tokens,
            usd=read.within.usd,
            ms=read.within.ms,
        ),
        invariants=invariants,
    )
