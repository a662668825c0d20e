"""What a person is told where something cannot be written."""

from __future__ import annotations

import errno
import os

import pytest

from pmagent.paths import way_out_of
from pmagent.permissions.walls_refusals import changing_refused


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EACCES, "let your user write there"),
        (errno.EROFS, "mounted for reading only"),
    ],
)
def test_the_hint_is_of_what_is_in_the_way(number: int, says: str) -> None:
    fault = OSError(number, os.strerror(number))

    assert says in way_out_of(fault)
    assert says in changing_refused(fault, "drafts/a.md").hint
