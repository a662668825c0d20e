"""Whether a play came out as its scenario expects. Pure: a play in, sentences out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from pmagent.ingest.scan import matches_any
from pmagent.secrets import find_secrets
from pmagent.simulations.matching import mismatches, shown, text_of
from pmagent.simulations.played import Played
from pmagent.simulations.scenario import Invariant, Saw
from pmagent.simulations.world.calls import Called
from pmagent.types.actions import Json
from pmagent.types.runs import StepRow

REST = "..."
_MODEL = "model"


def judge(played: Played) -> tuple[str, ...]:
    """What is not as expected, one sentence each; none where all of it is.

    Raises:
        UsageError: an expectation has no meaning.
    """
    return tuple(_judged(played))


def _judged(played: Played) -> Iterator[str]:
    expect = played.scenario.expect
    yield from played.faults
    if expect.outcome is not None and not _is_outcome(played.outcome, expect.outcome):
        why = f": {played.run.reason}" if played.run.reason else ""
        yield f"it ends {played.outcome}, not {expect.outcome}{why}"
    if expect.path and not fits_path(played.path, expect.path):
        yield f"the path is {' · '.join(label_of(row) for row in played.path)}"
    yield from _counts(played)
    if expect.denied is not None and sorted(expect.denied) != sorted(set(played.denied)):
        yield f"refused is {_listed(played.denied)}, not {_listed(expect.denied)}"
    yield from _saw(played, expect.saw)
    if expect.output is not None:
        yield from mismatches(played.run.result, expect.output, "output")
    for kind, wanted in expect.sent.items():
        yield from mismatches(_sent(played, kind), wanted, f"sent.{kind}")
    for words in expect.note:
        if words not in played.said:
            yield f'no note says "{words}"'
    yield from _within(played)
    for invariant in expect.invariants:
        yield from _invariant(played, invariant)
    yield from (f"it was never broken off at {one}" for one in _unkilled(played))


def _counts(played: Played) -> Iterator[str]:
    expect = played.scenario.expect
    called = Counter(one.name for one in _distinct(played))
    for name, count in expect.called.items():
        if called[name] != count:
            yield f"{name} is called {called[name]} times, not {count}"
    for name, count in expect.effects.items():
        found = sum(1 for thing in played.things if name in {thing.kind, _place(thing.kind)})
        if found != count:
            yield f"{name} holds {found} things, not {count}"


def label_of(row: StepRow) -> str:
    """A step as a path names it: `Read t`, `Hand off`, `Write notes`."""
    verb = "Write" if row.verb == _MODEL else row.verb
    return f"{verb} {row.name}".strip()


def fits_path(rows: Sequence[StepRow], wanted: Sequence[str]) -> bool:
    """Whether the steps go on as `wanted` says: side by side, but where `...` stands."""
    groups: list[list[str]] = [[]]
    for one in wanted:
        if one == REST:
            groups.append([])
        else:
            groups[-1].append(one)
    at = 0
    for group in groups:
        if not group:
            continue
        found = next(
            (
                start
                for start in range(at, len(rows) - len(group) + 1)
                if all(_is_step(rows[start + n], one) for n, one in enumerate(group))
            ),
            None,
        )
        if found is None:
            return False
        at = found + len(group)
    return True


def _is_step(row: StepRow, wanted: str) -> bool:
    names = (row.address, row.path, row.verb, label_of(row), f"{row.path} {label_of(row)}")
    return any(fnmatchcase(name, wanted.replace("[", "[[]")) for name in names)


def _is_outcome(found: str, wanted: str) -> bool:
    return found == wanted or (wanted == "waiting" and found.startswith("waiting"))


def _distinct(played: Played) -> Iterator[Called]:
    """The calls, each step's once: after a kill it may be asked for again."""
    yield from dict.fromkeys(played.called)


def _place(kind: str) -> str:
    return kind.partition(".")[0]


