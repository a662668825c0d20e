"""The promises of a week's report: the change that it asks for is one that it lists."""

from __future__ import annotations

from pmagent.jobs.week_pages import WeekPast, weekly_page
from pmagent.tasks.board.reading import read_board

BOARD = """---
kanban-plugin: board
---

## Now

- [ ] Send Gil the drawings #promise @{{2025-10-31}} [created:: {created}] ^pm-1
"""


def page_of(created: str) -> str:
    board = read_board("board.md", BOARD.format(created=created))
    past = WeekPast(week="2026-W06", board=board, plan=None, outcomes="")
    return weekly_page(past, "")


def test_a_promise_that_is_past_its_day_is_listed_and_is_the_change_to_make() -> None:
    page = page_of("2025-10-20")

    assert "- Send Gil the drawings, was due Fri 31 Oct 2025" in page
    assert 'Say a new day for "Send Gil the drawings"' in page


def test_a_promise_put_on_the_board_later_is_in_neither_place() -> None:
    page = page_of("2026-03-01")

    assert "None on the board." in page
    assert "Send Gil the drawings" not in page
