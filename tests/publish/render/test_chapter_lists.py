"""The two formats that are lists of chapters: `podcast_chapters` and `youtube`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.ingest.parse import parse
from pmagent.publish.render import format_named
from pmagent.publish.render.podcast_chapters import read_chapters
from pmagent.publish.render.youtube import read_list
from pmagent.types.publishing import Chapter, Kit
from tests.publish import kits

PODCAST, YOUTUBE = format_named("chapters"), format_named("youtube")


def kit_at(*seconds: float | None, end_s: int | None = 100_000) -> Kit:
    """A kit with a chapter at each second."""
    kit = kits.kit()
    marks = tuple(
        Chapter(
            turn=index,
            start_line=index + 1,
            start_ms=None if second is None else round(second * 1000),
            title=f"Part {index + 1}",
        )
        for index, second in enumerate(seconds)
    )
    end_ms = None if end_s is None else end_s * 1000
    return replace(kit, chapters=marks, transcript=replace(kit.transcript, end_ms=end_ms))


def test_podcast_chapters_are_read_back_as_they_were_written() -> None:
    text = PODCAST.render(kits.kit())

    assert [(mark.start_ms, mark.title) for mark in read_chapters(text)] == [
        (chapter.start_ms, chapter.title) for chapter in kits.kit().chapters
    ]
    assert json.loads(text)["version"] == "1.2.0"


def test_our_own_reader_of_chapters_finds_them_too() -> None:
    parsed = parse(PODCAST.render(kits.long_kit()).encode(), "chapters.json")

    assert parsed.format == "chapters"
    assert [(block.start_ms, block.text) for block in parsed.blocks] == [
        (chapter.start_ms, chapter.title) for chapter in kits.long_kit().chapters
    ]


def test_chapters_without_order_title_or_time_are_mended_and_said() -> None:
    kit = kit_at(30, 0, None, 30.4)
    made = PODCAST.make(
        replace(kit, chapters=(replace(kit.chapters[0], title=" "), *kit.chapters[1:]))
    )

    assert [(mark.start_ms, mark.title) for mark in read_chapters(made.text)] == [
        (0, "Part 2"),
        (30_000, "Chapter 1"),
    ]
    assert made.remarks == (
        "1 chapter without a time left out",
        "the chapters were put in the order of their times",
        "1 chapter at the second of another left out",
        "1 chapter without a title: numbered instead",
    )


def test_estimated_times_are_said_to_be() -> None:
    kit = kit_at(0, 60)
    guessed = replace(kit.chapters[1], is_interpolated=True)

    assert PODCAST.make(replace(kit, chapters=(kit.chapters[0], guessed))).remarks == (
        "1 of the chapters' time is estimated: listen before publishing",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[", "it is not JSON"),
        ("[" * 99_999, "it is nested too deeply"),
        ('{"chapters": []}', "it has no version 1 list of chapters"),
        ('{"version": "1.2.0", "chapters": []}', "it has no chapters"),
        ('{"version": "1.2.0", "chapters": [{"title": "a"}]}', "a chapter has no start time"),
        ('{"version": "1.2.0", "chapters": [{"startTime": NaN}]}', "a chapter has no start time"),
        ('{"version": "1.2.0", "chapters": [{"startTime": 0}]}', "a chapter has no title"),
        (
            '{"version": "1.2.0", "chapters": [{"startTime": 9, "title": "a"},'
            '{"startTime": 3, "title": "b"}]}',
            "the chapters are not in the order of their times",
        ),
    ],
)
def test_what_is_wrong_with_a_file_of_chapters_is_said(text: str, why: str) -> None:
    assert PODCAST.check(text) == (why,)


def test_a_list_for_youtube_has_hours_only_where_there_are_some() -> None:
    made = YOUTUBE.make(kits.long_kit(hours=2))

    assert made.text.splitlines() == [
        *("0:00 Watch 1", "20:00 Watch 2", "40:00 Watch 3"),
        *("1:00:00 Watch 4", "1:20:00 Watch 5", "1:40:00 Watch 6"),
    ]
    assert made.remarks == ()


def test_chapters_that_are_too_short_join_the_one_above() -> None:
    made = YOUTUBE.make(kit_at(4, 8, 60, 65, 120, 995, end_s=1000))

    assert made.text.splitlines() == ["0:00 Part 1", "1:00 Part 3", "2:00 Part 5"]
    assert made.remarks == (
        "the first chapter begins at 0:00 instead of 0:04",
        "joined to the chapter above, as one lasts 10 seconds at least: "
        '"Part 2" at 0:08, "Part 4" at 1:05, "Part 6" at 16:35',
    )


def test_too_few_chapters_are_none_and_the_reason_is_given() -> None:
    made = YOUTUBE.make(kit_at(0, 3, 600))

    assert made.text == ""
    assert made.remarks[-1] == "YouTube wants 3 chapters at least, and there are 2"


def test_titles_youtube_would_refuse_or_cut_are_changed_and_said() -> None:
    kit = kit_at(0, 60, 120)
    titles = ("a < b > c", "long " * 20, "fine")
    named = tuple(
        replace(one, title=title) for one, title in zip(kit.chapters, titles, strict=True)
    )
    made = YOUTUBE.make(replace(kit, chapters=named))

    assert made.text.splitlines()[0] == "0:00 a ‹ b › c"
    assert len(made.text.splitlines()[1]) <= len("1:00 ") + 70
    assert made.remarks == (
        "1 title cut at 70 characters",
        "angle brackets replaced: YouTube refuses a description with one",
    )


def test_a_list_that_is_longer_than_a_description_is_said_to_be() -> None:
    made = YOUTUBE.make(kit_at(*range(0, 60 * 400, 60)))

    assert made.remarks == (
        f"the list has {len(made.text):,} characters, a description 5,000: take fewer chapters",
    )
    assert YOUTUBE.check(made.text) == ("longer than a description may be (5,000)",)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 50_000), max_size=30), st.integers(1, 60_000))
def test_a_list_for_youtube_keeps_its_rules_or_there_is_none(
    seconds: Sequence[float], end_s: int
) -> None:
    made = YOUTUBE.make(kit_at(*seconds, end_s=end_s))

    if made.text:
        assert YOUTUBE.check(made.text) == ()
        assert read_list(made.text)[0][0] == 0
    else:
        assert made.remarks


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0:00 a\n", "fewer than 3 chapters"),
        ("0:05 a\n1:00 b\n2:00 c\n", "the first chapter does not begin at 0:00"),
        ("0:00 a\n2:00 b\n1:00 c\n", "the times do not rise"),
        ("0:00 a\n0:05 b\n1:00 c\n", "a chapter is shorter than 10 seconds"),
        ("0:00 a\n1:00 <b>\n2:00 c\n", "angle brackets are refused in a description"),
        ("- 0:00 a\n", 'the line "- 0:00 a" does not begin with a time'),
    ],
)
def test_each_broken_rule_of_youtube_is_named(text: str, why: str) -> None:
    assert YOUTUBE.check(text) == (why,)
