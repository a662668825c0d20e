from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pmagent.commands.book import CommandBook, Sources, nearest
from pmagent.commands.folders import WalledFolder
from pmagent.paths import Homes
from pmagent.permissions.walls import Walls
from tests.commands.shapes import plant


class Setup:
    """A garden, a home and a book over both."""

    def __init__(self, folder: Path) -> None:
        self.garden = folder / "garden"
        self.home = folder / "home"
        self.garden.mkdir()
        self.home.mkdir()
        self.trusted: set[str] = set()
        self.walls = Walls(self.garden)
        self.book = CommandBook(
            Sources(
                homes=Homes(data=folder / "d", config=self.home / "cfg", cache=folder / "c"),
                user_home=self.home,
                garden=WalledFolder(self.walls),
                environment={},
            ),
            is_trusted=self.trusted.__contains__,
        )

    def plant(self, files: dict[str, str]) -> None:
        plant(self.garden.parent, dict(files))
        self.book.refresh()

    def paths(self) -> dict[str, str]:
        return {
            command.name: command.path
            for command in self.book.commands()
            if command.place != "shipped"
        }

    def agents(self) -> dict[str, str]:
        return {agent.name: agent.path for agent in self.book.agents() if agent.place != "shipped"}


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    made = Setup(tmp_path)
    with made.walls:
        yield made


def agent(name: str) -> str:
    return f"---\nname: {name}\ndescription: d\n---\nprompt"


def test_commands_come_from_all_places(setup: Setup) -> None:
    setup.plant({
        "garden/.pmagent/commands/a.md": "a",
        "garden/.claude/commands/b.md": "b",
        "garden/.agents/skills/c/SKILL.md": "c",
        "garden/.opencode/commands/d.md": "d",
        "garden/.opencode/command/e.md": "e",
        "home/cfg/commands/f.md": "f",
        "home/.claude/commands/g.md": "g",
        "home/.claude/skills/h/SKILL.md": "h",
        "home/cfg/plugins/kit/commands/i.md": "i",
        "garden/.pmagent/plugins/box/skills/j/SKILL.md": "j",
    })

    assert setup.paths() == {
        "a": ".pmagent/commands/a.md",
        "b": ".claude/commands/b.md",
        "c": ".agents/skills/c/SKILL.md",
        "d": ".opencode/commands/d.md",
        "e": ".opencode/command/e.md",
        "f": "~/cfg/commands/f.md",
        "g": "~/.claude/commands/g.md",
        "h": "~/.claude/skills/h/SKILL.md",
        "kit:i": "~/cfg/plugins/kit/commands/i.md",
        "box:j": ".pmagent/plugins/box/skills/j/SKILL.md",
    }


def test_readmes_and_what_lies_in_skills_are_no_commands(setup: Setup) -> None:
    setup.plant({
        "garden/.claude/commands/README.md": "read me",
        "garden/.claude/commands/git/readme.zh.md": "read me",
        "garden/.claude/commands/CHANGELOG.md": "changed",
        "garden/.claude/commands/notes.txt": "text",
        "garden/.claude/skills/a/references/deep.md": "deep",
        "garden/.claude/skills/a/SKILL.md": "a",
        "garden/.claude/agents/README.md": "read me",
    })

    assert list(setup.paths()) == ["a"]
    assert setup.book.unread == ()


def test_a_subfolder_is_a_namespace_and_the_last_part_enough_where_it_is_unique(
    setup: Setup,
) -> None:
    setup.plant({
        "garden/.claude/commands/git/commit.md": "x",
        "garden/.claude/commands/git/sync.md": "y",
        "garden/.claude/commands/team/sync.md": "z",
    })
    book = setup.book

    assert list(setup.paths()) == ["git:commit", "git:sync", "team:sync"]
    found = book.command("/commit")
    assert found is not None
    assert found.name == "git:commit"
    assert book.command("sync") is None
    assert book.command("GIT:Commit") is found


def test_a_name_in_use_is_no_alias(setup: Setup) -> None:
    setup.plant({"home/cfg/plugins/kit/commands/go.md": "p", "garden/.claude/commands/go.md": "g"})

    found = setup.book.command("go")
    assert found is not None
    assert found.place == "project"


