"""A run may be killed at any moment, and ends as if it had not been: nothing is done twice.

Each eleventh boundary here, each one in `tests/chaos/test_run_kills.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.procedures.engine.kills import check_kills


@pytest.mark.parametrize("job", ["publish", "triage"])
def test_killed_at_a_boundary_it_ends_as_unbroken_and_does_nothing_twice(
    tmp_path: Path, job: str
) -> None:
    assert check_kills(tmp_path, job, every=11) > 12
