"""`draft.*`: every part of a kit as a step gets it, each word with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pmagent.errors import UsageError
from pmagent.functions import KitShelf
from pmagent.types.publishing import Kit
from tests.functions.conftest import EPISODE, Bench, MakeBench

MARKED = re.compile(r"^- (?P<text>.+)\[\^(?P<path>[^\]]+):(?P<line>\d+)\]$")
SHORT = "# A walk\n\n**Ada:** We went out, and it rained, and we came home again.\n"


def test_five_titles_that_an_app_can_show_each_different(shop: Bench) -> None:
    titles = shop.call("draft.titles", document=shop.document(EPISODE), count=5)

    assert isinstance(titles, list)
    assert len({str(one).casefold() for one in titles}) == 5
    assert all(10 <= len(str(one)) <= 70 for one in titles)


def test_each_line_of_the_notes_stands_where_its_mark_says(shop: Bench) -> None:
    notes = shop.text("draft.notes", document=shop.document(EPISODE))

    lines = (shop.root / EPISODE).read_text(encoding="utf-8").splitlines()
    rows = notes.splitlines()
    assert len(rows) >= 4
    for row in rows:
        found = MARKED.match(row)
        assert found is not None, row
        assert found["path"] == EPISODE
        said = lines[int(found["line"]) - 1].casefold()
        assert found["text"].replace("\\", "").rstrip(".").casefold() in said


def test_notes_follow_chapters_that_a_person_has_set(shop: Bench) -> None:
    document = shop.document(EPISODE)

    by_person = shop.text("draft.notes", document=document, chapters=[{"line": 11}, {"line": 95}])

    lines = [int(found["line"]) for row in by_person.splitlines() if (found := MARKED.match(row))]
    assert min(lines) < 95 <= max(lines)
    assert by_person != shop.text("draft.notes", document=document)


def test_chapters_rise_and_carry_a_time_where_the_source_has_times(shop: Bench) -> None:
    chapters = shop.rows("draft.chapters", document=EPISODE)

    times = [str(one["at"]) for one in chapters]
    assert times == sorted(times)
    assert times[0] == "00:00:00"
    assert all(set(one) == {"at", "title", "line"} for one in chapters)


def test_what_says_too_little_is_left_to_a_person(make_bench: MakeBench) -> None:
    bench = make_bench({"transcripts/walk.md": SHORT})

    for name in ("draft.titles", "draft.description", "draft.notes"):
        with pytest.raises(UsageError) as caught:
            bench.call(name, document="transcripts/walk.md")
        assert "by hand" in caught.value.hint
    assert bench.call("draft.short", document="transcripts/walk.md") == "A walk"


def test_a_transcript_that_changed_since_the_run_read_it_is_refused(make_bench: MakeBench) -> None:
    bench = make_bench({"transcripts/walk.md": SHORT * 30})
    read = bench.document("transcripts/walk.md")
    (bench.root / "transcripts/walk.md").write_text(SHORT * 31, encoding="utf-8")

    with pytest.raises(UsageError, match="has changed since this run read it"):
        bench.call("draft.short", document=read)


def test_a_kit_is_made_once_for_its_bytes(make_bench: MakeBench) -> None:
    bench = make_bench({"transcripts/walk.md": SHORT})
    first = bench.desk.kit("transcripts/walk.md")

    assert bench.desk.kit("transcripts/walk.md") is first
    (bench.root / "transcripts/walk.md").write_text(SHORT + "\nMore.\n", encoding="utf-8")
    assert bench.desk.kit("transcripts/walk.md") is not first


def test_the_shelf_holds_few_kits_and_drops_the_one_unused_longest(make_bench: MakeBench) -> None:
    bench = make_bench({"transcripts/walk.md": SHORT})
    transcript = bench.desk.kit("transcripts/walk.md").transcript
    shelf = KitShelf(2)

    def kit(path: str) -> Kit:
        return shelf.kit(path, "", lambda: Kit(transcript=transcript))

    one, two = kit("one"), kit("two")
    assert kit("one") is one
    kit("three")

    assert kit("one") is one
    assert kit("two") is not two


def test_dropped_claims_take_their_lines_and_nothing_else() -> None:
    notes = "- It rains in Ostend.[^a.md:1]\n- Nine shops stayed.[^a.md:4]\n"

    left = drop(notes, ["Nine shops stayed."])

    assert left == "- It rains in Ostend.[^a.md:1]\n"


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (["It rains in Ostend.", "Nine shops stayed."], "no line of the notes would be left"),
        (["Ten shops stayed."], 'the notes do not say "Ten shops stayed."'),
    ],
)
def test_notes_are_never_dropped_whole_and_no_drop_is_silent(claims: list[str], said: str) -> None:
    notes = "- It rains in Ostend.[^a.md:1]\n- Nine shops stayed.[^a.md:4]\n"

    with pytest.raises(UsageError) as caught:
        drop(notes, claims)

    assert caught.value.message == said


def test_the_post_holds_every_part_as_it_was_given_and_no_path(shop: Bench) -> None:
    document = shop.document(EPISODE)
    place = f"{EPISODE}:41"

    post = shop.text(
        "draft.post",
        document=document,
        description="Two bills in two years.",
        notes=f"- Messages went from thirty-seven a week to two.[^{place}]\n"
        f"- The Chamber asked 212 shops.[^research/2026-01-small-shops-and-their-books.md:12]\n",
        chapters=[{"at": "00:01:17", "title": "The price", "line": 23}, {"title": "No time"}],
        quotes=[{"text": "Ninety-four!", "speaker": "Nell", "at": None, "place": place}],
        links=[{"text": "Oskar", "url": "https://example.com/o"}, {"text": "Pickles", "url": ""}],
    )

    assert post == (
        "Two bills in two years.\n\n"
        "## Show notes\n\n"
        "- Messages went from thirty-seven a week to two. [1]\n"
        "- The Chamber asked 212 shops. [2]\n\n"
        "## Chapters\n\n- 00:01:17 The price\n- No time\n\n"
        "## Quotes\n\n> “Ninety-four!” [1]\n>\n> — Nell\n\n"
        "## Links\n\n- [Oskar](https://example.com/o)\n- Also mentioned: Pickles\n\n"
        "## Sources\n\n"
        "From the transcript of “A Price You Can Say” where nothing else is named:\n\n"
        "1. Dov, ~00:02:50, line 41\n"
        "2. “Small shops and their books”, line 12\n"
    )


def test_a_document_is_named_by_a_part_of_its_path_as_well(shop: Bench) -> None:
    by_name = shop.call("draft.chapters", document="ep-100")

    assert by_name == shop.call("draft.chapters", document=shop.document(EPISODE))


@pytest.mark.parametrize("value", [None, 3, ["a"], {"kind": "note"}])
def test_what_is_no_document_is_said_to_be_none(shop: Bench, value: object) -> None:
    with pytest.raises(UsageError, match='"document" is no document'):
        shop.call("draft.chapters", document=value)  # pyright: ignore[reportArgumentType] - any of them may come from a step


def drop(notes: str, claims: list[str]) -> str:
    return Bench.text(_Bare(), "draft.drop", notes=notes, claims=claims)  # pyright: ignore[reportArgumentType] - it reaches for no garden


class _Bare(Bench):
    def __init__(self) -> None:
        self.root = Path()
        self.desk = None  # pyright: ignore[reportAttributeAccessIssue] - as above
