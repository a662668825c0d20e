from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pmagent.llm.routing import Routed, Unsure, route
from pmagent.llm.routing_arguments import read_arguments
from pmagent.llm.routing_table import Route, make_routes, shipped_routes
from pmagent.llm.routing_words import correct, slips

ROUTES = shipped_routes()


@dataclass(frozen=True, kw_only=True)
class Row:
    name: str
    aliases: tuple[str, ...] = ()
    summary: str = ""


def line_of(text: str) -> str:
    found = route(text, ROUTES)
    assert isinstance(found, Routed), (text, found)
    return f"/{found.name} {found.args}".rstrip()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/digest ep-041 --short", "/digest ep-041 --short"),
        ("/w seat pricing", "/where seat pricing"),
        ("undo", "/undo"),
        ("Interview guide", "/interview-guide"),
        ("could you please summarise episode 7 for me?", "/digest ep-007"),
        ("sumarise notes/sync.md pls", "/digest notes/sync.md"),
        ("where have I talked about parking fees", "/where parking fees"),
        ("what did we decide about parking fees?", "/ask what did we decide about parking fees?"),
        ("pull the best quotes about parking", "/quotes parking"),
        ("draft a prd for parking fees", "/prd parking fees"),
        ("write an interview guide on lids that don't fit",
         "/interview-guide \"lids that don't fit\""),
        ("what else is related to notes/sync.md", "/related notes/sync.md"),
        ("break ep-12 up into atomic notes", "/zettel ep-012"),
        ("show me ep-041 at 12:44", "/read ep-041#12:44"),
        ("what are you doing", "/why"),
        ("how full is your context window", "/context"),
        ("our chat is too long, compress it", "/compact"),
        ("how much have I spent this session", "/cost"),
        ("switch to the offline model", "/model offline"),
        ("which sub-agents are running", "/agents"),
        ("pick up where we left off", "/resume"),
        ("go back two messages", "/rewind"),
        ("take back the change you made to my note", "/undo"),
        ("save this conversation as json", "/export json"),
        ("is everything indexed", "/status"),
        ("what is on today", "/today"),
        ("what's on for tomorrow", "/today tomorrow"),
        ("plan my week", "/plan"),
        ("my 3pm moved, re-plan the week", "/plan"),
        ("plan next week", "/plan next"),
        ("what's on this week", "/week"),
        ("add a card to ring Ruth by Friday", "/add ring Ruth by Friday"),
        ('put "order lids" on the board', "/add order lids"),
        ("what did I promise Gil", "/ask what did I promise Gil"),
        ("what did I get done last week", "/look-back last"),
        ("I finished the invoice", "/done invoice"),
        ("mark the invoice as done", "/done invoice"),
        ("what is overdue", "/triage"),
        ("what did I do yesterday", "/standup"),
        ("where did we leave off", "/resume"),
    ],
)  # fmt: skip
def test_a_plain_request_goes_to_its_command_with_its_arguments(text: str, line: str) -> None:
    assert line_of(text) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("what did we say about the pricing model", "/ask what did we say about the pricing model"),
        ("why did we drop the export button", "/ask why did we drop the export button"),
        ("what did Gil say of the cost of ads", "/ask what did Gil say of the cost of ads"),
        ("what themes came up in the interviews", "/ask what themes came up in the interviews"),
    ],
)  # fmt: skip
def test_the_archives_own_subjects_are_not_taken_for_the_programs_parts(
    text: str, line: str
) -> None:
    assert line_of(text) == line


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hello", "greeting"),
        ("thanks a lot", "thanks"),
        ("book me a flight to Rome", "send"),
        ("delete everything", "change"),
        ("write a poem about boats", "write"),
        ("what's the weather like", "outside"),
        ("do the thing", "unclear"),
        ("parking", "topic"),
        ("/digets ep-041", "unknown"),
    ],
)
def test_what_no_command_does_is_not_guessed(text: str, kind: str) -> None:
    found = route(text, ROUTES)

    assert isinstance(found, Unsure)
    assert found.kind == kind
    assert len(found.choices) <= 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("show me every place we mention parking", "/where parking"),
        ("list all mentions of parking", "/where parking"),
        ("which episodes touch on parking?", "/where parking"),
        ("have I ever said anything about parking before?", "/where parking"),
        ("find everything about parking", "/where parking"),
    ],
)
def test_a_map_is_headed_by_what_is_looked_for(text: str, line: str) -> None:
    assert line_of(text) == line


def test_a_request_that_a_question_and_a_map_both_serve_is_not_asked_back() -> None:
    routes = (
        Route(name="ask", sure=(re.compile("lid"),)),
        Route(name="where", sure=(re.compile("lid"),)),
    )
    others = tuple(replace(item, name=f"{item.name}-else") for item in routes)

    found = route("lids on jars", routes)

    assert isinstance(found, Routed)
    assert found.name in {"ask", "where"}
    assert isinstance(route("lids on jars", others), Unsure)


