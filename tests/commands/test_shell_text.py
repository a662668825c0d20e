from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.commands.expand import Aborted, Around, Expanded, Ports, expand
from pmagent.commands.found import Found
from pmagent.commands.read_command import read_command
from pmagent.commands.references import Insert
from pmagent.commands.shell_text import shell_text
from pmagent.types.actions import Done, Outcome
from pmagent.types.commands import CommandFile

NASTY = (
    "plain", "two words", "it's", '"', "$(touch hit)", "`touch hit`", "; touch hit", "\\", "\\'",
    "*", "$HOME", "a\nb", "'; touch hit; '", '"; touch hit; "', "&& touch hit", "# no", "-n", "",
)  # fmt: skip
PLACES = (
    ("printf %s ", ""),
    ("printf %s '", "'"),
    ('printf %s "', '"'),
    ("printf %s x", "y"),
    ('printf %s "a ', ' b"'),
    ("true && (printf %s ", ")"),
    ('printf %s "$(printf %s ', '; printf .)"'),
    ('printf %s "$(printf %s "', '"; printf .)"'),
    ("# it's a comment\nprintf %s ", ""),
    ("x=1; printf %s ", " # the end"),
    ("bash -c 'printf %s ", "'"),
    ("bash -c 'printf %s \"a ", "\"' && bash -ec 'printf .'"),
    ("true; sh -c 'true; printf %s ", "' | cat"),
)


def insert(value: str) -> Insert:
    return Insert(words=(value,), text=value)


def bash(text: str, folder: Path) -> str:
    argv = ["bash", "-c", text]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, (text, done.stderr)
    return done.stdout


@pytest.mark.parametrize("place", PLACES)
def test_an_argument_is_never_more_than_an_argument(place: tuple[str, str], tmp_path: Path) -> None:
    before, after = place
    for value in NASTY:
        text = shell_text([before, insert(value), after])

        assert text is not None
        said = bash(text, tmp_path)
        assert value.rstrip("\n") in said or value == "", (text, said)
        assert list(tmp_path.iterdir()) == [], text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("cat <<END\n", "\nEND"),
        ("echo $((1 + ", "))"),
        ("echo ${x:-", "}"),
        ("echo `echo ", "`"),
        ("echo $'a", "'"),
        ("echo $", ""),
        ('echo "$', '"'),
        ("eval echo ", ""),
        ('bash -c "echo ', '"'),
        ("echo \"bash -c '", "'\""),
        ("bash -c 'eval echo ", "'"),
        ("bash -c 'echo $((", "))'"),
        ('sh -ec "', '"'),
        ("echo \\", ""),
        ('echo "$(case a in a) echo "', '";; esac)"'),
        ("echo $(( (1 + ", ") ))"),
    ],
)
def test_where_no_quoting_holds_the_argument_is_refused(before: str, after: str) -> None:
    assert shell_text([before, insert("x"), after]) is None


def test_all_arguments_stay_separate_words() -> None:
    every = Insert(words=("a b", "c;d"), text='"a b" c;d')

    assert shell_text(["git log ", every]) == "git log 'a b' 'c;d'"


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=30))
def test_any_argument_reaches_the_program_as_it_is(value: str) -> None:
    text = shell_text(['printf %s "a', insert(value), '"'])

    assert text is not None
    argv = ["bash", "-c", text]
    done = subprocess.run(argv, capture_output=True, check=True)
    assert done.stdout.decode() == "a" + value


def test_awk_keeps_its_own_dollars() -> None:
    body = "!`printf 'a b\\n' | awk '{print $1}'` for $1"

    made = expand(_command(body), "me", Ports(run=_run, read=lambda _: None), Around())

    assert isinstance(made, Expanded)
    assert made.text == "a for me"


def test_an_argument_in_a_here_document_aborts_the_command() -> None:
    made = expand(
        _command("```!\ncat <<END\n$1\nEND\n```"),
        "x",
        Ports(run=_run, read=lambda _: None),
        Around(),
    )

    assert isinstance(made, Aborted)
    assert "cannot be quoted safely" in made.message


def _command(body: str) -> CommandFile:
    made = read_command(body.encode(), Found(name="x", path="x.md", place="user"))
    assert isinstance(made, CommandFile)
    return made


def _run(command: str) -> Outcome:
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    return Done(text=done.stdout, data={"stdout": done.stdout, "exitCode": done.returncode})
