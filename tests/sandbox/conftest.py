"""A garden to break out of, and a way to run a command in it in each tier."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pmagent.sandbox.confinement import Completed, Confinement
from pmagent.sandbox.run import run_confined
from pmagent.sandbox.tiers import Tier, TierReport, find_tier

PYTHON = Path(os.path.realpath(sys.executable))


@dataclass(kw_only=True)
class Walls:
    """A garden, an outside, and the tier that stands between them."""

    tier: TierReport
    garden: Path
    outside: Path
    secret: Path
    confinement: Confinement
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def sh(self, script: str, *, stdin: bytes = b"", **changes: object) -> Completed:
        """Run a shell script in the garden."""
        return self.run("/bin/sh", "-c", script, stdin=stdin, **changes)

    def python(self, script: str, **changes: object) -> Completed:
        """Run a Python script in the garden."""
        return self.run(str(PYTHON), "-I", "-S", "-c", script, **changes)

    def run(self, *argv: str, stdin: bytes = b"", **changes: object) -> Completed:
        """Run a command in the garden; `changes` are fields of the confinement."""
        confinement = replace(self.confinement, **changes)  # pyright: ignore[reportArgumentType]
        return run_confined(argv, confinement, stdin=stdin, tier=self.tier)


def made_walls(tier: Tier, tmp_path: Path, *, own_processes: bool = True) -> Walls:
    """A garden in `tmp_path`; skips where the tier does not work."""
    report = replace(find_tier(force=tier), own_processes=own_processes)
    if report.tier != tier:
        pytest.skip(f"tier {tier} does not work here: {report.says}")
    garden, outside = tmp_path / "garden", tmp_path / "outside"
    for folder in (garden / "notes", garden / ".pmagent", garden / "private", outside):
        folder.mkdir(parents=True)
    (garden / "notes" / "a.md").write_text("hello world\n", encoding="utf-8")
    (garden / ".pmagent" / "settings.json").write_text("{}", encoding="utf-8")
    (garden / "private" / "k.md").write_text("the hidden canary\n", encoding="utf-8")
    (outside / "secret.txt").write_text("the outside canary\n", encoding="utf-8")
    return Walls(
        tier=report,
        garden=garden,
        outside=outside,
        secret=outside / "secret.txt",
        confinement=Confinement(
            folder=garden,
            writable=(garden,),
            hidden=(garden / "private",),
            read_only=tuple(garden / n for n in (".pmagent", ".git", "hooks", "AGENTS.md")),
            environment={"PATH": f"{PYTHON.parent}:/usr/bin:/bin", "HOME": str(garden)},
            timeout_s=20,
        ),
    )


@pytest.fixture(params=["A", "B", "B without namespace"])
def walls(request: pytest.FixtureRequest, tmp_path: Path) -> Walls:
    """The same promises hold in both tiers of Linux."""
    return made_walls(request.param[0], tmp_path, own_processes=len(request.param) == 1)


@pytest.fixture
def walls_a(tmp_path: Path) -> Walls:
    """Only what namespaces can do."""
    return made_walls("A", tmp_path)


@pytest.fixture
def walls_b(tmp_path: Path) -> Walls:
    """Only what is done without namespaces."""
    return made_walls("B", tmp_path)


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path: Path) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    """No command of these tests outlives it: they all have the test's folder as theirs."""
    yield
    left: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            here = (process / "cwd").readlink()
        except OSError:
            continue
        if tmp_path in (here, *here.parents) and int(process.name) != os.getpid():
            left.append((process / "cmdline").read_text(encoding="utf-8", errors="replace"))
    assert left == []
