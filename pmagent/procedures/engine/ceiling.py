"""What a procedure may touch by its own `allowed-tools`, before any port is asked.

It only narrows: the garden's walls and the gate decide as well. Nothing written: reading and pure
functions.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pmagent.permissions.compiled import FileRules, ToolRules
from pmagent.permissions.names import Grounds
from pmagent.permissions.rules import parse_rule
from pmagent.types.actions import Json, Source
from pmagent.types.procedures import Risk

# Patterns are compared as text below a root of no meaning: nothing here looks at a disk.
_GROUNDS = Grounds(root=Path("/garden"), home=Path("/home"))
_OUTWARD: frozenset[Risk] = frozenset({"external", "irreversible"})


class Ceiling:
    """The ceiling of one procedure."""

    def __init__(
        self,
        allowed_tools: Sequence[str],
        *,
        is_trusted: bool,
        named: Collection[str] = (),
        above: Sequence[Sequence[str]] = (),
    ) -> None:
        """`named` are documents that the person named when the run began: they may be read.

        `above` are the rules of procedures that nobody has trusted and that stand above this one:
        what it reads lies below each of them too.

        Raises:
            RuleFaultError: a rule has no meaning.
        """
        source = Source(path="allowed-tools")
        rules = [
            parse_rule(text, effect="allow", layer="session", source=source)
            for text in allowed_tools
        ]
        self._is_empty = not rules
        self._files = FileRules(rules, {"allow"}, _GROUNDS)
        self._tools = ToolRules(rules, "allow")
        self._is_trusted = is_trusted
        self._named = frozenset(posixpath.normpath(path) for path in named)
        self._above = [Ceiling(rules, is_trusted=False, named=named) for rules in above]

    def why_not_read(self, path: str) -> str:
        """Why a document may not be read; empty where it may."""
        tidy = posixpath.normpath(path)
        if tidy.startswith(".."):
            return f'"{path}" leads out of the garden'
        if tidy in self._named:
            return ""
        if not self._is_empty and self._files.find("read", tidy) is None:
            return f'"{path}" is outside the allowed-tools of this procedure'
        return next(filter(None, (one.why_not_read(path) for one in self._above)), "")

    def why_no_call(self, name: str, effect: Risk, given: Mapping[str, Json]) -> str:
        """Why a tool with this effect may not be called; empty where it may."""
        if effect == "read":
            return ""
        if effect in _OUTWARD and not self._is_trusted:
            return f'"{name}" sends something out, and this procedure is not one of your own'
        rules = self._tools
        if rules.find_tool(name) is None and rules.find_input(name, given) is None:
            return f'"{name}" is not among the allowed-tools of this procedure'
        return ""
