"""A digest quotes what stands in the file, where it says that it stands."""

from __future__ import annotations

import re
import time

import pytest

from pmagent.errors import UsageError
from pmagent.insights.digest import insight
from pmagent.retrieval.answer import stands_at
from pmagent.types.documents import quote_of
from tests.archives import MakeArchive
from tests.folder_archive import FolderArchive

QUOTED = re.compile(r"“(?P<text>.*)” (?:\([^()]*\) )?\[(?P<path>[^\]]+):(?P<line>\d+)\]$")

CALL = """**Ana:** Welcome, we have the beta numbers to look at and one decision to take.

**Tom:** Eleven of eighteen shops came back in the second week. The other seven never opened it.

**Ana:** So we decided to drop the import screen. From Monday the first page asks for one name.

**Tom:** They said, "we decided to leave because of the price." Maybe we could go yearly.

**Ana:** How many of the seven did we call back?

**Tom:** I don't know.

**Ana:** I'll send the list of seven to Priya by Friday. If it rains I'll call them too.
"""


def quotes_of(markdown: str) -> list[tuple[str, str, int]]:
    found = [QUOTED.search(line) for line in markdown.splitlines()]
    return [(one["text"], one["path"], int(one["line"])) for one in found if one]


def section(markdown: str, title: str) -> str:
    return markdown.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_sentence_of_every_digest_stands_where_it_is_cited(sample: FolderArchive) -> None:
    checked = 0
    # Of a calendar the parser makes the words: its lines hold dates in another form.
    for path in (path for path in sample.paths() if not path.endswith(".ics")):
        markdown = insight.run([path], sample).markdown
        for text, cited, line in quotes_of(markdown):
            lines = (sample.root / cited).read_text(encoding="utf-8").splitlines()
            # A sentence of a transcript may go on in the cues behind its first line.
            around = [part for part in lines[line - 1 : line + 12] if "-->" not in part]
            bare = [re.sub(r"<v [^>]*>|</v>", "", part) for part in around if not part.isdigit()]
            is_there = stands_at(text, bare) or text in quote_of(bare).replace("**", "")
            assert is_there or _stripped(text) in _stripped(quote_of(bare)), (cited, line, text)
            checked += 1
    assert checked > 300


def _stripped(text: str) -> str:
    return re.sub(r"[\[\]*_`\\]|\([^()\s]*\.md\)|\bICAL\b", "", text)


def test_what_was_settled_asked_and_promised_is_told_apart(make_archive: MakeArchive) -> None:
    markdown = insight.run(["call.md"], make_archive({"call.md": CALL})).markdown

    assert [text for text, _, _ in quotes_of(section(markdown, "Decided"))] == [
        "So we decided to drop the import screen.",
        "From Monday the first page asks for one name.",
    ]
    assert [text for text, _, _ in quotes_of(section(markdown, "Promised and to do"))] == [
        "I'll send the list of seven to Priya by Friday."
    ]
    assert "by Friday: “I'll send" in markdown
    assert [text for text, _, _ in quotes_of(section(markdown, "Left open"))] == [
        "How many of the seven did we call back?",
        "I don't know.",
    ]


def test_the_summary_covers_the_end_of_a_talk_too(sample: FolderArchive) -> None:
    markdown = insight.run(["ep-001"], sample).markdown
    places = [line for _, _, line in quotes_of(section(markdown, "In short"))]

    assert 3 <= len(places) <= 5
    assert places == sorted(places)
    assert places[0] < 45
    assert places[-1] > 90


def test_speakers_have_their_share_and_first_and_last_place(sample: FolderArchive) -> None:
    table = section(insight.run(["ep-001"], sample).markdown, "Who speaks")

    assert "| Nell | 961 | 64 % | 00:00:00 [transcripts/ep-001-the-empty-tuesday.md:11] |" in table
    assert "| Dov | 540 | 36 % |" in table


def test_a_note_s_decision_and_open_questions_come_from_their_headings(
    sample: FolderArchive,
) -> None:
    markdown = insight.run(["specs/flat-price-and-promise.md"], sample).markdown

    assert "“C, with a promise attached.”" in section(markdown, "Decided")
    assert "Does the promise belong to the owner or to the shop?" in section(markdown, "Left open")


def test_a_question_that_is_answered_further_down_is_not_open(sample: FolderArchive) -> None:
    opened = section(insight.run(["start-with-next-tuesday"], sample).markdown, "Left open")

    assert "Is it typing or is it trust?" not in opened
    assert "Who tells Priya that her queue is going to halve" in opened


def test_the_same_file_gives_the_same_bytes(sample: FolderArchive) -> None:
    assert insight.run(["ep-050"], sample) == insight.run(["ep-050"], sample)


def test_three_hours_of_talk_take_seconds_and_not_minutes(make_archive: MakeArchive) -> None:
    topics = ("pricing", "export", "onboarding", "deposits", "interviews", "hiring")
    turns = [
        f"**{'Ana' if turn % 2 else 'Tom'}:** \\[{turn // 4:02d}:{turn % 4 * 15:02d}\\] The "
        f"{topics[turn // 120 % 6]} work of week {turn} cost {turn} dollars and pleased nobody "
        "in the room. We should look at what people did in the hour before, and write it down. "
        "What would make them stop asking about it, and is that the right thing to count?\n"
        for turn in range(1, 720)
    ]
    archive = make_archive({"long.md": "\n".join(turns)})
    archive.document("long.md")
    began = time.process_time()

    draft = insight.run(["long.md"], archive)

    assert "## How it goes" in draft.markdown
    # Under 2 s on a quiet machine; comparing parts with each other took four times as long.
    assert time.process_time() - began < 6.0


def test_a_file_of_a_few_words_is_shown_and_said_to_be_all(make_archive: MakeArchive) -> None:
    draft = insight.run(["a.md"], make_archive({"a.md": "Ring Bea about the dog.\n"}))

    assert draft.abstained == '"a.md" has only 5 words: this is all of it'
    assert "“Ring Bea about the dog.” [a.md:1]" in draft.markdown


def test_a_digest_of_nothing_asks_for_a_file(make_archive: MakeArchive) -> None:
    with pytest.raises(UsageError, match="needs a file"):
        insight.run([], make_archive({"a.md": "Text.\n"}))
