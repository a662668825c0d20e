"""A disk that takes no more is one plain sentence, and nothing is lost by it."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pmagent.garden import Garden
from pmagent.types import Query


@pytest.mark.parametrize("limit", [60_000, 150_000, 400_000])
def test_a_full_disk_ends_an_index_run_with_seven_and_the_next_run_goes_on(
    root: Path, limit: int
) -> None:
    talk = "**Ana:** The {} walrus asked about pricing, and nobody had an answer.\n\n"
    (root / "long.md").write_text("".join(talk.format(n) for n in range(6_000)), encoding="utf-8")
    with Garden.create(root) as garden:
        done = subprocess.run(
            [sys.executable, "-m", "pmagent", "index", "--words-only", "--garden", str(root)],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        report = garden.index(meaning=False)

        hits = garden.search(Query(text="the 5999 walrus")).hits
    assert done.returncode == 7
    assert done.stderr.startswith("error: cannot write") or "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert report.failed == ()
    assert "5999 walrus" in hits[0].passage.text
