"""Lines of JSON that a person hands in: from a file, or from stdin with "-"."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from pmagent.errors import UsageError
from pmagent.paths import reason_of


def read_lines(source: str, *, example: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    """(line number, object) of every line that is not blank. `example` shows what a line is like.

    Raises:
        UsageError: the file cannot be read, or a line is no JSON object.
    """
    for number, line in enumerate(read_source(source).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = cast("object", json.loads(line))
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise UsageError(
                f'line {number} of "{source}" is no JSON object', f"each line is such as {example}"
            )
        yield number, cast("Mapping[str, object]", value)


def read_source(source: str) -> str:
    """The whole text of a file that a person names; of stdin for "-". Raises UsageError."""
    try:
        if source == "-":
            return sys.stdin.buffer.read().decode("utf-8")
        return Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        reason = reason_of(exc) if isinstance(exc, OSError) else "it is not UTF-8"
        raise UsageError(f'cannot read "{source}": {reason}') from exc
