"""`weekly.*`: one week of a garden, the same bytes each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from pmagent.errors import UsageError
from pmagent.types.actions import Json
from tests.functions.conftest import FUNCTIONS, Bench, MakeBench

BOARD = """# Board

## Now

- [ ] Ring the leavers due:2026-01-20
- [ ] Read the numbers #pricing est:1h due:2026-01-31
- [ ] Plan the summer due:2026-06-01

## Done

- [x] Send the file due:2026-01-29
"""
MEETING = """# Stand-up

**Ada:** We decided to drop the colour themes in March. I will send you the list on Friday.

**Ben:** The nineteen who are on pink will write to us, and we have nothing to tell them.

**Ada:** They never knew that they were on pink, so they will not miss it for long.

**Ben:** It was the best feature meeting we have had, and it took forty seconds.
"""


@pytest.fixture
def week(make_bench: MakeBench) -> Bench:
    return make_bench({
        "board.md": BOARD,
        "notes/2026-01-28-stand-up.md": MEETING,
        "notes/2026-02-02-later.md": "# Later\n\nNext week has a page and troubles of its own.\n",
    })  # fmt: skip


def test_a_week_holds_what_was_decided_promised_and_is_due(week: Bench) -> None:
    told = week.record("weekly.gather", week="2026-W05")

    assert (told["since"], told["until"], told["count"]) == ("2026-01-26", "2026-02-01", 1)
    assert texts(told, "decided") == ["We decided to drop the colour themes in March."]
    assert texts(told, "promised") == ["I will send you the list on Friday."]
    assert [(one["text"], one["is_late"]) for one in rows(told, "due")] == [
        ("Ring the leavers", True),
        ("Read the numbers", False),
    ]


def test_a_day_names_its_week_and_nothing_names_this_one(week: Bench) -> None:
    assert week.record("weekly.gather", week="2026-01-28")["week"] == "2026-W05"
    assert week.record("weekly.gather")["week"] == "2026-W06"
    assert texts(week.record("weekly.gather"), "documents", "title") == ["Later"]


@pytest.mark.parametrize("name", ["2026-W60", "soon", "W05"])
def test_what_is_no_week_is_said(week: Bench, name: str) -> None:
    with pytest.raises(UsageError, match="is no week"):
        week.call("weekly.gather", week=name)


def test_every_line_of_the_page_is_cited_and_its_bytes_are_the_same(week: Bench) -> None:
    pages: list[str] = []
    for _ in range(2):
        told = week.record("weekly.gather", week="2026-W05")
        heads = week.call("weekly.headlines", week=told)
        pages.append(week.text("weekly.page", week=told, headlines=heads))

    assert pages[0] == pages[1]
    points = [row for row in pages[0].splitlines() if row.startswith("- ")]
    assert points
    assert all("[^" in row for row in points)
    assert "## Headlines\n\n- Ada: “We decided to drop the colour themes in March.”" in pages[0]


def test_the_runs_of_the_week_are_on_its_page(week: Bench) -> None:
    def runs(since: date, until: date) -> list[Mapping[str, Json]]:
        assert (since, until) == (date(2026, 1, 26), date(2026, 2, 1))
        return [{
            "command": "publish-episode", "state": "handed_off", "began": "2026-01-29T09:00:00Z",
            "reason": "a claim is contradicted",
        }]  # fmt: skip

    desk = replace(week.desk, runs_told=runs)
    told = FUNCTIONS["weekly.gather"].run({"week": "2026-W05"}, desk)
    page = FUNCTIONS["weekly.page"].run({"week": told}, desk)

    assert "- 2026-01-29 `/publish-episode` handed off: a claim is contradicted" in str(page)


def test_a_week_of_which_nothing_is_on_record_has_no_headline(week: Bench) -> None:
    told = week.record("weekly.gather", week="2020-W01")

    assert told["count"] == 0
    with pytest.raises(UsageError, match="nothing is on record of 2020-W01"):
        week.call("weekly.headlines", week=told)


def rows(told: Mapping[str, Json], name: str) -> list[Mapping[str, Json]]:
    found = told[name]
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, Mapping)]


def texts(told: Mapping[str, Json], name: str, field: str = "text") -> list[Json]:
    return [one[field] for one in rows(told, name)]
