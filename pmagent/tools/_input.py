"""What the tools' inputs share: strict fields, and the narrowest rule for a file."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

MAX_FILE_BYTES = 32_000_000
"""Larger files are not read whole by a tool."""
MAX_TEXT = 200_000
"""Characters of one result; what is left out is said."""
_SPECIAL = re.compile(r"([\\*?\[\]!#])")


class Input(BaseModel):
    """Strict: an unknown field or a number for a text is a fault, not a guess."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True, frozen=True)


def edit_rule(path: str) -> str:
    """The narrowest lasting rule for a path: its folder, `Edit(/notes/**)`, or itself at the top.

    A path in another granted root is absolute, which a rule writes with two slashes.
    """
    folder, _, name = path.rpartition("/")
    escaped = _SPECIAL.sub(r"\\\1", folder or name)
    return f"Edit(/{escaped}/**)" if folder else f"Edit(/{escaped})"


def bounded(text: str, limit: int = MAX_TEXT) -> str:
    """`text`, cut at a line where it is longer than `limit` characters, and said to be."""
    if len(text) <= limit:
        return text
    cut = text[:limit].rpartition("\n")[0] or text[:limit]
    return f"{cut}\n… {len(text) - len(cut):,} more characters are not shown"
