"""The person's editor: a place opened at its line, or a text to be written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pmagent.cli import codes
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.sandbox.desktop import WAITING, WINDOWED_EDITORS, Desktop, editor_command
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
    Desktop().edit(editor_command(_named(), path, line))
    return codes.OK


def edit_text(text: str, suffix: str) -> str:
    """`text` as a person leaves it in their editor, once they have closed it.

    Raises:
        PmagentError: no editor is named, it cannot be started, or what it wrote cannot be read.
    """
    # Asked for first: without an editor nothing is written anywhere.
    editor_command(_named(), Path(), 1)
    desktop = Desktop()
    path = desktop.keep(text, suffix)
    argv = editor_command(_named(), path, 1)
    is_windowed = Path(argv[0]).name in WINDOWED_EDITORS
    desktop.edit([argv[0], WAITING, *argv[1:]] if is_windowed else argv)
    return desktop.take(path)


def _named() -> str:
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
