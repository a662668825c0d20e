"""Suggested scenarios, played: each says how it came out, for a person to look at and take in.

Where no scenario is there to begin with, one is looked for that comes to the end: from the made-up
one on, each time with the change that leads furthest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from pmagent.errors import PmagentError, UsageError
from pmagent.simulations.made_up import grounds_of, make_up
from pmagent.simulations.play import Stage, play
from pmagent.simulations.played import Played
from pmagent.simulations.running import Bench
from pmagent.simulations.scenario import Expectation, Outcome, Scenario
from pmagent.simulations.suggest import suggest
from pmagent.types.procedures import Procedure

_MOST_CHANGES = 6


def suggestions(bench: Bench, command: str) -> Iterator[Scenario]:
    """Every suggestion of a command that can be played, with how it came out as what is expected.

    Raises:
        UsageError: there is no such procedure.
    """
    procedure = bench.procedure(command)
    base = _written(bench, procedure) or _found(bench.stage, procedure)
    played = _played(bench.stage, base)
    used = played.run.spent if played is not None else None
    seen: set[str] = set()
    for scenario in suggest(procedure, bench.stage.specs, base, used):
        if scenario.name in seen:
            continue
        seen.add(scenario.name)
        if (one := _played(bench.stage, scenario)) is not None:
            yield replace(scenario, expect=_as_it_came(one))


def _written(bench: Bench, procedure: Procedure) -> Scenario | None:
    """The first scenario of the command that comes to the end; None where there is none."""
    try:
        scenarios = bench.shelf.scenarios(procedure.name)
    except UsageError:
        return None
    return next((one for one in scenarios if _reach(_played(bench.stage, one))[0]), None)


def _found(stage: Stage, procedure: Procedure) -> Scenario:
    """The made-up scenario, changed until it comes to the end or no change leads further."""
    best = make_up(grounds_of(procedure, stage.specs))
    furthest = _reach(_played(stage, best))
    for _ in range(_MOST_CHANGES):
        if furthest[0]:
            break
        tried = [
            (_reach(_played(stage, one)), one) for one in suggest(procedure, stage.specs, best)
        ]
        reach, scenario = max(tried, key=lambda pair: pair[0], default=(furthest, best))
        if reach <= furthest:
            break
        furthest, best = reach, scenario
    return best


def _reach(played: Played | None) -> tuple[bool, int]:
    """Whether it came to its own end, and how many steps it went; a switch leads nowhere."""
    if played is None or played.chain != 1:
        return False, -1
    return played.outcome == "done", len(played.path)


def _played(stage: Stage, scenario: Scenario) -> Played | None:
    try:
        return play(scenario, stage)
    except PmagentError:
        return None


def _as_it_came(played: Played) -> Expectation:
    """What came of it as what is expected: right or wrong is for a person to say."""
    effects: Mapping[str, int] = {
        kind: sum(1 for thing in played.things if thing.kind == kind)
        for kind in sorted({thing.kind for thing in played.things})
    }
    return Expectation(
        outcome=cast("Outcome", played.outcome),
        effects=effects,
        denied=tuple(sorted(set(played.denied))),
    )
