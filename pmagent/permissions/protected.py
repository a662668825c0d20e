"""Names that no allow rule covers: what runs by itself, or tells an agent what to do.

A repository's own programs, an editor's tasks, a shell's start files, a package manager's settings,
the files that agents read as instructions, and the garden's own fence. Whether any of them exists
does not matter: the first write is the dangerous one. Compared as deny rules are.
"""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.permissions.names import fold_path

_REASONS = {
    "git": "git runs programs that it names",
    "editor": "an editor runs what it says",
    "shell": "a shell runs it at its start",
    "package": "a package manager or a build runs what it says",
    "agent": "agents take their orders and their rules from it",
    "keys": "it holds keys, or says who may enter",
    "start": "the system starts what it names",
}
_FOLDERS = {
    "git": ".git .githooks .hg .svn .bzr .jj git~1",
    "editor": ".vscode .vscode-server .idea .fleet .zed .vs .vim .nvim .emacs.d .nova",
    "package": ".husky .cargo .devcontainer .yarn .mvn .gradle .bundle .pnpm .circleci .buildkite"
    " .direnv .mise .asdf .rtx .lefthook",
    "agent": ".claude .pmagent .claude-plugin .agents .codex .opencode .cursor .gemini .continue"
    " .windsurf .roo .cline .clinerules .kiro .goose .aider",
    "keys": ".ssh .gnupg .aws .kube .docker",
}
_FILES = {
    "git": ".gitconfig .gitmodules .gitattributes .lfsconfig .hgrc HEAD",
    "editor": ".vimrc .gvimrc .exrc .nvimrc .nvim.lua .emacs .dir-locals.el .gdbinit .lldbinit",
    "shell": ".bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv"
    " .zprofile .zlogin .zlogout .kshrc .mkshrc .shrc .cshrc .tcshrc .login .logout .inputrc"
    " .xprofile .xinitrc .xsession .xsessionrc .screenrc .tmux.conf .envrc .pam_environment",
    "package": ".npmrc .yarnrc .yarnrc.yml .pnpmfile.cjs .pnpmrc .pypirc .condarc .gemrc .irbrc"
    " .Rprofile .pdbrc .pythonrc .pythonstartup .pre-commit-config.yaml .pre-commit-config.yml"
    " lefthook.yml .lefthook.yml .mise.toml .mise.local.toml .tool-versions .gitlab-ci.yml"
    " .travis.yml .curlrc .wgetrc .mailcap .bunfig.toml",
    "agent": "AGENTS.md AGENTS.override.md CLAUDE.md CLAUDE.local.md GEMINI.md .mcp.json"
    " .claude.json opencode.json opencode.jsonc .cursorrules .windsurfrules .clinerules"
    " .goosehints .roorules .aider.conf.yml copilot-instructions.md",
    "keys": ".netrc .git-credentials authorized_keys",
}
_NESTED = {
    "git": ".config/git",
    "editor": ".obsidian/plugins .obsidian/community-plugins.json .obsidian/core-plugins.json"
    " .obsidian/snippets .obsidian/themes .config/nvim .config/vim",
    "shell": ".config/fish .config/zsh .config/bash",
    "package": ".github/workflows .github/actions .github/dependabot.yml .config/pip .config/npm",
    "agent": ".config/pmagent .config/claude .config/opencode .config/goose"
    " .github/copilot-instructions.md .github/instructions .github/prompts",
    "start": ".config/autostart .config/systemd .local/bin .local/share/applications"
    " LaunchAgents LaunchDaemons",
}
_AT_ROOT = {
    "agent": "hooks commands agents skills",
}


def _table(groups: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {
        "/".join(fold_path(name)): (name, _REASONS[group])
        for group, names in groups.items()
        for name in names.split()
    }


_BY_NAME = _table(_FOLDERS) | _table(_FILES)
_BY_PATH = _table(_NESTED)
_BY_ROOT = _table(_AT_ROOT)
_LONGEST = max(path.count("/") + 1 for path in _BY_PATH)
_FIRSTS = {path.partition("/")[0] for path in _BY_PATH}


def is_protected(path: str) -> str | None:
    """Why `path` is never covered by an allow, or None.

    `path` is relative to the garden, or absolute in another granted folder.
    """
    names = fold_path(path)
    if not names:
        return None
    # Windows opens `.git::$INDEX_ALLOCATION` as `.git`.
    if ":" in path:
        names = tuple(name.partition(":")[0] or name for name in names)
    found = None if path.startswith("/") else _BY_ROOT.get(names[0])
    for index, name in enumerate(names):
        found = found or _BY_NAME.get(name) or _nested(names, index)
        if found:
            return f'"{found[0]}" is protected: {found[1]}'
    return None


def protected_names() -> tuple[str, ...]:
    """Each protected name, relative to the garden and as it is spelled; folders and files."""
    return tuple(sorted(name for name, _ in (_BY_NAME | _BY_PATH | _BY_ROOT).values()))


def protected_folders() -> frozenset[str]:
    """Those of `protected_names` that stand for folders."""
    nested = {name for names in _NESTED.values() for name in names.split()}
    files = {name for name in nested if name.rpartition("/")[2].count(".")}
    plain = {name for names in (_FOLDERS | _AT_ROOT).values() for name in names.split()}
    plain |= {name for names in _FOLDERS.values() for name in names.split()}
    return frozenset(plain | (nested - files))


def _nested(names: Sequence[str], index: int) -> tuple[str, str] | None:
    if names[index] not in _FIRSTS:
        return None
    for size in range(1, _LONGEST + 1):
        found = _BY_PATH.get("/".join(names[index : index + size]))
        if found:
            return found
    return None
