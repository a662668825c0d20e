"""The quick form of the storm; `python -m benchmarks.outbox_faults --trello` has the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.outbox.push_storm import run_push_storm


def test_through_a_network_that_fails_no_card_is_lost_or_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PMAGENT_TRELLO_KEY", "PMAGENT_TRELLO_TOKEN"):
        monkeypatch.setenv(name, "")  # set by the storm, and put back afterwards

    outcome = run_push_storm(tmp_path, 10, 9)

    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert outcome.faults["lost"] > 3
