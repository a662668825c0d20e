"""Host names in rules: `WebFetch(domain:example.com)`, `WebFetch(domain:*.example.com)`.

Only the host counts, never a scheme, a port or a path. `*.h` is every name below h at any depth and
not h itself; any other `*` stays inside one label; `*` alone is every host. Names are compared in
lower case, without a trailing dot, in their ASCII form.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from pmagent.permissions.stars import join_stars

DOMAIN = "domain:"
_LABEL = re.compile(r"[a-z0-9_*](?:[a-z0-9_*-]{0,61}[a-z0-9_*])?")
_MOST_CHARACTERS = 253


def normalise_host(text: str) -> str:
    """`text` as it is compared: `EXAMPLE.com.` and `example.com` are one host.

    Raises:
        ValueError: it is no host.
    """
    return _normalise(text, allow_stars=False)


def parse_domain(spec: str) -> str:
    """The host pattern of `domain:h`, normalised.

    Raises:
        ValueError: it does not name hosts.
    """
    if not spec.startswith(DOMAIN):
        raise ValueError(f'"{spec}" does not begin with "{DOMAIN}"')
    return _normalise(spec.removeprefix(DOMAIN).strip(), allow_stars=True)


class HostMatcher:
    """Numbered host patterns. `find` gives the number of one that takes a host."""

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        self._exact: dict[str, int] = {}
        self._below: dict[str, int] = {}
        self._others: list[tuple[re.Pattern[str], int]] = []
        self._everything: int | None = None
        for number, pattern in patterns:
            below = pattern.removeprefix("*.")
            if pattern == "*":
                self._everything = number
            elif "*" not in pattern:
                self._exact.setdefault(pattern, number)
            elif "*" not in below:
                self._below.setdefault(below, number)
            else:
                self._others.append((re.compile(_regex(pattern)), number))

    def find(self, host: str) -> int | None:
        """The number of a pattern that takes the normalised `host`."""
        if self._everything is not None:
            return self._everything
        found = self._exact.get(host)
        above = host
        while found is None and (dot := above.find(".")) >= 0:
            above = above[dot + 1 :]
            found = self._below.get(above)
        if found is None:
            found = next((n for regex, n in self._others if regex.fullmatch(host)), None)
        return found


def _normalise(text: str, *, allow_stars: bool) -> str:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return ipaddress.ip_address(bare).compressed
    except ValueError:
        pass
    labels = text.removesuffix(".").split(".")
    host = ".".join(_label(label, text) for label in labels)
    is_name = all(_LABEL.fullmatch(label) for label in host.split("."))
    if not is_name or len(host) > _MOST_CHARACTERS or ("*" in host and not allow_stars):
        raise ValueError(f'"{text}" is not the name of a host')
    return host


def _label(label: str, whole: str) -> str:
    if label.isascii():
        return label.lower()
    try:
        return label.encode("idna").decode("ascii").lower()
    except UnicodeError as exc:
        raise ValueError(f'"{whole}" is not the name of a host') from exc


def _regex(pattern: str) -> str:
    is_below = pattern.startswith("*.")
    rest = pattern[2:] if is_below else pattern
    labels = [_label_regex(re.sub(r"\*+", "*", label)) for label in rest.split(".")]
    return (r"(?:[^.]+\.)+" if is_below else "") + r"\.".join(labels)


def _label_regex(label: str) -> str:
    return join_stars([re.escape(piece) for piece in label.split("*")], any_character="[^.]")
