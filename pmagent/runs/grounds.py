"""What a garden gives to its runs, and nothing more of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pmagent.gatehouse import Gatehouse
from pmagent.jobs.grounds import JobGrounds
from pmagent.jobs.jobs import Jobs
from pmagent.types.outbox import Effect, Publisher
from pmagent.types.talk import ModelCard, Usage


@dataclass(frozen=True, kw_only=True)
class RunGrounds:
    """One garden, as its runs see it."""

    find_gatehouse: Callable[[], Gatehouse]
    """Made when a run first needs it: a look at the queue needs none."""
    find_job_grounds: Callable[[], JobGrounds]
    find_jobs: Callable[[], Jobs]
    data_dir: Path
    now: Callable[[], datetime]
    price: Callable[[Usage, ModelCard], Decimal | None]
    publishers: Callable[[], Mapping[str, Publisher]]
    """The places that are set up, by name."""
    why_unwanted: Callable[[Effect], str]
    """Why an effect that waits is not to be sent any more, or nothing."""

    @property
    def gatehouse(self) -> Gatehouse:
        """The gate."""
        return self.find_gatehouse()

    @property
    def job_grounds(self) -> JobGrounds:
        """What the jobs stand on."""
        return self.find_job_grounds()

    @property
    def jobs(self) -> Jobs:
        """Kits and checks, without a model."""
        return self.find_jobs()
