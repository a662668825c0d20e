"""The command line as a person and a script meet it: what is written where, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from pmagent.cli.main import COMMANDS
from pmagent.garden import Garden
from pmagent.store import WriterLock


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, object]:
        return cast("dict[str, object]", json.loads(self.out)["data"])


def run(*arguments: str, stdin: str = "", **environment: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "pmagent", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def indexed(garden: Garden) -> str:
    garden.index(meaning=False)
    return str(garden.root)


def test_init_then_index_then_where_answers_with_file_line_and_time(root: Path) -> None:
    assert run("init", str(root)).code == 0
    assert run("index", "--words-only", "--garden", str(root)).code == 0

    ran = run("where", "--json", "--garden", str(root), "lighthouse customers export")

    results = cast("list[dict[str, object]]", ran.data["results"])
    focus = cast("dict[str, object]", results[0]["focus"])
    assert ran.code == 0
    assert (focus["path"], focus["start_line"], focus["time"]) == (
        "2024-03-14-ep-041.vtt",
        9,
        "00:00:09",
    )
    assert json.loads(ran.out)["schema"] == "pmagent.where/1"


def test_where_for_people_names_the_theme_the_place_and_the_first_mention(indexed: str) -> None:
    ran = run("where", "--garden", indexed, "pricing")

    assert ran.code == 0
    assert "first mention" in ran.out
    assert "2024-03-14-ep-041.vtt 00:00:03" in ran.out
    assert "\x1b" not in ran.out


def test_what_was_never_said_is_no_empty_list_but_a_none_with_the_threshold(indexed: str) -> None:
    ran = run("where", "--json", "--garden", indexed, "scuba diving in the galapagos")

    assert ran.code == 1
    assert ran.data["abstained"] is True
    assert cast("float", ran.data["confidence"]) < cast("float", ran.data["threshold"])


def test_ask_cites_every_sentence(indexed: str) -> None:
    ran = run("ask", "--json", "--garden", indexed, "what did the lighthouse customers want")

    [cited, *_] = cast("list[dict[str, object]]", ran.data["citations"])
    assert ran.code == 0
    assert cited["quote"] == "And the lighthouse customers wanted an export they can keep offline."
    assert (cited["path"], cited["start_line"]) == ("2024-03-14-ep-041.vtt", 9)


def test_a_batch_is_answered_line_by_line_in_the_scorers_format(indexed: str) -> None:
    asked = '{"id": "a", "query": "lighthouse export"}\n\n{"id": "b", "query": "zebra crossing"}\n'

    ran = run("where", "--jsonl", "--batch", "-", "--garden", indexed, stdin=asked)

    first, second = (json.loads(line) for line in ran.out.splitlines())
    assert (first["id"], first["abstained"]) == ("a", False)
    assert first["results"][0].keys() >= {"path", "start_line", "end_line", "text"}
    assert (second["id"], second["abstained"]) == ("b", True)


def test_vimgrep_lines_name_path_line_and_column(indexed: str) -> None:
    ran = run("where", "--vimgrep", "--garden", indexed, "lighthouse export")

    assert ran.out.splitlines()[0].startswith("2024-03-14-ep-041.vtt:9:1:And the lighthouse")


def test_filters_narrow_what_may_answer(indexed: str) -> None:
    def paths(*flags: str) -> set[str]:
        ran = run("where", "--jsonl", "--garden", indexed, *flags, "pricing")
        return {json.loads(line)["path"] for line in ran.out.splitlines()}

    assert paths("--in", "notes") == {"notes/pricing.md"}
    assert paths("--until", "2024") == {"2024-03-14-ep-041.vtt"}
    assert paths("--since", "2025-06") == {"notes/pricing.md"}
    assert paths("--speaker", "ana") == {"2024-03-14-ep-041.vtt"}


def test_read_shows_the_lines_of_a_citation(indexed: str) -> None:
    raw = run("read", "--raw", "--garden", indexed, "2024-03-14-ep-041.vtt:9")
    by_time = run("read", "--json", "--garden", indexed, "ep-041.vtt#0:10")

    assert (
        raw.out
        == "<v Tom Okafor>And the lighthouse customers wanted an export they can keep offline.\n"
    )
    assert by_time.data["path"] == "2024-03-14-ep-041.vtt"


def test_an_editor_is_opened_at_the_line_of_the_hit(indexed: str, tmp_path: Path) -> None:
    log = tmp_path / "editor.log"
    editor = tmp_path / "edit"
    editor.write_text(f'#!/bin/sh\necho "$@" > {log}\n', encoding="utf-8")
    editor.chmod(0o755)

    ran = run("where", "--open", "1", "--garden", indexed, "lighthouse", EDITOR=str(editor))

    assert ran.code == 0
    assert log.read_text("utf-8") == f"+9 {indexed}/2024-03-14-ep-041.vtt\n"


def test_status_lists_every_file_with_its_state_and_reason(root: Path, indexed: str) -> None:
    (root / "photo.png").write_bytes(b"\x89PNG")
    (root / "later.md").write_text("not read yet", encoding="utf-8")

    ran = run("status", "--json", "--garden", indexed)

    listed = cast("list[dict[str, str]]", ran.data["list"])
    states = {item["path"]: (item["state"], item["reason"]) for item in listed}
    assert states["photo.png"] == ("skipped", 'files of the kind ".png" are not read')
    assert states["later.md"][0] == "waiting"
    assert states["notes/pricing.md"] == ("indexed", "")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["where"], 2, "the question is empty"),
        (["where", "--nope", "x"], 2, "No such option"),
        (["wehre", "x"], 2, 'did you mean "where"'),
        (["where", "--since", "soon", "x"], 2, '--since "soon" is not a day'),
        (["where", "--batch", "gone.jsonl", "--jsonl"], 2, 'cannot read "gone.jsonl"'),
        (["read", "../../etc/passwd"], 5, "is not a file that is read in this garden"),
        (["read", "notes/pricing.md:9-3"], 2, "run backwards"),
        (["where", "--garden", "/nowhere/at/all", "x"], 3, "there is no folder"),
        (["where", "--garden", "/", "x"], 3, "is not in a garden"),
    ],
)
def test_a_mistake_is_one_plain_sentence_with_the_code_of_the_table(
    indexed: str, arguments: list[str], code: int, says: str
) -> None:
    garden = [] if "--garden" in arguments else ["--garden", indexed]

    ran = run(*arguments, *garden)

    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("error: ")
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_a_garden_without_an_index_and_a_locked_one_end_with_seven(garden: Garden) -> None:
    missing = run("where", "--garden", str(garden.root), "pricing")
    garden.index(meaning=False)
    lock = WriterLock(garden.data_dir / "lock")
    lock.take()
    try:
        locked = run("index", "--garden", str(garden.root))
    finally:
        lock.free()

    assert missing.code == locked.code == 7
    assert 'hint: make it: "pmagent index"' in missing.err
    assert f"process {os.getpid()}" in locked.err


def test_settings_with_a_mistake_name_the_file_and_the_nearest_key(root: Path) -> None:
    (root / ".pmagent").mkdir()
    (root / ".pmagent" / "settings.json").write_text(
        '{"pmagent": {"exlude": []}}', encoding="utf-8"
    )

    ran = run("index", "--garden", str(root))

    assert ran.code == 3
    assert "settings.json" in ran.err
    assert 'did you mean "exclude"?' in ran.err


def test_a_garden_cannot_name_the_model_that_is_loaded(root: Path) -> None:
    (root / ".pmagent").mkdir()
    (root / ".pmagent" / "settings.json").write_text(
        '{"pmagent": {"model": "/x"}}', encoding="utf-8"
    )

    ran = run("index", "--garden", str(root))

    assert ran.code == 3
    assert "never from a garden" in ran.err


def test_hostile_text_reaches_no_terminal(root: Path) -> None:
    (root / "evil.txt").write_text(
        "The wigeon \x1b]0;title\x07\x1b[31mred\x1b[0m.\n", encoding="utf-8"
    )
    (root / "new\nline[bold].md").write_text("The skua note.\n", encoding="utf-8")
    run("init", str(root))
    run("index", "--words-only", "--garden", str(root))

    shown = run("where", "--garden", str(root), "wigeon").out
    named = run("where", "--garden", str(root), "skua note").out

    assert "wigeon" in shown
    assert "\x1b" not in shown
    assert "[bold].md" in named
    assert "new\nline" not in named


def test_color_is_for_terminals_and_never_with_no_color(indexed: str) -> None:
    forced = run("where", "--garden", indexed, "pricing", CLICOLOR_FORCE="1")
    refused = run("where", "--garden", indexed, "pricing", CLICOLOR_FORCE="1", NO_COLOR="1")

    assert "\x1b[1m" in forced.out
    assert "\x1b" not in refused.out


def test_a_sample_garden_can_be_planted_and_asked(tmp_path: Path) -> None:
    sample = str(tmp_path / "sample")

    assert run("init", "--sample", sample).code == 0
    assert run("index", "--words-only", "--garden", sample).code == 0

    assert run("where", "--garden", sample, "the price of a seat is a promise").code == 0
    assert run("init", "--sample", str(tmp_path)).code == 3


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_the_program(shell: str) -> None:
    ran = run("completion", shell)

    assert ran.code == 0
    assert "_PMAGENT_COMPLETE" in ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    ran = run(name, "--help")

    assert ran.code == 0
    assert ran.out.startswith(f"Usage: pmagent {name}")


def test_doctor_names_what_is_missing_and_what_to_do(garden: Garden) -> None:
    ran = run("doctor", "--json", "--garden", str(garden.root))

    checks = cast("list[dict[str, object]]", ran.data["checks"])
    index = next(item for item in checks if item["id"] == "index")
    assert ran.code == 1
    assert index["ok"] is False
    assert index["fix"] == 'run "pmagent index"'
