"""`archive.*`: what was said before, and where things stand."""

from __future__ import annotations

import pytest

from pmagent.errors import UsageError
from tests.functions.conftest import EPISODE, NOTES, Bench, MakeBench

IDEA = "A price should be something you can say out loud at the till. A free parrot for every shop."


def test_prior_art_is_themes_of_cited_sentences_and_the_first_is_not_after_the_latest(
    shop: Bench,
) -> None:
    prior = shop.record("archive.prior_art", query="a price you can say out loud at the till")

    assert prior["abstained"] is False
    assert isinstance(prior["count"], int)
    assert prior["count"] >= 3
    assert "notes/pricing-notebook.md:40" in str(prior["themes"])
    first, latest = prior["first"], prior["latest"]
    assert isinstance(first, dict)
    assert isinstance(latest, dict)
    assert str(first["date"]) <= str(latest["date"])


def test_where_nobody_said_it_the_nearest_is_shown_and_nothing_is_claimed(shop: Bench) -> None:
    prior = shop.record("archive.prior_art", query="quantum teleportation of zebras")

    assert (prior["abstained"], prior["count"], prior["themes"]) == (True, 0, [])


def test_an_idea_is_parted_into_what_was_said_and_what_is_new(shop: Bench) -> None:
    news = shop.record("archive.news", idea=IDEA)

    assert news["new"] == ["A free parrot for every shop."]
    assert "notes/pricing-notebook.md:40" in str(news["said"])


def test_the_note_cites_what_was_said_and_marks_what_is_new(shop: Bench) -> None:
    prior = shop.record("archive.prior_art", query=IDEA.partition(".")[0])
    news = shop.record("archive.news", idea=IDEA)
    told = shop.text("archive.told", prior=prior)
    note = shop.text("archive.note", idea=IDEA, prior=prior, told=told, new=news["new"])

    said = [row for row in note.splitlines() if row.startswith("- “")]
    assert said
    assert all("[^" in row for row in said)
    assert "- A free parrot for every shop. (assumption)" in note


@pytest.mark.parametrize(
    ("episode", "note"),
    [
        ("transcripts/ep-007-the-ferry.md", "notes/ep-007-the-ferry.md"),
        ("transcripts/ep-008-the-bill.md", "notes/8.md"),
        ("transcripts/2024-03-14-ep-009-the-seat.vtt", "notes/episode-9.md"),
        ("transcripts/ep-010-gulls.md", None),
    ],
)
def test_the_notes_of_an_episode_are_found_by_name_or_number(
    make_bench: MakeBench, episode: str, note: str | None
) -> None:
    bench = make_bench({
        "transcripts/ep-007-the-ferry.md": "Ferries.\n",
        "transcripts/ep-008-the-bill.md": "Bills.\n",
        "transcripts/2024-03-14-ep-009-the-seat.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nSeats.\n",
        "transcripts/ep-010-gulls.md": "Gulls.\n",
        "notes/ep-007-the-ferry.md": "Notes.\n",
        "notes/8.md": "Notes.\n",
        "notes/episode-9.md": "Notes.\n",
        "notes/10-things-about-birds.md": "Another subject.\n",
        "notes/80.md": "Another episode.\n",
    })  # fmt: skip

    assert bench.call("archive.notes_of", document=episode) == note


def test_the_sample_has_notes_for_one_episode(shop: Bench) -> None:
    assert shop.call("archive.notes_of", document=shop.document(EPISODE)) == NOTES


def test_sentences_with_words_to_be_careful_of_carry_who_and_where(make_bench: MakeBench) -> None:
    bench = make_bench({
        "transcripts/t.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>It rains.\n\n"
        "00:03.000 --> 00:05.000\n<v Ben>Off the record, they will close in May.\n",
    })  # fmt: skip

    found = bench.rows(
        "archive.sentences_with",
        document="transcripts/t.vtt",
        words=["embargo", "off the record"],
    )

    assert found == [{
        "text": "Off the record, they will close in May.", "word": "off the record",
        "speaker": "Ben", "at": "00:00:03", "place": "transcripts/t.vtt:7",
    }]  # fmt: skip
    assert bench.call("archive.questions", passages=found) == [
        "transcripts/t.vtt:7: “Off the record, they will close in May.” — may this be published, "
        "and from when?"
    ]
    with pytest.raises(UsageError, match="no passage"):
        bench.call("archive.questions", passages=[])


def test_lines_are_read_as_they_stand_now(shop: Bench) -> None:
    found = shop.record("archive.lines", document=EPISODE, first=51)

    assert str(found["text"]).startswith("Twenty-two businesses left")
    with pytest.raises(UsageError, match="cannot be read"):
        shop.call("archive.lines", document=EPISODE, first=9, last=2)
