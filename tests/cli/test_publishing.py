"""`draft`, `check`, `verify` and `lint-archive` on the sample garden, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner, Result

from pmagent.cli.main import pmagent
from pmagent.garden import Garden
from pmagent.types.actions import TrustLevel

EPISODE = "transcripts/ep-019-forty-one-percent.txt"
POST = """# What we learned

The drop-off before the first import was forty-one percent.

I think that is a lovely number. What comes next?
"""


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample garden's folder and its home, searched by words."""
    base = tmp_path_factory.mktemp("publishing")
    root, home = base / "garden", base / "home"
    root.mkdir()
    with Garden.create(root, home=home, sample=True) as garden:
        garden.index(meaning=False)
        garden.set_level(TrustLevel.DRAFT)
    (root / "drafts").mkdir()
    (root / "drafts" / "post.md").write_text(POST, encoding="utf-8")
    (root / "empty.md").touch()
    (root / "broken.md").write_bytes(bytes(range(256)) * 400)
    return root, home


@pytest.fixture
def at(indexed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    root, home = indexed
    monkeypatch.setenv("PMAGENT_HOME", str(home))
    return root


def run(root: Path, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(
        pmagent, [*words, "--garden", str(root)], input=stdin, standalone_mode=False
    )


def data_of(done: Result) -> dict[str, object]:
    return cast("dict[str, object]", json.loads(done.stdout)["data"])


def test_a_kit_as_json_has_every_part_with_its_place(at: Path) -> None:
    told = data_of(run(at, "draft", "kit", EPISODE, "--json"))

    chapters = cast("list[dict[str, object]]", told["chapters"])
    lines = (at / EPISODE).read_text(encoding="utf-8").count("\n") + 1
    assert chapters[0]["start_ms"] == 0
    assert all(1 <= cast("int", one["start_line"]) <= lines and one["title"] for one in chapters)
    assert isinstance(told["description"], str)
    assert all(isinstance(title, str) for title in cast("list[object]", told["titles"]))
    assert {"notes", "quotes", "mentions", "promises"} <= set(told)


def test_every_quote_of_a_kit_stands_in_its_file_letter_for_letter(at: Path) -> None:
    told = data_of(run(at, "draft", "quotes", EPISODE, "--json"))
    said = " ".join((at / EPISODE).read_text(encoding="utf-8").split())

    quotes = cast("list[dict[str, str]]", told["quotes"])
    assert 3 <= len(quotes) <= 7
    assert all(quote["text"] in said for quote in quotes)


def test_the_same_transcript_gives_the_same_bytes_twice(at: Path) -> None:
    assert run(at, "draft", EPISODE).stdout == run(at, "draft", EPISODE).stdout


@pytest.mark.parametrize("kind", ["titles", "description", "chapters", "show-notes", "mentions"])
def test_one_part_is_a_page_of_its_own(at: Path, kind: str) -> None:
    shown = run(at, "draft", kind, EPISODE).stdout

    assert shown.startswith("# ")
    assert shown.count("\n## ") == 0


def test_a_kit_is_saved_with_a_manifest_that_verifies_until_its_source_changes(at: Path) -> None:
    saved = run(at, "draft", EPISODE, "--save")
    folder = "drafts/kits/ep-019-forty-one-percent"
    assert f"{folder}/post.manifest.json" in saved.stdout
    assert (at / folder / "post.md").exists()

    unchecked = run(at, "verify", f"{folder}/post.md", "--json")
    told = data_of(unchecked)
    assert (told["draft_is_same"], told["changed"], told["missing"]) == (True, [], [])
    assert told["may_leave"] is False

    source = at / EPISODE
    before = source.read_text(encoding="utf-8")
    try:
        source.write_text(before.replace("percent", "per cent"), encoding="utf-8")
        assert data_of(run(at, "verify", f"{folder}/post.md", "--json"))["changed"]
    finally:
        source.write_text(before, encoding="utf-8")


def test_a_kit_edited_by_hand_is_never_replaced(at: Path) -> None:
    run(at, "draft", "ep-036", "--save")
    post = at / "drafts/kits/ep-036-a-robot-at-the-front-desk/post.md"
    post.write_text("my own words\n", encoding="utf-8")

    again = run(at, "draft", "ep-036", "--save")

    assert post.read_text(encoding="utf-8") == "my own words\n"
    assert "drafts/kits/ep-036-a-robot-at-the-front-desk-2/post.md" in again.stdout


def test_a_check_tells_claims_from_opinions_and_questions(at: Path) -> None:
    told = data_of(run(at, "check", "drafts/post.md", "--json", "--fail-on", "none"))

    claims = cast("list[dict[str, object]]", told["claims"])
    aside = cast("list[dict[str, object]]", told["set_aside"])
    assert [claim["text"] for claim in claims] == [
        "The drop-off before the first import was forty-one percent."
    ]
    assert cast("dict[str, object]", claims[0]["span"])["start_line"] == 3
    assert [one["kind"] for one in aside] == ["opinion", "question"]


def test_a_checked_draft_has_its_verdicts_in_the_manifest(at: Path) -> None:
    run(at, "check", "drafts/post.md", "--save", "--fail-on", "none")

    told = json.loads((at / "drafts/post.manifest.json").read_text(encoding="utf-8"))
    assert told["manifest"]["is_checked"] is True
    assert len(told["manifest"]["verdicts"]) == 1


def test_a_draft_is_no_evidence_for_itself(at: Path) -> None:
    (at / "drafts" / "lie.md").write_text("The importer was written by Corin Vale.\n", "utf-8")
    run(at, "index", "--words-only", "--quiet")

    told = data_of(run(at, "check", "drafts/lie.md", "--json", "--fail-on", "none"))

    [claim] = cast("list[dict[str, object]]", told["claims"])
    assert claim["verdict"] != "supported"
    places = [one["path"] for one in cast("list[dict[str, str]]", claim["evidence"])]
    assert not [path for path in places if path.startswith("drafts/")]


def test_a_batch_gives_one_scored_line_for_each_claim(at: Path) -> None:
    lines = [
        {"id": "a", "claim": "Forty-one percent left before their first import."},
        {"id": "b", "claim": "Five interviews gave polite lies.", "sources": [EPISODE]},
    ]
    text = "\n".join(json.dumps(line) for line in lines)

    done = run(at, "check", "--batch", "-", "--jsonl", stdin=text)

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in told] == ["a", "b"]
    assert {line["verdict"] for line in told} <= {"supported", "contradicted", "not_in_archive"}
    assert all({"path", "start_line", "end_line"} <= set(line["evidence"][0]) for line in told)


def test_a_check_as_sarif_is_one_run_with_the_file(at: Path) -> None:
    told = json.loads(run(at, "check", "drafts/post.md", "--sarif", "--fail-on", "none").stdout)

    assert told["version"] == "2.1.0"
    assert [one["location"]["uri"] for one in told["runs"][0]["artifacts"]] == ["drafts/post.md"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["draft"], "no transcript is named"),
        (["draft", "chapters"], "no transcript is named"),
        (["draft", "ep-001", "--as", "papyrus"], 'there is no format "papyrus"'),
        (["draft", "zzz"], 'there is no document "zzz"'),
        (["draft", "empty.md"], 'cannot read "empty.md": empty'),
        (["draft", "broken.md"], 'cannot read "broken.md": not text'),
        (["check"], "no text is named"),
        (["check", "zzz.md"], 'there is no document "zzz.md"'),
        (["check", "drafts/post.md", "--fail-on", "odd"], '"odd" is no verdict'),
        (["check", "drafts/post.md", "--fix", "99"], "there is no claim 99"),
        (["check", "drafts/post.md", "--keep", "1"], "key press of a person"),
        (["verify", "notes/saying-no.md"], "there is no manifest beside"),
    ],
)
def test_a_mistake_is_one_sentence(at: Path, words: list[str], says: str) -> None:
    done = run(at, *words)

    assert done.exception is not None
    assert says in str(done.exception)
