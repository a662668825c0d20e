"""Whether words are the JSON that was asked for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pmagent.llm.schema_fit import misfits, read_json

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["titles", "mood"],
    "properties": {
        "titles": {"type": "array", "items": {"$ref": "#/$defs/title"}},
        "mood": {"enum": ["calm", "loud"]},
        "count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
    "$defs": {"title": {"type": "string"}},
}


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        ({"titles": ["a"], "mood": "calm", "count": None}, ()),
        ({"titles": [], "mood": "calm", "count": 3}, ()),
        ([], ('the answer is not of the type "object"',)),
        ({"mood": "calm"}, ('the answer has no "titles"',)),
        ({"titles": [3], "mood": "calm"}, ('"titles"[0] is not of the type "string"',)),
        ({"titles": [], "mood": "x"}, ('"mood" is none of ["calm", "loud"]',)),
        ({"titles": [], "mood": "calm", "count": True}, ('"count" fits none of its alternatives',)),
        (
            {"titles": [], "mood": "calm", "more": 1},
            ('the answer has "more", which was not asked for',),
        ),
        ({"titles": [1] * 9, "mood": "calm"}, tuple(
            f'"titles"[{place}] is not of the type "string"' for place in range(5)
        )),
    ],
)  # fmt: skip
def test_each_misfit_is_one_sentence(value: object, faults: tuple[str, ...]) -> None:
    assert misfits(value, SCHEMA) == faults  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}', ' {"a": 1}\n', '```json\n{"a": 1}\n```', 'Sure:\n{"a": 1}', '```\n{"a": 1}```\n'],
)
def test_json_is_found_in_what_models_put_around_it(text: str) -> None:
    assert read_json(text) == ('{"a": 1}', {"a": 1}, "")


@pytest.mark.parametrize(
    "text", ["", "nine", '{"a": 1', '{"a": 1} {"b": 2}', "```json", "[" * 9_000]
)
def test_what_is_not_one_value_is_none(text: str) -> None:
    assert read_json(text) == ("", None, "it is not one JSON value")


values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=4),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner),
    max_leaves=8,
)


@given(values)
def test_every_value_is_read_back_as_it_was_written(value: object) -> None:
    assert read_json(json.dumps(value))[1] == value


@given(values, values)
def test_no_schema_of_any_shape_breaks_it(value: object, schema: object) -> None:
    whole = {"type": "object", "properties": schema, "required": schema, "anyOf": schema}

    assert len(misfits(value, whole)) <= 5  # type: ignore[arg-type]


def test_a_schema_that_refers_to_itself_ends() -> None:
    assert misfits({}, {"$ref": "#"}) == ()
