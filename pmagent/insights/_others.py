"""A few other documents of the archive: the ground against which one document's words stand out."""

from __future__ import annotations

from pmagent.errors import ReadError
from pmagent.types.insights import Archive

MOST_OTHERS = 6
"""Documents read beside the one asked for: enough to tell the archive's everyday words."""
MOST_CHARACTERS = 40_000
"""Of each."""


def other_texts(archive: Archive, path: str, *, most: int = MOST_OTHERS) -> tuple[str, ...]:
    """Texts of documents spread evenly over the archive, without the one at `path`."""
    others = [other for other in archive.paths() if other != path]
    step = max(1, len(others) // most)
    texts: list[str] = []
    for other in others[::step][:most]:
        try:
            blocks = archive.document(other).parsed.blocks
        except ReadError:
            continue
        texts.append(" ".join(block.text for block in blocks)[:MOST_CHARACTERS])
    return tuple(texts)
