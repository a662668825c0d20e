"""Markdown as it is heard: nothing of it lost, no marks, a row of a table a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.plain.choice import why_plain
from pmagent.plain.words import plain_lines, ready_part


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("# Title #\n\nOne **bold**\nline, _soft_ and `a_b*c`.",
         ["Title", "One bold line, soft and a_b*c."]),
        ("- one\n  goes on\n* two\n12. three", ["- one goes on", "- two", "12. three"]),
        ("| Part | Tokens |\n|---|---:|\n| tools | 1,200 |\n| a \\| b | |\n\nafter",
         ["Part: tools; Tokens: 1,200", "Part: a | b", "after"]),
        ("| A |\n|---|\n| one | more |", ["A: one; more"]),
        ("```json\n{\n  **x**\n}\n```\nafter", ["{", "  **x**", "}", "after"]),
        ("    > 9  *verbatim*", ["> 9  *verbatim*"]),
        ("See [the note](notes/a.md), ![chart](c.png)",
         ["See the note (notes/a.md), image: chart (c.png)"]),
        ("> quoted\n> on", ["quoted on"]),
        ("a\n\n---\n\nb", ["a", "b"]),
        ("snake_case_name and 2 * 3 * 4", ["snake_case_name and 2 * 3 * 4"]),
        ("\x1b[31mred\x1b[0m", ["red"]),
    ],
)  # fmt: skip
def test_marks_are_left_out_and_words_are_kept(markdown: str, lines: list[str]) -> None:
    assert list(plain_lines(markdown)) == lines


@given(st.text(alphabet="ab |-#*_`[]()>~\n1.\x1b\u202e", max_size=200))
def test_any_text_becomes_lines_that_are_safe_to_write(text: str) -> None:
    lines = list(plain_lines(text))

    assert all("\n" not in line and "\x1b" not in line and "\u202e" not in line for line in lines)


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ("one", ""),
        ("one\n\ntwo", "one\n\n"),
        ("one\n\n```\ncode\n\nmore", "one\n\n"),
        ("```\na\n\nb\n```\n\nafter", "```\na\n\nb\n```\n\n"),
    ],
)
def test_only_whole_paragraphs_are_told_while_words_arrive(text: str, ready: str) -> None:
    assert text[: ready_part(text)] == ready


@pytest.mark.parametrize(
    ("environment", "is_flag", "says"),
    [
        ({}, False, ""),
        ({"PMAGENT_PLAIN": "1"}, False, "PMAGENT_PLAIN is set"),
        ({"ACCESSIBLE": "1"}, False, "ACCESSIBLE is set"),
        ({"ACCESSIBLE": "1"}, True, "--plain was given"),
        ({"PMAGENT_PLAIN": "0", "TERM": "dumb"}, False, ""),
        ({"TERM": "dumb"}, False, "this terminal is dumb"),
    ],
)
def test_the_flag_comes_before_the_variables_before_the_terminal(
    environment: dict[str, str], is_flag: bool, says: str
) -> None:
    assert why_plain(environment, is_terminal=True, is_flag=is_flag) == says


def test_a_dumb_terminal_means_nothing_where_there_is_none() -> None:
    assert not why_plain({"TERM": "dumb"}, is_terminal=False)
