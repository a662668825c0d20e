"""A garden's conversation with a model behind real HTTP, from the line typed to the wire."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pmagent.agent.grounds import Wiring
from pmagent.garden import Garden
from pmagent.llm.messages_model import MessagesModel
from pmagent.llm.prices import price_of
from pmagent.llm.servers import read_server
from pmagent.types.conversing import Conversation, Opening
from pmagent.types.talk import Model, ModelCard, Price, Usage
from pmagent.types.turns import (
    AgentEnded,
    Budget,
    Noted,
    Said,
    ToolEnded,
    TurnEnded,
    TurnEvent,
)
from tests.llm.messages_server import MessagesServer, Play, Script, refuse, say

KEY = "sk-ant-api03-Zm9vYmFyYmF6cXV4-0123456789"
OPUS = "claude-opus-5-5"
READ = ("Read", {"file_path": "notes/pricing.md"})
A_DOLLAR = Price(input_usd=Decimal(1), output_usd=Decimal(1))
E = TypeVar("E")


@dataclass
class Line:
    """One conversation, and what came of its latest turn."""

    talk: Conversation
    garden: Garden
    server: MessagesServer
    events: list[TurnEvent] = field(default_factory=list[TurnEvent])

    def turn(self, typed: str = "what did we say", budget: Budget | None = None) -> TurnEnded:
        """Run one turn to its end."""
        self.events = list(self.talk.submit(typed, budget=budget))
        last = self.events[-1]
        assert isinstance(last, TurnEnded)
        return last

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def notes(self, kind: str) -> list[str]:
        return [note.text for note in self.all(Noted) if note.kind == kind]


Start = Callable[..., Line]


@pytest.fixture
def start(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Begins conversations; they end with the test."""
    with ExitStack() as stack:

        def started(
            script: Script,
            *,
            card: ModelCard | None = None,
            opening: Opening | None = None,
            **options: object,
        ) -> Line:
            server = stack.enter_context(MessagesServer(script, **options))  # type: ignore[arg-type]
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
            monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
            Garden.create(root).close()
            model = stack.enter_context(priced_model(server, card)) if card else None
            wiring = Wiring(model=model)
            garden = stack.enter_context(Garden.open(root, wiring=wiring))
            rules = ("Read", "Edit(/drafts/**)")
            chosen = opening or Opening(model=OPUS, is_attended=False, allowed_tools=rules)
            return Line(garden.converse(chosen), garden, server)

        yield started


@contextmanager
def priced_model(server: MessagesServer, card: ModelCard) -> Iterator[Model]:
    """A model whose price is known, which no server of this computer has."""
    from pmagent.llm.anthropic_model import AnthropicWire  # noqa: PLC0415
    from pmagent.llm.probe import Probes  # noqa: PLC0415

    where = read_server(server.url)
    model = MessagesModel(
        card, where, make_wire=lambda: AnthropicWire(where, None, redact=str), probes=Probes()
    )
    yield model
    model.close()


def card_of(**fields: Any) -> ModelCard:
    return ModelCard(
        **{"id": "m", "host": "models.example", "price": A_DOLLAR, "max_output_tokens": 1_000}
        | fields
    )


def blocks(message: Mapping[str, Any]) -> list[str]:
    return [part["type"] for part in message["content"]]


# -- what comes over the line ----------------------------------------------------------------------


def test_words_stream_and_tools_are_used_and_answered(start: Start) -> None:
    line = start([say("I look. ", uses=[READ, READ]), say("Nine dollars a seat.", pieces=5)])

    end = line.turn()

    assert (end.reason, end.text) == ("done", "I look.\n\nNine dollars a seat.")
    assert len(line.all(Said)) >= 5
    assert [type(e.outcome).__name__ for e in line.all(ToolEnded)] == ["Done", "Done"]
    asked, used, answered = line.server.asked[1]["messages"]
    assert [asked["role"], used["role"], answered["role"]] == ["user", "assistant", "user"]
    assert blocks(used) == ["text", "tool_use", "tool_use"]
    assert blocks(answered) == ["tool_result", "tool_result"]
    assert "nine dollars a seat" in str(answered)


@pytest.mark.parametrize(
    ("first", "reason", "fault"),
    [
        (refuse(429, "rate_limit_error", retry_after="0.01"), "done", ""),
        (refuse(500, "api_error", retry_after="0.01"), "done", ""),
        (refuse(529, "overloaded_error", **{"x-should-retry": "false"}), "failed", "overloaded"),
        (refuse(401, "authentication_error"), "failed", "authentication_failed"),
    ],
)
def test_what_passes_is_waited_out_and_what_does_not_names_its_fault(
    start: Start, first: Play, reason: str, fault: str
) -> None:
    line = start([first, say("Nine dollars.")])

    end = line.turn()

    assert (end.reason, end.fault) == (reason, fault)
    assert ("/model offline" in end.hint) is (reason == "failed")
    assert KEY not in str(line.events)
    assert line.turn().reason == ("failed" if reason == "done" else "done")


