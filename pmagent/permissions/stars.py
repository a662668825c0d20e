"""`a*b*c` as a regular expression that takes linear time, however many stars there are."""

from __future__ import annotations

from collections.abc import Sequence


def join_stars(pieces: Sequence[str], *, any_character: str = ".") -> str:
    """The regular expressions `pieces` with any text between each two of them.

    Each middle piece is taken where it first fits and never given back, so nothing is tried twice.
    """
    head, *rest = pieces
    if not rest:
        return head
    middle = "".join(f"(?>{any_character}*?{piece})" for piece in rest[:-1] if piece)
    return f"{head}{middle}{any_character}*{rest[-1]}"
