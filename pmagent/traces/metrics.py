"""What runs add up to: each number with how many cases it rests on and how sure it is. Pure.

Only what persons set going counts: no simulation, no shadow run. A run with those that took over
from it is one task, and counts once it has ended. Below ten cases a number is not given: it would
say more about chance than about the work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pmagent.traces.gathered import Gathered, Task
from pmagent.traces.intervals import of_mean, of_quantile, of_ratio, quantile, wilson
from pmagent.types.reviews import CRITICAL, Review
from pmagent.types.runs import Run, RunState
from pmagent.types.traces import TraceSpan

LEAST = 10
"""Cases below which a number is not given."""
REGRET = timedelta(days=7)
"""How long after its end a task may still be taken back."""
CHECK = "Call facts.check"
"""The step whose value counts the claims of a draft."""
Unit = Literal["share", "s", "usd", "count", "min"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One number. `value`, `low` and `high` are None where there are too few cases."""

    name: str
    says: str
    """What it counts, in one line."""
    unit: Unit
    n: int
    """Cases it rests on."""
    value: float | None = None
    low: float | None = None
    """The 95 % interval: Wilson's of a share, else by resampling whole tasks."""
    high: float | None = None
    note: str = ""
    """Why there is no number, or what it leaves out."""


def metrics(gathered: Gathered) -> tuple[Metric, ...]:
    """Every metric, in the order in which it is shown."""
    return metrics_of(gathered.tasks)


def metrics_of(all_tasks: Sequence[Task]) -> tuple[Metric, ...]:
    """The same of some tasks."""
    tasks = tuple(task for task in all_tasks if task.is_ended)
    return (
        _share("success", "done, not taken back within 7 days, no critical review", tasks, is_won),
        _share("containment", "done with no person but for planned approvals", tasks, is_contained),
        _share("abstained", "ended with an abstention", tasks, _in_state("abstained")),
        _share("handed off", "ended with a note to a person", tasks, _in_state("handed_off")),
        _share("blocked", "ended at a check or a person's no", tasks, _in_state("blocked")),
        _share("denied", "ended by a rule or a wall", tasks, lambda task: is_denied(task.last)),
        _tool_failure(tasks),
        *_quantiles("wall time", "from begin to end, waiting included", "s", _wall_s(tasks)),
        *_quantiles("working time", "without waiting", "s", _working_s(tasks)),
        _mean("steps", "steps of a task", [float(_steps(task)) for task in tasks]),
        *_quantiles("first word", "until the first word of a model", "s", _first_s(tasks)),
        _mean("tokens", "read and written, of a task", [float(_tokens(task)) for task in tasks]),
        _usd_per_success(tasks),
        _groundedness(tasks),
        _hallucination(all_tasks),
        _satisfaction(all_tasks),
        _share("loops", "went in circles", tasks, lambda task: task.has("loop")),
        _share(
            "guardrails", "a wall or a guard stepped in", tasks,
            lambda task: task.has("guardrail", "denial"),
        ),
        _mean("review time", "of one review", _review_minutes(all_tasks), unit="min"),
    )  # fmt: skip


def escalations(gathered: Gathered) -> tuple[tuple[str, int], ...]:
    """Why a person was called, most often first: the codes of those reviews, else their kind."""
    called: Counter[str] = Counter()
    for review in _reviews(gathered.tasks):
        if review.kind in {"handoff", "triggered", "human", "answer", "dead"} or (
            review.decision == "escalate"
        ):
            called.update(review.codes or (f"({review.kind})",))
    return tuple(sorted(called.items(), key=lambda each: (-each[1], each[0])))


def is_won(task: Task) -> bool:
    """Whether a task succeeded: done, not taken back or rejected in time, nothing critical."""
    ended = task.ended
    if task.last.state != "done" or ended is None:
        return False
    if any(CRITICAL.intersection(review.codes) for review in task.reviews):
        return False
    is_undone = any(
        effect.state == "undone" and effect.changed - ended <= REGRET for effect in task.effects
    )
    is_rejected = any(
        review.decision == "reject"
        and review.decided is not None
        and review.decided - ended <= REGRET
        for review in task.reviews
    )
    return not (is_undone or is_rejected)


def is_contained(task: Task) -> bool:
    """Whether a task was done by itself: a person did no more than approve what was planned."""
    if task.last.state != "done":
        return False
    is_helped = any(
        row.maker == "person" and row.verb.partition(" ")[0] != "Approve" for row in task.steps
    )
    return not is_helped and all(
        review.kind in {"approve", "sample"} and review.decision not in {"take", "escalate"}
        for review in task.reviews
    )


def is_denied(run: Run) -> bool:
    """Whether a rule or a wall ended it: its reason begins with the word."""
    return run.state == "failed" and run.reason.startswith("denied")


def usd_of(task: Task) -> float | None:
    """What a task cost; None where a model of unknown price had a part in it."""
    costs = [run.spent.usd for run in task.runs]
    known = [cost for cost in costs if cost is not None]
    return float(sum(known)) if len(known) == len(costs) else None


def _share(name: str, says: str, tasks: Sequence[Task], holds: Callable[[Task], bool]) -> Metric:
    return _of_count(name, says, sum(1 for task in tasks if holds(task)), len(tasks))


def _of_count(name: str, says: str, count: int, n: int) -> Metric:
    if n < LEAST:
        return Metric(name=name, says=says, unit="share", n=n, note="too few")
    low, high = wilson(count, n)
    return Metric(name=name, says=says, unit="share", n=n, value=count / n, low=low, high=high)


