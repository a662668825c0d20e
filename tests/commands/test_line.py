from __future__ import annotations

import pytest

from pmagent.commands.line import Calls, NoCommand, read_line

KNOWN = {"a", "b", "git:commit"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/a", Calls(names=("a",), arguments="")),
        ("  /a  one two ", Calls(names=("a",), arguments="one two")),
        ("/a /b text", Calls(names=("a", "b"), arguments="text")),
        ("/a /b", Calls(names=("a", "b"), arguments="")),
        ("/a /none text", Calls(names=("a",), arguments="/none text")),
        ("/a /b/c text", Calls(names=("a",), arguments="/b/c text")),
        ("/git:commit one\ntwo", Calls(names=("git:commit",), arguments="one\ntwo")),
        ("/none keep this", NoCommand(name="none", text="/none keep this")),
        ("/home/mara/notes.md", None),
        ("a plain question", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_line_is_read_as_the_commands_it_calls(typed: str, meant: object) -> None:
    assert read_line(typed, KNOWN.__contains__) == meant


def test_no_more_than_six_are_stacked() -> None:
    read = read_line("/a " * 8 + "x", KNOWN.__contains__)

    assert read == Calls(names=("a",) * 6, arguments="/a /a x")
