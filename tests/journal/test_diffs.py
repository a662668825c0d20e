from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.journal import diffs
from pmagent.journal.diffs import diff_text
from pmagent.types.actions import FileChange

OLD = "".join(f"line {number}\n" for number in range(1, 21)).encode()


def test_a_change_is_shown_with_its_surroundings() -> None:
    new = OLD.replace(b"line 5\n", b"five\n").replace(b"line 19\n", b"")

    shown = diff_text(FileChange(path="n/a.md", before=OLD, after=new), context=1)

    assert shown.splitlines() == [
        'changed "n/a.md"',
        "@@ -4,3 +4,3 @@",
        " line 4",
        "-line 5",
        "+five",
        " line 6",
        "@@ -18,3 +18,2 @@",
        " line 18",
        "-line 19",
        " line 20",
    ]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (FileChange(path="a", before=None, after=b"x\ny"),
         'new file "a"\n@@ -0,0 +1,2 @@\n+x\n+y\n\\ No newline at end of file'),
        (FileChange(path="a", before=b"x\n", after=None), 'deleted "a"\n@@ -1 +0,0 @@\n-x'),
        (FileChange(path="a", before=None, after=b""), 'new file "a"\nempty'),
        (FileChange(path="a", before=b"x", after=b"x"),
         'changed "a"\nthe contents stay the same'),
        (FileChange(path="b", before=None, after=b"x", moved_from="a"), 'moved from "a" to "b"'),
        (FileChange(path="a", before=b"\0" * 1204, after=b"\1\0" * 655),
         'changed "a"\nbinary, 1,204 → 1,310 bytes'),
        (FileChange(path="a", before=None, after=b"\xff" * 1000),
         'new file "a"\nbinary, 1,000 bytes'),
        (FileChange(path="a", before=b"x", after=b"x\n"),
         'changed "a"\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x'),
    ],
)  # fmt: skip
def test_each_kind_of_change_says_what_it_is(change: FileChange, shown: str) -> None:
    assert diff_text(change) == shown


def test_a_long_diff_says_how_much_is_missing() -> None:
    new = b"".join(b"%d\n" % number for number in range(diffs.MAX_LINES + 500))

    lines = diff_text(FileChange(path="a", before=None, after=new)).splitlines()

    assert lines[-1] == "… 501 more lines of this diff are not shown: it is not whole"
    assert len(lines) == diffs.MAX_LINES + 2


def test_one_endless_line_is_counted_and_not_shown() -> None:
    shown = diff_text(FileChange(path="a", before=b"x\n", after=b"y" * 3_000_000))

    assert shown.splitlines()[-1] == "… 2 more lines of this diff are not shown: it is not whole"


texts = st.lists(st.sampled_from(["a\n", "b\n", "\n", "ü\r\n", "c"]), max_size=15).map("".join)


@settings(max_examples=40, deadline=None)
@given(texts, texts)
def test_the_diff_turns_the_old_file_into_the_new_one(old: str, new: str) -> None:
    if old == new or not old or not new:
        return
    shown = diff_text(FileChange(path="a", before=old.encode(), after=new.encode()))
    patch = "\n".join(["--- a", "+++ a", *shown.split("\n")[1:]]) + "\n"
    with TemporaryDirectory() as folder:
        place = Path(folder) / "a"
        place.write_bytes(old.encode())
        subprocess.run(
            ["git", "apply", "--unidiff-zero", "-p0", "-"],
            input=patch.encode(), cwd=folder, check=True,
        )  # fmt: skip
        assert place.read_bytes() == new.encode()
