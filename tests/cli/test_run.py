"""`pmagent run`: words become the line that would be typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pmagent.cli.run_command import as_typed
from pmagent.errors import UsageError


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (["/where seat pricing --since 2024"], "/where seat pricing --since 2024"),
        (["/where", "pricing", "--since", "2024"], "/where pricing --since 2024"),
        (["/digest", "my notes/a.md"], "/digest 'my notes/a.md'"),
        (["what", "did", "we promise"], "what did we promise"),
        (["-"], "-"),
        ([], ""),
    ],
)
def test_words_become_the_line_that_would_be_typed(words: list[str], typed: str) -> None:
    assert as_typed(words) == typed


def test_a_mistyped_flag_is_no_part_of_a_question() -> None:
    with pytest.raises(UsageError, match="no such option: --ouput"):
        as_typed(["what", "--ouput", "json"])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run"], 2, "the prompt is empty"),
        (["-p"], 2, "the prompt is empty"),
        (["run", "/help", "--garden", "/nowhere"], 3, "there is no folder"),
        (["-p", "x", "--garden", "/nowhere"], 3, "there is no folder"),
        (["-p", "x", "--max-turns", "0"], 2, "0 is not in the range"),
        (["--plain", "--garden", "/nowhere"], 3, "there is no folder"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_code(
    tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pmagent", *arguments],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60, input="",
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("error: ")
    assert says in done.stderr


def test_a_script_that_wants_json_gets_json_also_when_it_breaks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pmagent", "run", "/help", "--output-format", "stream-json"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60, input="",
    )  # fmt: skip

    assert done.returncode == 3
    assert json.loads(done.stdout.splitlines()[-1])["type"] == "result"
