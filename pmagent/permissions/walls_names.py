"""What a name that somebody asks for means: which part of it is below a granted folder.

Names are literal. `~`, `$HOME`, `file://` and `%2e` are letters like any others; nothing is
expanded, decoded or guessed. Whether a name really stays inside is for the kernel to say.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Sequence

from pmagent.errors import AccessError
from pmagent.safe_text import safe_text

LONGEST_PATH = 4_095
LONGEST_NAME = 255
"""In bytes, as Linux counts them."""
_LONGEST_SHOWN = 160

SECRET_NAMES = (
    "credentials", "credentials.*", "secrets", "secrets.*", "*.pem", "*.key", "*.p12", "*.pfx",
    "*.kdbx", "*.keystore", "*.jks", "*.ppk", "*.gpg", "*.age", "id_rsa*", "id_dsa*", "id_ecdsa*",
    "id_ed25519*", "passwords.*", "*.ovpn", "service-account*.json", "client_secret*.json",
    "token.json", "tokens.json",
)  # fmt: skip
"""Names that hold keys as a rule, compared without regard to case."""


def split_name(asked: str, *, is_exact: bool) -> tuple[bool, tuple[str, ...]]:
    r"""Whether `asked` is absolute, and its parts without `.` and doubled slashes; `..` stays.

    With `is_exact`, the name comes from a listing of the disk, and may hold what a person or a
    model may not ask for: a backslash, bytes that are no Unicode, a path of any length.

    Raises:
        AccessError: no file can have such a name, or it means another file elsewhere.
    """
    if "\0" in asked:
        raise AccessError(f"{shown(asked)} is not a name: it holds a NUL byte")
    if "\\" in asked and not is_exact:
        # It separates folders on other systems, so a rule and a disk could read it differently.
        raise AccessError(f"{shown(asked)} holds a backslash", "use / between the names of folders")
    parts = tuple([part for part in asked.split("/") if part not in {"", "."}])
    if not is_exact and (len(asked) > LONGEST_NAME // 4 or not asked.isascii()):
        _check_bytes(asked, parts)
    return asked.startswith("/"), parts


def below(parts: Sequence[str], folder: Sequence[str]) -> tuple[str, ...] | None:
    """What of `parts` lies below `folder`, by name alone; None where it does not begin with it."""
    size = len(folder)
    return tuple(parts[size:]) if tuple(parts[:size]) == tuple(folder) else None


def collapse(parts: Sequence[str]) -> tuple[str, ...]:
    """`parts` without `..`, as a reader of the name would take it."""
    kept: list[str] = []
    for part in parts:
        if part != "..":
            kept.append(part)
        elif kept:
            kept.pop()
    return tuple(kept)


def shown(path: str) -> str:
    """The name in quotes, safe to write to a terminal, and not longer than a line or two."""
    safe = safe_text(path)
    if len(safe) > _LONGEST_SHOWN:
        safe = f"{safe[: _LONGEST_SHOWN // 2]}…{safe[-_LONGEST_SHOWN // 4 :]}"
    return f'"{safe}"'


def is_secret_name(name: str) -> bool:
    """Whether the name says that the file holds keys."""
    lowered = name.lower()
    return any(fnmatch.fnmatchcase(lowered, pattern) for pattern in SECRET_NAMES)


def _check_bytes(asked: str, parts: Sequence[str]) -> None:
    try:
        whole = asked.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise AccessError(f"{shown(asked)} is not valid Unicode") from exc
    longest = max((len(os.fsencode(part)) for part in parts), default=0)
    if longest > LONGEST_NAME or len(whole) > LONGEST_PATH:
        raise AccessError(
            f"{shown(asked)} is too long for a name",
            f"a name has at most {LONGEST_NAME} bytes, and a whole path {LONGEST_PATH:,}",
        )
