from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.permissions.shell import split_command


def commands(text: str) -> list[str]:
    return [
        " ".join(word.text for word in command.words) for command in split_command(text).commands
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a && b || c; d | e |& f & g\nh", ["a", "b", "c", "d", "e", "f", "g", "h"]),
        ("a&&b", ["a", "b"]),
        ("(a; b) && { c; }", ["a", "b", "c"]),
        ("echo 'a && b; c | d'", ["echo a && b; c | d"]),
        ('echo "a && b"', ["echo a && b"]),
        ("echo a\\ \\&\\&\\ b", ["echo a && b"]),
        ("r\"m\" -'rf' x", ["rm -rf x"]),
        ("r\\m x", ["rm x"]),
        ("rm \\\n  x", ["rm x"]),
        ("a # b; c\nd", ["a", "d"]),
        ("a#b c", ["a#b c"]),
        ("echo $'\\x72\\155 \\'x\\''", ["echo rm 'x'"]),
        ("if a; then b; elif c; then d; else e; fi", ["a", "b", "c", "d", "e"]),
        ("while a; do b; done > out", ["a", "b"]),
        ("for x in 1 2 3; do b $x; done", ["b $x"]),
        ("! a", ["a"]),
        ("2>&1 a", ["a"]),
        ("a 2>/dev/null >&2 <&3 3>&-", ["a"]),
        ("a <<< 'b; c'", ["a"]),
        ("cat <<'END'\n$(x) `y`\nEND\nb", ["cat", "b"]),
        ("cat <<-END\n\tx\n\tEND\nb", ["cat", "b"]),
        ("cat <<A <<B\nx\nA\ny\nB\nz", ["cat", "z"]),
        ("", []),
        ("  \n\t\n", []),
    ],
)
def test_a_line_is_split_where_the_shell_splits_it(text: str, parts: list[str]) -> None:
    found = split_command(text)

    assert commands(text) == parts
    assert found.doubts == ()


@pytest.mark.parametrize(
    "text",
    [
        "echo $(rm x)",
        'echo "a $(rm x) b"',
        "echo `rm x`",
        'echo "`rm x`"',
        "echo `echo \\`rm x\\``",
        "echo $(echo $(rm x))",
        "echo $(echo ')' ; rm x)",
        "echo $(echo '(' # )\n rm x)",
        "diff <(rm x) a",
        "tee >(rm x)",
        "X=$(rm x)",
        "X=1 Y=`rm x` ls",
        "cat <<END\n$(rm x)\nEND",
        "cat <<END\n`rm x`\nEND",
        "cat < $(rm x)",
        "for i in $(rm x); do ls; done",
        'echo "$(echo "$(rm x)")"',
        "echo $'a'\"$(rm x)\"",
        "(ls; (rm x))",
        "ls &\nrm x",
        "ls & rm x",
        "ls |& rm x",
    ],
)
def test_a_command_inside_another_is_found(text: str) -> None:
    assert "rm x" in commands(text)


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        ("ls > f", ["f"], []),
        ("ls >f", ["f"], []),
        ("ls>f", ["f"], []),
        ("ls >> 'a b'", ["a b"], []),
        ("ls >| f", ["f"], []),
        ("ls &> f", ["f"], []),
        ("ls &>> f", ["f"], []),
        ("ls >& f", ["f"], []),
        ("ls 2> f", ["f"], []),
        ("> f", ["f"], []),
        ("> f ls", ["f"], []),
        ("ls <> f", ["f"], []),
        ("cat < f", [], ["f"]),
        ("while ls; do ls; done > f", ["f"], []),
        ("(ls) > f", ["f"], []),
        ("echo $(ls > f)", ["f"], []),
        ("ls 2>&1", [], []),
        ("ls >&2", [], []),
        ("ls '>' f", [], []),
        ("ls \\> f", [], []),
    ],
)
def test_what_the_shell_itself_opens_is_found(
    text: str, written: list[str], read: list[str]
) -> None:
    redirects = split_command(text).redirects

    assert [each.target.text for each in redirects if each.is_write] == written
    assert [each.target.text for each in redirects if not each.is_write] == read


