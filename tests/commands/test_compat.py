from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmagent.cli.compat_command import command
from pmagent.commands.compat import Here, survey
from pmagent.commands.folders import WalledFolder
from pmagent.permissions.walls import Walls
from pmagent.types.commands import CompatRow
from tests.commands import shapes
from tests.commands.shapes import plant

HERE = Here(tools=frozenset({"Read", "Write", "Edit", "Bash", "Grep", "Glob", "Agent", "Skill"}))
AGENT = "---\nname: {0}\ndescription: Does {0}\ntools: Read\n---\nYou do {0}."


def rows_of(root: Path, files: dict[str, str | bytes], name: str = "") -> dict[str, CompatRow]:
    plant(root, files)
    with Walls(root, exact=True) as walls:
        return {row.path: row for row in survey(WalledFolder(walls), HERE, root_name=name)}


def standings(rows: dict[str, CompatRow]) -> dict[str, tuple[str, str, str]]:
    return {path: (row.kind, row.name, row.standing) for path, row in rows.items()}


def one(tmp_path: Path, path: str, content: str | bytes) -> CompatRow:
    [row] = rows_of(tmp_path, {path: content}).values()
    return row


def test_a_repository_of_plugins_is_listed_whole(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        {
            "README.md": "# Plugins\n\nTakes `$ARGUMENTS`.",
            "LICENSE.md": "MIT",
            "docs/guide.md": "---\ntitle: Guide\ndescription: How to\n---\nRead on.",
            ".claude-plugin/marketplace.json": '{"name": "shop", "plugins": []}',
            "plugins/kit/.claude-plugin/plugin.json": '{"name": "kit-one"}',
            "plugins/kit/README.md": "# Kit",
            "plugins/kit/commands/git/commit.md": shapes.TWO_HINTS,
            "plugins/kit/agents/checker.md": shapes.EXAMPLES_IN_DESCRIPTION,
            "plugins/kit/skills/prices/SKILL.md": shapes.SKILL,
            "plugins/kit/skills/prices/references/more.md": shapes.PLAIN,
            "plugins/kit/skills/prices/agents/helper.md": AGENT.format("help"),
            "plugins/kit/hooks/hooks.json": hooks(Stop=[RUNS]),
            "plugins/kit/.mcp.json": '{"one": {"command": "server"}}',
            "plugins/kit/package.json": '{"name": "x"}',
        },
    )  # fmt: skip

    assert standings(rows) == {
        ".claude-plugin/marketplace.json": ("marketplace", "shop", "works-with-note"),
        "plugins/kit/.claude-plugin/plugin.json": ("plugin", "kit-one", "works"),
        "plugins/kit/commands/git/commit.md": ("command", "kit-one:git:commit", "works"),
        "plugins/kit/agents/checker.md": ("agent", "kit-one:note-checker", "works"),
        "plugins/kit/skills/prices/SKILL.md": ("skill", "kit-one:prices", "works"),
        "plugins/kit/hooks/hooks.json": ("hooks", "hooks", "works"),
        "plugins/kit/.mcp.json": ("mcp", ".mcp", "works-with-note"),
    }


def test_a_home_folder_is_listed(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        {
            "CLAUDE.md": "Be brief.",
            "AGENTS.md": "Be brief.",
            "settings.json": '{"permissions": {"allow": ["Read(notes/**)"]}}',
            "commands/a.md": shapes.PLAIN,
            "commands/README.md": "read me",
            "agents/b.md": AGENT.format("b"),
            "agents/WORKFLOW_EXAMPLES.md": shapes.PLAIN,
            "agents/shared/notes.md": shapes.PLAIN,
            "output-styles/plain.md": "---\nname: Plain\ndescription: d\n---\nWrite plainly.",
        },
    )

    assert standings(rows) == {
        "CLAUDE.md": ("instructions", "CLAUDE.md", "works"),
        "AGENTS.md": ("instructions", "AGENTS.md", "works"),
        "settings.json": ("settings", "settings", "works"),
        "commands/a.md": ("command", "a", "works"),
        "agents/b.md": ("agent", "b", "works"),
        "output-styles/plain.md": ("output-style", "Plain", "works"),
    }


