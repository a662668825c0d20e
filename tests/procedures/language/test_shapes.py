"""Short types: read, written back, checked, and as JSON Schema."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.errors import UsageError
from pmagent.procedures.language.shapes import (
    check_value,
    example_of,
    parse_shape,
    schema_of,
    shape_of_schema,
    shape_text,
)
from pmagent.types.procedures import ListOf, Maybe, Member, OneOf, Record, Scalar, ScalarKind, Shape

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
WORDS = st.lists(
    st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True), min_size=2, max_size=4, unique=True
)
KINDS: tuple[ScalarKind, ...] = ("any", "str", "int", "float", "bool", "date", "time", "url")
PLAIN = st.sampled_from(KINDS)


@st.composite
def bounds(draw: st.DrawFn) -> tuple[int | None, int | None]:
    least = draw(st.none() | st.integers(0, 20))
    most = draw(st.none() | st.integers(least or 0, 40))
    return least, most


@st.composite
def texts(draw: st.DrawFn) -> Shape:
    least, most = draw(bounds())
    return Scalar(kind="str", least=least, most=most)


@st.composite
def lists(draw: st.DrawFn, inner: st.SearchStrategy[Shape]) -> Shape:
    least, most = draw(bounds())
    return ListOf(item=draw(inner), least=least, most=most)


def records(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    member = st.builds(Member, name=NAMES, shape=inner, is_optional=st.booleans())
    return st.builds(
        Record,
        members=st.lists(member, max_size=4, unique_by=lambda one: one.name).map(tuple),
    )


def maybe(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    return inner.filter(lambda shape: not isinstance(shape, Maybe)).map(
        lambda shape: Maybe(shape=shape)
    )


SHAPES: st.SearchStrategy[Shape] = st.recursive(
    PLAIN.map(lambda kind: Scalar(kind=kind))
    | texts()
    | WORDS.map(lambda words: OneOf(values=tuple(words))),
    lambda inner: lists(inner) | records(inner) | maybe(inner),
    max_leaves=6,
)


@given(SHAPES)
def test_a_type_that_is_written_down_reads_back_as_it_was(shape: Shape) -> None:
    assert parse_shape(shape_text(shape)) == shape


@given(SHAPES)
def test_the_example_of_a_type_fits_it_and_its_json_schema(shape: Shape) -> None:
    example = example_of(shape)

    assert check_value(example, shape) == ()
    jsonschema.validate(example, schema_of(shape))


@given(SHAPES)
def test_a_json_schema_gives_its_type_back(shape: Shape) -> None:
    assert shape_of_schema(schema_of(shape)) == shape


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (
            "[str 10..70] 5",
            ListOf(item=Scalar(kind="str", least=10, most=70), least=5, most=5),
        ),
        ("small|medium|large", OneOf(values=("small", "medium", "large"))),
        ("date?", Maybe(shape=Scalar(kind="date"))),
        ("a|b?", Maybe(shape=OneOf(values=("a", "b")))),
        (
            "{at: time, title?: str}",
            Record(
                members=(
                    Member(name="at", shape=Scalar(kind="time")),
                    Member(name="title", shape=Scalar(kind="str"), is_optional=True),
                )
            ),
        ),
        ("[int 1..] ..3", ListOf(item=Scalar(kind="int", least=1), most=3)),
    ],
)
def test_a_type_means_what_it_says(text: str, shape: Shape) -> None:
    assert parse_shape(text) == shape


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("strng", 'has the unknown word "strng" (column 1)', 'did you mean "str"'),
        ("{a: str b: int}", 'needs "," here (column 9)', "write it like"),
        ("[str", 'needs "]" here (column 5)', "write it like"),
        ("str 5..3", "bounds the wrong way round: 5..3", "write it like"),
        ("bool 3", 'gives bounds to "bool"', "write it like"),
        ("str int", "goes on after its end (column 5)", "write it like"),
        ("{a: str, a: int}", 'has the field "a" twice (column 10)', "write it like"),
        ("a|a", "names a word twice", "write it like"),
        ("", "needs a word here (column 1)", "write it like"),
        ("[" * 30, "nested more than 20 deep", "write it like"),
    ],
)
def test_a_type_that_is_none_is_refused_with_its_column(text: str, said: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_shape(text)

    assert said in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("text", "value", "problems"),
    [
        (
            "[str 10..70] 3",
            ["a fine title", "x" * 74, "short"],
            ("titles[1] has 74 characters, at most 70", "titles[2] has 5 characters, at least 10"),
        ),
        ("[str] 5", ["a"], ("titles has 1 item, exactly 5 wanted",)),
        (
            "{at: time, name: str}",
            {"at": "soon", "nme": "x"},
            (
                'titles.at is "soon", not a time such as 00:14:03',
                "titles.name is missing",
                "titles.nme is not a field of it",
            ),
        ),
        ("int", True, ("titles is true, not a whole number",)),
        ("int 1..5", 9, ("titles is 9, at most 5",)),
        ("float", "1", ('titles is "1", not a number',)),
        ("float", float("nan"), ("titles is nan, not a number",)),
        ("a|b", "c", ('titles is "c", not one of "a", "b"',)),
        ("date", "2026-02-30", ('titles is "2026-02-30", not a date such as 2026-01-31',)),
        ("url", "ftp://x", ('titles is "ftp://x", not a web address',)),
        ("url", "https://a@b.org", ('titles is "https://a@b.org", not a web address',)),
        ("url", "http://127.0.0.1:2368/p/a-b?x=1#y", ()),
        ("cited_text", "40% do.", ("titles has no citation, such as [^notes/plan.md:12]",)),
        ("cited_text", "40% do.[^notes/plan.md:12]", ()),
        ("str?", None, ()),
        ("str", None, ("titles is none, not text",)),
        ("[str]", "ab", ('titles is "ab", not a list',)),
        ("any", {"a": [None]}, ()),
    ],
)
def test_what_is_wrong_with_a_value_is_said_with_its_place(
    text: str, value: object, problems: tuple[str, ...]
) -> None:
    assert check_value(value, parse_shape(text), name="titles") == problems  # pyright: ignore[reportArgumentType] - any value may come from outside


def test_a_record_for_structured_output_allows_no_other_fields() -> None:
    schema = schema_of(parse_shape("{at: time, title?: str ..80, kind: a|b}"))

    assert schema["additionalProperties"] is False
    assert schema["required"] == ["at", "kind"]
    assert schema["properties"] == {
        "at": schema_of(parse_shape("time")),
        "title": {"type": "string", "maxLength": 80},
        "kind": {"type": "string", "enum": ["a", "b"]},
    }


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^a"},
        {"type": "object", "patternProperties": {}},
        {"oneOf": []},
        {"type": ["string", "null"]},
        {"enum": ["two words", "x"]},
        "string",
    ],
)
def test_a_json_schema_without_a_short_type_is_refused(schema: object) -> None:
    with pytest.raises(UsageError):
        shape_of_schema(schema)  # pyright: ignore[reportArgumentType] - whatever a file holds
