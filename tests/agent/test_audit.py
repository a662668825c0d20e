"""The trail: what is written stays, and whatever is done to it is told by its kind."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.agent.audit import Trail, trail_anchor, trail_key
from pmagent.agent.trail_files import open_for_writing
from pmagent.errors import TrailError

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
PROJECT = Path(__file__).parents[2]


class Place:
    """One garden's folders, and its trail opened as often as wanted."""

    def __init__(self, base: Path) -> None:
        self.data = base / "data" / "gardens" / "notes-1a2b"
        self.config = base / "config"
        self.anchor = trail_anchor(self.config, self.data)
        self.ticks = count()

    @property
    def file(self) -> Path:
        return self.data / "audit.jsonl"

    @property
    def head(self) -> Path:
        return self.data / "audit.head"

    def trail(self) -> Trail:
        return Trail(
            self.data,
            key=trail_key(self.config),
            now=lambda: NOON + timedelta(seconds=next(self.ticks)),
            redact=lambda text: text.replace("hunter2", "[password]"),
            anchor=self.anchor,
        )

    def fill(self, records: int) -> Trail:
        trail = self.trail()
        for number in range(records):
            note(trail, f"notes/{number}.md")
        return trail

    def lines(self) -> list[bytes]:
        return self.file.read_bytes().splitlines(keepends=True)

    def put(self, lines: list[bytes]) -> None:
        self.file.write_bytes(b"".join(lines))


def note(trail: Trail, subject: str, *, by: str = "agent", verdict: str = "allowed") -> None:
    trail.append(
        kind="decision", call_id="a41f9c", by=by, tool="Read", verdict=verdict, subject=subject,
        reason="files of the garden may be read",
    )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_record_is_read_back_as_it_was_written(place: Place) -> None:
    entry = place.trail().append(
        kind="outcome", call_id="b7", by="agent/writer", tool="Write", verdict="done",
        subject="drafts/é ü.md", reason="said yes", rule="ask Edit(**) at ~/x.json:3",
        session="s1", checkpoint="c9",
    )  # fmt: skip

    assert place.trail().entries() == (entry,)
    assert entry == replace(entry, seq=1, at=NOON, subject="drafts/é ü.md", checkpoint="c9")


def test_the_trail_of_a_fresh_garden_is_empty_and_then_whole(place: Place) -> None:
    assert place.trail().verify().state == "empty"

    report = place.fill(3).verify()

    assert (report.state, report.records, report.at_line) == ("ok", 3, None)
    assert report.says == "3 records follow one another without a gap"


def test_nobody_else_can_look_into_it(place: Place) -> None:
    old = os.umask(0)
    try:
        place.fill(1)
    finally:
        os.umask(old)

    files = [place.file, place.head, place.anchor, place.config / "audit.key"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600] * 4
    folders = [place.data, place.config, place.anchor.parent]
    assert [stat.S_IMODE(path.stat().st_mode) for path in folders] == [0o700] * 3


