"""The quick form of `benchmarks/outbox_faults.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.outbox.storm import run_storm
from tests.outbox.trello_ground import GROUND as TRELLO
from tests.outbox.trello_ground import fake_board


def test_a_network_that_fails_and_a_process_that_is_killed_double_and_lose_nothing(
    tmp_path: Path,
) -> None:
    storm = run_storm(tmp_path / "storm", "outbox", effects=150, kills=3)

    assert storm.kills == 3
    assert sum(storm.faults.values()) > 150
    assert (storm.doubled, storm.lost) == (0, 0)
    assert storm.done + sum(storm.dead.values()) == 150
    assert storm.mended == sum(storm.dead.values()) - storm.dead.get("refused", 0) - storm.told


def test_a_plain_retry_loop_on_the_same_network_doubles(tmp_path: Path) -> None:
    storm = run_storm(tmp_path / "storm", "naive", effects=40, kills=1)

    assert storm.doubled > 0


def test_cards_of_a_trello_board_are_neither_doubled_nor_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_board() as named:
        for name, value in named.items():
            monkeypatch.setenv(name, value)
        storm = run_storm(tmp_path / "storm", "outbox", effects=12, kills=1, ground=TRELLO)

    assert storm.kills == 1
    assert (storm.doubled, storm.lost) == (0, 0)
    assert storm.done + sum(storm.dead.values()) == 12
