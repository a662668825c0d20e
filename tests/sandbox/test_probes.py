from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

from pmagent.sandbox import probe_script
from pmagent.sandbox.probes import MEANINGS, run_probes
from pmagent.sandbox.tiers import find_tier
from tests.sandbox.conftest import Walls


def test_every_probe_is_contained(walls: Walls, tmp_path: Path) -> None:
    checks = run_probes(walls.tier, tmp_path)

    assert [check.says for check in checks if not check.is_ok] == []
    assert len(checks) == len(MEANINGS)


def test_without_a_sandbox_there_is_one_check_that_says_so(tmp_path: Path) -> None:
    [check] = run_probes(find_tier(force="D"), tmp_path)

    assert not check.is_ok


def test_the_probes_get_through_where_there_are_no_walls(tmp_path: Path) -> None:
    """Otherwise they would prove nothing."""
    for folder in ("inside/hidden", "inside/present", "inside/free", "outside"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("inside/hidden/file", "inside/present/file", "inside/free/own", "outside/secret"):
        (tmp_path / name).write_text("kept", encoding="utf-8")
    given = {
        "inside": str(tmp_path / "inside"), "outside": str(tmp_path / "outside"), "home": "/",
        "tcp": "1", "udp": "9", "abstract": "none", "socket": "none",
    }  # fmt: skip
    skipped = {"left running", "trace", "memory of others", "namespace", "keys", "kernel doors"}
    source = inspect.getsource(probe_script).replace(
        "in Probes(json.loads(sys.argv[1])).all().items():",
        f"in [p for p in Probes(json.loads(sys.argv[1])).all().items() if p[0] not in {skipped}]:",
    )

    with subprocess.Popen(["/bin/sleep", "20"]) as victim:
        done = subprocess.run(
            [sys.executable, "-c", source, json.dumps({**given, "victim": str(victim.pid)})],
            capture_output=True, text=True, timeout=20, check=True,
        )  # fmt: skip
        victim.kill()

    told = dict(line.split("\t") for line in done.stdout.splitlines())
    assert {name for name, word in told.items() if word == "open"} >= {
        "read", "write", "list", "parent environment", "environment", "udp", "signal", "mode",
        "times", "hard link", "symbolic link", "protected name", "hidden file",
    }  # fmt: skip