def test_in_a_bare_folder_the_fields_tell_what_a_file_is(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        {
            "core/reviewer.md": AGENT.format("review"),
            "core/plain-agent.md": "---\nname: plain\ndescription: d\n---\nYou are plain.",
            "tools/mock.md": "Mock this: $ARGUMENTS",
            "tools/hint.md": "---\nargument-hint: [x]\n---\nGo",
            "tools/explains.md": "Write `$ARGUMENTS` for what was typed.",
            "notes/post.md": "---\ntitle: A post\nname: a\ndescription: d\n---\nText",
            "notes/diary.md": "Today.",
            "rules/python.md": "---\npaths: ['**/*.py']\n---\nUse types.",
        },
    )

    assert {path: row.kind for path, row in rows.items()} == {
        "core/reviewer.md": "agent",
        "core/plain-agent.md": "agent",
        "tools/mock.md": "command",
        "tools/hint.md": "command",
        "rules/python.md": "rule",
    }


def test_a_folder_called_commands_holds_commands(tmp_path: Path) -> None:
    assert standings(rows_of(tmp_path, {"a.md": "Do a.", "README.md": "x"}, "commands")) == {
        "a.md": ("command", "a", "works")
    }


def test_files_of_other_tools_are_named_with_what_becomes_of_them(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        {
            ".cursorrules": "Be brief.",
            ".cursor/rules/style.mdc": "---\nglobs: '*.py'\nalwaysApply: true\n---\nBe brief.",
            ".cursor/hooks.json": '{"version": 1, "hooks": {"stop": []}}',
            ".vscode/settings.json": '{"editor.tabSize": 2}',
            ".github/copilot-instructions.md": "Be brief.",
            ".opencode/commands/plan.md": "---\nagent: plan\n---\nPlan $1",
            ".opencode/agents/r.md": "---\ndescription: d\nmode: subagent\n---\nReview.",
            "opencode.json": '{"model": "x"}',
        },
    )

    assert standings(rows) == {
        ".cursorrules": ("instructions", ".cursorrules", "works-with-note"),
        ".cursor/rules/style.mdc": ("rule", "style", "works-with-note"),
        ".github/copilot-instructions.md": (
            "instructions", "copilot-instructions.md", "works-with-note",
        ),
        ".opencode/commands/plan.md": ("command", "plan", "works"),
        ".opencode/agents/r.md": ("agent", "r", "works"),
        "opencode.json": ("settings", "opencode", "never-fires"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        ("Review $1 of $2", ('"$1" is taken for the first argument, because it never uses "$0"',)),
        ("Review $0 of $1", ()),
        ("Costs $1,000\n```sql\nSELECT $1\n```\nand `awk '{print $1}'`", ()),
        ("---\nallowed-tools: Read, Task, LS, mcp__git__log, WebSearch\n---\nx",
         ('not here in this version: "WebSearch"',
          'MCP servers are not started in this version: "mcp__git__log"')),
        ("---\nmodel: gpt-5\n---\nx",
         ('the model "gpt-5" is not known here: the session\'s own is used',)),
        ("---\nmodel: Sonnet[1m]\nversion: 1.2\ncategory: x\n---\nx", ()),
        ("---\nmodel: claude-opus-4-1\n---\nx", ()),
        ("---\nallowed-tools: Write(drafts/**)\n---\nx",
         ('the rule "Write(drafts/**)" says nothing: paths are allowed by Read and Edit rules only:'
          ' write "Edit(drafts/**)"',)),
        ("---\nshell: powershell\n---\nx",
         ('its shell commands are for "powershell", and only bash is run here',)),
        ("---\ndescription: only\n---\n", ("there is no text below its front matter",)),
        ("\ufeff---\r\nallowed-tools: [Read]\r\n---\r\nx", ()),
    ],
)  # fmt: skip
def test_a_note_on_a_command_says_what_differs_and_nothing_else(
    tmp_path: Path, content: str, notes: tuple[str, ...]
) -> None:
    row = one(tmp_path, ".claude/commands/a.md", content)

    assert row.notes == notes
    assert row.standing == ("works-with-note" if notes else "works")


