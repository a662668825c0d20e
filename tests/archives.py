"""Archives to run jobs on: the sample garden, and folders a test writes itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pmagent.garden import Garden
from tests.folder_archive import FolderArchive

MakeArchive = Callable[[dict[str, str]], FolderArchive]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderArchive]:
    """The sample garden, searched by words."""
    base = tmp_path_factory.mktemp("sample")
    root = base / "garden"
    root.mkdir()
    with Garden.create(root, home=base / "home", sample=True) as garden:
        garden.index(meaning=False)
        yield FolderArchive(root, garden)


@pytest.fixture
def make_archive(tmp_path: Path) -> MakeArchive:
    """A folder with the given texts by path, which cannot be searched."""

    def make(files: dict[str, str]) -> FolderArchive:
        root = tmp_path / "files"
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        return FolderArchive(root)

    return make
