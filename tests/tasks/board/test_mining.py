"""Promises and action items become proposed cards, with quote, place and time, and no others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pmagent.discourse.lines import read_talk
from pmagent.tasks.board.efforts import find_effort
from pmagent.tasks.board.mining import mine_cards
from pmagent.tasks.board.reading import read_board
from pmagent.tasks.board.spoken_days import find_day
from pmagent.types.tasks import Board, CardLink, Effort, ProposedCard
from tests.folder_archive import FolderArchive

MONDAY = date(2026, 2, 2)
GARDEN = Path(__file__).parents[3] / "examples" / "garden"


def mine(tmp_path: Path, name: str, text: str, board: Board | None = None) -> list[ProposedCard]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    talk = read_talk(FolderArchive(tmp_path), name)
    return list(mine_cards(talk.document, talk, board=board, text=text))


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("I'll send it by Friday.", date(2026, 2, 6)),
        ("I'll send it before Friday.", date(2026, 2, 5)),
        ("I'll send it on Monday.", date(2026, 2, 9)),
        ("I'll send it next Tuesday.", date(2026, 2, 10)),
        ("I'll send it tomorrow.", date(2026, 2, 3)),
        ("I'll send it by the end of the week.", date(2026, 2, 6)),
        ("I'll send it next week.", date(2026, 2, 13)),
        ("I'll send it before the end of October.", date(2026, 10, 31)),
        ("I'll send it before the end of January.", date(2027, 1, 31)),
        ("I'll send it by the end of next month.", date(2026, 3, 31)),
        ("I'll send it in two weeks.", date(2026, 2, 16)),
        ("I'll send it by 12 March.", date(2026, 3, 12)),
        ("I'll send it by March 12th, 2027.", date(2027, 3, 12)),
        ("I'll send it before the first of March.", date(2026, 2, 28)),
        ("I'll send it in April.", date(2026, 4, 30)),
        ("I'll send it by 2026-03-05.", date(2026, 3, 5)),
        ("I'll send it by 5 Feb.", date(2026, 2, 5)),
        ("I'll send it before Sept. 5th.", date(2026, 9, 4)),
        ("It will be looked over by Jan.", None),
        ("I sent it last Friday.", None),
        ("I send one every Friday.", None),
        ("I may send it.", None),
        ("I'll send it from Friday.", None),
        ("I'll send it by 31 February.", None),
        ("I'll send it by 2025-03-05.", None),
    ],
)
def test_a_day_is_what_the_words_mean_on_the_day_they_were_said(
    said: str, day: date | None
) -> None:
    found = find_day(said, MONDAY)

    assert (found.day if found else None) == day
    assert found is None or found.words in said


def test_a_promise_in_a_transcript_becomes_a_card_with_quote_place_and_time(
    tmp_path: Path,
) -> None:
    text = (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:04.000\n<v Dov>Well, I'll send you the figures by Friday.\n\n"
        "00:00:05.000 --> 00:00:09.000\n<v Nell>Could you please book the hall?\n\n"
        "00:00:10.000 --> 00:00:12.000\n<v Dov>Sure, will do.\n\n"
        "00:00:13.000 --> 00:00:17.000\n<v Nell>Maybe I'll write it up, if there is time.\n\n"
        "00:00:18.000 --> 00:00:21.000\n<v Dov>We need to print the page before Thursday.\n"
    )

    found = mine(tmp_path, "2026-02-02-call.vtt", text)

    assert [(one.kind, one.who, one.card.title, one.card.due) for one in found] == [
        ("promise", "Dov", "Send you the figures by Friday", date(2026, 2, 6)),
        ("promise", "Dov", "Book the hall", None),
        ("action", "Dov", "Print the page before Thursday", date(2026, 2, 4)),
    ]
    assert found[0].card.links == (
        CardLink(
            place="2026-02-02-call.vtt:4",
            quote="Well, I'll send you the figures by Friday.",
            at="00:00:01",
        ),
    )
    assert "“by Friday”, said on 2026-02-02, is 2026-02-06" in found[0].reason


def test_open_boxes_and_lists_of_actions_in_a_note_are_found_and_ticked_ones_are_not(
    tmp_path: Path,
) -> None:
    text = (
        "---\ndate: 2026-02-02\n---\n# Meeting\n\n## Action items\n\n"
        "- [ ] Ife: send the wording to Ruth by Friday\n- [x] Ring Nell about the four days\n"
        "- Nell to write up the four days\n\n## Open questions\n\n- Who pays for the hall?\n\n"
        "## Notes\n\nTODO: check the fee.\n\nHe said he'd check the other fee.\n"
        "\n- [ ] Write to the man on the ferry\n"
    )

    found = mine(tmp_path, "m.md", text)

    assert [(one.kind, one.who, one.card.title, one.card.due) for one in found] == [
        ("action", "Ife", "Send the wording to Ruth by Friday", date(2026, 2, 6)),
        ("action", "Nell", "Write up the four days", None),
        ("question", "", "Who pays for the hall?", None),
        ("action", "", "Check the fee", None),
        ("action", "", "Write to the man on the ferry", None),
    ]
    assert [one.card.links[0].place for one in found] == [
        "m.md:8", "m.md:10", "m.md:14", "m.md:18", "m.md:22",
    ]  # fmt: skip


def test_a_document_without_a_day_of_its_own_gives_no_due_day(tmp_path: Path) -> None:
    [one] = mine(tmp_path, "m.md", "# Call\n\nI'll send you the figures by Friday.\n")

    assert one.card.due is None


def test_what_the_board_has_is_marked_and_the_board_itself_is_not_mined(tmp_path: Path) -> None:
    board = read_board(
        "board.md",
        "## Now\n- [ ] Send Ruth the wording ^r\n- [ ] Figures ^f\n"
        "  - From old/m.md:2: “x”\n  - From m.md:99: “I'll post the tins to Gil tomorrow.”\n",
    )
    text = (
        "# Call\n\n- [ ] send the wording to Ruth\n- [ ] paint the door\n\n"
        "I'll post the tins to Gil tomorrow.\n"
    )

    found = mine(tmp_path, "m.md", text, board)

    assert [one.duplicate_of for one in found] == ["r", "", "f"]
    assert mine(tmp_path, "board.md", board.text, board) == []


def test_every_quote_of_the_sample_garden_stands_where_it_is_said_to() -> None:
    archive = FolderArchive(GARDEN)
    text = (GARDEN / "board.md").read_text(encoding="utf-8")
    board = read_board("board.md", text)
    count = 0
    for path in archive.paths():
        if not path.endswith((".md", ".txt", ".srt", ".vtt")):
            continue
        talk = read_talk(archive, path)
        raw = (GARDEN / path).read_text(encoding="utf-8")
        rows = raw.split("\n")
        for one in mine_cards(talk.document, talk, board=board, text=raw):
            place, _, line = one.card.links[0].place.rpartition(":")
            first = one.card.links[0].quote.split()[0]
            assert place == path
            assert first in rows[int(line) - 1]
            assert one.reason
            count += 1
    assert count >= 20


def test_what_is_asked_for_by_a_day_or_of_all_is_proposed_and_a_refusal_is_not(
    tmp_path: Path,
) -> None:
    text = (
        "**Nell:** Let's make sure we ring Ruth before the price goes up.\n\n"
        "**Dov:** Juno, could you check the numbers by next Tuesday?\n\n"
        "**Juno:** They are on the board already, more or less.\n\n"
        "**Nell:** Can you finish the colours by Monday, Juno?\n\n"
        "**Juno:** No, I can't, the tanker is in the way.\n\n"
        "**Dov:** We'll do it in March, on the tape.\n\n"
        "**Dov:** I'll be in Berlin on Friday. We'll talk about that next week.\n\n"
        "**Nell:** I'll retire page two, because it has nothing left on it.\n\n"
        "**Juno:** If they ask again I'll send it by Friday.\n\n"
        "**Nell:** Don't let me forget to write to Coral.\n"
    )

    found = mine(tmp_path, "2026-02-05-ep-102.md", text)

    assert [(one.kind, one.who, one.card.title, one.card.due) for one in found] == [
        ("action", "Nell", "Ring Ruth before the price goes up", None),
        ("action", "Dov", "Check the numbers by next Tuesday", date(2026, 2, 10)),
        ("promise", "Dov", "Do it in March, on the tape", date(2026, 3, 31)),
        ("promise", "Nell", "Retire page two", None),
        ("action", "Nell", "Write to Coral", None),
    ]
    assert "Juno is asked for it by a day" in found[1].reason


def test_a_card_names_what_it_is_done_to_also_where_that_stands_before_the_promise(
    tmp_path: Path,
) -> None:
    text = (
        "**Dan:** There's a tutorial that we'll link in our show notes.\n\n"
        "**Eve:** So let's go to the second company that we're gonna look into.\n"
    )

    found = mine(tmp_path, "2026-02-05-ep-103.md", text)

    assert [one.card.title for one in found] == [
        "There's a tutorial that we'll link in our show notes"
    ]


def test_tasks_in_everyday_words_are_proposed_with_their_day_and_effort(tmp_path: Path) -> None:
    text = (
        "Mia: I need to call the lawyer about the lease tomorrow.\n"
        "Jonas: Let's book the usability room for Wednesday.\n"
        "Mia: I promise to clean up the pipeline next week.\n"
        "Jonas: I promise to be brief next week.\n"
        "Mia: I'll review the churn figures by 5 Feb, it takes about three hours.\n"
        "Jonas: Let's talk about the tape on Wednesday.\n"
        "AI: Ruth - prepare the demo (due 2026-02-03)\n"
    )

    found = mine(tmp_path, "2026-01-30-retro.txt", text)

    told = [(one.kind, one.who, one.card.title.split(",")[0], one.card.due) for one in found]
    assert told == [
        ("action", "Mia", "Call the lawyer about the lease tomorrow", date(2026, 1, 31)),
        ("action", "Jonas", "Book the usability room for Wednesday", date(2026, 2, 4)),
        ("promise", "Mia", "Clean up the pipeline next week", date(2026, 2, 6)),
        ("promise", "Mia", "Review the churn figures by 5 Feb", date(2026, 2, 5)),
        ("action", "Ruth", "Prepare the demo (due 2026-02-03)", date(2026, 2, 3)),
    ]
    assert [one.card.effort for one in found if one.card.effort] == [Effort(likely=180)]


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("It takes about three hours.", 180),
        ("That needs half a day.", 180),
        ("Roughly 2.5 hours.", 150),
        ("It costs us two days.", 720),
        ("We met about two days ago.", None),
        ("There are about three hours of tape.", None),
        ("I did it in three hours.", None),
        ("It takes three hours a week.", None),
    ],
)
def test_an_effort_is_what_a_sentence_says_that_something_takes(
    said: str, minutes: int | None
) -> None:
    found = find_effort(said)

    assert (found.likely if found else None) == minutes