@pytest.mark.parametrize(
    "text",
    [
        "echo 'a", 'echo "a', "echo `a", "echo $(a", "(a", "a)", "a \\", "cat <<END\nx", "a >",
        "a > && b", "$X a", "`x` a", "$(x) a", "\"$X\" a", "/bin/r? x", "{rm,-rf,x}", "~/bin/x",
        "f() { a; }", "function f { a; }", "case a in b) c;; esac", "[[ a && b ]]", "((x=1))",
        "echo ${X:-$(a)}", "echo ${!X}", "echo ${X@P}", "echo $((a[$(b)]))", "a=(1 2)", "a > $X",
        "a >&'$(b)'", "a <&\\$X",
        "a > *.md", "cd $X && a", "cd - && a", "popd; a", "ls\rrm x", "echo \u202e a", "a\u200b b",
        "a\0b", "x" * 10_001, "echo $'\\c'", "$(" * 40 + ")" * 40, "coproc a",
        "select x in a; do b", "for ((;;)); do a; done",
    ],
)  # fmt: skip
def test_what_cannot_be_read_with_certainty_is_a_doubt(text: str) -> None:
    found = split_command(text)

    assert found.doubts
    assert not found.is_plain


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        ("ls -la *.md | wc -l", True),
        ("ls 'a b' > f", True),
        ("FOO=1 ls", True),
        ("ls $X", False),
        ("ls ~/x", False),
        ("ls $(pwd)", False),
        ("ls {a,b}", False),
        ("cat <<E\nE", False),
    ],
)
def test_a_plain_line_runs_as_it_is_written(text: str, is_plain: bool) -> None:
    assert split_command(text).is_plain == is_plain


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("ls; cat x", ("",)),
        ("cd a && cat x", ("", "a")),
        ("cd a; cd b; cat x", ("", "a", "b", "a/b")),
        ("cd /etc; cat x", ("", "/etc")),
        ("command cd a && cat x", ("", "a")),
        ("pushd a; cat x", ("", "a")),
        ("cd; cat x", ("", "~")),
        ("cd ~/a; cat x", ("", "~/a")),
        ("cd '~'; cat x", ("", "./~")),
    ],
)
def test_a_change_of_folder_is_followed(text: str, folders: tuple[str, ...]) -> None:
    assert split_command(text).commands[-1].folders == folders


words = st.text(alphabet="ab '\"\\$`;|&<>(){}*?#~=\n\t", min_size=1, max_size=12)


@given(words)
def test_any_text_is_split_without_an_error(text: str) -> None:
    found = split_command(text)

    assert found.is_plain <= (not found.doubts)


plain_words = st.lists(st.text(alphabet="ab '\"\\;|&<>()*#=", min_size=1, max_size=8), max_size=4)


@given(plain_words)
def test_quoted_words_come_back_as_they_were(texts: list[str]) -> None:
    line = "echo " + " ".join("'" + text.replace("'", "'\\''") + "'" for text in texts)

    [command] = split_command(line).commands
    assert [word.text for word in command.words[1:]] == texts


@pytest.mark.parametrize(
    "line",
    [
        "a 'b c' \"d e\" f\\ g $'h\\ti' j''k \"l'm\" 'n\"o' p\\\\q r\\$s \"t\\$u\" \"v\\w\" x\\\ny",
        "a 'b'\\''c' \"\\\"\" '' \"\" \\# 'x'#y",
        "a $'\\x41\\u00e9\\101' \"a\\`b\"",
    ],
)
def test_quotes_come_off_as_they_do_in_bash(line: str) -> None:
    script = f'set -f; f() {{ for x in "$@"; do printf \'%s\\0\' "$x"; done; }}; f {line}'
    said = subprocess.run(
        ["bash", "-c", script], capture_output=True, timeout=20, check=True, text=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    ).stdout  # fmt: skip

    [command] = split_command(line).commands
    assert [word.text for word in command.words] == said.split("\0")[:-1]
