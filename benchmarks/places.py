"""Where the benchmarks find an archive to run on."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[1]


@dataclass(frozen=True)
class Data:
    """A folder with `archive/`, `where_said/queries.jsonl`, and the scorers beside it."""

    archive: Path
    queries: Path
    scorer: Path


def find_data() -> Data:
    """The data named by $PMAGENT_BENCH_DATA, else `../shared/data` beside the checkout."""
    base = Path(os.environ.get("PMAGENT_BENCH_DATA", TOP.parent / "shared" / "data"))
    data = Data(
        archive=base / "archive",
        queries=base / "where_said" / "queries.jsonl",
        scorer=base.parent / "score" / "where_said.py",
    )
    missing = [path for path in (data.archive, data.queries, data.scorer) if not path.exists()]
    if missing:
        sys.exit(f"no benchmark data: {missing[0]} is missing; name its folder: PMAGENT_BENCH_DATA")
    return data
