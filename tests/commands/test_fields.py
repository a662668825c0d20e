from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.commands.fields import boolean_of, decode_text, names_of, read_fields, text_of
from tests.commands import shapes


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Read, Write, Bash(git add:*), Bash(gh pr create:*)",
         ("Read", "Write", "Bash(git add:*)", "Bash(gh pr create:*)")),
        ("Read Grep Glob Bash(python:*)", ("Read", "Grep", "Glob", "Bash(python:*)")),
        ('["Read", "Bash(a, b)"]', ("Read", "Bash(a, b)")),
        (["Read", "Write, Edit"], ("Read", "Write", "Edit")),
        ("[Read, Write]", ("Read", "Write")),
        ("Read,\n  Write", ("Read", "Write")),
        ("Bash (git log:*)", ("Bash(git log:*)",)),
        ("Bash(echo $(date) x), Read", ("Bash(echo $(date) x)", "Read")),
        ("Read, Read", ("Read",)),
        ("'Read', \"Write\"", ("Read", "Write")),
        ("Bash(git add", ("Bash(git add",)),
        ({"write": "false", "read": "true"}, ("read",)),
        ("", ()),
        (None, ()),
    ],
)  # fmt: skip
def test_a_list_of_tools_is_read_however_it_is_written(
    written: object, meant: tuple[str, ...]
) -> None:
    assert names_of(written) == meant  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["true", "Yes", "ON", "1", '"true"', " true "])
def test_a_yes_is_a_yes_in_every_spelling(word: str) -> None:
    assert boolean_of(word) is True


@pytest.mark.parametrize("word", ["false", "No", "OFF", "0"])
def test_a_no_is_a_no_in_every_spelling(word: str) -> None:
    assert boolean_of(word) is False


def test_what_is_neither_is_neither() -> None:
    assert boolean_of("maybe") is None
    assert boolean_of(None) is None


def test_a_hint_in_brackets_stays_a_hint() -> None:
    assert text_of(read_fields("---\nargument-hint: [project-name]\n---\nGo").values[
        "argument-hint"
    ]) == "[project-name]"  # fmt: skip


def test_examples_in_a_description_lose_no_other_field() -> None:
    fields = read_fields(shapes.EXAMPLES_IN_DESCRIPTION)

    assert fields.is_lenient
    assert set(fields.values) == {"name", "description", "model", "color", "tools"}
    assert text_of(fields.values["description"]).endswith("</example>")
    assert 'user: "Is this note whole?"' in text_of(fields.values["description"])
    assert fields.values["tools"] == ["Read", "Grep", "LS"]
    assert fields.body == "You check notes."


def test_a_key_within_another_field_is_not_taken_twice() -> None:
    text = "---\nname: a\ndescription: one: two\n  name: b\nname: c\ntools: Read\n---\nx"

    values = read_fields(text).values

    assert values["name"] == "a"
    assert text_of(values["description"]) == "one: two\nname: b\nname: c"
    assert values["tools"] == "Read"


def test_two_lists_behind_one_key_are_one_text() -> None:
    values = read_fields(shapes.TWO_HINTS).values

    assert values["argument-hint"] == "[scope] | --all | --since-monday"
    assert values["description"] == "Keep what was changed"


def test_a_star_for_all_tools_is_read_though_it_is_no_yaml() -> None:
    assert read_fields("---\nname: a\ntools: *\n---\nx").values == {"name": "a", "tools": "*"}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\n\n" + text,
        lambda text: text.replace("---\n", "---  \n"),
    ],
    ids=["mark", "crlf", "cr", "blank lines", "blanks"],
)
def test_marks_and_line_ends_make_no_difference(change: object) -> None:
    plain = read_fields(shapes.TOOLS_AS_JSON)

    decoded = decode_text(change(shapes.TOOLS_AS_JSON).encode())  # type: ignore[operator]

    assert decoded is not None
    assert read_fields(decoded[0]) == plain


def test_text_of_a_windows_editor_is_read() -> None:
    assert decode_text("Größe".encode("utf-16")) == ("Größe", True)


def test_a_few_odd_bytes_are_replaced_and_said() -> None:
    decoded = decode_text(b"A long sentence with caf\xe9 in it and more words behind.")

    assert decoded is not None
    assert decoded[1] is False
    assert "caf\ufffd" in decoded[0]


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\x00\xfe\xfd" * 9, b"\xe9" * 40]
)
def test_what_is_no_text_is_none(data: bytes) -> None:
    assert decode_text(data) is None


def test_front_matter_without_an_end_gives_its_fields() -> None:
    fields = read_fields("---\ndescription: Plan a week\nallowed-tools: Read\n\nPlan the week.")

    assert fields.is_open
    assert fields.values == {"description": "Plan a week", "allowed-tools": "Read"}
    assert fields.body == "Plan the week."


def test_a_rule_between_two_texts_is_no_front_matter() -> None:
    fields = read_fields("---\nJust a line\n---\nand another")

    assert fields.values == {}
    assert "Just a line" in fields.body


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    fields = read_fields(f"---\n{text}\n---\nbody")

    assert isinstance(fields.body, str)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_decoding(data: bytes) -> None:
    decoded = decode_text(data)

    assert decoded is None or "\r" not in decoded[0]
