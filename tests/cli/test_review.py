"""`review` and `autonomy` on the sample garden, as a person runs them without a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner, Result

from pmagent.cli import codes
from pmagent.cli.main import pmagent
from pmagent.errors import AccessError, UsageError
from pmagent.garden import Garden
from pmagent.types.reviews import Review
from tests.reviews.made import NOTES, review

SENDING = {
    "function": "ghost.draft",
    "target": "blog.example",
    "outgoing": '{"title": "T"}',
    "digest": "f" * 64,
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home, root = tmp_path / "home", tmp_path / "garden"
    monkeypatch.setenv("PMAGENT_HOME", str(home))
    monkeypatch.setenv("USER", "nell")
    root.mkdir()
    Garden.create(root, home=home, sample=True).close()
    return root


def put(root: Path, *reviews: Review) -> None:
    with Garden.open(root) as garden:
        for one in reviews:
            garden.reviews.add(one)


def kept(root: Path, name: str) -> Review:
    with Garden.open(root) as garden:
        return garden.reviews.get(name)


def run(root: Path, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(
        pmagent, [*words, "--garden", str(root)], input=stdin, standalone_mode=False
    )


def test_the_queue_is_listed_and_one_of_it_shown_to_the_last_character(root: Path) -> None:
    assert run(root, "review").return_value == codes.NONE
    put(root, review(run="", sendings=(SENDING,)), review(2, run="", kind="sample", title="b"))

    listed = run(root, "review", "--json")
    shown = run(root, "review", "show", "r1")

    rows = json.loads(listed.stdout)["data"]["reviews"]
    assert [row["id"] for row in rows] == ["r1", "r2"]
    assert "a yes sends: ghost.draft to blog.example" in shown.stdout
    assert '  {"title": "T"}\n' in shown.stdout
    assert "  - He calls it “the patient error”.[^talks/ep-12.md:11]" in shown.stdout
    assert "pmagent review accept r1" in shown.stdout


def test_a_script_lets_nothing_leave(root: Path) -> None:
    put(root, review(run="", sendings=(SENDING,)))

    done = run(root, "review", "accept", "r1", stdin="y")

    assert isinstance(done.exception, AccessError)
    assert codes.code_of(done.exception) == codes.DENIED
    assert kept(root, "r1").state == "open"


def test_what_does_not_leave_is_accepted_by_its_kind(root: Path) -> None:
    put(root, *(review(n, run="", kind="sample", title=f"t{n}") for n in (1, 2)))
    put(root, review(3, run="", kind="handoff", title="h"))

    done = run(root, "review", "accept", "--all-kind", "sample", "--json")

    told = cast("list[dict[str, object]]", json.loads(done.stdout)["data"]["reviews"])
    assert [(one["id"], one["decision"], one["by"]) for one in told] == [
        ("r1", "accept", "nell"), ("r2", "accept", "nell"),
    ]  # fmt: skip
    assert kept(root, "r3").state == "open"


def test_an_edit_takes_a_value_from_a_file(root: Path, tmp_path: Path) -> None:
    fixed = NOTES.replace("14", "14 feet")
    (tmp_path / "notes.md").write_text(fixed, encoding="utf-8")
    put(root, review(run=""))

    wrong = run(root, "review", "edit", "r1", "title=T")
    run(root, "review", "edit", "r1", f"notes=@{tmp_path / 'notes.md'}", "--code", "cite")

    assert isinstance(wrong.exception, UsageError)
    decided = kept(root, "r1")
    assert (decided.decision, decided.edits, decided.codes) == (
        "edit", {"notes": fixed}, ("cite",),
    )  # fmt: skip


def test_a_question_is_answered_in_its_type_and_only_once(root: Path) -> None:
    put(root, review(run="", kind="answer", shape="small|large"))

    wrong = run(root, "review", "answer", "r1", "huge")
    run(root, "review", "answer", "r1", "large")
    again = run(root, "review", "answer", "r1", "small")

    assert isinstance(wrong.exception, UsageError)
    assert kept(root, "r1").answer == "large"
    assert "is answered by nell on " in str(again.exception)


def test_a_rejection_keeps_its_note_and_a_snooze_its_moment(root: Path) -> None:
    put(root, review(run=""), review(2, run="", title="b"))

    run(root, "review", "reject", "r1", "--note", "too long", "--code", "format")
    run(root, "review", "snooze", "r2", "--until", "2d")

    assert (kept(root, "r1").note, kept(root, "r1").codes) == ("too long", ("format",))
    assert run(root, "review").return_value == codes.NONE
    assert run(root, "review", "list", "--snoozed").return_value == codes.OK


def test_a_promotion_is_refused_with_what_is_missing(root: Path) -> None:
    command = "publish-episode"
    shown = run(root, "autonomy", command, "--json")
    refused = run(root, "autonomy", "promote", command)
    unknown = run(root, "autonomy", "no-such-thing")

    [stands] = json.loads(shown.stdout)["data"]["standings"]
    assert (stands["level"], stands["looked_at_percent"]) == ("assist", 100)
    assert isinstance(refused.exception, UsageError)
    assert "stays at assist" in refused.exception.message
    assert isinstance(unknown.exception, UsageError)
