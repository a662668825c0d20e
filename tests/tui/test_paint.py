from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pmagent.commands.query_text import parse_query, query_words
from pmagent.errors import UsageError
from pmagent.tui.paint.lines import (
    Span,
    clip,
    clip_middle,
    clip_text,
    mark_words,
    pad_text,
    spread,
    width_of,
    wrap,
)
from pmagent.tui.paint.map import bin_timeline, paint_timeline
from pmagent.tui.paint.reading import Passage, cited_rows, paint_reading
from pmagent.tui.paint.vital import percent, time_left
from pmagent.types import Query, Reading

TEXTS = st.text(st.sampled_from("ab  cd日é-"), max_size=60)
SPANS = st.lists(st.builds(Span, TEXTS, st.sampled_from(["", "key", "mark"])), max_size=5)


def text_of(spans: tuple[Span, ...]) -> str:
    return "".join(part.text for part in spans)


@given(SPANS, st.integers(6, 40), st.integers(0, 4))
def test_wrapping_keeps_every_word_in_order_and_every_line_in_width(
    spans: list[Span], width: int, indent: int
) -> None:
    lines = wrap(spans, width, indent)

    assert all(width_of(line) <= max(width, indent + 4) for line in lines)
    assert "".join("".join(map(text_of, lines)).split()) == "".join(
        "".join(part.text for part in spans).split()
    )


@given(TEXTS, st.integers(0, 30))
def test_clipping_never_takes_more_than_the_width(text: str, width: int) -> None:
    for clipped in (clip_text(text, width), clip_middle(text, width), pad_text(text, width)):
        assert cell_len(clipped) <= width
    assert width_of(clip((Span(text), Span(text, "key")), width)) <= width
    assert width_of(spread((Span(text),), (Span(text),), width)) <= width
    assert cell_len(pad_text(text, width)) == width


def test_the_end_of_a_long_path_is_kept() -> None:
    assert clip_middle("talks/2024-03-14-ep-010-the-price-of-a-seat.vtt", 24) == (
        "talks/2…ce-of-a-seat.vtt"
    )


def test_words_of_the_question_are_marked_wherever_they_begin_a_word() -> None:
    assert mark_words("Seats and a seat, no receipt", ["seat"], "", "mark") == (
        Span("Seats", "mark"),
        Span(" and a ", ""),
        Span("seat", "mark"),
        Span(", no receipt", ""),
    )


def test_a_long_timeline_is_told_in_years_with_the_same_total() -> None:
    quarters = [
        (f"{year}-Q{quarter}", year % 3) for year in range(1990, 2026) for quarter in (1, 2, 3, 4)
    ]

    columns = bin_timeline(quarters, 160)

    assert [column.label for column in columns][:2] == ["1990", "1991"]
    assert sum(column.count for column in columns) == sum(count for _, count in quarters)


def test_a_timeline_says_the_same_in_numbers_as_in_bars() -> None:
    lines = paint_timeline([("2024-Q1", 8), ("2024-Q2", 0), ("2024-Q3", 1)], 60, here="2024-Q3")

    assert [text_of(line).split() for line in lines] == [
        ["██", "▁▁"],
        ["8", "·", "[1]"],
        ["2024", "Q1", "Q2", "Q3"],
    ]


def reading(lines: list[str], cited: tuple[int, int]) -> Reading:
    return Reading(
        path="a.md", title="a", date=date(2024, 1, 1), date_source="modified",
        lines=tuple(enumerate(lines, 1)), cited=cited, total_lines=len(lines),
    )  # fmt: skip


def test_cited_lines_have_a_bar_and_the_quote_is_marked_inside_them() -> None:
    shown = Passage(reading=reading(["before", "He said it was free. Then he left."], (2, 2)),
                    quote="it was free.")  # fmt: skip

    page = paint_reading(shown, 60)

    assert [line.text for line in page.lines] == [
        "1 │ before",
        "2 ┃ He said it was free. Then he left.",
    ]
    assert Span("it was free.", "quoted") in page.lines[1].spans or any(
        part.style == "quoted" for part in page.lines[1].spans
    )
    assert cited_rows(page) == range(1, 2)


def test_a_quote_over_two_lines_is_marked_on_both() -> None:
    lines = ["so I told them the price of a seat", "is the price of a seat, and left"]
    quote = "the price of a seat is the price of a seat,"

    page = paint_reading(Passage(reading=reading(lines, (1, 2)), quote=quote), 60)

    marked = ["".join(p.text for p in line.spans if p.style == "quoted") for line in page.lines]
    assert marked == ["the price of a seat", "is the price of a seat,"]


def test_a_file_of_one_line_shows_the_part_around_the_quote() -> None:
    text = "word " * 40_000 + "the needle of it " + "word " * 40_000

    page = paint_reading(Passage(reading=reading([text], (1, 1)), quote="the needle of it"), 60)

    assert len(page.lines) <= 62
    assert any("needle" in line.text for line in page.lines)


def test_what_is_not_everything_is_never_told_as_everything() -> None:
    assert [percent(share) for share in (0, 0.001, 0.5, 0.999, 1)] == [
        "0%",
        "1%",
        "50%",
        "99%",
        "100%",
    ]


def test_time_left_is_told_in_the_unit_a_person_would_use() -> None:
    assert [time_left(seconds) for seconds in (0.2, 40, 200, 9_000)] == [
        "1 s",
        "40 s",
        "3 m",
        "2 h",
    ]


def test_flags_after_a_question_become_filters_and_back() -> None:
    query = parse_query(
        "seat price --since 2024-03 --until 2024 --speaker Ana Ruiz --in notes/* *.vtt", limit=7
    )

    assert query == Query(
        text="seat price", since=date(2024, 3, 1), until=date(2024, 12, 31), speaker="Ana Ruiz",
        within=("notes/*", "*.vtt"), limit=7,
    )  # fmt: skip
    assert parse_query(query_words(query), limit=7) == query


@pytest.mark.parametrize(
    "text",
    ["", "--since 2024", "seats --since", "seats --until 2024-13", "seats --since soon",
     "seats --since 2024-01-01-01", "x" * 5_000],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_query(text, limit=5)
