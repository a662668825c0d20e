"""The numbers of one week for a report: what ran, what came of it, its cost, what is left. Pure.

The same values give the same bytes. A task belongs to the week in which it was begun.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.safe_text import safe_text
from pmagent.traces.gathered import Gathered, Task
from pmagent.traces.intervals import quantile, wilson
from pmagent.traces.metrics import Metric, is_denied, is_won, metrics_of, usd_of
from pmagent.traces.metrics_text import say_value
from pmagent.traces.waterfall import say_time, say_usd
from pmagent.types.outbox import Effect
from pmagent.types.reviews import CRITICAL, Review

HEADLINES, WORST, DEAD_SHOWN = 3, 5, 5
BEFORE_WEEKS = 8
"""Weeks before it that a week is compared with."""
_HEADLINED = (
    "success", "containment", "handed off", "blocked", "denied", "tool failure",
    "working time p50", "cost per success", "groundedness", "review time",
)  # fmt: skip
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_LONGEST = 160
_WRONG = 7
"""Worse than any end that a run itself comes to."""

When = Callable[[datetime], bool]


def weekly_section(
    gathered: Gathered,
    week: str,
    *,
    zone: tzinfo = UTC,
    agrees: Callable[[Review], bool] = lambda review: review.decision == "accept",
) -> str:
    """Markdown with a heading of the second level, ending in a line end.

    `week` is `2026-W47`, from Monday to Sunday in `zone`. `gathered` holds the eight weeks before
    too, where a comparison is wanted. `agrees` says of a decided review whether what was made
    stood.

    Raises:
        UsageError: `week` is none.
    """
    first = monday(week)
    is_within = _between(first, first + timedelta(weeks=1), zone)
    is_before = _between(first - timedelta(weeks=BEFORE_WEEKS), first, zone)
    tasks = [task for task in gathered.tasks if is_within(task.first.began)]
    earlier = [task for task in gathered.tasks if is_before(task.first.began)]
    effects = [effect for effect in gathered.effects if is_within(effect.changed)]
    dead = [effect for effect in gathered.effects if effect.state == "dead"]
    blocks = [
        f"## Runs of {week}",
        _outcomes(tasks),
        _block("What changed", _headlines(tasks, earlier) if tasks else ()),
        _block("By command", _commands(tasks)),
        _block("Worst runs", _worst(tasks)),
        _block("Reviews", _reviews(gathered.reviews, is_within, agrees)),
        _block("Effects", _effects(effects, dead)),
        _block("Spend", _spend(tasks)),
        _block("Next", [_suggestion(tasks, dead, gathered.reviews)]),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def monday(week: str) -> date:
    """The first day of `2026-W47`. Raises UsageError."""
    found = _WEEK.fullmatch(week)
    try:
        if found is not None:
            return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        pass
    raise UsageError(f'"{week}" is no week', "such as 2026-W47")


def _between(first: date, end: date, zone: tzinfo) -> When:
    return lambda at: first <= at.astimezone(zone).date() < end


def _outcomes(tasks: Sequence[Task]) -> str:
    if not tasks:
        return "Nothing was run."
    states = Counter(_state(task) for task in tasks)
    ended = sum(task.is_ended for task in tasks)
    parts = [
        f"{states[state]:,} {state}" for state in sorted(states, key=lambda s: (-states[s], s))
    ]
    won = sum(is_won(task) for task in tasks)
    return (
        f"{counted(len(tasks), 'task')} begun, {ended:,} ended: {', '.join(parts)}. "
        f"{won:,} of them succeeded: done, and neither taken back nor found critically wrong."
    )


def _state(task: Task) -> str:
    return "denied" if is_denied(task.last) else task.last.state.replace("_", " ")


def _headlines(tasks: Sequence[Task], earlier: Sequence[Task]) -> Sequence[str]:
    """What lies outside the interval of the weeks before, the farthest first."""
    before = {metric.name: metric for metric in metrics_of(earlier)}
    found = [
        (_distance(now, before[now.name]), now.name, now)
        for now in metrics_of(tasks)
        if now.name in _HEADLINED
    ]
    far = sorted((each for each in found if each[0] > 0), key=lambda each: (-each[0], each[1]))
    if far:
        return [f"- {_headline(now, before[now.name])}" for _, _, now in far[:HEADLINES]]
    is_known = any(metric.value is not None for metric in before.values())
    is_enough = is_known and any(now.value is not None for _, _, now in found)
    return ["Nothing that is beyond chance." if is_enough else "Too few tasks to compare weeks."]


def _distance(now: Metric, before: Metric) -> float:
    """How far outside the earlier interval a number lies, in widths of that interval."""
    if now.value is None or before.low is None or before.high is None:
        return 0.0
    outside = max(before.low - now.value, now.value - before.high, 0.0)
    return outside / max(before.high - before.low, 1e-9)


def _headline(now: Metric, before: Metric) -> str:
    values = [say_value(value or 0.0, now.unit) for value in (now.value, before.low, before.high)]
    went = "rose" if (now.value or 0.0) > (before.high or 0.0) else "fell"
    return (
        f"**{now.name}** {went} to {values[0]} (n {now.n:,}); "
        f"before it was {values[1]} … {values[2]} (n {before.n:,})"
    )


def _commands(tasks: Sequence[Task]) -> Iterator[str]:
    """A funnel a command: begun, ended, done, succeeded."""
    if not tasks:
        return
    yield "| command | begun | ended | done | succeeded | work, median | cost |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name in sorted({task.first.command for task in tasks}):
        own = [task for task in tasks if task.first.command == name]
        done = sum(task.last.state == "done" for task in own)
        work = quantile([sum(run.spent.ms for run in task.runs) / 1000 for task in own], 0.5)
        cells = (
            f"/{_plain(name)}",
            f"{len(own):,}",
            f"{sum(task.is_ended for task in own):,}",
            f"{done:,}",
            f"{sum(is_won(task) for task in own):,}",
            say_time(work),
            _cost(own),
        )
        yield f"| {' | '.join(cells)} |"


def _worst(tasks: Sequence[Task]) -> Iterator[str]:
    """Those that went worst, and what each says of itself."""
    scored = sorted((-_badness(task), task.first.began, task.first.id, task) for task in tasks)
    for badness, _, _, task in scored[:WORST]:
        if badness < 0:
            run = task.last
            is_wrong = "a review found it critically wrong" if badness == -_WRONG else ""
            says = _plain(run.reason.removeprefix("denied: ")) or is_wrong or "it gave no reason"
            yield (
                f"- `{_plain(run.id)}` /{_plain(task.first.command)} {_state(task)}: {says} "
                f"(`pmagent trace {_plain(run.id)}`)"
            )


def _badness(task: Task) -> int:
    if any(CRITICAL.intersection(review.codes) for review in task.reviews):
        return _WRONG
    order = ("abstained", "cancelled", "blocked", "handed off", "denied", "failed")
    state = _state(task)
    return order.index(state) if state in order else 0


def _reviews(
    reviews: Sequence[Review], is_within: When, agrees: Callable[[Review], bool]
) -> Iterator[str]:
    decided = [
        review
        for review in reviews
        if review.state == "decided" and review.decided is not None and is_within(review.decided)
    ]
    waiting = sum(review.state == "open" for review in reviews)
    if decided:
        made = Counter(review.decision for review in decided)
        each = ", ".join(f"{made[name]:,} {name}" for name in sorted(made) if name)
        minutes = sum(review.minutes for review in decided)
        yield f"- {counted(len(decided), 'review')} decided in {minutes:.1f} min: {each}"
        agreed = sum(agrees(review) for review in decided)
        low, high = (round(100 * share) for share in wilson(agreed, len(decided)))
        yield (
            f"- agreement: {agreed:,} of {len(decided):,} stood as they were made, but for a small"
            f" touch ({low} to {high} % with 95 % confidence)"
        )
        codes = Counter(code for review in decided for code in review.codes)
        if codes:
            named = sorted(codes, key=lambda code: (-codes[code], code))
            yield f"- what was wrong: {', '.join(f'{code} {codes[code]:,}' for code in named)}"
    if waiting:
        yield f"- {waiting:,} waiting: `pmagent review`"


def _effects(effects: Sequence[Effect], dead: Sequence[Effect]) -> Iterator[str]:
    kinds = Counter((effect.kind, effect.state) for effect in effects)
    for kind, state in sorted(kinds):
        yield f"- {_plain(kind)}: {kinds[kind, state]:,} {state}"
    latest = sorted(dead, key=lambda effect: (-effect.changed.timestamp(), effect.key))
    for effect in latest[:DEAD_SHOWN]:
        yield (
            f"- not sent: {_plain(effect.kind)} of {_plain(effect.business_key)}: "
            f"{_plain(effect.error)}"
        )
    if len(dead) > DEAD_SHOWN:
        yield f"- and {len(dead) - DEAD_SHOWN:,} more that were not sent"


def _spend(tasks: Sequence[Task]) -> Iterator[str]:
    if not tasks:
        return
    tokens = sum(run.spent.tokens for task in tasks for run in task.runs)
    yield f"- {_cost(tasks) or 'nothing paid'}, {counted(tokens, 'token')}"
    spans = [span for task in tasks for span in task.spans if span.model]
    for model in sorted({span.model for span in spans}):
        own = [span for span in spans if span.model == model]
        used = sum(span.tokens_in + span.tokens_out for span in own)
        known = [span.usd for span in own if span.usd is not None]
        cost = say_usd(sum(known, Decimal(0)) if len(known) == len(own) else None)
        words = ", ".join(
            part for part in (counted(len(own), "request"), counted(used, "token"), cost) if part
        )
        yield f"- {_plain(model)}: {words}"


def _cost(tasks: Sequence[Task]) -> str:
    """What they cost together; with a mark where some price is not known."""
    known = [cost for task in tasks if (cost := usd_of(task)) is not None]
    total = say_usd(Decimal(str(round(sum(known), 6))))
    return total if len(known) == len(tasks) else f"{total or '$0'} and more of unknown price"


def _suggestion(tasks: Sequence[Task], dead: Sequence[Effect], reviews: Sequence[Review]) -> str:
    """The one thing that helps most."""
    if dead:
        return f"Look at what was not sent ({len(dead):,}): `pmagent review`."
    waiting = sum(review.state == "open" for review in reviews)
    if waiting:
        return f"Decide what waits for you ({waiting:,}): `pmagent review`."
    missed = Counter(
        task.first.command for task in tasks if task.is_ended and task.last.state != "done"
    )
    for name in sorted(missed, key=lambda command: (-missed[command], command)):
        ended = sum(task.is_ended for task in tasks if task.first.command == name)
        if missed[name] >= 2 and missed[name] * 2 >= ended:
            count = f"{missed[name]:,} of {ended:,}"
            return f"Look at `/{_plain(name)}`: {count} did not come to their end."
    return "Nothing needs you."


def _block(heading: str, lines: Sequence[str] | Iterator[str]) -> str:
    text = "\n".join(lines)
    return f"### {heading}\n\n{text}" if text else ""


def _plain(text: str) -> str:
    """Words of others on one line, that cannot begin a table cell, a code span or a tag."""
    line = safe_text(" ".join(text.split())).replace("`", "'").replace("|", "/").replace("<", "‹")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
