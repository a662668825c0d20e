"""A scenario as the text of its file. `reading.read_scenario` gives the same scenario back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import yaml

from pmagent.simulations.scenario import DEFAULT_NOW, INVARIANTS, Expectation, Fixture, Scenario
from pmagent.types.actions import Json

_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """YAML in which long texts stand as blocks, and nothing is an alias: those are not read."""

    def ignore_aliases(self, data: object) -> bool:
        """Always: a value that stands twice is written twice."""
        del data
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)  # pyright: ignore[reportUnknownMemberType] - yaml has no types


_Dumper.add_representer(str, _text)  # pyright: ignore[reportUnknownMemberType] - yaml has no types


def scenario_text(scenario: Scenario) -> str:
    """The file, with what is not the default."""
    kept: dict[str, Json] = {"simulate": f"/{scenario.command} {scenario.line}".strip()}
    if scenario.because:
        kept["because"] = scenario.because
    if scenario.origin:
        kept["origin"] = scenario.origin
    if scenario.now != DEFAULT_NOW:
        kept["now"] = scenario.now.isoformat()
    if scenario.model != "scripted":
        kept["model"] = scenario.model
    if scenario.garden:
        kept["garden"] = {
            path: {"from": content.source} if isinstance(content, Fixture) else content
            for path, content in scenario.garden.items()
        }
    if scenario.grants is not None:
        kept["grants"] = list(scenario.grants)
    if scenario.site:
        kept["site"] = scenario.site
    kept.update(_scripts(scenario))
    expect = _expectation(scenario.expect)
    if expect:
        kept["expect"] = expect
    return yaml.dump(
        _plain(kept), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH
    )


def _scripts(scenario: Scenario) -> dict[str, Json]:
    kept: dict[str, Json] = {}
    for name, series in (
        ("replies", scenario.replies),
        ("functions", scenario.functions),
        ("commands", scenario.commands),
    ):
        if series:
            kept[name] = {key: _series(values) for key, values in series.items()}
    if scenario.faults:
        kept["faults"] = {
            name: [int(word) if word.isdigit() else word for word in words]
            for name, words in scenario.faults.items()
        }
    if scenario.person:
        kept["person"] = [{"when": one.when, "say": _series(one.says)} for one in scenario.person]
    if scenario.kill_at:
        kept["kill_at"] = list(scenario.kill_at)
    if scenario.budget:
        kept["budget"] = {name: _number(value) for name, value in scenario.budget.items()}
    return kept


def _series(values: Sequence[Json]) -> Json:
    """One value stands by itself, unless it is a list: then it would read as a series."""
    if len(values) == 1 and (isinstance(values[0], str) or not isinstance(values[0], Sequence)):
        return values[0]
    return list(values)


def _number(value: Decimal) -> Json:
    return int(value) if value == value.to_integral_value() else float(value)


def _expectation(expect: Expectation) -> dict[str, Json]:
    kept: dict[str, Json] = {}
    if expect.outcome is not None:
        kept["outcome"] = expect.outcome
    named: tuple[tuple[str, Json], ...] = (
        ("path", list(expect.path)), ("called", expect.called), ("effects", expect.effects),
    )  # fmt: skip
    kept.update({name: value for name, value in named if value})
    if expect.denied is not None:
        kept["denied"] = list(expect.denied)
    kept.update(_saw(expect))
    if expect.output is not None:
        kept["output"] = expect.output
    if expect.sent:
        kept["sent"] = dict(expect.sent)
    if expect.note:
        kept["note"] = list(expect.note)
    kept.update(_within(expect))
    if expect.invariants != INVARIANTS:
        kept["invariants"] = list(expect.invariants) or "none"
    return kept


def _saw(expect: Expectation) -> dict[str, Json]:
    kept: dict[str, Json] = {}
    if expect.saw:
        kept["saw"] = {
            name: {
                key: list(words)
                for key, words in (("never", saw.never), ("only", saw.only), ("has", saw.has))
                if words
            }
            for name, saw in expect.saw.items()
        }
    return kept


def _within(expect: Expectation) -> dict[str, Json]:
    kept: dict[str, Json] = {}
    within = expect.within
    limits: dict[str, Json] = {
        "steps": within.steps,
        "tokens": within.tokens,
        "usd": float(within.usd) if within.usd is not None else None,
        "ms": within.ms,
    }
    if any(limit is not None for limit in limits.values()):
        kept["within"] = {name: limit for name, limit in limits.items() if limit is not None}
    return kept


def _plain(value: Json) -> Json:
    """Lists and objects in the form that YAML writes."""
    match value:
        case str():
            return value
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case Sequence():
            return [_plain(one) for one in value]
        case _:
            return value
