from __future__ import annotations

import pytest

from pmagent.permissions.protected import is_protected, protected_folders, protected_names


@pytest.mark.parametrize(
    "path",
    [
        ".git", ".git/config", ".git/hooks/post-commit", "sub/project/.git/config", ".gitmodules",
        ".gitattributes", "deep/.gitattributes", ".gitconfig", ".config/git/config",
        ".vscode/tasks.json",
        ".idea/x", ".husky/pre-commit", ".cargo/config.toml", ".devcontainer/devcontainer.json",
        ".yarn/releases/y.cjs", ".mvn/wrapper/x", ".claude/settings.json", ".pmagent/settings.json",
        ".pmagent", "hooks/pre_tool.py", "commands/x.md", "agents/x.md", "skills/x/SKILL.md",
        "hooks",
        "AGENTS.md", "CLAUDE.md", "CLAUDE.local.md", "sub/AGENTS.md", ".bashrc", ".zshrc",
        ".profile",
        ".npmrc", ".mcp.json", ".claude.json", ".envrc", ".pre-commit-config.yaml", ".ssh/config",
        ".obsidian/plugins/x/main.js", "vault/.obsidian/plugins/x/main.js", ".direnv/x",
        ".github/workflows/ci.yml", "Library/LaunchAgents/x.plist", ".config/autostart/x.desktop",
        ".config/systemd/user/x.service", ".cursor/rules", ".claude-plugin/plugin.json", ".netrc",
    ],
)  # fmt: skip
def test_names_that_run_by_themselves_or_give_orders_are_protected(path: str) -> None:
    assert is_protected(path)
    assert is_protected(path.upper())


@pytest.mark.parametrize(
    "path",
    [
        ".GIT/config", ".git /config", ".git./config", ".git. . /config", ".g\u200bit/config",
        ".\uff47it/config", "\u2024git/config", ".git::$INDEX_ALLOCATION/config", "GIT~1/config",
        ".gi\u0074\ufe0f/config", "AGENTS.MD.", "agents.md ", "Hooks/x", "\u200b/.git/config",
        "notes/.gıt/../.git/config", ".env\u00adrc", ".mcp.json.", ".\u212ashrc/../.git",
    ],
)  # fmt: skip
def test_every_spelling_of_a_protected_name_is_protected(path: str) -> None:
    assert is_protected(path)


@pytest.mark.parametrize(
    "path",
    [
        "notes/a.md", "drafts/d.md", "notes/hooks/x.md", "podcast/agents/x.md", "git/config",
        "notes/git.md", ".gitignore", "agents.txt", "hooks.md", "AGENTS.md.txt", ".github/ISSUE.md",
        ".obsidian/app.json", "plugins/x", "workflows/x", "config/git", "x.git/y", "", "Makefile",
    ],
)  # fmt: skip
def test_other_names_are_not(path: str) -> None:
    assert is_protected(path) is None


def test_the_reason_names_what_is_protected() -> None:
    assert is_protected("a/.GIT/x") == '".git" is protected: git runs programs that it names'


def test_in_another_granted_folder_dot_names_are_protected_too() -> None:
    assert is_protected("/srv/team/.git/config")
    assert is_protected("/srv/team/hooks/x") is None


def test_each_listed_name_is_protected_and_folders_are_known() -> None:
    names = protected_names()

    assert len(names) == len(set(names))
    assert all(is_protected(name) for name in names)
    assert protected_folders() <= set(names)
    assert {".git", ".claude", "hooks", ".config/git", ".github/workflows"} <= protected_folders()
    assert not {"AGENTS.md", ".gitmodules", ".github/dependabot.yml"} & protected_folders()