def test_a_trail_left_open_to_others_is_closed_to_them(place: Place) -> None:
    trail = place.fill(1)
    place.file.chmod(0o644)
    place.data.chmod(0o755)

    note(trail, "notes/x.md")

    assert stat.S_IMODE(place.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700


def test_the_key_is_made_once_and_stays(place: Place) -> None:
    keys: set[bytes] = set()
    threads = [threading.Thread(target=lambda: keys.add(trail_key(place.config))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert keys == {trail_key(place.config)}
    assert [path.name for path in place.config.iterdir()] == ["audit.key"]


def test_what_is_redacted_never_reaches_the_disk(place: Place) -> None:
    trail = place.trail()

    trail.append(
        kind="decision", call_id="", by="agent", tool="Bash", verdict="asked",
        subject="login --password hunter2", reason="hunter2 is asked", rule="ask Bash(hunter2)",
    )  # fmt: skip

    assert b"hunter2" not in place.file.read_bytes() + place.head.read_bytes()


def test_a_name_with_line_ends_and_json_forges_nothing(place: Place) -> None:
    trail = place.trail()
    evil = 'a.md\n{"seq":2,"kind":"grant"}\r\u2028\x85\x1b[2K","verdict":"done'

    note(trail, evil)
    note(trail, "notes/b.md")

    assert trail.verify().records == 2
    assert len(place.lines()) == len(place.file.read_text("utf-8").splitlines()) == 2
    assert b"\x1b" not in place.file.read_bytes()
    [first, _] = trail.entries()
    assert first.verdict == "allowed"
    assert first.subject == (
        'a.md\\x0a{"seq":2,"kind":"grant"}\\x0d\\u2028\\x85\\x1b[2K","verdict":"done'
    )


def test_a_name_that_is_no_text_is_written_too(place: Place) -> None:
    trail = place.trail()

    note(trail, os.fsdecode(b"caf\xe9.md"))

    assert trail.verify().state == "ok"
    assert trail.entries()[0].subject == "caf\\udce9.md"


def test_a_subject_of_a_megabyte_is_cut_and_named_by_its_hash(place: Place) -> None:
    trail = place.trail()

    note(trail, "🙂" * 1_000_000)

    assert trail.verify().state == "ok"
    assert place.file.stat().st_size < 120_000
    assert "(1,000,000 characters, sha256 " in trail.entries()[0].subject


@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_any_text_comes_back_on_one_line(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    trail = Place(tmp_path_factory.mktemp("trail")).trail()
    for text in texts:
        note(trail, text)

    assert trail.verify().state == "ok"
    subjects = [entry.subject for entry in trail.entries()]
    assert len(subjects) == len(texts)
    assert all(len(subject.splitlines()) <= 1 for subject in subjects)


def test_records_are_ordered_as_written_when_the_clock_jumps_back(place: Place) -> None:
    trail = place.fill(2)
    place.ticks = count(-86_400)

    note(trail, "notes/later.md")

    assert [entry.seq for entry in trail.entries()] == [1, 2, 3]
    assert trail.entries()[-1].subject == "notes/later.md"
    assert trail.verify().state == "ok"


def test_records_can_be_picked(place: Place) -> None:
    trail = place.trail()
    for subject in ("notes/a.md", "notes/a.md.bak", "old/notes/a.md", "cat notes/a.md", "notes/b"):
        note(trail, subject)
    note(trail, "notes/a.md", by="agent/checker", verdict="denied")

    def subjects(**wanted: object) -> list[str]:
        return [entry.subject for entry in trail.entries(**wanted)]  # pyright: ignore[reportArgumentType]

    assert subjects(path="notes/a.md") == ["notes/a.md", "cat notes/a.md", "notes/a.md"]
    assert len(subjects(path="notes")) == 5
    assert subjects(agent="agent/checker") == ["notes/a.md"]
    assert len(subjects(agent="agent")) == 6
    assert subjects(verdict="denied") == ["notes/a.md"]
    assert subjects(since=NOON + timedelta(seconds=4)) == ["notes/b", "notes/a.md"]
    assert subjects(limit=2) == ["notes/b", "notes/a.md"]
    assert subjects(limit=0) == []


# -- tampering ------------------------------------------------------------------------------------


def removed(place: Place) -> None:
    lines = place.lines()
    place.put(lines[:1] + lines[2:])


def changed(place: Place) -> None:
    lines = place.lines()
    place.put([lines[0], lines[1].replace(b'"allowed"', b'"denied"'), *lines[2:]])


def changed_last(place: Place) -> None:
    lines = place.lines()
    place.put([*lines[:-1], lines[-1].replace(b'"allowed"', b'"denied"')])


def respelled(place: Place) -> None:
    """The same values, written with other white space."""
    lines = place.lines()
    again = json.dumps(json.loads(lines[1])).encode() + b"\n"
    place.put([lines[0], again, *lines[2:]])


def doubled(place: Place) -> None:
    lines = place.lines()
    place.put([lines[0], *lines])


def doubled_last(place: Place) -> None:
    lines = place.lines()
    place.put([*lines, lines[-1]])


def reordered(place: Place) -> None:
    lines = place.lines()
    place.put([lines[0], lines[2], lines[1], *lines[3:]])


def forged(place: Place) -> None:
    lines = place.lines()
    fake = json.loads(lines[1]) | {"verdict": "denied"}
    place.put([*lines[:2], json.dumps(fake).encode() + b"\n", *lines[2:]])


def forged_at_the_end(place: Place) -> None:
    lines = place.lines()
    fake = json.loads(lines[-1]) | {"seq": 6, "verdict": "denied"}
    place.put([*lines, json.dumps(fake).encode() + b"\n"])


def cut(place: Place) -> None:
    place.put(place.lines()[:-2])


def cut_by_one(place: Place) -> None:
    place.put(place.lines()[:-1])


def cut_inside(place: Place) -> None:
    """One line and a half: what is left of record 4 is no torn end, for record 5 was written."""
    lines = place.lines()
    place.put([*lines[:3], lines[3][:40]])


def emptied(place: Place) -> None:
    place.put([])


def file_removed(place: Place) -> None:
    place.file.unlink()


def head_removed(place: Place) -> None:
    place.head.unlink()


def head_changed(place: Place) -> None:
    place.head.write_bytes(place.head.read_bytes().replace(b"5 ", b"4 "))
    place.head.write_bytes(b"4 100 " + place.head.read_bytes()[6:])


def anchor_removed(place: Place) -> None:
    place.anchor.unlink()


def everything_removed(place: Place) -> None:
    shutil.rmtree(place.data)


def key_replaced(place: Place) -> None:
    (place.config / "audit.key").write_bytes(bytes(32))


def garbage_inside(place: Place) -> None:
    lines = place.lines()
    place.put([*lines[:2], b"\x00" * 300_000, *lines[2:]])


TAMPERED: list[tuple[Callable[[Place], None], str]] = [
    (removed, "record 2 is missing before line 2"),
    (changed, "line 2 has been changed"),
    (changed_last, "line 5 has been changed"),
    (respelled, "line 2 has been changed"),
    (doubled, "record 1 stands a second time, at line 2"),
    (doubled_last, "record 5 stands a second time, at line 6"),
    (reordered, "the records are out of order from line 2 on"),
    (forged, "line 3 was put in by something else than pmagent"),
    (forged_at_the_end, "line 6 has been changed"),
    (cut, "the end was cut off: record 5 was written, and the last is record 3"),
    (cut_by_one, "the end was cut off: record 5 was written, and the last is record 4"),
    (cut_inside, "the end was cut off: record 5 was written, and the last is record 3"),
    (emptied, "the trail was emptied or removed: 5 records were written"),
    (file_removed, "the trail was emptied or removed: 5 records were written"),
    (head_removed, "the note of where the trail ends is gone"),
    (anchor_removed, "the note outside the data folder is gone"),
    (everything_removed, "the note of where the trail ends is gone"),
    (garbage_inside, "line 3 has been changed"),
]


@pytest.mark.parametrize(("tamper", "says"), TAMPERED, ids=lambda x: getattr(x, "__name__", ""))
def test_tampering_is_told_by_its_kind(
    place: Place, tamper: Callable[[Place], None], says: str
) -> None:
    trail = place.fill(5)

    tamper(place)

    report = trail.verify()
    assert (report.state, report.says) == ("tampered", says)


@pytest.mark.parametrize("tamper", [tamper for tamper, _ in TAMPERED])
def test_a_trail_that_was_tampered_with_is_never_made_to_look_whole(
    place: Place, tamper: Callable[[Place], None]
) -> None:
    trail = place.fill(5)
    tamper(place)
    before = place.file.read_bytes() if place.file.exists() else b""

    if tamper is reordered:  # nothing at its end shows it, and a record reads no more than that
        note(trail, "notes/more.md")
    else:
        with pytest.raises(TrailError):
            note(trail, "notes/more.md")
        assert (place.file.read_bytes() if place.file.exists() else b"") == before

    assert trail.verify().state == "tampered"


def test_a_spoilt_head_or_another_key_is_told(place: Place) -> None:
    trail = place.fill(5)
    head = place.head.read_bytes()

    place.head.write_bytes(head.replace(b"\n", b" "))
    assert trail.verify().says == '"audit.head" has been changed'
    place.head.write_bytes(head)
    key_replaced(place)

    assert place.trail().verify().state == "tampered"
    with pytest.raises(TrailError):
        note(place.trail(), "x")


def test_an_older_copy_of_the_whole_folder_is_told(place: Place, tmp_path: Path) -> None:
    place.fill(3)
    shutil.copytree(place.data, tmp_path / "copy")
    place.fill(4)

    shutil.rmtree(place.data)
    shutil.copytree(tmp_path / "copy", place.data)

    report = place.trail().verify()
    assert report.state == "tampered"
    assert report.says == (
        "the trail is an older copy: it ends at record 3, and record 7 was written"
    )
    with pytest.raises(TrailError, match="older copy"):
        note(place.trail(), "x")


def test_a_trail_of_another_history_with_the_same_key_is_told(place: Place, tmp_path: Path) -> None:
    other = Place(tmp_path / "other")
    trail_key(place.config)
    shutil.copytree(place.config, other.config)
    other.ticks = count(1_000)
    place.fill(3)
    other.fill(4)

    shutil.copytree(other.data, place.data, dirs_exist_ok=True)

    assert place.trail().verify().state == "tampered"


def test_a_link_in_place_of_the_trail_is_not_followed(place: Place, tmp_path: Path) -> None:
    trail = place.fill(2)
    shutil.move(place.file, tmp_path / "elsewhere")
    place.file.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(TrailError):
        note(trail, "x")
    with pytest.raises(TrailError):
        trail.verify()


def test_a_pipe_in_place_of_the_trail_does_not_block(place: Place) -> None:
    trail = place.fill(1)
    place.file.unlink()
    os.mkfifo(place.file)

    with pytest.raises(TrailError, match="not a regular file"):
        note(trail, "x")


# -- crashes --------------------------------------------------------------------------------------


def test_half_a_line_behind_the_last_is_torn_and_mended_by_the_next_record(place: Place) -> None:
    trail = place.fill(3)
    with place.file.open("ab") as stream:
        stream.write(b'{"at":"2026-03-14T12:')

    report = trail.verify()
    assert (report.state, report.records, report.at_line) == ("torn", 3, 4)
    note(trail, "notes/after.md")

    assert trail.verify().says == "5 records follow one another without a gap"
    assert (place.data / "audit.torn").read_bytes() == b'{"at":"2026-03-14T12:\n'
    said = trail.entries()[-2]
    assert (said.by, said.kind) == ("trail", "outcome")
    assert said.reason == "21 bytes of a torn line were moved to audit.torn"


@pytest.mark.parametrize("kept", [1, 40, 300, -1], ids=["a byte", "some", "much", "all but one"])
def test_a_last_line_of_which_a_part_is_left_is_torn_and_put_back_whole(
    place: Place, kept: int
) -> None:
    trail = place.fill(3)
    lines = place.lines()
    place.put([*lines[:2], lines[2][:kept]])

    assert (trail.verify().state, trail.verify().records) == ("torn", 2)
    note(trail, "notes/after.md")

    assert place.lines()[:3] == lines
    assert trail.verify().state == "ok"
    assert trail.entries()[-2].reason.endswith("and record 3 was put back whole")


def test_a_line_written_before_its_head_is_kept(place: Place) -> None:
    trail = place.fill(3)
    head, anchor = place.head.read_bytes(), place.anchor.read_bytes()
    note(trail, "notes/3.md")
    place.head.write_bytes(head)
    place.anchor.write_bytes(anchor)

    assert trail.verify().state == "ok"
    note(trail, "notes/4.md")

    assert trail.verify().records == 5


def test_a_head_broken_off_while_it_was_written_leaves_the_one_before(place: Place) -> None:
    trail = place.fill(4)
    newest = place.head.read_bytes()
    with place.head.open("r+b") as stream:
        stream.write(newest[:10] + b"\0" * 500)

    assert trail.verify().state == "ok"
    note(trail, "x")

    assert trail.verify().records == 5


def test_notes_made_before_the_first_record_are_no_tampering(place: Place) -> None:
    place.fill(1)
    for path in (place.file, place.anchor, place.head):
        path.unlink()
    empty = place.trail()
    assert empty.verify().state == "empty"
    place.file.touch()

    assert empty.verify().state == "empty"
    note(empty, "x")

    assert empty.verify().state == "ok"


KILLED = """
import os, sys
from datetime import datetime, timezone
from pathlib import Path
from pmagent.agent.audit import Trail, trail_anchor, trail_key
data, config = Path(sys.argv[1]), Path(sys.argv[2])
trail = Trail(data, key=trail_key(config), now=lambda: datetime.now(timezone.utc),
              redact=lambda text: text, anchor=trail_anchor(config, data))
print("up", flush=True)
for number in range(int(sys.argv[3])):
    trail.append(kind="decision", call_id=sys.argv[4], by="agent", tool="Read", verdict="allowed",
                 subject=f"notes/{number}.md", reason="allowed")
    os.write(1, b".")
"""


def writer(place: Place, records: int, name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, str(place.data), str(place.config), str(records), name],
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip


def test_two_processes_at_once_leave_one_whole_chain(place: Place) -> None:
    both = [writer(place, 200, name) for name in ("one", "two")]
    for process in both:
        process.communicate(timeout=60)

    assert [process.returncode for process in both] == [0, 0]
    assert place.trail().verify().says == "400 records follow one another without a gap"
    written = place.trail().entries()
    for name in ("one", "two"):
        mine = [entry.subject for entry in written if entry.call_id == name]
        assert mine == [f"notes/{number}.md" for number in range(200)]


def test_threads_at_once_leave_one_whole_chain(place: Place) -> None:
    trail = place.trail()

    def work() -> None:
        for number in range(20):
            note(trail, str(number))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert trail.verify().says == "80 records follow one another without a gap"


def test_whatever_was_acknowledged_before_a_kill_is_there(place: Place) -> None:
    for round_ in range(4):
        with writer(place, 100_000, str(round_)) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n"
            seen = process.stdout.read(30 + 7 * round_)
            process.kill()
            seen += process.stdout.read()

        written = [entry for entry in place.trail().entries() if entry.call_id == str(round_)]
        assert len(seen) <= len(written) <= len(seen) + 1
        assert place.trail().verify().state in {"ok", "torn"}
        note(place.trail(), "after the kill")
        assert place.trail().verify().state == "ok"


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], None]]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_trail_whole_and_writing_goes_on_later(
    place: Place, small_disk: Callable[[int], None]
) -> None:
    trail = place.fill(800)
    size = place.file.stat().st_size
    # Above the head files, so that it is the trail that meets it in the middle of a line.
    assert size > 262_144
    small_disk(size + 100)
    before = place.file.read_bytes()

    with pytest.raises(TrailError, match="cannot write"):
        note(trail, "notes/x.md")

    assert place.file.read_bytes() == before
    assert trail.verify().records == 800
    small_disk(10_000_000)
    note(trail, "notes/y.md")
    assert trail.verify().records == 801


def test_a_disk_that_is_full_from_the_start_leaves_nothing_half_made(
    place: Place, small_disk: Callable[[int], None]
) -> None:
    trail = place.trail()
    small_disk(1_000)

    with pytest.raises(TrailError):
        note(trail, "notes/x.md")

    small_disk(10_000_000)
    assert trail.verify().state == "empty"
    note(trail, "notes/x.md")
    assert trail.verify().records == 1


def test_a_trail_held_by_a_stopped_process_is_given_up_on(place: Place) -> None:
    trail = place.fill(1)
    holder = subprocess.Popen(
        [sys.executable, "-c", "import fcntl, sys; f = open(sys.argv[1], 'r+'); "
         "fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()",
         str(place.file)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

        with (
            pytest.raises(TrailError, match="another process holds"),
            open_for_writing(place.file, wait_s=0.05),
        ):
            pass

        holder.communicate()
    note(trail, "x")


# -- damaged, and set aside ----------------------------------------------------------------------


def test_damaged_lines_are_counted_and_the_others_read(place: Place) -> None:
    trail = place.fill(5)
    lines = place.lines()
    nested = b"[" * 100_000 + b"\n"
    place.put([lines[0], b"\xff\xfe\n", lines[2], b"{}\n", b"[1]\n", nested, lines[4], b"half"])

    found = trail.entries()

    assert [entry.seq for entry in found] == [1, 3, 5]
    assert trail.damaged_lines == 5


def test_a_file_of_one_endless_line_is_read_in_bounded_memory(place: Place) -> None:
    trail = place.fill(2)
    with place.file.open("ab") as stream:
        stream.truncate(place.file.stat().st_size + 300_000_000)  # a sparse hole of zeros

    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert trail.verify().state in {"torn", "tampered"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 100_000


def test_a_trail_that_is_not_whole_can_be_set_aside_by_a_person(place: Place) -> None:
    trail = place.fill(5)
    cut(place)

    aside = trail.set_aside(by="person", reason="restored from a backup")

    assert len(aside.read_bytes().splitlines()) == 3
    assert trail.verify().state == "ok"
    [first] = trail.entries()
    assert (first.kind, first.by, first.subject) == ("trust", "person", aside.name)
    assert first.reason == (
        "restored from a backup; the trail before this one was set aside: "
        "the end was cut off: record 5 was written, and the last is record 3"
    )