def _sent(played: Played, kind: str) -> Json:
    fitting = [one for one in played.things if kind in {one.kind, _place(one.kind)}]
    return fitting[-1].payload if fitting else None


def _saw(played: Played, wanted: Mapping[str, Saw]) -> Iterator[str]:
    for name, saw in wanted.items():
        showings = [one for one in played.shown if one.name == name]
        if not showings:
            yield f"no model step was asked to write {name}"
        for showing in showings:
            paths = sorted(set(paths_in(showing.values)))
            for path in paths:
                if matches_any(path, saw.never):
                    yield f"{name} was written with sight of {path}"
            if saw.only is not None and set(saw.only) != set(showing.values):
                yield f"{name} saw {_listed(showing.values)}, not {_listed(saw.only)}"
            text = text_of(showing.values)
            yield from (f'{name} did not see "{one}"' for one in saw.has if one not in text)


def paths_in(value: Json) -> Iterator[str]:
    """The documents that a value is, holds or quotes."""
    match value:
        case str():
            return
        case Mapping():
            path = value.get("path")
            if isinstance(path, str):
                yield path
            for one in value.values():
                yield from paths_in(one)
        case Sequence():
            for one in value:
                yield from paths_in(one)
        case _:
            return


def _within(played: Played) -> Iterator[str]:
    within, spent = played.scenario.expect.within, played.run.spent
    limits = (
        ("steps", sum(leg.run.spent.steps for leg in played.legs[: played.chain]), within.steps),
        ("tokens", sum(leg.run.spent.tokens for leg in played.legs[: played.chain]), within.tokens),
        ("dollars", spent.usd, within.usd),
        ("ms", round(played.elapsed_ms), within.ms),
    )
    for name, used, limit in limits:
        if limit is not None and (used is None or used > limit):
            yield f"it takes {used} {name}, at most {limit}"


def _invariant(played: Played, invariant: Invariant) -> Iterator[str]:
    match invariant:
        case "garden":
            yield from _outside(played)
        case "secrets":
            yield from _leaks(played)
        case "budget":
            yield from _overspent(played)
        case "trail":
            if played.trail_fault:
                yield f"the trail is not whole: {played.trail_fault}"


def _outside(played: Played) -> Iterator[str]:
    """Effects that nobody let happen, that happened twice, or that reach out of the garden."""
    yield from (f"the effect {key} was made twice" for key in played.doubled)
    for thing in played.things:
        for name in ("path", "slug"):
            place = thing.payload.get(name)
            if isinstance(place, str) and (
                place.startswith(("/", "~")) or ".." in place.split("/")
            ):
                yield f'{thing.kind} reaches out of the garden: "{place}"'


def _leaks(played: Played) -> Iterator[str]:
    for thing in played.things:
        text = text_of(thing.payload)
        yield from (f"{thing.kind} carries a secret: {one.kind}" for one in find_secrets(text))
        yield from (
            f"{thing.kind} carries what no grant lets be seen: {shown(line)}"
            for line in played.hidden
            if line in text
        )
    for showing in played.shown:
        text = text_of(showing.values)
        yield from (
            f"the model saw what no grant lets be seen, for {showing.name}: {shown(line)}"
            for line in played.hidden
            if line in text
        )


def _overspent(played: Played) -> Iterator[str]:
    for leg in played.legs:
        budget, spent = leg.procedure.budget, leg.run.spent
        used = (
            ("steps", spent.steps, budget.steps),
            ("tokens", spent.tokens, budget.tokens),
            ("dollars", spent.usd, budget.usd),
            ("effects", spent.effects, budget.effects),
        )
        for name, number, limit in used:
            if limit is not None and number is not None and number > limit:
                yield f"/{leg.run.command} used {number} {name} of {limit}"


def _unkilled(played: Played) -> Iterator[str]:
    left = Counter(played.scenario.kill_at) - Counter(played.killed)
    yield from left.elements()


def _listed(names: Sequence[str] | Mapping[str, Json]) -> str:
    return ", ".join(sorted(set(names))) or "nothing"
