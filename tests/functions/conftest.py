"""A desk on the sample garden, and desks on folders a test writes itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from pmagent.functions import Desk
from pmagent.garden import Garden
from pmagent.registry import collect
from pmagent.types.actions import Json
from pmagent.types.calls import Function

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)
EPISODE = "transcripts/ep-100-a-price-you-can-say.md"
NOTES = "notes/100-a-price-you-can-say.md"


def functions() -> dict[str, Function]:
    families = cast("tuple[tuple[Function, ...], ...]", _families())
    return {one.spec.name: one for family in families for one in family}


def _families() -> tuple[object, ...]:
    return collect("pmagent.functions", "functions")


FUNCTIONS = functions()


class Bench:
    """A garden whose functions are called by name, as a step does."""

    def __init__(self, root: Path, garden: Garden) -> None:
        self.root = root
        self.garden = garden
        self.desk = Desk(archive=garden.jobs.archive(), jobs=garden.jobs, now=NOW)

    def call(self, name: str, **given: Json) -> Json:
        return FUNCTIONS[name].run(given, self.desk)

    def record(self, name: str, **given: Json) -> Mapping[str, Json]:
        value = self.call(name, **given)
        assert isinstance(value, Mapping)
        return value

    def rows(self, name: str, **given: Json) -> list[Mapping[str, Json]]:
        value = self.call(name, **given)
        assert isinstance(value, list)
        return [one for one in value if isinstance(one, Mapping)]

    def text(self, name: str, **given: Json) -> str:
        value = self.call(name, **given)
        assert isinstance(value, str)
        return value

    def document(self, path: str) -> dict[str, Json]:
        """A document as a Read step gives it."""
        text = (self.root / path).read_text(encoding="utf-8")
        read = self.desk.archive.document(path)
        return {
            "kind": "document",
            "path": path,
            "title": read.title,
            "text": text,
            "words": len(text.split()),
            "sha256": read.digest,
            "lines": list(text.splitlines()),
        }


MakeBench = Callable[[dict[str, str]], Bench]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The sample garden, searched by words; nobody changes it."""
    base = tmp_path_factory.mktemp("functions")
    root = base / "garden"
    root.mkdir()
    with Garden.create(root, home=base / "home", sample=True) as garden:
        garden.index(meaning=False)
        yield Bench(root, garden)


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[MakeBench]:
    """An indexed garden with the given texts by path."""
    with ExitStack() as stack:

        def make(files: dict[str, str]) -> Bench:
            root = tmp_path / "garden"
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            garden = stack.enter_context(Garden.create(root, home=tmp_path / "home"))
            garden.index(meaning=False)
            return Bench(root, garden)

        yield make
