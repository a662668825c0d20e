from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journal.lab import Lab, opened


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with opened(tmp_path) as ready:
        yield ready