def test_a_skill_beats_a_command_and_a_persons_own_the_gardens(setup: Setup) -> None:
    setup.plant({
        "home/.claude/commands/a.md": "command",
        "garden/.claude/skills/a/SKILL.md": "skill",
        "home/.claude/skills/b/SKILL.md": "mine",
        "garden/.claude/skills/b/SKILL.md": "theirs",
        "garden/.pmagent/commands/c.md": "ours",
        "garden/.claude/commands/c.md": "theirs",
    })

    assert setup.paths() == {
        "a": ".claude/skills/a/SKILL.md",
        "b": "~/.claude/skills/b/SKILL.md",
        "c": ".pmagent/commands/c.md",
    }
    assert [(each.path, each.by) for each in setup.book.shadowed] == [
        (".claude/skills/b/SKILL.md", "~/.claude/skills/b/SKILL.md"),
        ("~/.claude/commands/a.md", ".claude/skills/a/SKILL.md"),
        (".claude/commands/c.md", ".pmagent/commands/c.md"),
    ]


def test_the_gardens_sub_agent_beats_a_persons_own(setup: Setup) -> None:
    setup.plant({
        "home/.claude/agents/x.md": agent("checker"),
        "garden/.claude/agents/deep/y.md": agent("checker"),
        "home/cfg/plugins/kit/agents/sub/z.md": agent("checker"),
    })

    assert setup.agents() == {
        "checker": ".claude/agents/deep/y.md",
        "kit:sub:checker": "~/cfg/plugins/kit/agents/sub/z.md",
    }
    found = setup.book.agent("@agent-checker")
    assert found is not None
    assert found.path == ".claude/agents/deep/y.md"


def test_an_agent_that_lacks_a_name_is_told_of(setup: Setup) -> None:
    setup.plant({"garden/.claude/agents/x.md": "---\ndescription: d\n---\np"})

    assert [(each.path, each.reason) for each in setup.book.unread] == [
        (".claude/agents/x.md", "its front matter has no name, so it is no sub-agent")
    ]


def test_a_manifest_names_the_plugin_and_its_folders(setup: Setup) -> None:
    setup.plant({
        "home/cfg/plugins/folder/.claude-plugin/plugin.json": (
            '{"name": "kit", "commands": ["./extra/", "./one.md"], "skills": "./more"}'
        ),
        "home/cfg/plugins/folder/extra/a.md": "a",
        "home/cfg/plugins/folder/one.md": "b",
        "home/cfg/plugins/folder/commands/unused.md": "c",
        "home/cfg/plugins/folder/skills/d/SKILL.md": "d",
        "home/cfg/plugins/folder/more/e/SKILL.md": "e",
    })

    assert list(setup.paths()) == ["kit:a", "kit:d", "kit:e", "kit:one"]
    found = setup.book.command("a")
    assert found is not None
    assert found.plugin_root == str(setup.home / "cfg/plugins/folder")


def test_a_skill_at_the_top_of_a_plugin_is_the_plugin(setup: Setup) -> None:
    setup.plant({"home/cfg/plugins/kit/SKILL.md": "top"})

    assert list(setup.paths()) == ["kit"]


def test_a_manifest_cannot_lead_out_of_its_plugin(setup: Setup) -> None:
    setup.plant({
        "home/cfg/plugins/kit/.claude-plugin/plugin.json": '{"commands": "../../../secret"}',
        "home/cfg/plugins/kit/commands/a.md": "a",
        "home/secret/b.md": "b",
    })

    assert list(setup.paths()) == ["kit:a"]


def test_a_plugin_that_claude_code_installed_and_switched_on_is_there(setup: Setup) -> None:
    cache = setup.home / ".claude/plugins/cache"
    entries = ", ".join(f'"{n}@m": [{{"installPath": "{cache}/{n}"}}]' for n in ("on", "off"))
    setup.plant({
        "home/.claude/plugins/installed_plugins.json": f'{{"plugins": {{{entries}}}}}',
        "home/.claude/settings.json": '{"enabledPlugins": {"on@m": true, "off@m": false}}',
        "home/.claude/plugins/cache/on/commands/a.md": "a",
        "home/.claude/plugins/cache/off/commands/b.md": "b",
    })

    assert list(setup.paths()) == ["on:a"]


def test_a_gardens_file_is_trusted_by_its_exact_bytes_only(setup: Setup) -> None:
    setup.plant({"garden/.claude/commands/a.md": "first", "home/.claude/commands/b.md": "own"})
    book = setup.book
    first, own = book.command("a"), book.command("b")
    assert first is not None
    assert own is not None
    assert (first.is_trusted, own.is_trusted) == (False, True)

    setup.trusted.add(first.digest)
    book.refresh()
    trusted = book.command("a")
    assert trusted is not None
    assert trusted.is_trusted

    setup.plant({"garden/.claude/commands/a.md": "second"})
    changed = book.command("a")
    assert changed is not None
    assert not changed.is_trusted


