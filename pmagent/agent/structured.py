"""One request whose answer is JSON: what a model gave, or one sentence on why it cannot be used.

For jobs that hand a model their own text and go on without it. Nothing is tried twice here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from pmagent.agent.context import CHARACTERS_A_TOKEN, size_of
from pmagent.agent.steps import WHOLE, Heard, listen
from pmagent.llm.schema_fit import read_json
from pmagent.types.actions import Json
from pmagent.types.talk import Model, ModelRequest, Usage

_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_MOST_STARTS = 40
"""Places at which an object is looked for in words around it."""
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came of one request for JSON."""

    value: Mapping[str, Json] | None
    """The object; None where there is none to be used."""
    problem: str = ""
    """Why there is none, as the end of a sentence: `it refused`."""
    text: str = ""
    """What the model said, as it said it."""
    is_lost: bool = False
    """Whether asking again would fail the same way: no key, no connection, stopped."""
    usage: Usage = field(default_factory=Usage)


def ask_for_json(
    model: Model, request: ModelRequest, stop: Callable[[], bool], *, names: Sequence[str]
) -> Reply:
    """The object of an answer that has one of `names`, wherever it stands in the words.

    Local models without structured output wrap it in words and fences. An answer that was cut,
    refused or stopped is not used, whatever it holds.
    """
    heard = _hear(model, request, stop)
    return replace(_judge(heard, names), usage=heard.usage)


def _judge(heard: Heard, names: Sequence[str]) -> Reply:
    if heard.error is not None and (heard.error.kind != "malformed" or not heard.text):
        return Reply(value=None, problem=heard.error.message, text=heard.text, is_lost=True)
    if heard.error is None and heard.reason is None:
        return Reply(value=None, problem="it was stopped", text=heard.text, is_lost=True)
    if heard.reason == "refusal":
        return Reply(value=None, problem="it refused", text=heard.text)
    if heard.reason is not None and heard.reason not in WHOLE:
        return Reply(value=None, problem="its answer was cut off", text=heard.text)
    value = find_object(heard.text, names)
    problem = "" if value is not None else "its answer is not the JSON that was asked for"
    return Reply(value=value, problem=problem, text=heard.text)


def find_object(text: str, names: Sequence[str]) -> Mapping[str, Json] | None:
    """The first JSON object in `text` that has one of `names`; None where there is none."""
    bare = _THOUGHT.sub("", text)
    _, whole, _ = read_json(bare)
    if _has(whole, names):
        return cast("Mapping[str, Json]", whole)
    for match in list(re.finditer(r"\{", bare))[:_MOST_STARTS]:
        try:
            value = cast("Json", _DECODER.raw_decode(bare, match.start())[0])
        except (ValueError, RecursionError):
            continue
        if _has(value, names):
            return cast("Mapping[str, Json]", value)
    return None


def _has(value: Json, names: Sequence[str]) -> bool:
    return isinstance(value, Mapping) and any(name in value for name in names)


def _hear(model: Model, request: ModelRequest, stop: Callable[[], bool]) -> Heard:
    reads = size_of(request.messages) + len(request.system) // CHARACTERS_A_TOKEN
    heard = listen(model, request, stop, reads=reads)
    while True:
        try:
            next(heard)
        except StopIteration as end:
            return cast("Heard", end.value)
