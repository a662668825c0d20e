"""What is piped into a command: the prompt itself, or words beside it.

A pipe that nobody writes to and nobody closes, as some schedulers leave one, holds nothing up.
"""

from __future__ import annotations

import os
import select
import stat
import sys

from pmagent.errors import UsageError
from pmagent.types.sessions import PIPED

WAIT_S = 3.0
"""How long the first byte may take where the pipe was not asked for."""
MAX_BYTES = 2_000_000
_BLOCK = 65_536


def read_prompt() -> str:
    """All of standard input, which was asked for with `-`.

    Raises:
        UsageError: it is a terminal, too long, or not text.
    """
    if sys.stdin.isatty():
        raise UsageError("standard input is a terminal", "pipe the prompt in, or give it as words")
    return _decode(_read(sys.stdin.fileno()))


def read_beside() -> str:
    """What was piped in beside a prompt; empty where nothing was.

    Raises:
        UsageError: it is too long, or not text.
    """
    try:
        descriptor = sys.stdin.fileno()
        mode = os.fstat(descriptor).st_mode
    except (OSError, ValueError):
        return ""  # closed
    if not stat.S_ISFIFO(mode) and not stat.S_ISREG(mode):
        return ""
    if not select.select([descriptor], [], [], WAIT_S)[0]:
        return ""
    return _decode(_read(descriptor))


def with_piped(prompt: str, piped: str) -> str:
    """The prompt, with what was piped in as a marked block that it cannot close itself."""
    if not piped.strip():
        return prompt
    inside = piped.strip("\n").replace("</piped", "<\\/piped")
    return f"{prompt}{PIPED}{inside}\n</piped>"


def _read(descriptor: int) -> bytes:
    blocks: list[bytes] = []
    size = 0
    while block := os.read(descriptor, _BLOCK):
        blocks.append(block)
        size += len(block)
        if size > MAX_BYTES:
            raise UsageError(
                f"more than {MAX_BYTES:,} bytes were piped in",
                "put it into a file of the garden and name that",
            )
    return b"".join(blocks)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise UsageError("what was piped in is not UTF-8 text") from exc
