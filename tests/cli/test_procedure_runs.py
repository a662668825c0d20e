"""A procedure on the command line: begun from anywhere, answered by its id, told where it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pmagent.cli import codes
from pmagent.cli.main import pmagent
from pmagent.errors import UsageError
from tests.runs.grounds import TALK, Ground, make_ground

TO_FOLDER = """\
1. **Read** `document` as `t`
2. **Set** `words = "Two lines about deposits."`
3. **Approve** "Keep “{t.title}”?" showing `words`
4. **Call** `notes.write` with `path="drafts/kept.md", text=words` as `saved`
5. **Return** `{"note": words, "saved": saved}`
"""
BY_HAND = """\
1. **Read** `document` as `t`
2. Write a pitch for `t`, as `pitch` like `str 10..200`
3. **Return** `pitch`
"""
WRITES = "#!/bin/sh\nfor last; do :; done\nprintf 'A deposit keeps a chair.\\n' > \"$last\"\n"


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """A garden with two procedures of the person's own, who stands beside it."""
    made = make_ground(tmp_path)
    made.procedure("keep", TO_FOLDER, risk="internal")
    made.procedure("pitch", BY_HAND, risk="internal")
    monkeypatch.setenv("PMAGENT_HOME", str(made.home))
    monkeypatch.chdir(tmp_path)
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(pmagent, list(words), standalone_mode=False)


def test_a_run_from_beside_the_garden_waits_and_names_what_to_type(ground: Ground) -> None:
    done = run("run", "/keep", f"garden/{TALK}")

    review = ground.waiting()
    assert done.return_value == codes.WAITING
    assert done.stdout == f"waits for you ({review.id}): Keep “The deposit, episode 101”?\n"
    assert f'"pmagent review show {review.id} --garden garden" shows it whole' in done.stderr
    assert f"     1  Read {TALK}, " in done.stderr
    assert "tool:" not in done.stderr
    assert "error:" not in done.stderr
    assert len(review.id) >= 8


def test_json_holds_the_run_its_state_and_its_review(ground: Ground) -> None:
    done = run("run", "/keep", TALK, "--garden", "garden", "--json", "-q")

    review = ground.waiting()
    told = json.loads(done.stdout)
    with ground.open() as sitting:
        [kept] = sitting.garden.runs.list()
    assert (told["exit_code"], told["reason"]) == (codes.WAITING, "waiting")
    assert (told["run"]["id"], told["run"]["state"]) == (kept.id, "waiting")
    assert (told["run"]["review"], told["run"]["result"]) == (review.id, None)
    assert review.id in told["hint"]


def test_once_it_is_done_it_says_which_file_it_made(ground: Ground) -> None:
    waits = ground.begin(f"/keep {TALK}")
    ground.decide("accept")

    done = run("resume", waits.id, "--garden", "garden")

    assert done.return_value == codes.OK
    assert done.stdout == "Two lines about deposits.\n"
    assert done.stderr.endswith("made drafts/kept.md\n")
    assert (ground.root / "drafts/kept.md").is_file()


def test_a_rehearsal_leaves_no_run_and_names_none(ground: Ground) -> None:
    done = run("run", "/keep", f"garden/{TALK}", "--dry-run")

    assert "note: a dry run: nothing was done, sent or kept" in done.stderr
    assert "note: it would go to drafts" in done.stderr
    assert run("runs", "--garden", "garden").return_value == codes.NONE


def test_a_value_for_a_person_is_asked_for_with_why_and_without_the_whole_document(
    ground: Ground,
) -> None:
    run("run", "/pitch", f"garden/{TALK}")
    review = ground.waiting()

    shown = run("review", review.id[:4], "--garden", "garden").stdout

    assert "why a person is asked: no model is chosen, and no function makes it" in shown
    assert "wanted: str 10..200" in shown
    assert f"  {TALK} · The deposit, episode 101 · " in shown
    assert "Bea Tamworth" not in shown
    assert f"pmagent review answer {review.id} --garden garden" in shown


def test_an_answer_that_does_not_fit_decides_nothing(ground: Ground) -> None:
    run("run", "/pitch", f"garden/{TALK}")
    review = ground.waiting()

    refused = run("review", "answer", review.id, "short", "--garden", "garden")

    assert isinstance(refused.exception, UsageError)
    assert "it does not fit: " in refused.exception.message
    assert ground.waiting() == review


def test_an_answer_without_a_value_is_written_in_the_editor(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(WRITES, encoding="utf-8")
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    waits = ground.begin(f"/pitch {TALK}")

    done = run("review", "answer", ground.waiting().id, "--garden", "garden")

    assert done.return_value == codes.OK
    with ground.open() as sitting:
        kept = sitting.garden.runs.get(waits.id)
    assert (kept.state, kept.result) == ("done", "A deposit keeps a chair.")


def test_an_edit_names_the_values_it_could_change(ground: Ground) -> None:
    ground.begin(f"/keep {TALK}")
    review = ground.waiting()

    refused = run("review", "edit", review.id, "title", "--garden", "garden")

    assert isinstance(refused.exception, UsageError)
    assert refused.exception.hint == "it shows: words"


def test_runs_tell_how_each_stands_on_a_line(ground: Ground) -> None:
    waits = ground.begin(f"/keep {TALK}")

    [line] = run("runs", "--garden", "garden").stdout.splitlines()

    assert line.startswith(f"{waits.id}  ")
    assert "  waits: yes?  /keep  ep-101-the-deposit.md  Keep “The deposit" in line
    explained = run("explain", waits.id, "--garden", "garden").stdout
    typed = f"pmagent review show {ground.waiting().id} --garden garden"
    assert explained.endswith(f"Next: {typed}\n")
