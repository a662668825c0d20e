"""Show notes: lines that read alone, with their places, some for every chapter."""

from __future__ import annotations

from itertools import pairwise

from pmagent.publish.notes import MOST, write_notes
from pmagent.publish.source import Source, read_source
from pmagent.types.publishing import Chapter
from tests.archives import MakeArchive
from tests.folder_archive import FolderArchive
from tests.publish.talks import BARE, orchard


def _chapters(source: Source, count: int) -> tuple[Chapter, ...]:
    turns = source.transcript.turns
    places = [len(turns) * number // count for number in range(count)]
    return tuple(Chapter(turn=place, start_line=turns[place].first_line) for place in places)


def test_every_chapter_with_a_clear_sentence_has_a_line(make_archive: MakeArchive) -> None:
    source = orchard(make_archive)
    turns = source.transcript.turns
    starts = [
        next(t for t in turns if word in t.text) for word in ("Welcome", "neighbours,", "Drip")
    ]
    chapters = [Chapter(turn=turns.index(turn), start_line=turn.first_line) for turn in starts]
    edges = [*(chapter.start_line for chapter in chapters), 10_000]
    lines = [note.citation.locator.first_line for note in write_notes(source, chapters)]
    for first, after in pairwise(edges):
        assert any(first <= line < after for line in lines), (first, lines)


def test_they_stand_in_the_order_of_the_talk(sample: FolderArchive) -> None:
    for path in sample.paths():
        if path.startswith("transcripts/"):
            source = read_source(sample, path)
            found = write_notes(source, _chapters(source, 4))
            lines = [note.citation.locator.first_line for note in found]
            assert lines == sorted(lines), path
            assert 3 <= len(found) <= MOST, path


def test_an_hour_has_at_most_fourteen(make_archive: MakeArchive) -> None:
    words = ["apple", "barrel", "cellar", "ditch", "engine", "fence", "gutter", "hedge", "island"]
    words += ["jacket", "kettle", "ladder"]
    said = [
        f"The {one} beside the {two} needs a stronger {three} because of the {four} number {n}."
        for n in range(60)
        for one, two, three, four in [[words[(n * k) % 12] for k in (1, 5, 7, 11)]]
    ]
    text = "\n\n".join(
        f"**{'Mira' if n % 2 else 'Tomas'}:** {one}" for n, one in enumerate(said * 10)
    )
    source = orchard(make_archive, text)
    assert len(write_notes(source, _chapters(source, 8))) <= MOST


def test_fillers_go_and_the_source_keeps_them(make_archive: MakeArchive) -> None:
    found = write_notes(orchard(make_archive), ())
    shortened = [note for note in found if note.source]
    assert shortened
    for note in found:
        assert " uh" not in note.text
        assert not note.text.startswith("So,")
    for note in shortened:
        assert len(note.source) > len(note.text)


def test_a_talk_of_torn_lines_has_none(make_archive: MakeArchive) -> None:
    assert write_notes(orchard(make_archive, BARE), ()) == ()
    assert write_notes(orchard(make_archive, "[music]\n"), ()) == ()
