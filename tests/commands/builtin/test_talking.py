"""The built-ins about the conversation itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pmagent.commands.bench import Compaction
from pmagent.commands.builtin.cost import cost_markdown
from pmagent.commands.builtin.resume import sessions_markdown
from pmagent.errors import ModelError, UsageError
from pmagent.types.actions import Yes
from pmagent.types.sessions import Fact, SessionRow, TurnRow
from pmagent.types.turns import Noted, Screen, Spend
from tests.commands.builtin.conftest import SmallBench, Type, run
from tests.plain.small_talk import AT, FAST


def turn(number: int, typed: str, shown: str, *points: str) -> TurnRow:
    return TurnRow(
        turn=f"t{number}", at=AT, typed=typed, shown=shown, reason="done", checkpoints=points
    )


def test_why_is_read_from_state_and_says_so_where_nothing_was_asked(
    bench: SmallBench, typed: Type
) -> None:
    assert typed("/why").startswith("Nothing runs, and there is no turn to tell of")

    list(bench.talk.submit("price the seat"))

    assert typed("/why") == "# Nothing runs. The last turn\n\n- Goal: price the seat"


def test_context_is_a_table_with_its_notes(typed: Type) -> None:
    assert typed("/context") == (
        "# What the model is sent\n\n"
        "About 2,000 of 200,000 tokens are used: 1%.\n\n"
        "| Part         |  Tokens | Share |\n"
        "| ------------ | ------: | ----: |\n"
        "| instructions |   1,000 |    0% |\n"
        "| AGENTS.md    |     400 |    0% |\n"
        "| conversation |     600 |    0% |\n"
        "| free         | 198,000 |   99% |\n\n"
        "- AGENTS.md: imports notes/style.md"
    )


def test_compacting_says_what_it_saved_or_that_there_is_nothing(
    bench: SmallBench, typed: Type
) -> None:
    assert typed("/compact") == (
        'note: there is nothing to shorten yet\nhint: "/context" tells what the model is sent'
    )

    bench.compaction = Compaction(before_tokens=9_000, after_tokens=700, summary="We chose seats.")

    assert "about 700 tokens of this conversation, 9,000 before" in typed("/compact")
    assert typed("/compact").endswith("## Summary\n\nWe chose seats.")


def test_a_cost_that_is_not_known_is_never_shown_as_nothing(typed: Type) -> None:
    unknown = cost_markdown(Spend(steps=1, cost_usd=None), FAST)
    known = cost_markdown(Spend(steps=1, cost_usd=Decimal("0.0123")), FAST)

    assert "$" not in unknown
    assert "is not known" in unknown
    assert "$0.0123" in known
    assert "$0.00. The model now is `offline`, which costs nothing." in typed("/cost")


def test_models_are_listed_with_price_privacy_and_what_is_in_the_way(
    bench: SmallBench, typed: Type
) -> None:
    shown = " ".join(typed("/model").split())

    assert "`offline` answers now. Nothing leaves this computer." in shown
    assert "`fast` (quick-1): 100,000 tokens of context, price unknown" in shown
    assert "cannot be used: no key is set" in shown

    said = " ".join(typed("/model fast").split())

    assert "passages that are quoted go to api.example.com" in said
    assert bench.talk.model.alias == "fast"
    with pytest.raises(ModelError):
        run(bench, "/model deep")
    with pytest.raises(UsageError):
        run(bench, "/model nosuch")


def test_a_conversation_is_named_copied_found_and_gone_back_to(
    bench: SmallBench, typed: Type
) -> None:
    list(bench.talk.submit("price the seat"))
    assert typed("/rename  pricing talk") == 'This conversation is called "pricing talk".'
    assert typed("/fork second").startswith('You are in a copy named "second" (`s2`, 1 turn).')
    assert bench.talk.session.forked_from == "s1"

    listed = typed("/resume")
    assert "`s2` second (1 turn, this one, a copy of s1)" in listed
    assert typed("/resume pricing talk").startswith('On with "pricing talk" (`s1`), 1 turn, last')
    assert "`s2` second" in typed("/resume sec")
    with pytest.raises(UsageError):
        run(bench, "/resume nosuch")


def test_clearing_keeps_the_conversation_before(bench: SmallBench, typed: Type) -> None:
    assert "/resume s1" in typed("/clear")
    assert bench.talk.session.id == "s2"


def test_many_sessions_are_cut_with_a_way_to_the_rest() -> None:
    rows = [SessionRow(id=f"s{n}", name="", first="x", began=AT, last=AT, turns=1)
            for n in range(25)]  # fmt: skip

    shown = sessions_markdown(rows, now="s0")

    assert shown.count("\n- ") + shown.startswith("- ") == 20
    assert '5 more are older; "/resume WORDS"' in shown


def test_going_back_is_shown_first_and_done_with_a_word(bench: SmallBench, typed: Type) -> None:
    bench.talk.add_turn(turn(1, "first question", "one"))
    bench.talk.add_turn(turn(2, "second question", "two"))

    assert "2. " in typed("/rewind")
    preview = typed("/rewind 2")
    assert "`/rewind 2 talk`: the conversation alone" in preview
    assert "both" not in preview
    assert len(bench.talk.turns()) == 2

    assert typed("/rewind 2 talk").endswith("    second question")
    assert [row.typed for row in bench.talk.turns()] == ["first question"]
    with pytest.raises(UsageError, match="there are 1 turn"):
        run(bench, "/rewind 9")


def test_the_last_answer_is_handed_to_the_clipboard(bench: SmallBench, typed: Type) -> None:
    assert typed("/copy").startswith("note: there is no answer to copy yet")
    bench.talk.add_turn(turn(1, "q", "first answer"))
    bench.talk.add_turn(turn(2, "q", "second answer"))
    bench.talk.add_turn(turn(3, "/copy", ""))

    [last] = run(bench, "/copy")
    [before] = run(bench, "/copy 2")

    assert last == Screen(name="copy", argument="1", text="second answer")
    assert before == Screen(name="copy", argument="2", text="first answer")


def test_an_export_is_markdown_or_json_that_parses(bench: SmallBench, typed: Type) -> None:
    bench.talk.add_turn(turn(1, "q", "an answer"))

    assert typed("/export") == "## q\n\nan answer"
    assert json.loads(typed("/export json")) == {"turns": []}
    assert all(line.startswith("    ") for line in typed("/export json").split("\n"))
    with pytest.raises(UsageError, match="neither Markdown nor JSON"):
        run(bench, "/export talk.docx")


def test_an_export_to_a_file_goes_through_the_gate(bench: SmallBench, typed: Type) -> None:
    bench.talk.add_turn(turn(1, "q", "an answer"))

    [refused] = run(bench, "/export out/talk.md")

    assert isinstance(refused, Noted)
    assert "it must be asked, and nobody answered" in refused.text
    assert not (bench.garden.root / "out").exists()

    bench.garden.set_asker(lambda _: Yes())
    assert typed("/export out/talk.md").startswith("Written to `out/talk.md`. To take it back:")
    assert (bench.garden.root / "out" / "talk.md").read_text("utf-8") == "## q\n\nan answer"


def test_memory_tells_each_fact_with_its_source_and_its_end(bench: SmallBench, typed: Type) -> None:
    assert typed("/memory").startswith("Nothing is remembered yet.")
    bench.facts = [
        Fact(text="Prices are in euros", source="you, 2026-11-20", kind="policy"),
        Fact(text="The freeze ends", source="notes/a.md:3", name="freeze.md",
             expires=datetime(2027, 1, 1, 12, tzinfo=UTC)),
    ]  # fmt: skip

    shown = typed("/memory")

    assert "## How you want it\n\n- Prices are in euros (you, 2026-11-20)" in shown
    assert "- The freeze ends (notes/a.md:3, until 2027-01-01" in shown
    assert "euros" not in typed("/memory freeze")
    assert typed("/memory zebra").startswith('Nothing that is remembered holds "zebra".')
