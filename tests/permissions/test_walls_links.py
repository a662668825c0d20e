"""Files with several names on the disk: read where all of them are the garden's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pmagent.errors import AccessError, SkipError
from pmagent.garden import Garden
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_roots import Method
from pmagent.types import Query
from tests.permissions.opened import METHODS, SECRET, Ground, closing, lay_out, opened


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return lay_out(tmp_path)


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> Method:
    return request.param


@pytest.fixture
def walls(ground: Ground, method: Method) -> Iterator[Walls]:
    with opened(ground, method) as walls:
        yield walls


def refuses(walls: Walls, asked: str) -> None:
    assert walls.locate(asked, "read").links > 1
    with pytest.raises(AccessError, match="second name"):
        walls.read(asked, limit=100, follow=True)
    with pytest.raises(AccessError, match="second name"):
        walls.open(asked, "edit")
    with pytest.raises(SkipError, match="second name"):
        walls.read(asked, limit=100)


def test_a_second_name_of_an_outside_file_is_not_read_unasked(ground: Ground, walls: Walls) -> None:
    (ground.root / "h.md").hardlink_to(ground.secret)

    refuses(walls, "h.md")

    data, _ = walls.read("h.md", limit=100, follow=True, allow_hard_links=True)
    assert data.decode() == SECRET


def test_a_file_with_two_names_in_the_garden_is_read(ground: Ground, walls: Walls) -> None:
    one = ground.put("a.md", "same")
    (ground.root / "copies").mkdir()
    (ground.root / "copies" / "a.md").hardlink_to(one)

    for asked in ("a.md", "copies/a.md"):
        assert walls.locate(asked, "read").links == 1
        assert walls.read(asked, limit=100)[0] == b"same"
        assert walls.read(asked, limit=100, follow=True)[0] == b"same"


def test_a_name_that_comes_or_goes_outside_is_noticed(ground: Ground, walls: Walls) -> None:
    one = ground.put("a.md", "same")
    (ground.root / "b.md").hardlink_to(one)
    assert walls.read("a.md", limit=100)[0] == b"same"

    (ground.outside / "third").hardlink_to(one)
    refuses(walls, "a.md")
    (ground.outside / "third").unlink()
    assert walls.read("a.md", limit=100)[0] == b"same"
    (ground.root / "b.md").rename(ground.outside / "b.md")
    refuses(walls, "a.md")


@pytest.mark.parametrize("private", [".env", ".git/config", "keys/id_rsa", "tokens.json"])
def test_a_second_name_of_a_private_file_in_the_garden_does_not_open_it(
    ground: Ground, walls: Walls, private: str
) -> None:
    (ground.root / "plain.md").hardlink_to(ground.put(private, SECRET))

    refuses(walls, "plain.md")


def test_a_second_name_of_a_closed_file_does_not_open_it(ground: Ground, method: Method) -> None:
    (ground.root / "plain.md").hardlink_to(ground.put("private/key.md", SECRET))

    with opened(ground, method, closing("private")) as walls:
        refuses(walls, "plain.md")


def test_the_index_takes_in_joined_files_and_leaves_out_what_may_lie_outside(
    root: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.md"
    elsewhere.write_text("The walrus password is kingfisher.", encoding="utf-8")
    (root / "stolen.md").hardlink_to(elsewhere)
    twin = root / "one.md"
    twin.write_text("The lighthouse keeper asked about pricing.", encoding="utf-8")
    (root / "two.md").hardlink_to(twin)

    with Garden.create(root) as garden:
        garden.index(meaning=False)
        states = {item.path: item for item in garden.status().files}
        found = garden.search(Query(text="lighthouse keeper"))
        lines = garden.read("two.md").lines

    assert states["stolen.md"].state == "skipped"
    assert "hard link" in states["stolen.md"].reason
    assert {states[name].state for name in ("one.md", "two.md")} == {"indexed"}
    assert {hit.citation.path for hit in found.hits} >= {"one.md"}
    assert lines[0][1].startswith("The lighthouse")
