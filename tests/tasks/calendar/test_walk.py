from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from operator import ge

import pytest
from dateutil.rrule import rrulestr

from pmagent.tasks.calendar.limits import StepLimitError, Steps
from pmagent.tasks.calendar.rules import BadRule, Rule, parse_rule
from pmagent.tasks.calendar.walk import walk

START = datetime(2024, 1, 31, 9, 30)  # noqa: DTZ001 - wall time


def moments(text: str, lower: datetime, upper: datetime) -> list[datetime]:
    rule = parse_rule(text)
    assert isinstance(rule, Rule)
    steps = Steps()
    steps.begin()
    return list(walk(rule, START, lower, upper, steps))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=MONTHLY", ["0131", "0331", "0531"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["0131", "0229", "0331"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["0223", "0329", "0426"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ["0201", "0301", "0401"]),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", ["0310", "0309", "0308"]),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", ["0513", "0512", "0511"]),
        ("FREQ=YEARLY;BYYEARDAY=60", ["0229", "0301", "0301"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", ["0204", "0213", "0218"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", ["0211", "0213", "0225"]),
        ("freq=daily;byday=mo, fr;", ["0202", "0205", "0209"]),
    ],
)
def test_rules_of_the_standard_fall_on_the_days_it_says(text: str, expected: list[str]) -> None:
    found = moments(text, START, START + timedelta(days=1200))

    assert [f"{moment:%m%d}" for moment in found[:3]] == expected


@pytest.mark.parametrize(
    "text",
    ["", "FREQ=SOMETIMES", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYMONTH=13",
     "FREQ=DAILY;UNTIL=never", "FREQ=DAILY;COUNT=x", "FREQ=DAILY;WKST=XX",
     "FREQ=DAILY;BYMONTHDAY=0", "D1 #10"],
)  # fmt: skip
def test_a_rule_that_is_none_is_refused_with_the_part_that_is_wrong(text: str) -> None:
    assert isinstance(parse_rule(text), BadRule)


ENDLESS = """
FREQ=YEARLY | FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29 | FREQ=YEARLY;BYDAY=1MO,-1FR
FREQ=YEARLY;BYWEEKNO=1,53;WKST=SU | FREQ=YEARLY;BYWEEKNO=-1;BYDAY=TH | FREQ=YEARLY;BYYEARDAY=-1,1
FREQ=YEARLY;BYMONTH=1,6;BYDAY=2TU;BYHOUR=8,20 | FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYSETPOS=-1
FREQ=MONTHLY;BYMONTHDAY=31,-2 | FREQ=MONTHLY;INTERVAL=5;BYDAY=2WE | FREQ=MONTHLY;BYMONTH=2,7
FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13 | FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2,-1;BYMINUTE=0,15
FREQ=WEEKLY | FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO;WKST=SU | FREQ=WEEKLY;BYMONTH=12;BYDAY=SA
FREQ=DAILY | FREQ=DAILY;INTERVAL=17 | FREQ=DAILY;BYDAY=SA;BYMONTH=1 | FREQ=DAILY;BYHOUR=7,19
FREQ=HOURLY;INTERVAL=7 | FREQ=HOURLY;BYDAY=MO;BYHOUR=9,10;BYMINUTE=5,50 | FREQ=HOURLY;BYMONTHDAY=1
FREQ=MINUTELY;INTERVAL=95;BYDAY=WE | FREQ=MINUTELY;BYHOUR=23;BYMINUTE=59 | FREQ=DAILY;BYSECOND=0,9
"""


@pytest.mark.parametrize("text", [rule.strip() for rule in re.split(r"[|\n]", ENDLESS.strip())])
def test_rules_repeat_as_they_do_in_dateutil(text: str) -> None:
    # Such as never end: of one that never fits again, dateutil would search for minutes.
    for days, count in ((0, 0), (33, 0), (400, 0), (5, 40)):
        lower = START + timedelta(days=days)
        upper = lower + timedelta(days=35 if "LY;BY" not in text else 200)
        whole = f"{text};COUNT={count}" if count else text
        expected = takewhile(partial(ge, upper), rrulestr(whole, dtstart=START))

        assert moments(whole, lower, upper) == [one for one in expected if one >= lower]


def test_a_rule_that_never_fits_ends_at_the_end_of_what_is_asked_for() -> None:
    assert moments("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", START, START + timedelta(days=900)) == []


def test_more_steps_than_allowed_are_an_error() -> None:
    with pytest.raises(StepLimitError):
        moments(
            "FREQ=SECONDLY;COUNT=9999999", START + timedelta(days=90), START + timedelta(days=91)
        )
