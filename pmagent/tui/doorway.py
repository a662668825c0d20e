"""How the application comes to a real garden. The engines are imported when one is opened."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pmagent.errors import GardenError
from pmagent.paths import Homes, find_root, garden_data_dir, make_private_dir
from pmagent.tui.ports import Survey

if TYPE_CHECKING:
    from pmagent.garden import Garden

MAX_COUNTED = 200_000
_KINDS = {
    "md": "Markdown", "markdown": "Markdown", "txt": "text", "text": "text", "vtt": "WebVTT",
    "srt": "SRT", "docx": "docx", "pdf": "PDF", "html": "HTML", "htm": "HTML", "ics": "calendar",
    "sbv": "SBV", "json": "JSON", "csv": "table", "tsv": "table",
}  # fmt: skip


class GardenDoor:
    """The garden that a folder is in, or could become."""

    def __init__(self, start: Path, homes: Homes, home: Path | None) -> None:
        self._homes = homes
        self._home = home
        try:
            self.root = find_root(start)
            self._is_garden = True
        except GardenError:
            self.root = start.expanduser().absolute()
            self._is_garden = False

    @property
    def sample_root(self) -> Path:
        """In the person's own folder of data, so that nothing is strewn about."""
        return self._homes.data / "sample-garden"

    @property
    def index_dir(self) -> Path:
        """Where this folder's index lives."""
        return garden_data_dir(self.root, self._homes)

    def is_garden(self) -> bool:
        """Whether the folder is in a garden."""
        return self._is_garden

    def survey(self) -> Survey:
        """Count the files that would be read, by kind; none is opened."""
        # Late: the parsers' imports are not needed before the first frame.
        from pmagent.ingest.scan import scan  # noqa: PLC0415
        from pmagent.permissions.walls import Walls  # noqa: PLC0415
        from pmagent.permissions.walls_entries import Entry  # noqa: PLC0415

        kinds: Counter[str] = Counter()
        size = 0
        is_complete = True
        with Walls(self.root) as opened:
            for entry in scan(opened):
                if not isinstance(entry, Entry):
                    continue
                kind = _KINDS.get(entry.path.rpartition(".")[2].lower())
                if kind is None:
                    continue
                kinds[kind] += 1
                size += entry.size
                if kinds.total() >= MAX_COUNTED:
                    is_complete = False
                    break
        return Survey(kinds=tuple(kinds.most_common()), total_bytes=size, is_complete=is_complete)

    def open(self) -> Garden:
        """The garden, with its engines."""
        return _garden_class().open(self.root, home=self._home)

    def create(self) -> Garden:
        """Make the folder a garden and open it."""
        return _garden_class().create(self.root, home=self._home)

    def sample(self) -> Garden:
        """The sample garden, written on first use."""
        make_private_dir(self._homes.data)
        return _garden_class().create(self.sample_root, home=self._home, sample=True)


def _garden_class() -> type[Garden]:
    # Late: it brings numpy, tantivy and the rest, which the first frame does without.
    from pmagent.garden import Garden  # noqa: PLC0415

    return Garden