def test_an_agent_none_of_whose_tools_is_here_is_not_started(tmp_path: Path) -> None:
    text = "---\nname: a\ndescription: b\ntools: mcp__x__y, WebSearch\n---\nz"

    row = one(tmp_path, ".claude/agents/a.md", text)

    assert row.standing == "never-fires"
    assert row.notes[0] == "none of the tools it may use is here, so it is not started"
    assert '"WebSearch"' in row.notes[1]


def test_an_agent_without_a_name_never_fires(tmp_path: Path) -> None:
    row = one(tmp_path, ".claude/agents/a.md", "---\ndescription: b\n---\nz")

    assert (row.standing, row.notes) == (
        "never-fires", ("its front matter has no name, so it is no sub-agent",),
    )  # fmt: skip


def test_an_agent_cannot_widen_what_its_person_allows(tmp_path: Path) -> None:
    text = "---\nname: a\ndescription: b\npermissionMode: {0}\n---\nz"

    wide = one(tmp_path / "a", ".claude/agents/a.md", text.format("bypassPermissions"))
    narrow = one(tmp_path / "b", ".claude/agents/a.md", text.format("plan"))

    assert wide.notes == ('its mode "bypassPermissions" cannot widen what you allow',)
    assert narrow.notes == ()


def test_files_that_an_installer_shares_are_read(tmp_path: Path) -> None:
    plant(tmp_path, {"store/a.md": "Go"})
    (tmp_path / "kit/commands").mkdir(parents=True)
    (tmp_path / "kit/commands/a.md").hardlink_to(tmp_path / "store/a.md")

    result = CliRunner().invoke(command, [str(tmp_path / "kit")], standalone_mode=False)

    assert result.return_value == 0
    assert "     1  works\n" in result.stdout


def test_a_plugins_agent_cannot_bring_hooks(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        {
            ".claude-plugin/plugin.json": '{"name": "kit"}',
            "agents/a.md": "---\nname: a\ndescription: b\npermissionMode: plan\nhooks: {}\n---\nz",
        },
    )

    assert rows["agents/a.md"].notes == (
        "in a plugin's sub-agent these have no effect: hooks, permissionMode",
    )


def hooks(**events: list[dict[str, object]]) -> str:
    return json.dumps({"hooks": {name: [{"hooks": found}] for name, found in events.items()}})


RUNS: dict[str, object] = {"type": "command", "command": "true"}


@pytest.mark.parametrize(
    ("content", "standing", "notes"),
    [
        (hooks(PreToolUse=[RUNS]), "works", ()),
        (hooks(Setup=[RUNS]), "never-fires", ('never fires here: "Setup"',)),
        (hooks(Stop=[RUNS], TeammateIdle=[RUNS]), "works-with-note",
         ('never fires here: "TeammateIdle"',)),
        (hooks(Stop=[RUNS, {"type": "prompt", "prompt": "ok?"}]), "works-with-note",
         ('hooks of type "prompt" are not run in this version: "Stop"',)),
        (hooks(Stop=[{"type": "command", "command": "x", "shell": "powershell"}]), "never-fires",
         ('hooks for powershell are not run in this version: "Stop"',)),
        (hooks(PreToolUs=[RUNS], Stop=[RUNS]), "works-with-note",
         ('"PreToolUs": there is no hook event "PreToolUs"; did you mean "PreToolUse"?',)),
        (hooks(Stop=[{"type": "command"}]), "never-fires",
         ('"Stop": handler 1 of entry 1: "command" is missing or not a string',)),
        ("{}", "works", ()),
        ("{not json", "unreadable", None),
        ("[]", "unreadable", ("it does not hold a JSON object",)),
    ],
)  # fmt: skip
def test_hooks_are_judged_event_by_event(
    tmp_path: Path, content: str, standing: str, notes: tuple[str, ...] | None
) -> None:
    row = one(tmp_path, "hooks/hooks.json", content)

    assert row.standing == standing
    assert notes is None or row.notes == notes


