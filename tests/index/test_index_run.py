"""What an index run does to a garden, seen from the garden."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from pmagent.errors import IndexFaultError, LockedError
from pmagent.garden import Garden
from pmagent.store import WriterLock
from pmagent.types import Abstention, FileState, Query


def paths_for(garden: Garden, word: str) -> list[str]:
    """Files whose passages say the word, best first."""
    hits = garden.search(Query(text=word)).hits
    return [hit.passage.path for hit in hits if word in hit.passage.text]


def test_what_was_read_is_found_by_its_words_with_its_exact_place(garden: Garden) -> None:
    report = garden.index(meaning=False)

    [hit, *_] = garden.search(Query(text="lighthouse customers export")).hits
    assert (report.new, report.failed) == (2, ())
    assert hit.citation.path == "2024-03-14-ep-041.vtt"
    assert hit.citation.label == "2024-03-14-ep-041.vtt 00:00:09"
    assert (hit.citation.date, hit.citation.date_source) == (date(2024, 3, 14), "file name")
    assert hit.citation.speaker == "Tom Okafor"
    assert hit.quote == "And the lighthouse customers wanted an export they can keep offline."


def test_an_unchanged_garden_is_not_read_again(garden: Garden) -> None:
    garden.index(meaning=False)
    before = garden.search(Query(text="pricing")).hits

    report = garden.index(meaning=False)

    assert (report.new, report.changed, report.unchanged, report.passages) == (0, 0, 2, 0)
    assert garden.search(Query(text="pricing")).hits == before


def test_a_changed_a_new_and_a_removed_file_are_followed(garden: Garden, root: Path) -> None:
    garden.index(meaning=False)
    (root / "notes" / "pricing.md").write_text("The heron question.\n", encoding="utf-8")
    (root / "new.txt").write_text("The walrus answer.\n", encoding="utf-8")
    (root / "2024-03-14-ep-041.vtt").unlink()

    report = garden.index(meaning=False)

    assert (report.new, report.changed, report.removed) == (1, 1, 1)
    assert paths_for(garden, "heron") == ["notes/pricing.md"]
    assert paths_for(garden, "walrus") == ["new.txt"]
    assert paths_for(garden, "lighthouse") == []


def test_one_bad_file_never_stops_the_rest_and_is_listed_with_its_reason(
    garden: Garden, root: Path
) -> None:
    (root / "broken.docx").write_bytes(b"PK\x03\x04" + b"\0" * 40)
    (root / "empty.md").write_bytes(b"")

    garden.index(meaning=False)

    states = {item.path: item for item in garden.status().files}
    assert states["notes/pricing.md"].state == "indexed"
    assert states["broken.docx"].state in {"failed", "skipped"}
    assert states["broken.docx"].reason
    assert states["empty.md"] == FileState(path="empty.md", state="skipped", reason="empty")


def test_dates_in_a_metadata_table_are_followed_when_the_table_changes(root: Path) -> None:
    (root / "talk.txt").write_text("The heron question.\n", encoding="utf-8")
    table = root / "episodes.csv"
    table.write_text("path,title,date\ntalk.txt,Herons,2020-01-01\n", encoding="utf-8")
    with Garden.create(root) as garden:
        garden.index(meaning=False)
        [before] = garden.search(Query(text="heron question", within=("talk.txt",))).hits
        table.write_text("path,title,date\ntalk.txt,Herons,2021-02-03\n", encoding="utf-8")

        garden.index(meaning=False)

        [after] = garden.search(Query(text="heron question", within=("talk.txt",))).hits
    assert (before.citation.date, before.citation.date_source) == (date(2020, 1, 1), "metadata")
    assert (after.citation.date, after.citation.title) == (date(2021, 2, 3), "Herons")


def test_a_garden_without_an_index_says_so(garden: Garden) -> None:
    with pytest.raises(IndexFaultError, match="no index yet"):
        garden.search(Query(text="pricing"))
    states = {item.path: item.state for item in garden.status().files}
    assert states.pop(".pmagent/") == "skipped"
    assert set(states.values()) == {"waiting"}


def test_two_indexers_do_not_write_at_once_and_search_works_meanwhile(garden: Garden) -> None:
    garden.index(meaning=False)
    lock = WriterLock(garden.data_dir / "lock")
    lock.take()
    try:
        with pytest.raises(LockedError, match="is indexing"):
            garden.index(meaning=False)
        assert garden.status().is_being_indexed
        assert paths_for(garden, "lighthouse")
    finally:
        lock.free()


@pytest.mark.parametrize("name", ["index.db", "lexical/meta.json"])
def test_a_damaged_index_is_made_anew_and_said_to_be(garden: Garden, name: str) -> None:
    garden.index(meaning=False)
    garden.close()
    (garden.data_dir / name).write_bytes(b"not what it was" * 100)
    with Garden.open(garden.root) as again:
        again.index(meaning=False)

        assert paths_for(again, "lighthouse") == ["2024-03-14-ep-041.vtt"]


def test_a_lost_word_index_is_filled_from_the_ledger_without_reading_files(
    garden: Garden, root: Path
) -> None:
    garden.index(meaning=False)
    for path in (garden.data_dir / "lexical").iterdir():
        path.unlink()

    report = garden.index(meaning=False)

    assert report.unchanged == 2
    assert paths_for(garden, "lighthouse") == ["2024-03-14-ep-041.vtt"]


def test_a_file_saved_while_watched_is_found(garden: Garden, root: Path) -> None:
    import threading  # noqa: PLC0415

    stop = threading.Event()
    ready = threading.Event()
    with Garden.open(root) as watcher:
        thread = threading.Thread(
            target=lambda: watcher.watch(
                on_progress=lambda progress: ready.set() if progress.stage == "ready" else None,
                stop=stop,
                meaning=False,
            )
        )
        thread.start()
        try:
            assert ready.wait(20)
            (root / "new.txt").write_text("The walrus answer.\n", encoding="utf-8")
            deadline = time.monotonic() + 5
            while not paths_for(garden, "walrus") and time.monotonic() < deadline:
                time.sleep(0.05)
            assert paths_for(garden, "walrus") == ["new.txt"]
        finally:
            stop.set()
            thread.join(10)


def test_what_was_replaced_after_it_was_found_answers_nothing_and_the_new_words_are_found(
    garden: Garden, root: Path
) -> None:
    garden.index(meaning=False)
    with Garden.open(root) as asker:
        found = asker.search(Query(text="lighthouse export"))
        (root / "2024-03-14-ep-041.vtt").unlink()
        (root / "notes" / "pricing.md").write_text("Another lighthouse.\n", encoding="utf-8")
        garden.index(meaning=False)

        again = asker.search(found.query)
        reply = asker.ask(found)

    assert isinstance(reply, Abstention)
    assert reply.reason == "outdated"
    assert [hit.passage.text for hit in again.hits] == ["Another lighthouse."]
