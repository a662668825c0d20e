"""A run is killed at every single boundary, and ends as if it had not been."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.effects import LONG
from tests.procedures.engine.kills import check_kills


@pytest.mark.skipif(not LONG, reason="the long form, of make chaos")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("job", ["publish", "triage"])
def test_killed_at_every_boundary_it_ends_as_unbroken(tmp_path: Path, job: str) -> None:
    assert check_kills(tmp_path, job, every=1) > 60
