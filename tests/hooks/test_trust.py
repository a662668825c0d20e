"""What came with a folder is trusted by its exact definition and the exact bytes it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pmagent.errors import AccessError
from pmagent.hooks.command import garden_files
from pmagent.hooks.read import Handler, Plugin
from pmagent.hooks.trust import trust_digest
from tests.hooks.conftest import Lab


def reader(files: dict[str, bytes]) -> Callable[[str], bytes | None]:
    return files.get


def digest(handler: Handler, files: dict[str, bytes]) -> str:
    return trust_digest(handler, reader(files), root="/g")


@pytest.mark.parametrize(
    "command",
    [
        ".claude/hooks/check.py",
        "python3 .claude/hooks/check.py --fast",
        'python3 "$CLAUDE_PROJECT_DIR"/.claude/hooks/check.py',
        "python3 '${CLAUDE_PROJECT_DIR}/.claude/hooks/check.py'",
        "/g/.claude/hooks/check.py",
        "/g/x/../.claude/./hooks/check.py",
        "cd .claude/hooks && ./check.py",
        "cat | timeout 10 python3 .claude/hooks/check.py || exit 2",
        'bash -c "cat | .claude/hooks/check.py"',
        "uv run --script=.claude/hooks/check.py",
        "X=1 env Y=2 .claude/hooks/check.py; true",
        "(.claude/hooks/check.py)",
        "echo 'unclosed; .claude/hooks/check.py",
    ],
)
def test_a_changed_script_is_a_stranger_again(lab: Lab, command: str) -> None:
    [handler] = lab.handlers(command, layer="project")
    before = {".claude/hooks/check.py": b"print(1)", "other.md": b"x"}

    same = digest(handler, {**before, "other.md": b"changed"})
    other = digest(handler, {**before, ".claude/hooks/check.py": b"print(2)"})

    assert digest(handler, before) == same
    assert digest(handler, before) != other
    assert digest(handler, before) != digest(handler, {})


def test_any_change_of_the_definition_is_a_stranger_again(lab: Lab) -> None:
    [handler] = lab.handlers("true", layer="project")
    changes = [
        replace(handler, event="PostToolUse"),
        replace(handler, matcher="Bash"),
        replace(handler, command="true "),
        replace(handler, args=()),
        replace(handler, shell="bash"),
        replace(handler, timeout_s=1),
        replace(handler, if_rule="Bash"),
        replace(handler, on_failure="continue"),
        replace(handler, is_async=True),
        replace(handler, layer="local"),
        replace(handler, plugin=Plugin(name="p", root="/p")),
    ]

    digests = {digest(each, {}) for each in (handler, *changes)}

    assert len(digests) == len(changes) + 1


def test_a_plugins_script_in_the_garden_counts(lab: Lab) -> None:
    [handler] = lab.handlers("${CLAUDE_PLUGIN_ROOT}/run.sh", layer="plugin")
    inside = replace(handler, plugin=Plugin(name="p", root="/g/plugins/p"))
    outside = replace(handler, plugin=Plugin(name="p", root="/elsewhere/p"))

    assert "plugins/p/run.sh" in garden_files(inside, "/g")
    assert garden_files(outside, "/g") == ()


def test_what_a_hook_writes_to_is_not_part_of_it(lab: Lab) -> None:
    [handler] = lab.handlers("jq -r .tool_name >> .claude/log.txt", layer="project")

    assert ".claude/log.txt" not in garden_files(handler, "/g")


def test_nothing_outside_the_garden_is_looked_at(lab: Lab) -> None:
    [handler] = lab.handlers("cat ../secret /etc/passwd ~/x /gg/y $HOME/z", layer="project")

    assert all(not path.startswith(("..", "/")) for path in garden_files(handler, "/g"))
    assert not {"../secret", "etc/passwd", "y"} & set(garden_files(handler, "/g"))


def test_a_script_that_cannot_be_read_cannot_be_trusted(lab: Lab) -> None:
    [handler] = lab.handlers(".claude/hooks/link.sh", layer="project")

    def refuse(path: str) -> bytes | None:
        raise AccessError(f'"{path}" is a link')

    with pytest.raises(AccessError):
        trust_digest(handler, refuse, root="/g")
