"""Chapters of a talk written for this: four subjects, each opened by who leads on."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from pmagent.ingest.parse import parse
from pmagent.publish.chapters.find import find_chapters
from pmagent.publish.chapters.titles import title_chapters, title_further
from pmagent.publish.transcript.read import read_transcript
from pmagent.types import Document
from pmagent.types.publishing import Transcript

HOST, GUEST = "Ina Holm", "Jon Aster"
SUBJECTS = {
    "ferry": "The ferry leaves the harbour at six and the ferry crew counts the cars twice. "
    "Without the ferry the island has no bread, so the ferry timetable is the island's clock.",
    "sheep": "The sheep graze on the northern slope and the shearing takes nine days. "
    "A sheep that strays is brought back by the dog, and the wool goes to the mainland mill.",
    "lighthouse": "The lighthouse lamp turns four times a minute and the keeper oils the bearing. "
    "The lighthouse was built of granite, and its lens came by boat from the glassworks.",
    "school": "The school has eleven pupils and one teacher, who teaches every grade at once. "
    "In winter the school stove burns driftwood, and the pupils carry it from the beach.",
}


def talk(*, named: bool = True, repeats: int = 4) -> str:
    """The whole as Markdown; each subject is opened by a question and goes on for some turns."""
    rows = [(HOST, "Welcome to the show. I'm Ina Holm, and with me is Jon Aster. How are you?")]
    for number, (subject, words) in enumerate(SUBJECTS.items()):
        opening = "So let's start with" if number == 0 else "Okay, so let's move on to"
        rows.append((HOST, f"{opening} the {subject}. What can you tell us about the {subject}?"))
        for _ in range(repeats):
            rows += [(GUEST, f"{words} {words}"), (HOST, f"I see. And the {subject}, always?")]
    rows.append((HOST, "Thank you for listening, goodbye."))
    return "\n\n".join(f"**{name}:** {said}" if named else said for name, said in rows) + "\n"


def read(text: str, path: str = "talk.md") -> Transcript:
    data = text.encode()
    return read_transcript(
        Document(
            path=path,
            title="Talk",
            date=date(2025, 1, 1),
            date_source="file name",
            digest="0",
            parsed=parse(data, path),
        )
    )


def nothing(_: object) -> None:
    """Where no embedder is at hand."""


def test_chapters_begin_where_who_leads_on_turns_to_something_else() -> None:
    transcript = read(talk())
    opened = [
        number
        for number, turn in enumerate(transcript.turns)
        if "let's start with" in turn.text or "let's move on to" in turn.text
    ]

    chapters, _ = find_chapters(transcript, embed=nothing)

    assert chapters[0].turn == 0
    assert len(set(opened) & {chapter.turn for chapter in chapters}) >= 2


def test_chapters_rise_and_say_the_line_they_begin_on() -> None:
    transcript = read(talk())
    chapters, suggestions = find_chapters(transcript, embed=nothing)
    turns = [chapter.turn for chapter in chapters]

    assert turns == sorted(set(turns))
    for chapter in (*chapters, *suggestions):
        assert chapter.start_line == transcript.turns[chapter.turn].first_line
    assert not {one.turn for one in suggestions} & set(turns)


def test_more_chapters_can_be_asked_for_and_fewer() -> None:
    transcript = read(talk(repeats=8))
    counts = [len(find_chapters(transcript, embed=nothing, more=more)[0]) for more in (0.5, 1, 3)]

    assert counts == sorted(counts)
    assert counts[0] < counts[2]


@pytest.mark.parametrize("text", ["{music}\n", "word " * 400_000])
def test_a_text_without_turns_or_of_one_line_gives_chapters_that_stand_in_it(text: str) -> None:
    transcript = read(text, "talk.txt")
    chapters, _ = find_chapters(transcript, embed=nothing)

    assert all(chapter.turn < len(transcript.turns) for chapter in chapters)
    assert bool(chapters) == bool(transcript.turns)


def test_a_talk_without_names_still_has_chapters() -> None:
    chapters, _ = find_chapters(read(talk(named=False)), embed=nothing)

    assert len(chapters) >= 2


def test_every_word_of_a_title_is_said_in_its_chapter() -> None:
    transcript = read(talk())
    chapters, _ = find_chapters(transcript, embed=nothing)
    titled = title_chapters(transcript, chapters, embed=nothing)
    ends = [*(chapter.turn for chapter in titled[1:]), len(transcript.turns)]

    for chapter, end in zip(titled, ends, strict=True):
        said = " ".join(turn.text for turn in transcript.turns[chapter.turn : end]).lower()
        words = set(chapter.title.lower().split()) - {"and", "intro", "closing", "part"}
        assert all(word in said for word in words if not word.isdigit()), chapter.title


def test_neighbours_are_never_called_the_same() -> None:
    transcript = read(talk(repeats=8))
    chapters, _ = find_chapters(transcript, embed=nothing, more=3)
    titles = [chapter.title for chapter in title_chapters(transcript, chapters, embed=nothing)]

    assert all(titles)
    assert all(one != other for one, other in pairwise(titles))


def test_a_mark_that_was_not_taken_is_titled_by_what_follows_it() -> None:
    transcript = read(talk(repeats=8))
    chapters, further = find_chapters(transcript, embed=nothing)
    titled = title_further(transcript, chapters, further, embed=nothing)
    marks = sorted(one.turn for one in (*chapters, *further))

    assert [one.turn for one in titled] == [one.turn for one in further]
    for chapter in titled:
        end = min((turn for turn in marks if turn > chapter.turn), default=len(transcript.turns))
        said = " ".join(turn.text for turn in transcript.turns[chapter.turn : end]).lower()
        words = set(chapter.title.lower().split()) - {"and", "intro", "closing", "part"}
        assert all(word in said for word in words if not word.isdigit()), chapter.title
