"""The body of a request: what servers would refuse is mended before it is sent."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from pmagent.llm.wire_form import body_of, optional_in
from pmagent.types.talk import Message, ModelRequest, Opaque, Part, Text, ToolAnswer, ToolUse

NONE: frozenset[str] = frozenset()


def contents(*messages: Message) -> Any:
    request = ModelRequest(system="", messages=messages)
    return body_of(request, "m", missing=frozenset())["messages"]


def user(*parts: Part) -> Message:
    return Message(role="user", parts=parts)


def assistant(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


def test_answers_to_tools_stand_first_in_their_message() -> None:
    use = ToolUse(id="t1", tool="Read", input={"a": 1})
    answered = ToolAnswer(id="t1", text="", is_error=True)

    said = contents(user(Text(text="go")), assistant(use), user(Text(text="and")), user(answered))

    assert said == [
        {"role": "user", "content": [{"type": "text", "text": "go"}]},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "t1", "name": "Read", "input": {"a": 1}}],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "t1",
                    "content": "(nothing)",
                    "is_error": True,
                },
                {"type": "text", "text": "and"},
            ],
        },
    ]


def test_what_a_tool_answers_as_values_is_not_sent() -> None:
    use = ToolUse(id="t1", tool="Read", input={})
    answered = ToolAnswer(id="t1", text="words", data={"private": "value"})

    assert "private" not in json.dumps(
        contents(user(Text(text="go")), assistant(use), user(answered))
    )


def test_blank_parts_and_empty_messages_are_left_out() -> None:
    assert contents(user(Text(text=" \n")), assistant(), user(Text(text="go"))) == [
        {"role": "user", "content": [{"type": "text", "text": "go"}]}
    ]


def test_without_caching_effort_and_structure_nothing_of_them_is_asked_for() -> None:
    request = ModelRequest(
        system="s",
        messages=(user(Text(text="go")), assistant(Opaque(data={"type": "thinking"}))),
        effort="max",
        output_schema={"type": "object"},
    )
    whole = body_of(request, "m", missing=frozenset())
    missing = optional_in(whole)

    bare = body_of(request, "m", missing=missing)

    assert missing == {"caching", "effort", "structure", "opaque"}
    assert optional_in(bare) == NONE
    assert "JSON Schema" in str(bare["system"])


ids = some.sampled_from("abcd")
words = some.builds(Text, text=some.text(max_size=5))
thoughts = some.builds(Opaque, data=some.just({"type": "thinking", "thinking": "x"}))
uses = some.builds(ToolUse, id=ids, tool=some.just("Read"), input=some.just({}))
answers = some.builds(ToolAnswer, id=ids, text=some.text(max_size=5))
messages = some.lists(
    some.lists(words | uses | thoughts, max_size=4).map(lambda parts: assistant(*parts))
    | some.lists(words | answers, max_size=4).map(lambda parts: user(*parts)),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(messages)
def test_every_use_of_a_tool_is_answered_in_the_next_message_and_nothing_else_is(
    spoken: list[Message],
) -> None:
    sent = contents(*spoken)

    asked: set[str] = set()
    for message in [*sent, {"role": "user", "content": []}]:
        content = message["content"]
        answered = {part["tool_use_id"] for part in content if part["type"] == "tool_result"}
        assert answered == asked
        asked = {part["id"] for part in content if part["type"] == "tool_use"}
    json.dumps(sent, ensure_ascii=False).encode("utf-8")
