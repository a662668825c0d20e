"""A folder with hooks in it, and a runner that starts real processes without a sandbox."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pmagent.errors import SandboxError
from pmagent.hooks.command import Place
from pmagent.hooks.read import Handler, Origin, read_settings_hooks
from pmagent.hooks.run import Hooks, Verdict
from pmagent.types.actions import Json, Layer, Source

KEPT = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Ended:
    stdout: str
    stderr: str
    status: int
    timed_out: bool = False
    was_cut: bool = False
    elapsed_s: float = 0.0


def run_plainly(
    argv: Sequence[str], *, stdin: bytes, environment: Mapping[str, str], timeout_s: float
) -> Ended:
    began = time.perf_counter()
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd=environment.get("CLAUDE_PROJECT_DIR"),
            start_new_session=True,
        )
    except OSError as exc:
        raise SandboxError(f"cannot start {argv[0]}: {exc.strerror}") from exc
    timed_out = False
    try:
        out, err = process.communicate(stdin, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        timed_out = True
        os.killpg(process.pid, 9)
        out, err = process.communicate()
    return Ended(
        stdout=out.decode("utf-8", "replace")[:KEPT],
        stderr=err.decode("utf-8", "replace")[:KEPT],
        status=process.returncode,
        timed_out=timed_out,
        was_cut=len(out) > KEPT,
        elapsed_s=time.perf_counter() - began,
    )


@dataclass(frozen=True)
class Lab:
    """One garden with hooks."""

    root: Path

    def script(self, name: str, text: str) -> str:
        """A file in the garden that can be run; its path as a command."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return f'"$CLAUDE_PROJECT_DIR"/{name}'

    def handlers(
        self,
        *commands: str | Mapping[str, object],
        event: str = "PreToolUse",
        matcher: str = "",
        layer: Layer = "user",
    ) -> tuple[Handler, ...]:
        """Handlers as a settings file would declare them."""
        entries = [
            {"type": "command", "command": item} if isinstance(item, str) else item
            for item in commands
        ]
        section = {event: [{"matcher": matcher, "hooks": entries}]}
        origin = Origin(layer=layer, source=Source(path="~/.claude/settings.json"))
        found = read_settings_hooks({"hooks": section}, origin)
        assert found.faults == ()
        return found.handlers

    def hooks(
        self,
        handlers: Sequence[Handler],
        *,
        trusted: Callable[[Handler], bool] = lambda _: False,
        variables: Mapping[str, str] | None = None,
        keep: Callable[[str], str] | None = None,
    ) -> Hooks:
        """Those handlers, ready to be fired."""
        known = {"PATH": os.environ["PATH"], "HOME": str(self.root), **(variables or {})}
        return Hooks(
            handlers,
            runner=run_plainly,
            place=Place(root=str(self.root), variables=known),
            trusted=trusted,
            matches_rule=lambda rule, tool, _: rule.partition("(")[0] == tool,
            keep=keep,
        )

    def fire(
        self,
        *commands: str | Mapping[str, object],
        event: str = "PreToolUse",
        payload: Mapping[str, Json] | None = None,
    ) -> Verdict:
        """What hooks with these commands say of one event."""
        given = payload if payload is not None else {"tool_name": "Write", "tool_input": {}}
        return self.hooks(self.handlers(*commands, event=event)).fire(event, given)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    root = tmp_path / "my garden"
    root.mkdir()
    return Lab(root)