@pytest.mark.parametrize("name", ["run.sh", "deep/run.py"])
def test_a_skill_is_trusted_with_every_file_beside_it(setup: Setup, name: str) -> None:
    folder = "garden/.claude/skills/build"
    setup.plant({f"{folder}/SKILL.md": "!`sh ${CLAUDE_SKILL_DIR}/run.sh`", f"{folder}/{name}": "a"})
    first = setup.book.command("build")
    assert first is not None
    setup.trusted.add(first.digest)
    setup.book.refresh()
    trusted = setup.book.command("build")
    assert trusted is not None
    assert trusted.is_trusted

    for other in (name, "one-more.sh"):
        setup.plant({f"{folder}/{other}": "rm -rf ."})
        changed = setup.book.command("build")
        assert changed is not None
        assert not changed.is_trusted


def test_a_change_is_seen_and_nothing_else_is_one(setup: Setup) -> None:
    setup.plant({"garden/.claude/commands/a.md": "one", "garden/.claude/commands/b.md": "two"})

    assert setup.book.refresh() is False
    (setup.garden / ".claude/commands/a.md").write_text("other", encoding="utf-8")
    (setup.garden / ".claude/commands/b.md").unlink()
    assert setup.book.refresh() is True
    assert [(c.name, c.body) for c in setup.book.commands() if c.place == "project"] == [
        ("a", "other")
    ]


def test_a_link_is_followed_in_the_garden_and_not_out_of_it(setup: Setup) -> None:
    setup.plant({"garden/shared/a.md": "inside", "home/secret.md": "outside"})
    folder = setup.garden / ".claude/commands"
    folder.mkdir(parents=True)
    (folder / "in.md").symlink_to("../../shared/a.md")
    (folder / "out.md").symlink_to(setup.home / "secret.md")
    setup.book.refresh()

    assert list(setup.paths()) == ["in"]


def test_a_persons_own_folder_may_be_a_link(setup: Setup) -> None:
    setup.plant({"home/dotfiles/commands/a.md": "a"})
    (setup.home / ".claude").mkdir()
    (setup.home / ".claude/commands").symlink_to(setup.home / "dotfiles/commands")
    (setup.home / "dotfiles/commands/round").symlink_to(setup.home / "dotfiles/commands")
    setup.book.refresh()

    assert list(setup.paths()) == ["a"]


def test_what_a_rule_closes_is_not_read(tmp_path: Path) -> None:
    plant(tmp_path / "g", {".claude/commands/a.md": "a", ".claude/commands/b.md": "b"})

    def denies(access: str, path: str) -> str | None:
        return "a rule closes it" if path.endswith("b.md") else None

    with Walls(tmp_path / "g", denies=denies) as walls:
        sources = Sources(
            homes=Homes(data=tmp_path, config=tmp_path / "none", cache=tmp_path),
            user_home=tmp_path / "none",
            garden=WalledFolder(walls),
            environment={},
        )
        book = CommandBook(sources, is_trusted=lambda _: False)
        book.refresh()

    assert [c.name for c in book.commands() if c.place == "project"] == ["a"]


def test_claude_codes_folder_moves_with_its_variable(tmp_path: Path) -> None:
    plant(tmp_path, {"moved/commands/a.md": "a", ".claude/commands/b.md": "b"})
    sources = Sources(
        homes=Homes(data=tmp_path, config=tmp_path / "none", cache=tmp_path),
        user_home=tmp_path,
        garden=None,
        environment={"CLAUDE_CONFIG_DIR": str(tmp_path / "moved")},
    )
    book = CommandBook(sources, is_trusted=lambda _: False)
    book.refresh()

    assert [c.name for c in book.commands() if c.place == "user"] == ["a"]


def test_a_file_that_cannot_be_read_is_told_of(setup: Setup) -> None:
    setup.plant({"home/.claude/commands/a.md": "a" * 1_000_001})

    assert [(each.path, each.is_broken) for each in setup.book.unread] == [
        ("~/.claude/commands/a.md", True)
    ]


def test_rows_show_what_a_person_can_type(setup: Setup) -> None:
    setup.plant({
        "garden/.claude/commands/git/go.md": "---\ndescription: Go\nargument-hint: [x]\n---\nx",
        "garden/.claude/commands/hidden.md": "---\nuser-invocable: no\n---\nx",
        "home/cfg/plugins/kit/commands/a.md": "Does a.",
    })
    rows = {row.name: row for row in setup.book.rows()}

    assert "hidden" not in rows
    assert (rows["git:go"].aliases, rows["git:go"].argument_hint) == (("go",), "[x]")
    assert (rows["git:go"].origin, rows["kit:a"].origin) == ("project", "plugin kit")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/wher", "where"),
        ("digset", "digest"),
        ("comit", "git:commit"),
        ("git:comit", "git:commit"),
        ("zzzzzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_is_offered(typed: str, meant: str) -> None:
    assert nearest(typed, ["where", "digest", "git:commit", "ask"]) == meant
