from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.journal.lines import differences, merge, split_lines

texts = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n", b"d\r\n", b"e"]), max_size=12).map(
    b"".join
)


@given(texts)
def test_lines_join_to_the_same_bytes(data: bytes) -> None:
    assert b"".join(split_lines(data)) == data


@given(texts, texts)
def test_differences_lead_from_one_text_to_the_other(one: bytes, other: bytes) -> None:
    old, new = split_lines(one), split_lines(other)
    made: list[bytes] = []
    at = 0

    for found in differences(old, new):
        made += old[at : found.start] + new[found.new_start : found.new_end]
        at = found.end

    assert made + old[at:] == new


@given(texts, texts, texts)
def test_a_merge_does_not_depend_on_the_side(base: bytes, one: bytes, other: bytes) -> None:
    assert merge(base, one, other) == merge(base, other, one)


@given(texts, texts)
def test_an_edit_of_one_side_alone_comes_out_whole(base: bytes, edit: bytes) -> None:
    assert merge(base, edit, base) == edit
    assert merge(base, base, edit) == edit
    assert merge(base, edit, edit) == edit


@settings(max_examples=60, deadline=None)
@given(texts, texts, texts)
def test_what_merges_here_merges_in_git_to_the_same(base: bytes, one: bytes, other: bytes) -> None:
    merged = merge(base, one, other)
    if merged is None or not (base and one and other):
        return
    with TemporaryDirectory() as folder:
        for name, data in (("base", base), ("one", one), ("other", other)):
            (Path(folder) / name).write_bytes(data)
        done = subprocess.run(
            ["git", "merge-file", "-p", "--diff3", "one", "base", "other"],
            cwd=folder, capture_output=True, check=False,
        )  # fmt: skip
    if done.returncode == 0:
        # Where lines repeat, two right diffs may pair them differently.
        assert sorted(split_lines(done.stdout)) == sorted(split_lines(merged))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"1\nX\n3\n4\n", b"1\n2\nY\n4\n"),
        (b"1\nX\n3\n4\n", b"1\nY\n3\n4\n"),
        (b"", b"1\n2\n3\nX\n"),
    ],
)
def test_edits_that_touch_are_not_merged(one: bytes, other: bytes) -> None:
    assert merge(b"1\n2\n3\n4\n", one, other) is None


def test_texts_of_nothing_but_equal_lines_are_compared_in_bounded_time() -> None:
    one, other = [b"\n"] * 20_000, [b"x\n", *[b"\n", b"y\n"] * 10_000]

    found = differences(one, other)

    assert len(found) == 1


def test_bytes_with_a_nul_are_no_lines() -> None:
    assert merge(b"a\n\n\n\0\n", b"b\n\n\n\0\n", b"a\n\n\n\0\nz\n") is None
