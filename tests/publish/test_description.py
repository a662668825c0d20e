"""What the whole is about, in two lengths, with nothing in it that nobody says."""

from __future__ import annotations

import re

from pmagent.publish.description import LONG_WORDS, SHORT, describe
from pmagent.publish.source import read_source
from tests.archives import MakeArchive
from tests.folder_archive import FolderArchive
from tests.publish.talks import BARE, ORCHARD, orchard


def test_the_short_one_says_who_talks_about_what_was_announced(make_archive: MakeArchive) -> None:
    found = describe(orchard(make_archive))
    assert found.short == "In this episode, Mira and Tomas discuss the price of a dry orchard."


def test_lengths_are_those_of_a_podcast_app(sample: FolderArchive) -> None:
    for path in sample.paths():
        if path.startswith("transcripts/"):
            found = describe(read_source(sample, path))
            assert 0 < len(found.short) <= SHORT, path
            assert 40 <= len(found.long.split()) <= LONG_WORDS + 5, path


def test_no_name_and_no_number_is_invented(sample: FolderArchive) -> None:
    for path in sample.paths():
        if path.startswith("transcripts/"):
            source = read_source(sample, path)
            said = " ".join((*source.talk.speakers, *(line.text for line in source.talk.lines)))
            found = describe(source)
            for name in re.findall(r"(?<=[a-z,] )[A-Z]\w+|\d[\d.,]*\d|\d", found.long):
                assert name.lower() in said.lower(), (path, name)


def test_each_sentence_has_its_place_and_stands_in_the_text(make_archive: MakeArchive) -> None:
    found = describe(orchard(make_archive))
    rows = ORCHARD.splitlines()
    assert found.lines
    for one in found.lines:
        assert one.text in found.long
        first, last = one.citation.locator.first_line, one.citation.locator.last_line
        shown = " ".join(rows[first - 1 : last])
        assert (one.source or one.text) in shown


def test_the_words_i_and_we_are_given_to_who_says_them(make_archive: MakeArchive) -> None:
    found = describe(orchard(make_archive))
    for one in found.lines:
        if re.search(r"\b(?:I|I'd|We|we)\b", one.text):
            assert f"Tomas: “{one.text}”" in found.long


def test_thanks_and_greetings_are_left_out(make_archive: MakeArchive) -> None:
    found = describe(orchard(make_archive))
    assert not re.search(r"(?i)thank|welcome|see you", found.long)


def test_a_meeting_is_not_called_an_episode(make_archive: MakeArchive) -> None:
    text = ORCHARD.replace("the show. Today", "the meeting. On the agenda:").replace(
        "episode", "week"
    )
    found = describe(orchard(make_archive, text.replace("show notes", "minutes")))
    assert "episode" not in found.short


def test_without_speakers_nobody_is_said_to_speak(make_archive: MakeArchive) -> None:
    found = describe(orchard(make_archive, re.sub(r"\*\*\w+:\*\* ", "", ORCHARD)))
    assert found.short
    assert not re.match(r"(?:In this episode, )?(?:Mira|Tomas)\b", found.short)


def test_a_text_that_says_nothing_gives_no_sentence(make_archive: MakeArchive) -> None:
    found = describe(orchard(make_archive, "[music]\n"))
    assert (found.short, found.long, found.lines) == ("", "", ())


def test_the_same_text_is_described_the_same_way(make_archive: MakeArchive) -> None:
    assert describe(orchard(make_archive)) == describe(orchard(make_archive))


def test_a_text_without_stops_is_not_torn_into_sentences(make_archive: MakeArchive) -> None:
    assert describe(orchard(make_archive, BARE)).lines == ()
