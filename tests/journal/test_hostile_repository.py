"""A garden may be somebody's repository, with a configuration that runs programs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journal.lab import Lab, tree_of

EVIL = "#!/bin/sh\necho > {mark}\ncat\n"
SETTINGS = (
    "core.fsmonitor", "core.pager", "pager.log", "core.hooksPath", "filter.x.clean",
    "filter.x.smudge", "filter.x.process", "diff.external", "diff.x.textconv", "merge.x.driver",
    "core.sshCommand", "core.editor", "gpg.program", "credential.helper",
    "core.alternateRefsCommand",
)  # fmt: skip


def make_hostile(root: Path, mark: Path) -> None:
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    evil = root / "evil.sh"
    evil.write_text(EVIL.format(mark=mark), encoding="utf-8")
    evil.chmod(0o755)
    for name in ("pre-commit", "post-commit", "post-index-change", "reference-transaction"):
        hook = root / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(EVIL.format(mark=mark), encoding="utf-8")
        hook.chmod(0o755)
    config = "".join(f'git config -f "{root}/.git/config" {key} "{evil}"\n' for key in SETTINGS)
    config += f'git config -f "{root}/.git/config" commit.gpgSign true\n'
    subprocess.run(["sh", "-ec", config], check=True)
    (root / ".gitattributes").write_text("* filter=x diff=x merge=x text eol=crlf ident\n")


def test_a_hostile_repository_runs_nothing_and_stays_as_it_is(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "pwned"
    make_hostile(lab.root, mark)
    home = tmp_path / "evil-home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[core]\n\tfsmonitor = "{lab.root}/evil.sh"\n')
    for name, value in {
        "HOME": str(home),
        "GIT_DIR": str(lab.root / ".git"),
        "GIT_WORK_TREE": str(lab.root),
        "GIT_OBJECT_DIRECTORY": str(lab.root / ".git" / "objects"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(lab.root / "evil.sh"),
        "GIT_EXTERNAL_DIFF": str(lab.root / "evil.sh"),
    }.items():
        monkeypatch.setenv(name, value)
    lab.put("notes/a.md", "# A $Id$\nhello world\n")
    repository = tree_of(lab.root / ".git")
    before = lab.tree()
    lab.reopen()

    first = lab.write("notes/a.md", "new")
    lab.run(lambda: lab.put("notes/b.md", "b\r\n"))
    lab.journal.preview(first.id)
    lab.journal.prune(keep=10)
    lab.journal.rewind(first.id, including=True)

    assert lab.tree() == before
    assert tree_of(lab.root / ".git") == repository
    assert not mark.exists()


def test_the_journal_needs_no_git_program(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shadow = tmp_path / "bin"
    shadow.mkdir()
    (shadow / "git").write_text(f"#!/bin/sh\necho > {tmp_path}/ran\n", encoding="utf-8")
    (shadow / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(shadow))
    code = (
        "import sys; from pathlib import Path; from tests.journal.lab import Lab\n"
        "lab = Lab(Path(sys.argv[1])); point = lab.write('a.md', 'x'); lab.journal.undo(point.id)"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "other")],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert not (tmp_path / "ran").exists()
    assert (tmp_path / "other" / "state" / "journal.git" / "HEAD").exists()


def test_a_nested_repository_is_stored_as_plain_files(lab: Lab) -> None:
    subprocess.run(["git", "init", "-q", str(lab.root / "sub")], check=True)
    lab.put("sub/a.md", "old")
    before = lab.tree()

    point = lab.run(lambda: lab.put("sub/a.md", "new"))
    lab.journal.undo(point.id)

    assert lab.tree() == before
