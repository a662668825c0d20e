"""Whether the plain front end is wanted, and who says so. Imports nothing."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLES = ("PMAGENT_PLAIN", "ACCESSIBLE")
_NO = frozenset({"0", "no", "off", "false"})


def why_plain(environment: Mapping[str, str], *, is_terminal: bool, is_flag: bool = False) -> str:
    """What asks for it, as a person is told; empty where nothing does.

    The flag comes first, then the variables, then a terminal that can do no more. A variable that
    is set to `0` or `no` says no for what comes after it.
    """
    if is_flag:
        return "--plain was given"
    for name in VARIABLES:
        value = environment.get(name, "").strip().casefold()
        if value:
            return "" if value in _NO else f"{name} is set"
    is_dumb = is_terminal and environment.get("TERM") == "dumb"
    return "this terminal is dumb" if is_dumb else ""
