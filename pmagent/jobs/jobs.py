"""The jobs of one garden."""

from __future__ import annotations

from pmagent.jobs.archive import GardenArchive
from pmagent.jobs.grounds import JobGrounds


class Jobs:
    """Kits and checks of one garden's documents. Every call blocks."""

    def __init__(self, grounds: JobGrounds) -> None:
        self._grounds = grounds

    def archive(self) -> GardenArchive:
        """The garden as one job sees it."""
        return self._grounds.archive()