@pytest.mark.parametrize(
    "broken",
    [
        lambda play: replace(play, cut_after=6),
        lambda play: replace(play, cut_after=6, bytes_at_once=3),
        lambda play: replace(play, frames=(*play.frames[:6], b"event: x\ndata: {oops\n\n")),
    ],
)
def test_an_answer_that_breaks_off_is_kept_marked_and_the_next_turn_is_valid(
    start: Start, broken: Callable[[Play], Play]
) -> None:
    play = say("Nine dollars a seat, we said, and then not.", uses=[READ], pieces=6)
    line = start([broken(play), say("All of it.")])

    end = line.turn()

    assert (end.reason, end.is_partial) == ("failed", True)
    assert end.text
    assert "Nine dollars a seat, we said, and then not.".startswith(end.text)
    assert line.all(ToolEnded) == []
    assert line.turn("go on").text == "All of it."
    sent = line.server.asked[-1]["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert line.talk.turns()[0].shown == end.text


def test_a_stop_ends_a_slow_stream_at_once_and_closes_the_line(start: Start) -> None:
    line = start([replace(say("Nine dollars a seat.", pieces=9), hold_after=6, bytes_at_once=2)])
    events = line.talk.submit("slowly")
    heard: list[TurnEvent] = []
    for event in events:
        heard.append(event)
        if isinstance(event, Said):
            threading.Thread(target=line.talk.stop).start()

    assert isinstance(heard[-1], TurnEnded)
    assert (heard[-1].reason, heard[-1].is_partial) == ("stopped", True)
    assert line.server.gone.wait(5)


def test_a_refusal_and_a_limit_of_output_are_told_as_what_they_are(start: Start) -> None:
    cut = say("and then", reason="max_tokens")
    line = start([say("No.", reason="refusal"), cut, say(" it ended."), cut, cut])

    assert (line.turn().reason, line.turn().reason) == ("refused", "done")
    assert "".join(said.text for said in line.all(Said)) == "and then it ended."
    assert line.turn().reason == "cut"


def test_thinking_is_sent_back_as_it_came_and_the_prefix_may_be_cached(start: Start) -> None:
    line = start([say("", thinking="Let me see.", uses=[READ]), say("Nine.")])

    line.turn()

    body = line.server.asked[1]
    first = body["messages"][1]["content"][0]
    assert first == {"type": "thinking", "thinking": "Let me see.", "signature": "c2ln"}
    assert body["cache_control"] == {"type": "ephemeral"}
    assert body["system"] == line.server.asked[0]["system"]


# -- money -----------------------------------------------------------------------------------------


def test_each_request_is_priced_with_its_cache_and_an_unknown_price_stays_unknown(
    start: Start,
) -> None:
    official = read_server("")
    card = ModelCard(id=OPUS, host=official.host, price=price_of(OPUS, official))
    usage = {"input_tokens": 1_000, "output_tokens": 100, "cache_read_input_tokens": 10_000,
             "cache_creation_input_tokens": 2_000}  # fmt: skip
    known = start([say("I look.", uses=[READ], usage=usage), say("Nine.", usage=usage)], card=card)
    assert card.price is not None
    read, written = card.price.cache_read_usd, card.price.cache_write_usd
    assert read is not None
    assert written is not None

    spend = known.turn().spend

    one = (1_000 * card.price.input_usd + 100 * card.price.output_usd + 10_000 * read
           + 2_000 * written) / 1_000_000  # fmt: skip
    assert spend.cost_usd == 2 * one
    assert spend.usage == Usage(
        input_tokens=2_000, output_tokens=200, cache_read_tokens=20_000, cache_write_tokens=4_000
    )


def test_a_model_of_unknown_price_is_never_free_and_does_not_run_under_a_limit(
    start: Start,
) -> None:
    line = start([say("Nine.")])

    refused = line.turn(budget=Budget(cost_usd=Decimal(5)))

    assert (refused.reason, line.server.asked) == ("cost", [])
    assert f'the price of "{OPUS}" is unknown' in line.notes("budget")[0]
    assert line.turn().spend.cost_usd is None
    assert line.talk.spend.cost_usd is None


def test_no_request_is_made_that_could_cost_more_than_is_left(start: Start) -> None:
    def costly(body: Mapping[str, Any]) -> Play:
        used = {"input_tokens": 4_000, "output_tokens": body["max_tokens"]}
        number = len(body["messages"])
        return say("more", uses=[("Read", {"file_path": f"{number}.md"})], usage=used)

    line = start(costly, card=card_of())
    limit = Decimal("0.02")

    end = line.turn(budget=Budget(cost_usd=limit, steps=None))

    assert end.reason == "cost"
    assert end.spend.cost_usd is not None
    assert Decimal("0.01") < end.spend.cost_usd <= limit
    assert "too little is left" in line.notes("budget")[-1]


def test_a_dear_turn_is_foretold_once_before_its_first_request(start: Start) -> None:
    dear = card_of(price=Price(input_usd=Decimal(100), output_usd=Decimal(100)))
    line = start([say("I look.", uses=[READ]), say("Nine."), say("Nine.")], card=dear)

    line.turn()

    [said] = line.notes("budget")
    assert said.startswith('each request to "m" reads about ')
    assert said.endswith("no limit is set")
    place = next(n for n, event in enumerate(line.events) if isinstance(event, Said))
    assert any(isinstance(event, Noted) for event in line.events[:place])


def test_a_turn_that_would_take_half_of_its_limit_at_once_is_foretold(start: Start) -> None:
    line = start([say("Nine."), say("Nine.")], card=card_of())

    line.turn(budget=Budget(cost_usd=Decimal("0.006")))
    assert line.notes("budget")[0].endswith("0.01 USD may be spent")
    line.turn(budget=Budget(cost_usd=Decimal(1)))
    assert line.notes("budget") == []


# -- models, sub-agents, commands ------------------------------------------------------------------


def test_another_model_in_the_middle_of_a_session_is_told_all_that_was_said(start: Start) -> None:
    line = start([say("", thinking="Hm.", uses=[READ]), say("Nine."), say("Ten.")])
    line.turn("how much")

    assert line.talk.use_model("claude-haiku-4-5").id == "claude-haiku-4-5"
    line.turn("and then")

    body = line.server.asked[-1]
    assert body["model"] == "claude-haiku-4-5"
    roles = [message["role"] for message in body["messages"]]
    assert roles == ["user", "assistant", "user", "assistant", "user"]
    assert "how much" in str(body["messages"][0])
    assert line.talk.use_model("offline").is_free
    line.turn("hello")
    assert [turn.typed for turn in line.talk.turns()] == ["how much", "and then", "hello"]


def test_a_command_names_the_model_of_its_own_turn_alone(start: Start, root: Path) -> None:
    folder = root / ".claude" / "commands"
    folder.mkdir(parents=True)
    (folder / "short.md").write_text(
        "---\nmodel: claude-haiku-4-5\n---\nSay it short: $ARGUMENTS\n", encoding="utf-8"
    )
    line = start([say("Nine."), say("Nine."), say("Nine dollars.")])

    line.turn("/short the price")  # nobody has trusted it yet, so it chooses no model
    [waiting] = [one for one in line.garden.grants().untrusted if "/short" in one.says]
    line.garden.trust(waiting.digest)
    line.turn("/short the price")
    line.turn("again")

    assert [body["model"] for body in line.server.asked] == [OPUS, "claude-haiku-4-5", OPUS]
    assert "Say it short: the price" in str(line.server.asked[1]["messages"])


def test_a_sub_agent_has_its_own_model_and_its_parent_pays(start: Start) -> None:
    used = {"input_tokens": 100, "output_tokens": 10}
    task = {"subagent_type": "researcher", "prompt": "look for it", "description": "look"}

    def script(body: Mapping[str, Any]) -> Play:
        if "look for it" in str(body["messages"][0]):
            return say("I found nine.", usage=used)
        if len(body["messages"]) == 1:
            given = {**task, "model": "claude-haiku-4-5"}
            return say("I send one.", uses=[("Agent", given)], usage=used)
        return say("Nine.", usage=used)

    line = start(script)
    end = line.turn()
    priced = start(script, card=card_of())
    paid = priced.turn("what did we say now")

    assert [body["model"] for body in line.server.asked] == [OPUS, "claude-haiku-4-5", OPUS]
    assert end.spend.steps == 3
    assert end.spend.usage.input_tokens == 300
    [ended] = line.all(AgentEnded)
    assert (ended.reason, ended.spend.steps) == ("done", 1)
    assert "I found nine." in str(line.server.asked[-1]["messages"])
    assert paid.spend.cost_usd == Decimal(330) / 1_000_000


def test_a_schema_of_the_answer_reaches_each_request_of_the_agent(start: Start) -> None:
    schema = {"type": "object", "required": ["price"], "additionalProperties": False,
              "properties": {"price": {"type": "integer"}}}  # fmt: skip
    opening = Opening(model=OPUS, is_attended=False, output_schema=schema, allowed_tools=("Read",))
    line = start(
        [say("I look.", uses=[READ]), say('```json\n{"price": 9}\n```'), say("nine")],
        opening=opening,
    )

    end = line.turn()
    misfit = line.turn()

    assert end.reason == "done"
    assert '{"price": 9}' in end.text
    formats: Sequence[Any] = [body["output_config"]["format"] for body in line.server.asked]
    assert formats == [{"type": "json_schema", "schema": schema}] * 3
    assert (misfit.reason, misfit.fault) == ("failed", "malformed")


def test_a_turn_in_circles_is_handed_back_where_nobody_is_there(start: Start) -> None:
    line = start(lambda _: say("I look.", uses=[READ]))

    end = line.turn()

    assert (end.reason, end.is_partial) == ("loop", False)
    assert len(line.server.asked) < 20
    assert "it was handed back" in line.notes("loop")[-1]