@pytest.mark.parametrize(
    "text",
    [
        "did we undo the price rise",
        "what happened after we removed the setup page",
        "what problem does the robot solve for shops",
    ],
)
def test_a_question_on_the_past_of_a_business_is_not_one_to_the_program(text: str) -> None:
    assert line_of(text) == f"/ask {text}"


@pytest.mark.parametrize(
    "text", ["can you do the thing from before", "could you do the usual?", "same as last time"]
)
def test_an_order_in_the_shape_of_a_question_is_not_answered_from_the_archive(text: str) -> None:
    assert isinstance(route(text, ROUTES), Unsure)


def test_a_file_alone_offers_what_is_done_with_files() -> None:
    found = route("ep-041", ROUTES)

    assert isinstance(found, Unsure)
    assert [choice.line for choice in found.choices] == [
        "/digest ep-041", "/quotes ep-041", "/read ep-041"
    ]  # fmt: skip


def test_an_unknown_command_keeps_what_stands_behind_it() -> None:
    found = route("/digets ep-041", ROUTES)

    assert isinstance(found, Unsure)
    assert found.choices[0].line == "/digest ep-041"


def test_a_command_that_is_not_there_is_never_routed_to() -> None:
    fewer = tuple(item for item in ROUTES if item.name != "digest")

    found = route("summarise ep-041", fewer)

    assert not (isinstance(found, Routed) and found.name == "digest")


def test_a_persons_own_command_is_known_by_its_name_and_summary() -> None:
    rows = [Row(name="titles", summary="Five titles for an episode"), Row(name="digest")]
    routes = make_routes(rows)

    found = route("titles for ep-041", routes)

    assert {item.name for item in routes} == {"ask", "where", "read", "titles", "digest"}
    assert isinstance(found, Routed)
    assert (found.name, found.args) == ("titles", "ep-041")


def test_an_encoder_gives_the_meaning_that_letters_lack() -> None:
    routes = (
        Route(name="vessel", examples=("repair the boat",)),
        Route(name="garment", examples=("sew the shirt",)),
    )

    def encode(texts: list[str]) -> NDArray[np.float32]:
        wet = ("boat", "yacht", "vessel")
        rows = [(1.0, 0.0) if any(word in text for word in wet) else (0.0, 1.0) for text in texts]
        return np.array(rows, np.float32)

    found = route("yacht upkeep now", routes, encode=encode, tau=0.45)

    assert isinstance(found, Routed)
    assert found.name == "vessel"


def test_the_same_request_gives_the_same_route() -> None:
    text = "could you find out who said five interviews is enough"

    assert route(text, ROUTES) == route(text, ROUTES)


def test_the_highest_bar_leaves_every_plain_request_unsure() -> None:
    assert isinstance(route("summarise ep-041", ROUTES, tau=1.01), Unsure)


def test_days_speakers_and_quoted_words_are_read_as_they_are_named() -> None:
    found = read_arguments('quotes by Nell about "the empty week" between March 2024 and 2025-06')

    assert found.quoted == ("the empty week",)
    assert (found.since, found.until) == ("2024-03", "2025-06")
    assert found.speaker == "Nell"
    assert found.topic == "the empty week"


def test_each_file_is_named_once_with_its_place() -> None:
    assert read_arguments("compare ep 4 with [[saying-no]] and @notes/a.md").files == (
        "ep-004", "saying-no", "notes/a.md"
    )  # fmt: skip
    assert read_arguments("read lines 10 to 30 of notes/a.md").files == ("notes/a.md:10-30",)


def test_a_slip_is_corrected_to_a_commands_word_and_other_words_are_left() -> None:
    known = {"quotes", "summarise", "model"}

    slipped = ("qoutes", "summarize", "sumarise", "modle", "modal", "quota")

    assert [correct(word, known) for word in slipped] == [
        "quotes", "summarise", "summarise", "model", "modal", "quota"
    ]  # fmt: skip
    assert slips("trasncript", "transcript") == 1


def test_a_pasted_page_is_routed_in_bounded_time_and_never_breaks() -> None:
    for text in ("", "   ", "?", "/", "a " * 50_000, "where " * 2_000, "\x00\u202e", "🙂" * 300):
        assert isinstance(route(text, ROUTES), Routed | Unsure)


@pytest.mark.parametrize("text", ["plan the launch", "plan a sale", "add a newsletter"])
def test_a_request_that_begins_with_a_commands_name_is_not_therefore_for_it(text: str) -> None:
    assert isinstance(route(text, shipped_routes()), Unsure)
