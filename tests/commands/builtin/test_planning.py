"""`/plan` and its kin on the line: a choice that is taken, and days that mean none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.types.tasks import TradeOff
from tests.commands.builtin.conftest import ROWS, SmallBench, run, text_of
from tests.jobs.test_week_told import BOARD, EIGHT, MONDAY, SUNDAY, opened
from tests.plain.small_talk import SmallTalk, saying

FULL = BOARD.replace("[effort:: 1h] @", "[effort:: 2d] @")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SmallBench]:
    """Two days of work that are due tomorrow, on a Monday at eight."""
    (tmp_path / "g").mkdir()
    with Garden.create(tmp_path / "g") as made:
        made.close()
    settings = tmp_path / "g" / ".pmagent" / "settings.json"
    settings.write_text('{"pmagent": {"week": {"zone": "UTC"}}}', encoding="utf-8")
    (tmp_path / "g" / "board.md").write_text(FULL, encoding="utf-8")
    with opened(tmp_path / "g", EIGHT) as garden:
        yield SmallBench(garden, SmallTalk(saying(""), rows=ROWS))


def choice(bench: SmallBench) -> TradeOff:
    return bench.garden.week.plan(MONDAY, SUNDAY).trade_offs[0]


def test_an_option_that_is_taken_changes_the_card_and_shows_the_plan_with_its_moves(
    bench: SmallBench,
) -> None:
    place = next(n for n, one in enumerate(choice(bench).shifts) if one is not None and one.due)
    name = f"1{'abcdef'[place]}"
    board = bench.garden.root / "board.md"

    shown = text_of(run(bench, "/plan"))
    assert f"{name} put its day off" in " ".join(shown.split())
    told = text_of(run(bench, f"/plan --take {name}"))

    assert board.read_text(encoding="utf-8") != FULL
    assert '"Write the report"' in told
    assert "/undo" in told
    assert "# Plan from 2026-02-02 to 2026-02-08" in told


def test_an_option_that_is_the_persons_own_is_said_and_nothing_is_written(
    bench: SmallBench,
) -> None:
    last = "abcdef"[len(choice(bench).options) - 1]
    told = text_of(run(bench, f"/plan --take=1{last}"))

    assert "changes nothing on the board" in told
    assert (bench.garden.root / "board.md").read_text(encoding="utf-8") == FULL
    for wrong in ("/plan --take 9z", "/plan --take"):
        with pytest.raises(UsageError, match="option"):
            run(bench, wrong)


def test_a_word_that_is_no_day_is_answered_with_words_that_are(bench: SmallBench) -> None:
    with pytest.raises(UsageError) as refused:
        run(bench, "/standup blursday")

    assert refused.value.hint == "write friday, tomorrow or 2026-02-06"
