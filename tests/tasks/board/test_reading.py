"""What a board says: every card with its marks, and what is not understood, said."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from pmagent.errors import ReadError
from pmagent.tasks.board.efforts import format_effort, parse_effort
from pmagent.tasks.board.reading import cards_of, faults_of, read_board, read_card
from pmagent.types.tasks import Card, CardLink, Effort, Lane
from tests.tasks.board.boards import KANBAN

GARDEN = Path(__file__).parents[3] / "examples" / "garden"


def test_a_board_of_the_plugin_is_read_whole() -> None:
    board = read_board("board.md", KANBAN)

    assert [(one.title, one.limit, one.is_done, len(one.cards)) for one in board.lanes] == [
        ("Ideas", None, False, 1),
        ("Doing", 1, False, 2),
        ("Done", None, True, 1),
    ]
    assert board.lanes[0] == Lane(
        title="Ideas",
        cards=(
            Card(
                id="ruth-1",
                title="Ask Ruth about the till",
                lane="Ideas",
                effort=Effort(likely=180, least=120, most=240),
                due=date(2026, 2, 9),
                at=time(10),
                tags=("pricing",),
                line=9,
            ),
        ),
    )
    doing = board.lanes[1].cards
    assert doing[0].details == ("- [ ] a step within", "two lines, [priority:: high]")
    assert [one.priority for one in doing] == [1, 1]
    assert doing[1].title == "Räkna om priset på 牛乳"
    assert board.lanes[2].cards[0].done_on == date(2026, 1, 5)
    assert [one.id for one in board.archive] == ["old"]
    assert board.notes == ('"Doing" holds 2 cards and is meant for 1',)


def test_a_plain_list_of_tasks_is_a_board_as_well() -> None:
    text = (GARDEN / "board.md").read_text(encoding="utf-8")

    board = read_board("board.md", text)

    assert board.title == "Plumday board"
    assert [(one.title, len(one.cards), one.is_done) for one in board.lanes] == [
        ("Now", 4, False), ("Next", 5, False), ("Waiting", 4, False), ("Later", 5, False),
        ("Done", 5, True),
    ]  # fmt: skip
    first = board.lanes[0].cards[0]
    assert (first.title, first.tags) == (
        'Rule four: say "I don\'t know", in words',
        ("assistant",),
    )
    assert (first.effort, first.due) == (Effort(likely=3 * 6 * 60), date(2026, 2, 9))
    assert board.lanes[2].cards[0].waiting_for == "Gil to test it in Upper Cutler"
    assert all(card.done_on for card in board.lanes[4].cards)
    assert board.notes == ()


@pytest.mark.parametrize(
    ("said", "effort"),
    [
        ("3d", Effort(likely=1080)),
        ("90m", Effort(likely=90)),
        ("2h 30m", Effort(likely=150)),
        ("2h30m", Effort(likely=150)),
        ("1.5h", Effort(likely=90)),
        ("1w", Effort(likely=1800)),
        ("2h-4h", Effort(likely=180, least=120, most=240)),
        ("2-4h", Effort(likely=180, least=120, most=240)),
        ("1h – 2d", Effort(likely=390, least=60, most=720)),
        ("4h-2h", None),
        ("0m", None),
        ("5", None),
        ("two days", None),
        ("9999d", None),
        ("", None),
    ],
)
def test_an_effort_is_minutes_and_a_day_is_six_hours(said: str, effort: Effort | None) -> None:
    assert parse_effort(said) == effort
    if effort is not None:
        again = parse_effort(format_effort(effort))
        assert again is not None
        assert (again.likely, again.least) == (effort.likely, effort.least)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Write it est:2h 30m", {"title": "Write it", "effort": Effort(likely=150)}),
        ("Write it 90m", {"title": "Write it", "effort": Effort(likely=90)}),
        ("Be there in 90m", {"title": "Be there in 90m", "effort": None}),
        ("(B) Call mum", {"title": "Call mum", "priority": 2}),
        ("Call p:1", {"title": "Call", "priority": 1}),
        ("Call priority:1", {"title": "Call", "priority": 1}),
        ("See p:12 of it", {"title": "See p:12 of it", "priority": None}),
        ("Call #p3 now", {"title": "Call now", "priority": 3}),
        ("Call [priority:: high]", {"title": "Call", "priority": 1}),
        ("Call priority:low", {"title": "Call", "priority": 3}),
        ("Paint +shop start:2026-03-01", {"project": "shop", "start": date(2026, 3, 1)}),
        ("Paint [project:: The shop]", {"title": "Paint", "project": "The shop"}),
        ("Sign waiting:Ruth", {"title": "Sign", "waiting_for": "Ruth"}),
        ("Sign, waiting for Ruth.", {"title": "Sign, waiting for Ruth.", "waiting_for": "Ruth"}),
        ("Ship after:a-1", {"after": ("a-1",)}),
        ("Ship [after:: ^a-1, ^b]", {"title": "Ship", "after": ("a-1", "b")}),
        ("Think #deep outcome:trust", {"energy": "deep", "outcome": "trust"}),
        ("Ring due:2026-02-09, then rest", {"title": "Ring , then rest", "due": date(2026, 2, 9)}),
        ("Fix `due:2026-01-01` in [[a#p1]] #42", {"due": None, "priority": None, "tags": ()}),
        ("Meet @{2026-02-09} @@{14:30}", {"due": date(2026, 2, 9), "at": time(14, 30)}),
        ("Meet 📅 2026-02-09 🔽", {"title": "Meet", "due": date(2026, 2, 9), "priority": 3}),
    ],
)
def test_marks_are_read_and_leave_the_words(words: str, expected: dict[str, object]) -> None:
    card = read_card(words)

    assert {name: getattr(card, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Ring due: friday", 'due "friday" is not understood; write a day as 2026-02-09'),
        ("Ring due:2026-02-30", 'due "2026-02-30" is not understood; write a day as 2026-02-09'),
        ("Ring est:soon", 'effort "soon" is not understood; write 90m, 2h, 3d or 2h-4h'),
        ("Ring [priority:: very]", 'priority "very" is not understood; write 1 to 9, high, medium'
         " or low"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_stays_a_part_of_the_words(
    words: str, says: str
) -> None:
    board = read_board("b.md", f"## Now\n\n- [ ] {words}\n")

    assert board.notes == (f"line 3: {says}",)
    assert faults_of(words) == (says,)
    assert board.lanes[0].cards[0].title == words


def test_ids_are_of_each_card_alone_and_stay_when_marks_and_places_change() -> None:
    before = "## Now\n- [ ] Ring Ruth\n- [ ] Ring Ruth\n- [ ] One ^a\n- [ ] Two ^a\n"
    after = "## Next\n- [ ] Ring Ruth #p1 due:2026-02-09\n"

    cards = cards_of(read_board("b.md", before))

    assert len({card.id for card in cards}) == 4
    assert cards[2].id == "a"
    assert cards[3].id == "a-2"
    assert cards_of(read_board("b.md", after))[0].id == cards[0].id
    assert read_board("b.md", before).notes == (
        'line 5: "^a" names another card already, so this one is known as "a-2"',
    )


def test_a_card_that_comes_after_nothing_known_is_told() -> None:
    board = read_board("b.md", "## Now\n- [ ] One after:two-x\n- [ ] Two ^two\n")

    assert board.notes == ('line 2: it comes after "two-x", and no card is known by that',)


def test_where_a_card_comes_from_is_read_from_the_row_below_it() -> None:
    text = "## Now\n- [ ] Send it\n  - From a b.vtt:42 (00:12:44): “I'll send it.”\n  - by hand\n"

    [card] = cards_of(read_board("b.md", text))

    assert card.links == (CardLink(place="a b.vtt:42", quote="I'll send it.", at="00:12:44"),)


def test_days_are_read_as_the_boards_own_settings_write_them() -> None:
    text = (
        "---\nkanban-plugin: board\n---\n## Now\n- [ ] Ring !{09.02.2026}\n"
        '%% kanban:settings\n```\n{"date-trigger":"!","date-format":"DD.MM.YYYY"}\n```\n%%'
    )

    assert cards_of(read_board("b.md", text))[0].due == date(2026, 2, 9)


def test_code_and_settings_hold_no_cards() -> None:
    text = "## Now\n```\n- [ ] in code\n## Not\n```\n- [ ] One\n%% kanban:settings\n- [ ] no\n%%\n"

    board = read_board("b.md", text)

    assert [card.title for card in cards_of(board, with_archive=True)] == ["One"]
    assert [lane.title for lane in board.lanes] == ["Now"]


@pytest.mark.parametrize(
    "text", ["", "\n", "words", "- [ ]", "- [ ] ", "---\n", "%% kanban:settings"]
)
def test_any_text_is_a_board(text: str) -> None:
    assert read_board("b.md", text).text == text


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(ReadError, match="too long"):
        read_board("b.md", "\n" * 200_001)
