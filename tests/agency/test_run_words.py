"""A run and its steps in words: what a person reads on the way and at the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmagent.agency.run_words import (
    begun_words,
    done_words,
    ended_words,
    next_words,
    places_of,
    result_words,
    step_line,
)
from pmagent.types.actions import Json
from pmagent.types.runs import Run, Spent, StepRow
from tests.reviews.made import NOW, review

RUN = Run(
    id="bb422d", command="publish-episode", text="", digest="", arguments={}, began=NOW, clock=NOW,
    spent=Spent(steps=16, ms=3_300),
)  # fmt: skip


def row(verb: str, name: str = "", detail: str = "", value: Json = None, **more: object) -> StepRow:
    made = StepRow(
        run="bb422d", seq=1, address="6", path="6", verb=verb, status="done", at=NOW,
        name=name, detail=detail, value=value,
    )  # fmt: skip
    return replace(made, **more)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("verb", "text", "says"),
    [
        ("Read", "**Read** `transcript` as `t`", "transcript"),
        ("Read", "**Read** `policies/a.md` if it exists as `policy`", "policies/a.md"),
        ("Call draft.chapters", "**Call** `draft.chapters` with `document=t` as `c`", "→ c"),
        ("model", "Write five titles for `t`, as `titles` like `[str] 5`",
         "titles: five titles for t"),
        ("Approve", '**Approve** "Send “{titles[0]}” ({n} min)?" showing `titles`',
         "Send “…” (… min)?"),
        ("Ask", '**Ask** "How big is it?" as `size` like `small|large`', "How big is it?"),
    ],
)  # fmt: skip
def test_a_step_that_begins_says_what_it_is_about_and_no_marks(
    verb: str, text: str, says: str
) -> None:
    assert begun_words(text, verb) == says


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (row("Read", "t", "talks/a.vtt, 1,598 words"), "Read talks/a.vtt, 1,598 words"),
        (row("Call draft.chapters", "chapters"), "Call draft.chapters → chapters"),
        (row("model", "titles", "by draft.titles", maker="offline"),
         "Write titles, without a model"),
        (row("model", "titles", "the model: it abstained; by draft.titles", maker="offline"),
         "Write titles, without a model, the model: it abstained"),
        (row("model", "pitch", "by nell", maker="person"), "Write pitch, by you"),
        (row("Call folder.draft", "draft", value={"path": "drafts/a.md"}, spent=Spent(effects=1)),
         "Call folder.draft → draft: drafts/a.md"),
    ],
)  # fmt: skip
def test_a_step_that_is_done_says_what_came_of_it(made: StepRow, says: str) -> None:
    assert ended_words(made) == says


def test_only_what_takes_long_is_told_with_its_time() -> None:
    assert step_line("6", "Call a.b", 0.49) == "     6  Call a.b"
    assert step_line("7[2].3/1", "Call a.b", 1.94) == "7[2].3/1  Call a.b  1.9 s"


def test_a_run_that_is_done_says_where_its_file_and_its_post_are() -> None:
    one = Spent(effects=1)
    post: Json = {"url": "https://blog.example/p/1/", "state": "draft", "id": "1"}
    rows = [
        row("Call ghost.draft", value=post, spent=one),
        row("Call notes.write", value={"path": "drafts/a.md", "bytes": 4}, spent=one),
        row("Call notes.write", value={"path": "drafts/a.md", "bytes": 4}, spent=one),
        row("Call archive.note", value={"path": "notes/read.md"}),
    ]

    assert places_of(rows) == ("https://blog.example/p/1/, as a draft", "drafts/a.md")
    assert done_words(RUN) == "run bb422d is done: 16 steps, 3.3 s"


def test_a_rehearsal_and_a_run_in_shadow_say_that_nothing_left() -> None:
    assert "bb422d" not in done_words(RUN, is_dry=True)
    assert "nothing was done, sent or kept" in done_words(RUN, is_dry=True)
    assert "nothing was sent or written" in done_words(replace(RUN, autonomy="shadow"))


@pytest.mark.parametrize(
    ("kind", "shape", "last"),
    [
        ("approve", "", '"pmagent review accept r1" says yes'),
        ("answer", "small|large",
         '"pmagent review answer r1 VALUE" takes your answer (small|large)'),
        ("human", "str 20..200", '"pmagent review answer r1" opens your editor for it'),
        ("dead", "", '"pmagent review accept r1" tries it again'),
    ],
)  # fmt: skip
def test_a_run_that_waits_names_the_exact_commands(kind: str, shape: str, last: str) -> None:
    says = next_words(RUN, review(1, kind=kind, shape=shape))

    assert says == f'"pmagent review show r1" shows it whole, {last}'
    assert next_words(RUN, None) == 'go on later: "pmagent resume bb422d"'


def test_a_result_without_words_is_told_by_its_fields_and_never_as_braces() -> None:
    themes: Json = [{"name": "Deposits", "count": 8, "quotes": ["x"]}, {"name": "Fees", "count": 2}]

    assert result_words({"said": 3, "note": "# Prior art\n\nTwo."}) == "# Prior art\n\nTwo.\n"
    assert result_words({"new": [], "names": ["a", "b"], "themes": themes}) == (
        "- **new**: none\n- **names**: a; b\n"
        "- **themes**\n  - name Deposits, count 8\n  - name Fees, count 2\n"
    )