def _mean(name: str, says: str, sample: Sequence[float], *, unit: Unit = "count") -> Metric:
    n = len(sample)
    if n < LEAST:
        return Metric(name=name, says=says, unit=unit, n=n, note="too few")
    low, high = of_mean(sample)
    return Metric(name=name, says=says, unit=unit, n=n, value=sum(sample) / n, low=low, high=high)


def _quantiles(name: str, says: str, unit: Unit, sample: Sequence[float]) -> tuple[Metric, ...]:
    found: list[Metric] = []
    for word, share in (("p50", 0.5), ("p95", 0.95)):
        whole, n = f"{name} {word}", len(sample)
        if n < LEAST:
            found.append(Metric(name=whole, says=says, unit=unit, n=n, note="too few"))
            continue
        low, high = of_quantile(sample, share)
        value = quantile(sample, share)
        found.append(Metric(name=whole, says=says, unit=unit, n=n, value=value, low=low, high=high))
    return tuple(found)


def _in_state(state: RunState) -> Callable[[Task], bool]:
    return lambda task: task.last.state == state


def _wall_s(tasks: Iterable[Task]) -> Sequence[float]:
    return [
        (task.ended - task.first.began).total_seconds() for task in tasks if task.ended is not None
    ]


def _working_s(tasks: Iterable[Task]) -> Sequence[float]:
    return [sum(run.spent.ms for run in task.runs) / 1000 for task in tasks]


def _first_s(tasks: Iterable[Task]) -> Sequence[float]:
    spans = [span for task in tasks for span in task.spans if span.operation == "model"]
    return [span.first_ms / 1000 for span in spans if span.first_ms is not None]


def _steps(task: Task) -> int:
    return sum(run.spent.steps for run in task.runs)


def _tokens(task: Task) -> int:
    return sum(run.spent.tokens for run in task.runs)


def _tool_failure(tasks: Iterable[Task]) -> Metric:
    uses = [span for task in tasks for span in _last_tries(task.spans)]
    failed = sum(1 for span in uses if span.status == "error")
    return _of_count("tool failure", "uses of a tool that failed to the last", failed, len(uses))


def _last_tries(spans: Sequence[TraceSpan]) -> Iterable[TraceSpan]:
    """Of each use of a tool the last try. Tries of one use stand below the same step."""
    last: dict[tuple[str, str, str], TraceSpan] = {}
    for span in sorted(spans, key=lambda one: (one.began_ns, one.id)):
        if span.operation == "tool":
            last[span.trace, span.parent, span.name] = span
    return last.values()


def _usd_per_success(tasks: Sequence[Task]) -> Metric:
    name, says, n = "cost per success", "all that was paid ÷ tasks that succeeded", len(tasks)
    costs = [usd_of(task) for task in tasks]
    known = [cost for cost in costs if cost is not None]
    wins = [float(is_won(task)) for task in tasks]
    if len(known) < n:
        note = f"unknown: of {n - len(known)} tasks the price is not known"
    elif n < LEAST:
        note = "too few"
    elif not sum(wins):
        note = "none succeeded"
    else:
        low, high = of_ratio(known, wins)
        value = sum(known) / sum(wins)
        return Metric(name=name, says=says, unit="usd", n=n, value=value, low=low, high=high)
    return Metric(name=name, says=says, unit="usd", n=n, note=note)


def _groundedness(tasks: Iterable[Task]) -> Metric:
    """Claims of one draft stand or fall together, so that whole tasks are resampled."""
    name, says = "groundedness", "claims of drafts that a cited source bears out ÷ all claims"
    counts = [found for task in tasks if (found := _claims(task)) is not None and found[1]]
    n = len(counts)
    if n < LEAST:
        return Metric(name=name, says=says, unit="share", n=n, note="too few")
    borne, claims = [each[0] for each in counts], [each[1] for each in counts]
    low, high = of_ratio(borne, claims)
    return Metric(
        name=name, says=says, unit="share", n=n,
        value=sum(borne) / sum(claims), low=low, high=high,
    )  # fmt: skip


def _claims(task: Task) -> tuple[float, float] | None:
    """(borne out, all) claims of the last check of a task; None where nothing was checked."""
    checks = [row.value for row in task.steps if row.verb == CHECK and row.status == "done"]
    if not checks or not isinstance(checks[-1], Mapping):
        return None
    counts = [checks[-1].get(name) for name in ("supported", "contradicted", "unsupported")]
    numbers = [float(count) for count in counts if isinstance(count, int)]
    return (numbers[0], sum(numbers)) if len(numbers) == len(counts) else None


def _hallucination(tasks: Iterable[Task]) -> Metric:
    samples = [
        review
        for review in _reviews(tasks)
        if review.kind == "sample" and review.state == "decided"
    ]
    invented = sum(1 for review in samples if "invent" in review.codes)
    says = "of outputs drawn at random, those in which a person found something made up"
    return _of_count("hallucination", says, invented, len(samples))


def _satisfaction(tasks: Iterable[Task]) -> Metric:
    given = [
        event.facts.get("positive")
        for task in tasks
        for event in task.events
        if event.name == "feedback"
    ]
    liked = sum(1 for positive in given if positive is True)
    n = sum(1 for positive in given if isinstance(positive, bool))
    return _of_count("satisfaction", "+ among all + and − that were given", liked, n)


def _review_minutes(tasks: Iterable[Task]) -> Sequence[float]:
    return [review.minutes for review in _reviews(tasks) if review.state == "decided"]


def _reviews(tasks: Iterable[Task]) -> Iterable[Review]:
    return (review for task in tasks for review in task.reviews)
