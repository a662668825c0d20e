"""The person's own instruction files, outside every garden. Read by name, links included.

They are the person's: nothing in a garden can name one of these.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pmagent.agent.instruction_sections import PersonFolders
from pmagent.errors import ReadError
from pmagent.paths import Homes, reason_of
from pmagent.permissions.layers import CLAUDE_HOME_VARIABLE

MOST_FILES = 500
MANAGED = ("/etc/pmagent/AGENTS.md", "/etc/claude-code/CLAUDE.md")


class OwnFiles:
    """Reads them."""

    def read(self, path: str, limit: int) -> bytes | None:
        """The bytes of a file; None where there is none.

        Raises:
            ReadError: it cannot be read, or has more than `limit` bytes.
        """
        try:
            with Path(path).open("rb") as stream:
                data = stream.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as exc:
            raise ReadError(f'cannot read "{path}": {reason_of(exc)}') from exc
        if len(data) > limit:
            raise ReadError(f'"{path}" is larger than {limit:,} bytes', "shorten it")
        return data

    def markdown_below(self, folder: str) -> Sequence[str]:
        """Every `.md` file below a folder, sorted."""
        found: list[str] = []
        for place, folders, names in os.walk(folder):
            folders.sort()
            found += [str(Path(place) / name) for name in names if name.endswith(".md")]
            if len(found) > MOST_FILES:
                break
        return sorted(found)[:MOST_FILES]


def own_folders(homes: Homes, environment: Mapping[str, str]) -> PersonFolders:
    """Where they lie."""
    home = Path.home()
    return PersonFolders(
        home=str(home),
        claude=environment.get(CLAUDE_HOME_VARIABLE) or str(home / ".claude"),
        config=str(homes.config),
        managed=MANAGED,
    )
