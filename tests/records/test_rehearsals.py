from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pmagent.records.rehearsals import RehearsalRow, RehearsalRows
from pmagent.records.tables import Tables

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def played(digest: str, clean: int) -> RehearsalRow:
    return RehearsalRow(command="digest", digest=digest, at=NOON, cases=4, clean=clean, ways=0.95)


def test_the_latest_rehearsal_of_a_version_counts_and_other_versions_keep_theirs(
    tmp_path: Path,
) -> None:
    rows = RehearsalRows(Tables(tmp_path))
    rows.put(played("one", 3))
    rows.put(played("one", 4))
    rows.put(played("two", 1))

    again = RehearsalRows(Tables(tmp_path))

    assert again.get("digest", "one") == played("one", 4)
    assert again.get("digest", "two") == played("two", 1)
    assert again.get("digest", "three") is None
