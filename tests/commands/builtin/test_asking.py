"""`/where`, `/ask` and `/read`: every sentence with its file, line and time."""

from __future__ import annotations

import pytest

from pmagent.commands.replies import sources_of
from pmagent.errors import AccessError
from pmagent.types import Abstention, Answer
from pmagent.types.turns import Found, Screen
from tests.commands.builtin.conftest import SmallBench, Type, run


def test_an_answer_is_cited_sentence_by_sentence(typed: Type) -> None:
    shown = typed("/ask what did the lighthouse customers want")

    answer, *_ = shown.split("\n\n")
    assert answer == (
        "Tom Okafor: And the lighthouse customers wanted an export they can keep\noffline. [1]"
    )
    assert "1. `2024-03-14-ep-041.vtt 00:00:09`, L9, 2024-03-14 by file name:" in shown
    assert "From words only" in shown


def test_a_map_numbers_its_passages_and_marks_the_first_and_the_latest(
    typed: Type, bench: SmallBench
) -> None:
    [*_, found] = run(bench, "/where pricing")

    shown = typed("/where pricing")

    assert isinstance(found, Found)
    paths = {cited.path for cited in sources_of(found.reply)}
    assert paths == {"2024-03-14-ep-041.vtt", "notes/pricing.md"}
    assert "`2024-03-14-ep-041.vtt 00:00:03` Ana Ruiz (first mention)" in shown
    assert "(latest mention)" in shown
    assert "| Year | Q1 | Q2 | Q3 | Q4 | All |" in shown


@pytest.mark.parametrize("line", ["/ask what did the lighthouse customers want", "/where pricing"])
def test_a_first_reply_comes_before_the_closer_look_at_the_same_question(
    line: str, bench: SmallBench
) -> None:
    first, last = (event for event in run(bench, line) if isinstance(event, Found))

    assert (first.is_first, last.is_first) == (True, False)
    assert first.reply.found.query == last.reply.found.query


def test_flags_narrow_the_search(bench: SmallBench) -> None:
    [*_, found] = run(bench, "/where pricing --since 2025")

    assert isinstance(found, Found)
    assert {cited.path for cited in sources_of(found.reply)} == {"notes/pricing.md"}


def test_what_was_never_said_is_an_abstention_with_the_next_step(
    typed: Type, bench: SmallBench
) -> None:
    [*_, found] = run(bench, "/ask scuba diving in the galapagos")

    shown = typed("/ask scuba diving in the galapagos")

    assert isinstance(found, Found)
    assert isinstance(found.reply, Abstention)
    assert not isinstance(found.reply, Answer)
    assert shown.startswith(
        'The archive does not seem to say this: "scuba diving in the galapagos"'
    )
    assert "To look again: ask with other words" in shown


def test_a_place_is_read_with_its_lines_and_a_mark(typed: Type, bench: SmallBench) -> None:
    shown = typed("/read @pricing.md:9 -C 1")

    assert shown == (
        "# Pricing notebook\n\n"
        "`notes/pricing.md`, 2025-06-01 by front matter, line 9\n\n"
        "       8\n"
        "    >  9  We said nine dollars a seat. A seat is the wrong thing to count, so\n"
        "          pricing moves to outcomes.\n"
        "      10"
    )
    [screen] = run(bench, "/read pricing.md:9")
    assert isinstance(screen, Screen)
    assert (screen.name, screen.argument) == ("reader", "notes/pricing.md:9")


def test_a_whole_file_is_read_without_marks_and_a_long_one_says_what_is_left(
    bench: SmallBench, typed: Type
) -> None:
    long = "\n".join(f"line {number}" for number in range(1, 1001))
    (bench.garden.root / "long.md").write_text(long, encoding="utf-8")
    bench.garden.index(meaning=False)

    whole, cut = typed("/read notes/pricing.md"), typed("/read long.md")

    assert ">" not in whole
    assert "      400  line 400" in cut
    assert cut.endswith('600 lines more: "/read long.md:401"')


def test_a_file_outside_is_refused(bench: SmallBench) -> None:
    with pytest.raises(AccessError):
        run(bench, "/read ../../etc/passwd")
