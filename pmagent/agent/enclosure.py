"""The rules as the kernel will hold them: what a command in the sandbox sees of this computer.

The garden can be written, except for protected names and what a rule keeps from being changed; what
a rule keeps from being read is not there. No key and no token of the environment goes in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pmagent.hooks.command import named_files
from pmagent.permissions.policy import Policy
from pmagent.permissions.protected import is_protected
from pmagent.permissions.walls import Walls
from pmagent.sandbox.confinement import Completed, Confinement
from pmagent.sandbox.run import run_confined
from pmagent.sandbox.tiers import TierReport

SHELL = "/bin/sh"
BASH = "/bin/bash"
_KEPT = ("LANG", "TZ", "TERM")
_PATH = "/usr/local/bin:/usr/bin:/bin"
KEPT_ABSENT = (
    ".git", ".gitmodules", ".gitattributes", ".gitconfig", ".githooks", ".husky", ".github",
    ".pmagent", ".claude", ".mcp.json", ".vscode", ".idea", ".cursor", ".envrc", ".ssh",
    ".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", ".npmrc", ".obsidian",
    ".pre-commit-config.yaml", "AGENTS.md", "CLAUDE.md", "hooks", "commands", "agents", "skills",
)  # fmt: skip
"""Protected names at the top that a command cannot even make: each is covered while it runs. All
the others, at any depth, are looked for afterwards and said."""
_ONLY_LOOKING = frozenset(
    f"pmagent.hooks.shipped.{name}" for name in ("block_secrets", "notify", "redact_personal_data")
)
MEMORY_MB = 2_048
FILE_MB = 1_024


class Enclosure:
    """Runs commands of others as the rules of the moment allow."""

    def __init__(
        self,
        *,
        files: Walls,
        others: Sequence[Path],
        policy: Callable[[], Policy],
        tier: Callable[[], TierReport],
        hook_folders: Sequence[Path] = (),
    ) -> None:
        self._files = files
        self._others = tuple(others)
        self._policy = policy
        self._tier = tier
        self._hook_folders = tuple(hook_folders)

    def run_shell(self, command: str, timeout_s: float) -> Completed:
        """Run a shell text in the garden.

        Raises:
            SandboxError: no sandbox can be made here.
        """
        shell = BASH if Path(BASH).exists() else SHELL
        confinement = self._confinement(environment(), timeout_s)
        before = self._protected()
        done = run_confined([shell, "-c", command], confinement, tier=self._tier())
        made = sorted(self._protected() - before)
        if not made:
            return done
        named = ", ".join(f'"{path}"' for path in made[:10])
        warning = f'it made {named}, which could run or steer other programs: "pmagent undo"'
        return replace(done, stderr=f"{done.stderr}\n{warning}".lstrip("\n"))

    def _protected(self) -> frozenset[str]:
        """The protected names there are, without what lies below them."""
        found: set[str] = set()
        for entry in self._files.walk():
            parent = entry.path.rpartition("/")[0]
            if is_protected(entry.path) and not (parent and is_protected(parent)):
                found.add(entry.path)
        return frozenset(found)

    def run_hook(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes,
        environment: Mapping[str, str],
        timeout_s: float,
    ) -> Completed:
        """Run a hook: it may also read its own script, and write where the person lets hooks write.

        Raises:
            SandboxError: no sandbox can be made here.
        """
        confinement = self._confinement(
            environment,
            timeout_s,
            readable=[*_scripts(argv, environment), *_packages(environment)],
            writable=self._hook_folders,
            may_write=_may_write(argv, stdin),
        )
        return run_confined(argv, confinement, stdin=stdin, tier=self._tier())

    def run_printer(self, command: str, *, stdin: bytes, timeout_s: float) -> Completed:
        """Run a shell text that only prints: it may read what a hook may, and write nothing.

        Raises:
            SandboxError: no sandbox can be made here.
        """
        argv = [SHELL, "-c", command]
        known = environment()
        confinement = self._confinement(
            known, timeout_s, readable=_scripts(argv, known), may_write=False
        )
        return run_confined(argv, confinement, stdin=stdin, tier=self._tier())

    def _confinement(
        self,
        environment: Mapping[str, str],
        timeout_s: float,
        *,
        readable: Sequence[Path] = (),
        writable: Sequence[Path] = (),
        may_write: bool = True,
    ) -> Confinement:
        """`may_write` False: nothing of the garden can change, so that no name need be covered."""
        root = self._files.root
        policy = self._policy()
        hidden: list[Path] = []
        fixed = [root / name for name in KEPT_ABSENT] if may_write else []
        for entry in self._files.walk():
            # A file with a second name may be one outside: no wall stops a write through it.
            is_shared = entry.kind == "file" and entry.links > 1
            if is_shared or policy.denial("read", entry.path) is not None:
                hidden.append(root / entry.path)
            elif policy.denial("edit", entry.path) is not None or is_protected(entry.path):
                fixed.append(root / entry.path)
        return Confinement(
            folder=root,
            writable=(root, *writable) if may_write else tuple(writable),
            readable=(*self._others, *readable),
            hidden=tuple(_outermost(hidden)),
            read_only=tuple(_outermost(fixed)),
            environment=environment,
            timeout_s=timeout_s,
            memory_mb=MEMORY_MB,
            cpu_s=max(1, int(timeout_s) + 1),
            max_file_mb=FILE_MB,
        )


def _may_write(argv: Sequence[str], stdin: bytes) -> bool:
    """Whether a hook may change the garden.

    Not one of ours that only looks; and none that is told something beside a call, while the call
    looks at the same names.
    """
    if any(word in _ONLY_LOOKING for word in argv):
        return False
    told: object = json.loads(stdin)
    return not (isinstance(told, dict) and told.get("hook_event_name") == "Notification")  # pyright: ignore[reportUnknownMemberType]


def environment() -> dict[str, str]:
    """What a command sees of the environment: no name that could hold a key."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {"PATH": _PATH, "HOME": "/tmp", "LANG": "C.UTF-8", **kept}  # noqa: S108 - the sandbox's own


def _scripts(argv: Sequence[str], environment: Mapping[str, str]) -> list[Path]:
    """The folders of the files a hook names, so that it finds what lies beside its script.

    A script that lies in the home folder itself, or at the top, is let in alone.
    """
    home = Path(environment.get("HOME", "/"))
    files = [path for path in map(Path, named_files(argv, environment)) if path.is_file()]
    wide = {home, *home.parents}
    return list(dict.fromkeys(path if path.parent in wide else path.parent for path in files))


def _packages(environment: Mapping[str, str]) -> list[Path]:
    """Where the hooks that ship find their own code; other hooks are given no such folder."""
    return [Path(part) for part in environment.get("PYTHONPATH", "").split(os.pathsep) if part]


def _outermost(paths: Sequence[Path]) -> list[Path]:
    """The paths that lie in no other one of them."""
    kept: list[Path] = []
    for path in sorted(set(paths)):
        if not kept or not path.is_relative_to(kept[-1]):
            kept.append(path)
    return kept
