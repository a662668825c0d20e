"""Bash: a shell command in the sandbox: the garden and the system's programs, nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import ReadError
from pmagent.permissions.commands import is_never_by_prefix, is_read_only, unwrap
from pmagent.permissions.shell import ShellParts, split_command
from pmagent.tools._input import Input, bounded

DEFAULT_TIMEOUT_MS = 20_000
MAX_TIMEOUT_MS = 600_000


class BashInput(Input):
    """The command, and how long it may take."""

    command: Annotated[str, Field(min_length=1, max_length=100_000)]
    description: str = ""
    timeout: Annotated[int, Field(ge=1, le=MAX_TIMEOUT_MS)] = DEFAULT_TIMEOUT_MS
    run_in_background: bool = False


class BashTool:
    """Runs a command."""

    name = "Bash"
    summary = "Run a shell command in the sandbox"
    Input = BashInput

    def plan(self, given: BashInput, reach: Reach) -> Plan:
        """The command as it is; everything in the garden is kept for undo before it runs."""
        del reach
        if given.run_in_background:
            raise ReadError("nothing runs in the background here", "leave run_in_background out")
        parts = split_command(given.command)
        reads_only = _reads_only(parts)
        return Plan(
            subject=given.command,
            command=given.command,
            keeps="nothing" if reads_only else "garden",
            body=given.command,
            risk="only reads" if reads_only else 'may change files; "pmagent undo" takes it back',
            grant=_grant(parts),
        )

    def run(self, given: BashInput, plan: Plan, reach: Reach) -> Result:
        """Run it to its end or its time limit.

        Raises:
            SandboxError: there is no sandbox here, so nothing is run.
        """
        del plan
        done = reach.run(given.command, given.timeout / 1000)
        text = "\n".join(part for part in (done.stdout, done.stderr) if part).rstrip("\n")
        if done.timed_out:
            text += f"\nit was ended after {given.timeout / 1000:g} seconds"
        elif done.status:
            text += f"\nexit status {done.status}"
        return Result(
            text=bounded(text) or "no output",
            data={
                "stdout": done.stdout,
                "stderr": done.stderr,
                "interrupted": done.timed_out,
                "isImage": False,
                "exitCode": done.status,
            },
            labels=frozenset({"private", "untrusted"}),
            private_text=done.stdout,
        )


def _reads_only(parts: ShellParts) -> bool:
    """Whether nothing it runs can change a file, so that nothing has to be kept."""
    writes = any(redirect.is_write for redirect in parts.redirects)
    return not parts.doubts and not writes and all(map(is_read_only, parts.commands))


def _grant(parts: ShellParts) -> str:
    """The rule for this program and its first word, such as `Bash(git add:*)`."""
    if not parts.is_plain or len(parts.commands) != 1 or parts.redirects:
        return ""
    words = unwrap(parts.commands[0].words)
    if not words or is_never_by_prefix(words) or words[0].raw != words[0].text:
        return ""
    is_named = len(words) > 1 and words[1].raw.isalpha()
    named = " ".join(word.raw for word in words[: 2 if is_named else 1])
    return f"Bash({named}:*)"


tool = BashTool()