@pytest.mark.parametrize(
    ("settings", "standing", "notes"),
    [
        ({"permissions": {"allow": ["Bash(git add:*)"], "deny": ["Read(./.env)"]}}, "works", ()),
        ({"permissions": {"allow": ["Write(a/**)", "Read"]}}, "works-with-note",
         ('the rule "Write(a/**)" says nothing: paths are allowed by Read and Edit rules only:'
          ' write "Edit(a/**)"',)),
        ({"permissions": {"deny": ["Write(a/**)"]}}, "works", ()),
        ({"permissions": {"deny": ["Bash("]}}, "works-with-note",
         ('the rule "Bash(" at ".claude/settings.json:1" cannot be understood: it is neither'
          ' "Tool" nor "Tool(what)"',)),
        ({"env": {"A": "b"}}, "never-fires", ('without effect here: "env"',)),
        ({"outputStyle": "plain", "env": {}}, "works-with-note", ('without effect here: "env"',)),
        ({"$schema": "x", "statusLine": {"type": "command", "command": "x"}}, "works", ()),
        ({"hooks": {"Stop": [{"hooks": [RUNS]}]}}, "works", ()),
    ],
)  # fmt: skip
def test_settings_are_judged_rule_by_rule(
    tmp_path: Path, settings: object, standing: str, notes: tuple[str, ...]
) -> None:
    row = one(tmp_path, ".claude/settings.json", json.dumps(settings))

    assert (row.standing, row.notes) == (standing, notes)


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        {
            "commands/binary.md": b"\x00\x01\x02",
            "agents/empty.md": "",
            ".claude/settings.json": '{"a": 1,}',
            ".mcp.json": "// none",
            "notes/odd.json": "{",
            "notes/empty.md": "",
        },
    )

    assert {path: row.standing for path, row in rows.items()} == dict.fromkeys(
        (".claude/settings.json", ".mcp.json", "agents/empty.md", "commands/binary.md"),
        "unreadable",
    )
    assert rows["commands/binary.md"].notes == ("it is not text",)
    assert rows["agents/empty.md"].notes == ("it is empty",)
    assert rows[".mcp.json"].notes[0].startswith("it is not JSON: ")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    plant(tmp_path, {"outside.md": "secret", "dir/commands/in.md": "Go"})
    (tmp_path / "dir/commands/out.md").symlink_to(tmp_path / "outside.md")
    (tmp_path / "dir/commands/twin.md").symlink_to("in.md")
    (tmp_path / "dir/agents").symlink_to(tmp_path)

    rows = rows_of(tmp_path / "dir", {})

    assert {path: row.standing for path, row in rows.items()} == {
        "commands/in.md": "works",
        "commands/twin.md": "works",
        "commands/out.md": "unreadable",
    }


def test_a_flat_file_among_skills_is_not_taken_for_one(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        {"skills/flat.md": "---\nname: flat\ndescription: d\n---\nx", "skills/notes.md": "notes"},
    )

    assert standings(rows) == {"skills/flat.md": ("skill", "flat", "never-fires")}


def test_the_command_shows_counts_and_rows_and_ends_well(tmp_path: Path) -> None:
    plant(tmp_path, {"commands/a.md": "Go", "commands/b.md": "Go $1"})

    result = CliRunner().invoke(command, [str(tmp_path)], standalone_mode=False)

    assert result.return_value == 0
    assert "     1  works\n     1  works, with a note\n" in result.stdout
    assert '"$1" is taken for the first argument' in result.stdout


def test_the_command_ends_with_eight_when_a_file_cannot_be_read(tmp_path: Path) -> None:
    plant(tmp_path, {"commands/a.md": "", "commands/b.md": "Go"})

    result = CliRunner().invoke(command, [str(tmp_path), "--json"], standalone_mode=False)

    assert result.return_value == 8
    told = json.loads(result.stdout)
    assert told["ok"] is False
    assert told["data"]["counts"] == {
        "works": 1, "works-with-note": 0, "never-fires": 0, "unreadable": 1,
    }  # fmt: skip
    assert told["data"]["rows"][0] == {
        "path": "commands/a.md", "kind": "command", "name": "a", "standing": "unreadable",
        "notes": ["it is empty"],
    }  # fmt: skip


def test_nothing_is_changed_by_looking(tmp_path: Path) -> None:
    plant(tmp_path, {"commands/a.md": "!`touch here`", ".claude/settings.json": "{}"})
    before = sorted(path.name for path in tmp_path.rglob("*"))

    CliRunner().invoke(command, [str(tmp_path)], standalone_mode=False)

    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(tmp_path / "none")], standalone_mode=False)

    assert "none" in str(result.exception)
