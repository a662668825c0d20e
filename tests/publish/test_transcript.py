from __future__ import annotations

from datetime import date

from pmagent.ingest.parse import parse
from pmagent.publish.transcript.read import read_transcript
from pmagent.types import Document
from pmagent.types.publishing import Transcript


def read(text: str, path: str) -> Transcript:
    return read_transcript(
        Document(
            path=path,
            title="Talk",
            date=date(2025, 1, 1),
            date_source="file name",
            digest="0",
            parsed=parse(text.encode(), path),
        )
    )


def test_a_paragraph_without_a_name_is_said_by_who_spoke_before() -> None:
    rest = "**Ina:** It is.\n\n**Jon:** Then we walk.\n\n**Ina:** We swim.\n"
    text = f"**Ina:** The ferry is late.\n\nIt is always late.\n\n**Jon:** Again?\n\n{rest}"
    turns = read(text, "t.md").turns

    assert [turn.speaker for turn in turns] == ["Ina", "Ina", "Jon", "Ina", "Jon", "Ina"]
    assert [turn.first_line for turn in turns] == [1, 3, 5, 7, 9, 11]


def test_an_advertisement_is_no_turn() -> None:
    read_ = read(
        "**Ina:** The ferry is late.\n\n**Break:** \\[24:10\\]\n\n**Jon:** Again?\n", "t.md"
    )

    assert [turn.speaker for turn in read_.turns] == ["Ina", "Jon"]


def test_cues_of_one_speaker_are_one_turn_with_its_time() -> None:
    cues = (
        "WEBVTT\n\n00:00:03.000 --> 00:00:05.000\n<v Ina>The ferry is\n\n"
        "00:00:05.000 --> 00:00:07.000\n<v Ina>late today.\n\n"
        "00:00:08.000 --> 00:00:09.000\n<v Jon>Again?\n"
    )
    turns = read(cues, "t.vtt").turns

    assert [(turn.speaker, turn.start_ms) for turn in turns] == [("Ina", 3000), ("Jon", 8000)]
    assert turns[0].text == "The ferry is late today."


def test_what_is_odd_is_said() -> None:
    assert any("speaker" in note for note in read("The ferry is late. " * 60, "t.txt").notes)
