"""A second opinion: the same model against aimock, a fake of the provider's API by others.

`make test-aimock` installs it and runs this; elsewhere it is skipped, and says so.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmagent.config import Settings
from pmagent.errors import ModelError
from pmagent.llm.opening import open_model
from pmagent.llm.probe import Probes
from pmagent.types.talk import (
    Message,
    Model,
    ModelRequest,
    Opaque,
    Stopped,
    Text,
    TextDelta,
    ToolAnswer,
    ToolSpec,
    ToolUse,
)
from tests.llm.conftest import asking, offline

TOP = Path(__file__).parents[2]
PLACES = (os.environ.get("PMAGENT_AIMOCK", ""), str(TOP / ".venv/aimock/node_modules/.bin/llmock"))
READ = ToolSpec(name="Read", description="reads a file", schema={"type": "object"})
FIXTURES = [
    {"match": {"toolCallId": "call_1"}, "response": {"content": "It says nine dollars a seat."}},
    {
        "match": {"userMessage": "read"},
        "response": {
            "content": "I look.",
            "toolCalls": [{"id": "call_1", "name": "Read", "arguments": {"file_path": "a.md"}}],
        },
    },
    {"match": {"userMessage": "long"}, "response": {"content": "cut", "finishReason": "length"}},
    {"match": {"userMessage": "think"}, "response": {"content": "so", "reasoning": "hm"}},
    {"match": {"userMessage": "shape"}, "response": {"content": '{"price": 9}'}},
    {
        "match": {"userMessage": "busy"},
        "response": {
            "error": {"message": "overloaded", "type": "overloaded_error"}, "status": 529,
        },
    },
]  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = next((place for place in PLACES if place and Path(place).is_file()), None)
    if program is None:
        pytest.skip('aimock is not installed: "make test-aimock" installs and runs it')
    folder = tmp_path_factory.mktemp("aimock")
    (folder / "fixtures.json").write_text(json.dumps({"fixtures": FIXTURES}), encoding="utf-8")
    process = subprocess.Popen(
        [program, "-p", "0", "-f", str(folder), "--strict"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "AIMOCK_STRICT_TURN_INDEX": "1"},
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"listening on (http://\S+)", line):
                yield found[1]
                break
        process.terminate()


@pytest.fixture
def model(address: str) -> Iterator[Model]:
    environment = {"ANTHROPIC_BASE_URL": address}
    made = open_model("deep", Settings(), environment, offline=offline, probes=Probes())
    yield made
    made.close()  # type: ignore[attr-defined]


def stopped(model: Model, request: ModelRequest) -> tuple[str, Stopped]:
    events = list(model.stream(request))
    end = events[-1]
    assert isinstance(end, Stopped)
    return "".join(event.text for event in events if isinstance(event, TextDelta)), end


def test_a_tool_is_asked_for_answered_and_spoken_of(model: Model) -> None:
    first = asking("read", tools=(READ,))

    text, end = stopped(model, first)
    answered = Message(role="user", parts=(ToolAnswer(id="call_1", text="9 a seat"),))
    request = ModelRequest(
        system="", messages=(*first.messages, end.message, answered), tools=(READ,)
    )
    after, last = stopped(model, request)

    assert (text, end.reason) == ("I look.", "tool_use")
    assert end.message.uses == (ToolUse(id="call_1", tool="Read", input={"file_path": "a.md"}),)
    assert (after, last.reason) == ("It says nine dollars a seat.", "end_turn")


def test_a_cut_answer_and_a_thought_are_told_as_such(model: Model) -> None:
    assert stopped(model, asking("long"))[1].reason == "max_tokens"
    parts = stopped(model, asking("think"))[1].message.parts
    assert [type(part) for part in parts] in ([Opaque, Text], [Text])


def test_a_shape_that_was_asked_for_comes(model: Model) -> None:
    schema = {"type": "object", "required": ["price"]}

    assert stopped(model, asking("shape", output_schema=schema))[1].message.text == '{"price": 9}'


def test_an_overloaded_server_is_told_after_the_package_has_tried_again(model: Model) -> None:
    with pytest.raises(ModelError) as told:
        list(model.stream(asking("busy")))

    assert told.value.kind == "overloaded"


def test_what_it_does_not_count_is_estimated(model: Model) -> None:
    assert model.count_tokens(asking())[1]
