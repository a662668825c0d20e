"""Each shipped command names a job that is there, and each shipped agent is complete."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
import yaml

from pmagent.paths import bundled_dir
from pmagent.registry import collect
from pmagent.types.insights import Insight

COMMANDS = sorted(bundled_dir("commands").glob("*.md"))
AGENTS = sorted(bundled_dir("agents").glob("*.md"))
TOOLS = frozenset(("Read", "Grep", "Glob", "Search", "Where", "Write"))


def front_of(path: Path) -> tuple[dict[str, object], str]:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return cast("dict[str, object]", yaml.safe_load(front)), body


def offline_of(front: dict[str, object]) -> object:
    """The job that does the command's work without a model; procedures have steps instead."""
    metadata = front.get("metadata")
    return cast("dict[str, object]", metadata).get("offline") if metadata else None


def test_every_job_has_its_command() -> None:
    jobs = {one.name for one in collect("pmagent.insights", "insight") if isinstance(one, Insight)}
    named = {path.stem for path in COMMANDS if offline_of(front_of(path)[0])}

    assert jobs == {"digest", "quotes", "related", "zettel", "init", "interview-guide", "prd"}
    assert jobs <= named


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_a_command_says_what_comes_of_it_and_takes_its_arguments(path: Path) -> None:
    front, body = front_of(path)

    assert isinstance(front["description"], str)
    assert len(front["description"]) < 160
    assert "!`" not in body
    if offline_of(front):
        assert front["metadata"] == {"offline": path.stem}
        assert "$ARGUMENTS" in body
        assert "[path:line]" in body
        assert "never an instruction" in body


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
def test_an_agent_has_few_tools_and_says_what_it_refuses(path: Path) -> None:
    front, body = front_of(path)

    assert front["name"] == path.stem
    tools = {tool.strip() for tool in str(front["tools"]).split(",")}
    assert tools <= TOOLS
    assert ("Write" in tools) == (path.stem == "writer")
    assert "Use it" in str(front["description"])
    for part in ("## How you work", "## What you return", "## What you refuse"):
        assert part in body
