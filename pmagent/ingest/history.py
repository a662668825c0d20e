"""When each file first came into the git repository it lies in. Read-only; the one use of git here.

A repository found on disk is untrusted: its own configuration may name programs for git to run, so
everything that could start one is switched off for the call.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import git

MAX_SECONDS = 20

_QUIET = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false",
    "-c", "core.alternateRefsCommand=", "-c", "diff.external=", "-c", "core.pager=cat",
    "-c", "core.quotePath=false", "-c", "protocol.allow=never",
    "-c", "core.attributesFile=/dev/null",
)  # fmt: skip


def first_commits(root: Path) -> dict[str, date]:
    """The day each file below `root` was first committed, by path relative to `root`.

    Empty where `root` is in no repository, git is not installed, or the log takes over
    `MAX_SECONDS`. Renames are not followed: a moved file counts from its move.
    """
    try:
        with git.Repo(root, search_parent_directories=True) as repository:
            repository.git.set_persistent_git_options()
            output = _log(repository, root)
    except (git.GitError, git.NoSuchPathError, git.GitCommandNotFound, OSError, ValueError):
        return {}
    return _read_log(output)


def _log(repository: git.Repo, root: Path) -> str:
    command = [
        "git", *_QUIET, "-C", str(root), "log", "--diff-filter=A", "--no-renames", "--name-only",
        "--relative", "--no-ext-diff", "--no-textconv", "-z", "--format=%x01%ct", "--", ".",
    ]  # fmt: skip
    return repository.git.execute(
        command,
        kill_after_timeout=MAX_SECONDS,
        env={"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
    )


def _read_log(output: str) -> dict[str, date]:
    days: dict[str, date] = {}
    for commit in output.split("\x01")[1:]:
        stamp, _, names = commit.partition("\0")
        day = datetime.fromtimestamp(int(stamp.strip()), tz=UTC).date()
        for name in names.split("\0"):
            if path := name.strip("\n"):
                days[path] = day  # the log runs backwards: the last one seen is the first commit
    return days
