"""The plain front end as somebody who hears it, and a script that drives it, meet it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

from pmagent.types import (
    Answer,
    Citation,
    Coverage,
    Found,
    Locator,
    Query,
    Sentence,
)
from pmagent.types.actions import Ask, Decision, Done, FileChange, No, ToolCall, Unanswered, Yes
from pmagent.types.turns import Found as Replied
from pmagent.types.turns import (
    Noted,
    Said,
    Screen,
    ToolBegan,
    ToolEnded,
    TurnEnded,
    TurnEvent,
)
from tests.plain.conftest import CTRL_C, Converse, Person
from tests.plain.small_talk import AT, LIMIT_S, SPEND, SmallTalk, saying

ASK = Ask(
    id="a41f9c",
    call=ToolCall(id="a41f9c", tool="Write", input={}, by="agent", why="to keep it"),
    decision=Decision(effect="ask", reason="no rule allows it"),
    at=AT,
    title="WRITE notes/a.md",
    body="notes/a.md",
    risk="undoable",
    changes=(FileChange(path="notes/a.md", before=b"one\n", after=b"two\n"),),
    scopes=("once", "folder"),
    grant="Edit(/notes/**)",
)


def asking(person: list[Person], ask: Ask = ASK) -> SmallTalk:
    """A conversation whose turn asks once and tells what the answer was."""

    def script(talk: SmallTalk, typed: str) -> Iterator[TurnEvent]:
        del talk, typed
        reply = person[0].ask(ask)
        yield Said(text=f"the answer was {reply}")

    return SmallTalk(script)


def answer() -> Answer:
    cited = Citation(
        path="notes/a.md", locator=Locator(first_line=7, last_line=7), title="A",
        date=date(2025, 6, 1), date_source="file name",
    )  # fmt: skip
    found = Found(
        query=Query(text="price"), hits=(), confidence=0.9, threshold=0.5, tier="words",
        coverage=Coverage(documents=1, passages=1, with_static=0, with_meaning=1), intent="topic",
    )  # fmt: skip
    return Answer(found=found, sentences=(Sentence(text="A price is a promise.", citation=cited),))


def test_each_piped_line_is_a_turn_and_the_end_of_the_input_leaves(converse: Converse) -> None:
    talk = SmallTalk(saying("yes."))

    code, seen = converse(talk, ("you: ", "first\n\nsecond"), greeting=["pmagent, plain mode"])

    assert code == 0
    assert talk.submitted == ["first", "second"]
    assert seen == (
        "pmagent, plain mode\n"
        "you: first\n"
        "pmagent: yes.\n"
        "you: second\n"
        "pmagent: yes.\n"
        "To go on: pmagent --plain --resume s1\n"
    )


def test_a_line_typed_while_a_turn_runs_is_queued_and_heard_afterwards(converse: Converse) -> None:
    def script(talk: SmallTalk, typed: str) -> Iterator[TurnEvent]:
        if typed == "first":
            yield Noted(text="working")
            assert talk.has_queued.wait(LIMIT_S)
        yield Said(text=f"done with {typed}")

    talk = SmallTalk(script)

    code, seen = converse(
        talk, ("you: ", "first\n"), ("note: working", "second\n"), ("done with second", ""),
        ("you: ", "\x04"), is_terminal=True,
    )  # fmt: skip

    assert code == 0
    assert talk.submitted == ["first", "second"]
    assert "note: kept for after this step, 1 waiting" in seen


def test_the_whole_question_stands_there_before_the_numbers_that_are_offered(
    converse: Converse,
) -> None:
    person: list[Person] = []

    _, seen = converse(
        asking(person), ("you: ", "go\n"), ("answer with", "2\n"), ("answer with", "3\n"),
        person_of=person.append,
    )  # fmt: skip

    lines = seen.splitlines()
    start = lines.index("Permission required: WRITE notes/a.md")
    assert lines[start : start + 11] == [
        "Permission required: WRITE notes/a.md",
        "Asked because no rule allows it",
        "Asked by agent",
        "Its reason: to keep it",
        'changed "notes/a.md"',
        "@@ -1 +1 @@",
        "-one",
        "+two",
        "Risk: undoable",
        "1 yes, this once",
        "3 yes, and its like in this folder for 7 days: Edit(/notes/**)",
    ]
    assert "answer with 1, 3 or 4: 2\nanswer with 1, 3 or 4: 3\n" in seen
    assert str(Yes(scope="folder")) in seen


def test_an_answer_typed_before_the_question_answers_nothing(converse: Converse) -> None:
    person: list[Person] = []

    _, seen = converse(
        asking(person), ("you: ", "go\n1\n"), ("answer with", "4 not now\n"),
        person_of=person.append,
    )  # fmt: skip

    assert str(No(note="not now")) in seen
    assert "Yes(" not in seen


def test_half_a_line_typed_before_the_question_answers_nothing(converse: Converse) -> None:
    person: list[Person] = []

    _, seen = converse(
        asking(person), ("you: ", "go\n1"), ("answer with", "\n4\n"), person_of=person.append
    )

    assert str(No()) in seen


def test_nobody_at_the_end_of_the_input_is_no_answer_and_not_a_no(converse: Converse) -> None:
    person: list[Person] = []

    code, seen = converse(asking(person), ("you: ", "go\n"), person_of=person.append)

    assert code == 0
    assert "NoAnswer()" in seen
    assert "note: not answered, so it is not done" in seen


def test_ctrl_c_stops_the_turn_keeps_its_words_and_a_second_leaves(converse: Converse) -> None:
    def script(talk: SmallTalk, typed: str) -> Iterator[TurnEvent]:
        yield Said(text="Half of it\n\n")
        assert talk.stopped.wait(LIMIT_S)

    talk = SmallTalk(script)

    code, seen = converse(
        talk, ("you: ", "go\n"), ("pmagent: Half of it", CTRL_C), ("it was stopped", ""),
        ("you: ", CTRL_C), is_terminal=True,
    )  # fmt: skip

    assert code == 130
    assert "The words above were cut off" in seen
    assert seen.endswith("To go on: pmagent --plain --resume s1\n")


def test_two_ctrl_c_while_it_asks_leave_without_an_answer(converse: Converse) -> None:
    person: list[Person] = []
    talk = asking(person)

    code, _ = converse(
        talk, ("you: ", "go\n"), ("answer with", CTRL_C), ("not answered", CTRL_C),
        is_terminal=True, person_of=person.append,
    )  # fmt: skip

    assert code == 130
    assert talk.turns()[-1].reason == "stopped"


def test_a_source_is_opened_by_its_number(converse: Converse) -> None:
    def script(talk: SmallTalk, typed: str) -> Iterator[TurnEvent]:
        yield Replied(reply=answer()) if typed == "price" else Screen(name="reader", text="line 7")

    talk = SmallTalk(script)

    _, seen = converse(talk, ("you: ", "1\nprice\n1\n2\n"))

    assert talk.submitted == ["price", "/read notes/a.md:7"]
    assert "there is no source 1; no answer had any yet" in seen
    assert "there is no source 2; the last is 1" in seen
    assert "1. notes/a.md L7, 2025-06-01 by file name: A\n" in seen


def test_a_paused_turn_is_asked_about_and_goes_on(converse: Converse) -> None:
    def script(talk: SmallTalk, typed: str) -> Iterator[TurnEvent]:
        yield from talk.pause_here("it reads the same file again and again")
        yield Said(text="went on")

    _, seen = converse(SmallTalk(script), ("you: ", "go\n"), ("2 stop", "1\n"))

    assert "pmagent: paused: it reads the same file again and again\n1 go on\n2 stop\n" in seen
    assert "pmagent: going on\npmagent: went on\n" in seen


def test_a_question_mark_alone_tells_what_is_going_on_and_is_no_turn(converse: Converse) -> None:
    talk = SmallTalk(saying("yes."))

    _, seen = converse(talk, ("you: ", "?\nwhat\n?\n"))

    assert talk.submitted == ["what"]
    assert "Nothing runs, and there is no turn to tell of" in seen
    assert "- Goal: what" in seen


def test_tools_are_one_line_and_a_refusal_says_why(converse: Converse) -> None:
    refused = Unanswered(decision=Decision(effect="ask", reason="it leaves the garden"))

    def script(talk: SmallTalk, typed: str) -> Iterator[TurnEvent]:
        yield Said(text="I look.")
        yield ToolBegan(call_id="1", tool="Read", subject="notes/a.md")
        yield ToolEnded(call_id="1", tool="Read", outcome=Done(text="x"), elapsed_s=0.1)
        yield ToolEnded(call_id="2", tool="WebFetch", outcome=refused, elapsed_s=0.1)
        yield Said(text="\x1b[31mred\x1b[0m")

    _, seen = converse(SmallTalk(script), ("you: ", "go\n"))

    assert seen.splitlines()[1:5] == [
        "pmagent: I look.",
        "tool: Read notes/a.md",
        "tool: WebFetch was not done, because nobody answered: it leaves the garden",
        "pmagent: red",
    ]
    assert re.search("[\x1b\x07\r]", seen) is None


def test_what_went_wrong_is_told_once(converse: Converse) -> None:
    talk = SmallTalk(lambda *_: iter((Noted(text="no such file", kind="error", hint="look"),)))
    talk.end = TurnEnded(reason="failed", text="", spend=SPEND, hint="look")

    _, seen = converse(talk, ("you: ", "go\n"))

    assert seen == (
        "you: go\nerror: no such file\nhint: look\nTo go on: pmagent --plain --resume s1\n"
    )


def test_leaving_ends_a_turn_that_is_queued_behind(converse: Converse) -> None:
    talk = SmallTalk(lambda *_: iter((Screen(name="quit", text="bye"),)))

    code, seen = converse(talk, ("you: ", "/quit\nmore\n"))

    assert (code, talk.submitted) == (0, ["/quit"])
    assert "bye" not in seen


def test_the_plain_front_end_needs_no_screen() -> None:
    code = (
        "import sys, pmagent.plain.app, pmagent.cli.plain_command\n"
        "print(*{'textual', 'rich', 'chromadb', 'torch', 'anthropic'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "\n"
