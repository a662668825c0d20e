"""The clauses of the compatibility set that concern files of commands, skills and sub-agents.

One test a clause, named like it. What each covers in full is in the neighbouring modules.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from pmagent.commands.book import CommandBook, Sources
from pmagent.commands.compat import Here, survey
from pmagent.commands.expand import Around, Expanded, Ports, expand
from pmagent.commands.folders import WalledFolder
from pmagent.commands.found import Found
from pmagent.commands.read_agent import read_agent
from pmagent.commands.read_command import read_command
from pmagent.paths import Homes, bundled_dir
from pmagent.permissions.walls import Walls
from pmagent.types.actions import Done, Outcome
from pmagent.types.commands import AgentFile, CommandFile
from tests.commands import shapes
from tests.commands.shapes import plant

SHAPES = {
    "commands/commit.md": shapes.TWO_HINTS,
    "commands/release.md": shapes.TOOLS_AS_JSON,
    "commands/retro.md": shapes.PLAIN,
    "commands/deep/retro.md": "\ufeff" + shapes.TOOLS_AS_JSON.replace("\n", "\r\n"),
    "commands/loop.md": shapes.SCRIPT_IN_BLOCK,
    "agents/checker.md": shapes.EXAMPLES_IN_DESCRIPTION,
    "agents/minutes.md": shapes.COLON_IN_DESCRIPTION,
    "agents/block.md": shapes.BLOCK_DESCRIPTION,
    "skills/prices/SKILL.md": shapes.SKILL,
    "hooks/hooks.json": json.dumps({
        "description": "Guards",
        "hooks": {
            "PreToolUse": [
                {
                    "matcher": "Edit|Write|MultiEdit",
                    "hooks": [
                        {
                            "type": "command",
                            "command": "python3 ${CLAUDE_PLUGIN_ROOT}/hooks/guard.py",
                            "timeout": 10,
                        }
                    ],
                }
            ],
            "Stop": [{"hooks": [{"type": "command", "command": "true"}]}],
        },
    }),
    ".claude-plugin/plugin.json": '{"name": "kit", "version": "1.0.0", "author": {"name": "us"}}',
    "README.md": "# Kit",
}


@pytest.mark.parametrize("layout", ["plugins/kit", ".claude", "plugins/a/b"])
def test_every_command_agent_skill_and_hook_file_parses(tmp_path: Path, layout: str) -> None:
    plant(tmp_path, {f"{layout}/{name}": content for name, content in SHAPES.items()})

    with Walls(tmp_path, exact=True) as walls:
        tools = frozenset({"Read", "Write", "Edit", "Bash", "Grep", "Glob", "TaskCreate"})
        rows = survey(WalledFolder(walls), Here(tools=tools))

    assert len(rows) == len(SHAPES) - 1
    assert {row.standing for row in rows} == {"works", "works-with-note"}
    noted = {row.path.rpartition("/")[2]: row.notes for row in rows if row.notes}
    because = ('"$1" is taken for the first argument, because it never uses "$0"',)
    assert noted == {"release.md": because, "retro.md": because}


@pytest.mark.parametrize(
    "text", [shapes.EXAMPLES_IN_DESCRIPTION, shapes.COLON_IN_DESCRIPTION, shapes.BLOCK_DESCRIPTION]
)
def test_an_agent_that_is_no_yaml_gives_name_description_model_and_tools(text: str) -> None:
    agent = read_agent(text.encode(), Found(name="x", path="agents/x.md", place="user"))

    assert isinstance(agent, AgentFile)
    assert agent.name
    assert "<example>" in agent.description
    assert agent.model in {"sonnet", "inherit"}
    assert agent.tools
    assert agent.tools[0] == "Read"
    assert agent.prompt.startswith("You ")


@pytest.mark.parametrize(
    ("body", "meant"), [("From $0 to $1", "From a to b"), ("From $1 to $2", "From a to b")]
)
def test_arguments_count_from_zero_or_from_one(body: str, meant: str) -> None:
    assert _expanded(body, "a b").text == meant


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    ],
    ids=["mark", "crlf", "both"],
)
@pytest.mark.parametrize("text", [shapes.TWO_HINTS, shapes.TOOLS_AS_JSON, shapes.SKILL])
def test_a_byte_order_mark_and_crlf_make_no_difference(text: str, change: object) -> None:
    plain, changed = _command(text), _command(change(text))  # type: ignore[operator]

    assert changed.fields == plain.fields
    assert (changed.body, changed.allowed_tools) == (plain.body, plain.allowed_tools)


@pytest.mark.parametrize("manifest", [True, False])
def test_a_plugin_works_with_a_manifest_and_without(tmp_path: Path, manifest: bool) -> None:
    files = {
        "cfg/plugins/kit/commands/deep/go.md": "Go",
        "cfg/plugins/kit/agents/a.md": "---\nname: a\ndescription: b\n---\nc",
        "cfg/plugins/kit/skills/s/SKILL.md": "s",
    }
    if manifest:
        files["cfg/plugins/kit/.claude-plugin/plugin.json"] = '{"name": "kit"}'
    plant(tmp_path, files)
    book = _book(tmp_path)

    assert [c.name for c in book.commands() if c.place == "plugin"] == ["kit:deep:go", "kit:s"]
    assert [a.name for a in book.agents() if a.place == "plugin"] == ["kit:a"]
    assert (found := book.command("go")) is not None
    assert found.name == "kit:deep:go"


def test_a_personal_skill_beats_the_projects_and_a_project_agent_the_personal(
    tmp_path: Path,
) -> None:
    plant(
        tmp_path,
        {
            ".claude/skills/s/SKILL.md": "personal",
            "garden/.claude/skills/s/SKILL.md": "project",
            ".claude/agents/a.md": "---\nname: a\ndescription: personal\n---\nc",
            "garden/.claude/agents/a.md": "---\nname: a\ndescription: project\n---\nc",
        },
    )
    with Walls(tmp_path / "garden") as walls:
        book = _book(tmp_path, WalledFolder(walls))

    assert (skill := book.command("s")) is not None
    assert (agent := book.agent("a")) is not None
    assert (skill.body, agent.description) == ("personal", "project")


def test_a_command_of_a_plugin_can_run_its_script_with_arguments() -> None:
    seen: list[str] = []

    def run(text: str) -> Outcome:
        seen.append(text)
        return Done(text="begun", data={"stdout": "begun", "exitCode": 0})

    ports = Ports(run=run, read=lambda _: None)
    made = expand(_command(shapes.SCRIPT_IN_BLOCK), "tidy 'the notes'", ports, Around())

    assert isinstance(made, Expanded)
    assert made.text == "Begin:\n\nbegun\n\nThen work on the task."
    [inner] = [shlex.split(text)[2] for text in seen]
    assert shlex.split(inner) == ["bash", "/opt/kit/scripts/begin.sh", "tidy", "the notes"]


def test_an_output_style_is_found_and_the_gardens_counts(tmp_path: Path) -> None:
    text = "---\nname: Plain\ndescription: {0}\nkeep-coding-instructions: yes\n---\nShort words."
    plant(
        tmp_path,
        {
            ".claude/output-styles/plain.md": text.format("mine"),
            "garden/.claude/output-styles/plain.md": text.format("ours"),
            "cfg/output-styles/loud.md": "Write loudly.",
        },
    )
    with Walls(tmp_path / "garden") as walls:
        styles = {style.name: style for style in _book(tmp_path, WalledFolder(walls)).styles()}
    loud, plain = styles["loud"], styles["Plain"]

    assert (loud.name, loud.text, loud.is_trusted) == ("loud", "Write loudly.", True)
    assert (plain.name, plain.description, plain.text) == ("Plain", "ours", "Short words.")
    assert (plain.keeps_instructions, plain.is_trusted) == (True, False)


def test_every_shipped_command_and_agent_is_read() -> None:
    for kind, read in (("commands", read_command), ("agents", read_agent)):
        for path in sorted(bundled_dir(kind).rglob("*.md")):
            found = Found(name=path.stem, path=path.name, place="shipped")

            assert isinstance(read(path.read_bytes(), found), CommandFile | AgentFile), path


def _command(text: str) -> CommandFile:
    found = Found(name="x", path="commands/x.md", place="user", plugin_root="/opt/kit")
    made = read_command(text.encode(), found)
    assert isinstance(made, CommandFile)
    return made


def _expanded(body: str, typed: str) -> Expanded:
    made = expand(_command(body), typed, Ports(run=None, read=lambda _: None), Around())
    assert isinstance(made, Expanded)
    return made


def _book(home: Path, garden: WalledFolder | None = None) -> CommandBook:
    sources = Sources(
        homes=Homes(data=home, config=home / "cfg", cache=home),
        user_home=home,
        garden=garden,
        environment={},
    )
    book = CommandBook(sources, is_trusted=lambda _: False)
    book.refresh()
    return book
