"""A model behind a server: what a caller of `stream` relies on, over real HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pmagent.errors import ModelError
from pmagent.llm.probe import Probes
from pmagent.types.talk import (
    Message,
    ModelEvent,
    ModelRequest,
    Opaque,
    Stopped,
    Text,
    TextDelta,
    ToolAnswer,
    ToolNamed,
    ToolSpec,
    ToolUse,
    Usage,
)
from tests.llm.conftest import KEY, OpenAt, StartServer, asking
from tests.llm.messages_server import Play, answer, block, refuse, say

BOUND_S = 5.0


def end_of(events: list[ModelEvent]) -> Stopped:
    stopped = events[-1]
    assert isinstance(stopped, Stopped)
    return stopped


def words(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def collect(stream: Iterator[ModelEvent]) -> tuple[list[ModelEvent], ModelError | None]:
    """What came, and what broke it off."""
    events: list[ModelEvent] = []
    try:
        events.extend(stream)
    except ModelError as exc:
        return events, exc
    return events, None


def test_an_answer_comes_in_pieces_and_ends_whole(
    start_server: StartServer, open_at: OpenAt
) -> None:
    usage = {
        "input_tokens": 7,
        "output_tokens": 30,
        "cache_read_input_tokens": 900,
        "cache_creation_input_tokens": 50,
    }
    play = say("Nine a seat.", uses=[("Read", {"file_path": "a.md"})], thinking="hm", usage=usage)
    model = open_at(start_server([play]))

    events = list(model.stream(asking()))

    assert words(events) == "Nine a seat."
    assert ToolNamed(id="toolu_1", tool="Read") in events
    assert end_of(events) == Stopped(
        reason="tool_use",
        message=Message(
            role="assistant",
            parts=(
                Opaque(data={"type": "thinking", "thinking": "hm", "signature": "c2ln"}),
                Text(text="Nine a seat."),
                ToolUse(id="toolu_1", tool="Read", input={"file_path": "a.md"}),
            ),
        ),
        usage=Usage(input_tokens=7, output_tokens=30, cache_read_tokens=900, cache_write_tokens=50),
    )


def test_what_a_model_said_goes_back_to_it_exactly_as_it_came(
    start_server: StartServer, open_at: OpenAt
) -> None:
    strange = {"type": "hologram", "depth": [1, {"a": None}], "beam": "x"}
    blocks = [
        block({"type": "thinking", "thinking": "", "signature": ""}, [
            {"type": "thinking_delta", "thinking": "let me "},
            {"type": "thinking_delta", "thinking": "see"},
            {"type": "signature_delta", "signature": "Zm9v"},
        ]),
        block({"type": "redacted_thinking", "data": "blob=="}, []),
        block(strange, [{"type": "beam_delta", "beam": "yz"}]),
        block({"type": "tool_use", "id": "t1", "name": "Read", "input": {}}, [
            {"type": "input_json_delta", "partial_json": '{"a": 1.5}'},
        ]),
    ]  # fmt: skip
    server = start_server([answer(blocks, reason="tool_use"), say("done")])
    model = open_at(server)
    first = asking()

    said = end_of(list(model.stream(first))).message
    answered = Message(role="user", parts=(ToolAnswer(id="t1", text="file", is_error=False),))
    list(model.stream(asking_all(*first.messages, said, answered)))

    assert server.asked[1]["messages"][1] == {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "let me see", "signature": "Zm9v"},
            {"type": "redacted_thinking", "data": "blob=="},
            {**strange, "beam": "xyz"},
            {"type": "tool_use", "id": "t1", "name": "Read", "input": {"a": 1.5}},
        ],
    }


def asking_all(*messages: Message) -> ModelRequest:
    return replace(asking(), messages=messages)


@pytest.mark.parametrize(
    "reason",
    [
        "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal",
        "model_context_window_exceeded",
    ],
)  # fmt: skip
def test_every_reason_to_stop_is_told(
    start_server: StartServer, open_at: OpenAt, reason: str
) -> None:
    model = open_at(start_server([say("so", reason=reason)]))

    assert end_of(list(model.stream(asking()))).reason == reason


@pytest.mark.parametrize(
    "written",
    ['{"file_path": "a', '{"a": 1, "b"', "[1]", '"a"', "{'a': 1}", '{"a": NaN}', "[" * 50_000],
)
def test_a_broken_input_of_a_tool_is_a_problem_and_no_fault(
    start_server: StartServer, open_at: OpenAt, written: str
) -> None:
    use = block(
        {"type": "tool_use", "id": "t1", "name": "Write", "input": {}},
        [{"type": "input_json_delta", "partial_json": written}],
    )
    after = block({"type": "text", "text": ""}, [{"type": "text_delta", "text": "there"}])
    model = open_at(start_server([answer([use, after], reason="tool_use")]))

    said = end_of(list(model.stream(asking()))).message

    [asked] = said.uses
    assert (asked.tool, asked.input) == ("Write", {})
    assert asked.problem.startswith("its input is not")
    assert said.text == "there"


def test_a_request_is_sent_whole_with_tools_effort_and_caching(
    start_server: StartServer, open_at: OpenAt
) -> None:
    server = start_server([say("ok")])
    tool = ToolSpec(name="Read", description="reads", schema={"type": "object"})

    list(open_at(server).stream(asking(tools=(tool,), effort="low", max_tokens=99)))

    assert server.asked == [
        {
            "model": "claude-opus-5-5",
            "max_tokens": 99,
            "system": "be brief",
            "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}],
            "tools": [{"name": "Read", "description": "reads", "input_schema": {"type": "object"}}],
            "output_config": {"effort": "low"},
            "cache_control": {"type": "ephemeral"},
            "stream": True,
        }
    ]


@pytest.mark.parametrize("hold_after", [0, 3])
def test_a_stop_is_seen_while_no_byte_comes_and_closes_the_connection(
    start_server: StartServer, open_at: OpenAt, hold_after: int
) -> None:
    server = start_server([Play(frames=say("one two three").frames, hold_after=hold_after)])
    model = open_at(server)
    model.connect()
    stopping = threading.Event()
    threading.Timer(0.2, stopping.set).start()
    looks: list[float] = []

    def stop() -> bool:
        looks.append(time.monotonic())
        return stopping.is_set()

    events = list(model.stream(asking(), stop=stop))

    assert not any(isinstance(event, Stopped) for event in events)
    assert server.gone.wait(BOUND_S)
    assert len(looks) >= 3  # at least ten times a second of the 0.2 s


def test_a_model_is_of_use_again_after_a_stop(start_server: StartServer, open_at: OpenAt) -> None:
    server = start_server([Play(frames=say("one").frames, hold_after=2), say("two")])
    model = open_at(server)

    first = list(model.stream(asking(), stop=lambda: bool(server.asked)))
    second = list(model.stream(asking()))

    assert words(first) == ""
    assert words(second) == "two"


def test_an_answer_that_nobody_takes_to_its_end_closes_the_connection(
    start_server: StartServer, open_at: OpenAt
) -> None:
    server = start_server([Play(frames=say("one two three").frames, hold_after=5)])
    stream = open_at(server).stream(asking())

    first = next(stream)
    stream.close()  # type: ignore[attr-defined]

    assert isinstance(first, TextDelta)
    assert server.gone.wait(BOUND_S)


def test_a_refused_request_is_not_sent_after_a_stop(
    start_server: StartServer, open_at: OpenAt
) -> None:
    server = start_server(lambda _: refuse(529, "overloaded_error", retry_after="1"))
    model = open_at(server)

    list(model.stream(asking(), stop=lambda: bool(server.asked)))
    list(model.stream(asking(), stop=lambda: True))

    assert not threading.Event().wait(1.3)
    assert len(server.asked) == 1


def test_what_was_said_before_a_fault_was_given_already(
    start_server: StartServer, open_at: OpenAt
) -> None:
    whole = say("one two three").frames
    server = start_server([
        Play(frames=whole, cut_after=5),
        Play(frames=whole, ends_after=5),
        Play(frames=(*whole[:5], b"event: content_block_delta\ndata: {nonsense\n\n")),
        Play(frames=(*whole[:5], overload())),
    ])
    model = open_at(server)

    told = [collect(model.stream(asking())) for _ in range(4)]

    assert [words(events) for events, _ in told] == ["one two th"] * 4
    kinds = [fault.kind for _, fault in told if fault]
    assert kinds == ["connection", "connection", "malformed", "overloaded"]


def overload() -> bytes:
    error = b'{"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}'
    return b"event: error\ndata: " + error + b"\n\n"


def test_a_server_is_asked_again_as_the_package_does_it(
    start_server: StartServer, open_at: OpenAt
) -> None:
    server = start_server([
        refuse(429, "rate_limit_error", **{"retry-after-ms": "10"}),
        refuse(529, "overloaded_error", **{"retry-after-ms": "10"}),
        say("at last"),
    ])

    events = list(open_at(server).stream(asking()))

    assert words(events) == "at last"
    assert len(server.asked) == 3


def test_a_long_wait_is_told_and_not_sat_out(start_server: StartServer, open_at: OpenAt) -> None:
    server = start_server([refuse(429, "rate_limit_error", "slow down", retry_after="600")])

    _, fault = collect(open_at(server).stream(asking()))

    assert fault is not None
    assert (fault.kind, fault.hint) == (
        "rate_limit",
        "wait 10 minutes and ask again, or choose another model",
    )
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("play", "kind"),
    [
        (refuse(401, "authentication_error"), "authentication_failed"),
        (refuse(403, "permission_error"), "authentication_failed"),
        (refuse(402, "billing_error"), "billing_error"),
        (refuse(400, "invalid_request_error", "credit balance is too low"), "billing_error"),
        (refuse(404, "not_found_error", "model: none"), "model_not_found"),
        (refuse(400, "invalid_request_error"), "invalid_request"),
        (refuse(413, "request_too_large"), "invalid_request"),
        (refuse(500, "api_error", **{"x-should-retry": "false"}), "server_error"),
        (refuse(529, "overloaded_error", **{"x-should-retry": "false"}), "overloaded"),
        (Play(status=404, body=b"<html>"), "invalid_request"),
        (Play(status=307, body=b"", headers={"location": "http://127.0.0.1:1/"}), "unknown"),
        (Play(body=b"<html>hi</html>", content_type="text/html"), "malformed"),
        (Play(body=b"", content_type="text/event-stream"), "malformed"),
        (Play(frames=(b"event: message_start\ndata: []\n\n",)), "malformed"),
        (Play(frames=(b"event: message_start\ndata: {}\n\n",)), "malformed"),
        (Play(frames=({"type": "message_stop"},)), "malformed"),
        (Play(frames=(b"event: a\ndata: \xff\xfe\n\n",)), "malformed"),
        (Play(frames=(b"data: " + b"x" * 9_000_000,)), "malformed"),
        (Play(frames=(b"data: x\n" * 2_000,)), "malformed"),
        (Play(frames=(b"", ), headers={"content-encoding": "gzip"}), "malformed"),
        (Play(cut_after=0), "connection"),
        (Play(cut_after=0, resets=True), "connection"),
    ],
)  # fmt: skip
def test_each_trouble_has_its_kind_and_says_what_to_do(
    start_server: StartServer, open_at: OpenAt, play: Play, kind: str
) -> None:
    events, fault = collect(open_at(start_server([play])).stream(asking()))

    assert events == []
    assert fault is not None
    assert (fault.kind, bool(fault.hint)) == (kind, True)


def test_nothing_listens_there(open_at: OpenAt, start_server: StartServer) -> None:
    server = start_server()
    model = open_at(server)
    server.__exit__()

    _, fault = collect(model.stream(asking()))

    assert fault is not None
    assert (fault.kind, "cannot be reached" in fault.message) == ("connection", True)


def test_no_key_is_in_an_error_or_in_what_led_to_it(
    start_server: StartServer, open_at: OpenAt
) -> None:
    server = start_server([
        refuse(401, "authentication_error", f"the key {KEY} is wrong"),
        refuse(500, "api_error", f"Bearer {KEY}", **{"x-should-retry": "false"}),
        Play(frames=(), content_type=KEY),
    ])
    model = open_at(server)

    for _ in range(3):
        _, fault = collect(model.stream(asking()))
        assert fault is not None
        assert KEY not in f"{fault!r} {fault.hint} {vars(fault)}"
        assert (fault.__cause__, fault.__context__) == (None, None)
    assert KEY not in f"{model!r} {vars(model)}"


def test_an_escape_sequence_of_a_server_is_not_shown(
    start_server: StartServer, open_at: OpenAt
) -> None:
    play = refuse(400, "invalid_request_error", "\x1b]0;owned\x07bad\x1b[2J " + "x" * 5_000)

    _, fault = collect(open_at(start_server([play])).stream(asking()))

    assert fault is not None
    assert fault.message.isprintable()
    assert len(fault.message) < 500


def test_what_a_server_refuses_is_left_out_from_then_on(
    start_server: StartServer, open_at: OpenAt
) -> None:
    words_of = "Extra inputs are not permitted"
    server = start_server(
        lambda _: say('{"price": 9}'),
        refuses={"cache_control": f"cache_control: {words_of}", "output_config": words_of},
    )
    probes, schema = Probes(), {"type": "object", "required": ["price"]}
    request = asking(output_schema=schema, effort="high")

    first = end_of(list(open_at(server, probes=probes).stream(request)))
    tries = len(server.asked)
    second = end_of(list(open_at(server, probes=probes).stream(request)))

    assert (first.message.text, second.message.text) == ('{"price": 9}', '{"price": 9}')
    assert (tries, len(server.asked)) == (3, 4)
    assert set(server.asked[-1]) == {"model", "max_tokens", "messages", "system", "stream"}
    assert '"required": ["price"]' in server.asked[-1]["system"]


def test_a_schema_is_sent_in_the_plain_form_that_the_provider_takes(
    start_server: StartServer, open_at: OpenAt
) -> None:
    server = start_server([say('{"price": 9}')])
    schema = {"type": "object", "properties": {"price": {"type": "number", "minimum": 1}}}

    list(open_at(server).stream(asking(output_schema=schema)))

    sent = server.asked[0]["output_config"]["format"]
    assert sent["type"] == "json_schema"
    assert sent["schema"]["additionalProperties"] is False
    assert "minimum" not in sent["schema"]["properties"]["price"]


def test_json_that_was_asked_for_is_taken_out_of_what_stands_around_it(
    start_server: StartServer, open_at: OpenAt
) -> None:
    play = say('Here it is:\n{"price": 9}')

    stopped = end_of(list(open_at(start_server([play])).stream(asking(output_schema={}))))

    assert stopped.message.text == '{"price": 9}'


def test_json_that_does_not_fit_is_a_fault_that_says_why(
    start_server: StartServer, open_at: OpenAt
) -> None:
    schema = {"type": "object", "required": ["price"], "properties": {"price": {"type": "number"}}}
    server = start_server([say('{"cost": 9}'), say('{"price": "9"}'), say("nine")])
    model = open_at(server)

    told = [collect(model.stream(asking(output_schema=schema))) for _ in range(3)]

    assert [fault.message.rpartition(": ")[2] for _, fault in told if fault] == [
        'the answer has no "price"',
        '"price" is not of the type "number"',
        "it is not one JSON value",
    ]
    assert [words(events) for events, _ in told] == ['{"cost": 9}', '{"price": "9"}', "nine"]


def test_parts_of_another_models_answers_are_left_out_where_they_are_refused(
    start_server: StartServer, open_at: OpenAt
) -> None:
    def play(body: dict[str, object]) -> Play:
        if "thinking" in str(body["messages"]):
            return refuse(400, "invalid_request_error", "Invalid `signature` in `thinking` block")
        return say("ok")

    server = start_server(play)
    thought = Message(
        role="assistant",
        parts=(Opaque(data={"type": "thinking", "thinking": "x"}), Text(text="a")),
    )
    said = Message(role="user", parts=(Text(text="go on"),))

    events = list(open_at(server).stream(asking_all(said, thought, said)))

    assert words(events) == "ok"


def test_tokens_are_counted_by_the_server_and_estimated_where_it_does_not(
    start_server: StartServer, open_at: OpenAt
) -> None:
    counts = open_at(start_server(counts=1234))
    server = start_server(counts=None)
    estimates = open_at(server)

    assert counts.count_tokens(asking("a" * 400)) == (1234, False)
    assert estimates.count_tokens(asking("a" * 400)) == (103, True)
    estimates.count_tokens(asking())
    assert [seen.path for seen in server.journal] == ["/v1/messages/count_tokens"]


def test_estimates_learn_from_what_a_server_counted(
    start_server: StartServer, open_at: OpenAt
) -> None:
    server = start_server([say("ok", usage={"input_tokens": 206})], counts=None)
    model = open_at(server)

    list(model.stream(asking("a" * 400)))

    assert model.count_tokens(asking("a" * 400)) == (206, True)


def test_limits_are_the_servers_own_once_it_was_reached(
    start_server: StartServer, open_at: OpenAt
) -> None:
    row = {"id": "qwen3:8b", "max_input_tokens": 8_192, "max_tokens": 512}
    server = start_server([say("ok")], models=[row, {"id": 3}, None])
    model = open_at(server, "qwen3:8b")

    list(model.stream(asking()))

    assert (model.card.context_tokens, model.card.max_output_tokens) == (8_192, 512)
    assert server.asked[0]["max_tokens"] == 512


def test_a_missing_model_is_told_with_those_that_are_there(
    start_server: StartServer, open_at: OpenAt
) -> None:
    rows = [{"id": f"local-{number}"} for number in range(7)]
    server = start_server([refuse(404, "not_found_error", "model 'deep'")], models=rows)

    _, fault = collect(open_at(server, "deep").stream(asking()))

    assert fault is not None
    assert fault.hint.startswith('it has "local-0", "local-1"')


def test_slow_bytes_make_a_whole_answer(start_server: StartServer, open_at: OpenAt) -> None:
    play = say("käse 🧀")

    events = list(
        open_at(start_server([Play(frames=play.frames, bytes_at_once=3)])).stream(asking())
    )

    assert words(events) == "käse 🧀"


def test_half_characters_never_stop_a_request(start_server: StartServer, open_at: OpenAt) -> None:
    deltas = [{"type": "text_delta", "text": "\ud83e"}, {"type": "text_delta", "text": "ok"}]
    server = start_server([answer([block({"type": "text", "text": ""}, deltas)])])

    stopped = end_of(list(open_at(server).stream(asking("name\udcff.md"))))

    assert stopped.message.text == "�ok"
    assert server.asked[0]["messages"][0]["content"][0]["text"] == "name�.md"
