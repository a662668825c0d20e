"""One bad file never stops the rest: each is read as far as it can be, or named with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pmagent.garden import Garden
from pmagent.types import FileState, Query
from tests.ingest.hostile import NAMED, READ, as_bytes

NEIGHBOUR = "a good neighbour.md"
LAST = "the last one.csv"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Garden]:
    """A garden of nothing but hostile files, with a good one before and behind them, indexed."""
    base = tmp_path_factory.mktemp("hostile")
    root = base / "garden"
    root.mkdir()
    for name, content in {**READ, **NAMED}.items():
        (root / name).write_bytes(as_bytes(content))
    (root / NEIGHBOUR).write_text("# Good\nhello neighbour\n", encoding="utf-8")
    (root / LAST).write_text("name,word\nlast,farewell\n", encoding="utf-8")
    with Garden.create(root, home=base / "home") as garden:
        garden.index(meaning=False)
        yield garden


@pytest.fixture(scope="module")
def states(hostile: Garden) -> Mapping[str, FileState]:
    return {file.path: file for file in hostile.status().files}


@pytest.mark.parametrize("name", READ)
def test_it_is_read_and_its_words_are_found(
    hostile: Garden, states: Mapping[str, FileState], name: str
) -> None:
    found = hostile.search(Query(text="body", within=(name,), limit=1))

    assert states[name].state == "indexed"
    assert [hit.passage.path for hit in found.hits] == [name]


@pytest.mark.parametrize("name", [NEIGHBOUR, LAST])
def test_a_good_neighbour_is_read_as_ever(states: Mapping[str, FileState], name: str) -> None:
    assert (states[name].state, states[name].reason, states[name].passages) == ("indexed", "", 1)


@pytest.mark.parametrize("name", NAMED)
def test_it_is_named_with_a_reason(states: Mapping[str, FileState], name: str) -> None:
    assert states[name].state in {"skipped", "failed"}
    assert states[name].reason
    assert "its parser broke" not in states[name].reason


def test_nothing_was_run_or_reached(hostile: Garden, states: Mapping[str, FileState]) -> None:
    assert not list(hostile.root.rglob("ran"))
    assert not Path("ran").exists()
    assert set(states) - {".pmagent/"} == {NEIGHBOUR, LAST, *READ, *NAMED}
