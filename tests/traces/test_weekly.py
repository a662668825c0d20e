from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pmagent.errors import UsageError
from pmagent.traces.gathered import Gathered
from pmagent.traces.weekly import monday, weekly_section
from tests.traces.test_metrics import MONDAY, effect, review, run_of, twelve_tasks

WEEK = "2026-W48"
WANTED = """\
## Runs of 2026-W48

13 tasks begun, 12 ended: 8 done, 1 abstained, 1 blocked, 1 denied, 1 handed off, 1 running. \
5 of them succeeded: done, and neither taken back nor found critically wrong.

### What changed

Too few tasks to compare weeks.

### By command

| command | begun | ended | done | succeeded | work, median | cost |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
| /publish-episode | 13 | 12 | 8 | 5 | 60 s | $0.2500 |

### Worst runs

- `t3` /publish-episode done: a review found it critically wrong (`pmagent trace t3`)
- `t5` /publish-episode done: a review found it critically wrong (`pmagent trace t5`)
- `t11` /publish-episode denied: private/x.md (`pmagent trace t11`)
- `t9` /publish-episode handed off: it gave no reason (`pmagent trace t9`)
- `t10` /publish-episode blocked: it gave no reason (`pmagent trace t10`)

### Reviews

- 6 reviews decided in 12.0 min: 1 accept, 1 answer, 2 edit, 1 reject, 1 take
- agreement: 1 of 6 stood as they were made, but for a small touch (3 to 56 % with 95 % confidence)
- what was wrong: fact 1, invent 1, scope 1
- 1 waiting: `pmagent review`

### Effects

- ghost.draft: 1 done
- ghost.draft: 1 undone

### Spend

- $0.2500, 7,900 tokens

### Next

Decide what waits for you (1): `pmagent review`.
"""


def test_a_week_is_told_whole() -> None:
    assert weekly_section(twelve_tasks(), WEEK) == WANTED


def test_the_same_values_give_the_same_bytes_in_any_order() -> None:
    whole = twelve_tasks()
    rows = [list(rows) for rows in (whole.runs, whole.steps, whole.reviews, whole.effects)]
    for each in rows:
        random.Random(4).shuffle(each)
    shuffled = replace(whole, runs=rows[0], reviews=rows[2], effects=rows[3])

    assert weekly_section(shuffled, WEEK) == weekly_section(whole, WEEK)


def test_a_week_without_runs_says_so() -> None:
    assert weekly_section(Gathered(), WEEK).startswith("## Runs of 2026-W48\n\nNothing was run.\n")


def test_what_is_beyond_chance_is_a_headline() -> None:
    before = [
        replace(run_of(1, "done"), id=f"a{n}", began=MONDAY - timedelta(days=7, minutes=n))
        for n in range(40)
    ]
    now = [replace(run_of(1, "handed_off"), id=f"b{n}") for n in range(10)]

    text = weekly_section(Gathered(runs=[*before, *now]), WEEK)

    # 40 of 40 were done: by Wilson 91 to 100 %. This week none of ten was.
    assert "- **handed off** rose to 100 % (n 10); before it was 0 % … 9 % (n 40)" in text
    assert "- **success** fell to 0 % (n 10); before it was 91 % … 100 % (n 40)" in text
    assert "Look at `/publish-episode`: 10 of 10 did not come to their end." in text


def test_what_was_not_sent_comes_first() -> None:
    lost = replace(effect("t1", "dead", MONDAY), error="the slug | is `taken`\nby <another> post")

    text = weekly_section(
        Gathered(effects=[lost], reviews=[review("t1", "dead", state="open")]), WEEK
    )

    assert "- not sent: ghost.draft of t1: the slug / is 'taken' by ‹another> post" in text
    assert "Look at what was not sent (1): `pmagent review`." in text


def test_a_week_begins_on_monday_where_the_person_is() -> None:
    late = replace(run_of(1, "done"), began=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    vienna = timezone(timedelta(hours=1))

    assert "1 task begun" in weekly_section(Gathered(runs=[late]), WEEK, zone=vienna)
    assert "Nothing was run" in weekly_section(Gathered(runs=[late]), WEEK)


@pytest.mark.parametrize("week", ["2026-W60", "2026-48", "", "W48"])
def test_what_is_no_week_is_refused(week: str) -> None:
    with pytest.raises(UsageError, match="no week"):
        monday(week)


def test_the_first_week_of_a_year_may_begin_in_the_one_before() -> None:
    assert monday("2026-W01") == date(2025, 12, 29)
