"""Files named on the command line from where a person stands: the garden and the document meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmagent.cli.named_files import place_files
from pmagent.cli.output import with_garden

TALK = "transcripts/ep 41.md"


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a garden in it, where the person stands."""
    for path in (f"show/{TALK}", "show/notes/a.md", "elsewhere/b.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("words", encoding="utf-8")
    (tmp_path / "show/.pmagent").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def placed(*words: str, garden: str = ".") -> tuple[tuple[str, ...], str]:
    found = place_files(("/publish", *words), garden)
    return found.words[1:], found.garden


def test_a_file_from_outside_names_its_garden_and_its_place_in_it(top: Path) -> None:
    assert placed(f"show/{TALK}") == ((TALK,), "show")
    assert placed(str(top / "show" / TALK)) == ((TALK,), "show")
    assert placed(f"show/{TALK}", garden="show") == ((TALK,), "show")
    assert placed(f"transcript=show/{TALK}", "loud") == ((f"transcript={TALK}", "loud"), "show")


def test_within_the_garden_a_file_is_meant_as_it_is_seen_from_there(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(top / "show/notes")

    assert placed(f"../{TALK}", "a.md", "gift") == ((TALK, "notes/a.md", "gift"), ".")


def test_what_is_no_file_of_the_garden_stays_a_word(top: Path) -> None:
    assert placed("ep-41", "elsewhere/b.md") == (("ep-41", "elsewhere/b.md"), ".")
    assert placed("elsewhere/b.md", garden="show") == (("elsewhere/b.md",), "show")
    assert top.is_dir()


def test_a_command_that_is_named_works_where_its_reader_stands() -> None:
    says = 'read it: "pmagent review show k3f9", then go on'

    assert with_garden(says, ".") == says
    assert with_garden(says, "my show") == (
        """read it: "pmagent review show k3f9 --garden 'my show'", then go on"""
    )
    assert with_garden("pmagent review take k3f9", "show") == (
        "pmagent review take k3f9 --garden show"
    )
