from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pmagent.errors import SandboxError
from pmagent.sandbox.placeholders import Placeholders

ROOT = Path(__file__).parents[2]


def test_absent_names_stand_while_they_are_held_and_are_gone_afterwards(tmp_path: Path) -> None:
    with Placeholders([tmp_path / ".git", tmp_path / "AGENTS.md"]) as held:
        assert (tmp_path / ".git").is_dir()
        assert (tmp_path / "AGENTS.md").read_bytes() == b""
        assert sorted(held.paths) == [tmp_path / ".git", tmp_path / "AGENTS.md"]

    assert os.listdir(tmp_path) == []


def test_one_that_another_still_needs_stays(tmp_path: Path) -> None:
    with Placeholders([tmp_path / "hooks"]):
        with Placeholders([tmp_path / "hooks"]):
            pass
        assert (tmp_path / "hooks").is_dir()

    assert os.listdir(tmp_path) == []


def test_the_first_to_leave_does_not_take_it_from_the_second(tmp_path: Path) -> None:
    first, second = Placeholders([tmp_path / ".git"]), Placeholders([tmp_path / ".git"])
    first.__enter__()
    second.__enter__()

    first.__exit__(None, None, None)
    assert (tmp_path / ".git").is_dir()

    second.__exit__(None, None, None)
    assert os.listdir(tmp_path) == []


def test_what_a_person_puts_there_meanwhile_is_kept(tmp_path: Path) -> None:
    with Placeholders([tmp_path / ".git", tmp_path / "AGENTS.md"]):
        (tmp_path / ".git" / "config").write_text("mine", encoding="utf-8")
        (tmp_path / "mine").write_text("mine", encoding="utf-8")
        (tmp_path / "mine").replace(tmp_path / "AGENTS.md")

    assert (tmp_path / ".git" / "config").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "AGENTS.md").read_text(encoding="utf-8") == "mine"


def test_one_that_a_crash_left_behind_is_taken_away_by_the_next(tmp_path: Path) -> None:
    names = [tmp_path / name for name in (".git", "AGENTS.md")]
    script = (
        "import os, sys\nfrom pathlib import Path\n"
        "from pmagent.sandbox.placeholders import Placeholders\n"
        "Placeholders(map(Path, sys.argv[1:])).__enter__()\nos._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, *map(str, names)], check=True, cwd=ROOT)
    assert sorted(os.listdir(tmp_path)) == [".git", "AGENTS.md"]

    with Placeholders([], names) as held:
        assert sorted(held.paths) == names

    assert os.listdir(tmp_path) == []


def test_an_empty_folder_of_a_persons_own_is_never_taken_away(tmp_path: Path) -> None:
    (tmp_path / "hooks").mkdir()
    (tmp_path / "AGENTS.md").touch()

    with Placeholders([tmp_path / "hooks"], [tmp_path / "hooks", tmp_path / "AGENTS.md"]) as held:
        assert tmp_path / "hooks" in held.paths

    assert sorted(os.listdir(tmp_path)) == ["AGENTS.md", "hooks"]


def test_a_link_that_appears_there_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "hooks").symlink_to(tmp_path / "elsewhere")

    with (
        pytest.raises(SandboxError, match="cannot be kept absent"),
        Placeholders([tmp_path / ".git", tmp_path / "hooks"]),
    ):
        pass

    assert os.listdir(tmp_path) == ["hooks"]
