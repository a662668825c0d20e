"""Open a place in the person's editor, at its line."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from pmagent.cli import codes
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.sandbox.desktop import Desktop, editor_command
from pmagent.types import Citation


def open_citation(garden: Garden, citations: Sequence[Citation], number: int) -> int:
    """Open citation `number`, from 1, as it was shown.

    Raises:
        UsageError: there is no such one, or no editor is named.
    """
    if number > len(citations):
        raise UsageError(f"there is no number {number}; the last is {len(citations)}")
    cited = citations[number - 1]
    return open_place(garden.root / cited.path, cited.locator.first_line)


def open_place(path: Path, line: int) -> int:
    """Open `path` at `line` and wait for the editor to end."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not shlex.split(named):
        raise UsageError("no editor is named", 'set one: export EDITOR="vim"')
    Desktop().edit(editor_command(named, path, line))
    return codes.OK
