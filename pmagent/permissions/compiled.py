"""Rules made ready to be asked: by path, by command, by host, by tool.

Each answers "which rule of this effect takes it", in time that hardly grows with their number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from pmagent.permissions.hosts import HostMatcher
from pmagent.permissions.matcher import PathMatcher
from pmagent.permissions.names import Grounds, fold_name
from pmagent.permissions.patterns import PathPattern, Places, parse_pattern
from pmagent.permissions.rules import (
    EDIT_TOOLS,
    FETCH,
    PRIMARY_INPUTS,
    READ_TOOLS,
    SHELL,
    RuleAccess,
    accesses_of,
    domain_of,
    is_glob,
    parameter_of,
    present_names,
    tool_matches,
    why_dead,
)
from pmagent.permissions.stars import join_stars
from pmagent.types.actions import Effect, Json, Rule

# A rule about reading speaks of changing too where it refuses; one that allows changing lets read.
_REFUSED_BY: Mapping[RuleAccess, frozenset[RuleAccess]] = {
    "read": frozenset({"read"}),
    "edit": frozenset({"read", "edit"}),
    "cd": frozenset({"cd"}),
}
_ALLOWED_BY: Mapping[RuleAccess, frozenset[RuleAccess]] = {
    "read": frozenset({"read", "edit"}),
    "edit": frozenset({"edit"}),
    "cd": frozenset({"cd"}),
}


class FileRules:
    """The rules about paths of one effect, or of both that refuse."""

    def __init__(
        self, rules: Iterable[Rule], effects: Collection[Effect], grounds: Grounds
    ) -> None:
        self._rules = [
            rule
            for rule in rules
            if rule.effect in effects and accesses_of(rule) and why_dead(rule) is None
        ]
        self.is_empty = not self._rules
        self.has_specs = any(rule.spec is not None for rule in self._rules)
        by = _ALLOWED_BY if "allow" in effects else _REFUSED_BY
        self._matchers = {access: self._matcher(names, grounds) for access, names in by.items()}

    def find(self, access: RuleAccess, path: str) -> Rule | None:
        """The rule that takes a tidied path."""
        number = self._matchers[access].find(path)
        return None if number is None else self._rules[number]

    def find_below(self, access: RuleAccess, folder: str) -> Rule | None:
        """The rule that takes all that lies in a folder."""
        number = self._matchers[access].find_below(folder)
        return None if number is None else self._rules[number]

    def find_shared(self, access: RuleAccess, path: str) -> Rule | None:
        """The rule that may take a file which the wildcards in `path` find."""
        number = self._matchers[access].find_shared(path)
        return None if number is None else self._rules[number]

    def _matcher(self, accesses: frozenset[RuleAccess], grounds: Grounds) -> PathMatcher:
        everything: int | None = None
        patterns: list[tuple[int, PathPattern]] = []
        is_wide = bool(self._rules) and self._rules[0].effect != "allow"
        for number, rule in enumerate(self._rules):
            if not accesses_of(rule) & accesses:
                continue
            if rule.spec is None:
                everything = number if everything is None else everything
                continue
            places = Places(
                garden=grounds.root, home=grounds.home, settings=settings_folder(rule, grounds)
            )
            found = parse_pattern(rule.spec, is_wide=is_wide, places=places)
            patterns += [(number, pattern) for pattern in found]
        root = grounds.root.as_posix()
        return PathMatcher(patterns, root=root, is_wide=is_wide, everything=everything)


def settings_folder(rule: Rule, grounds: Grounds) -> Path:
    """The folder that `/p` in a rule begins at: of the settings file, or the garden's own."""
    if rule.layer not in {"user", "managed"} or not rule.source.path:
        return grounds.root
    path = rule.source.path
    if path.startswith("~/"):
        return (grounds.home / path[2:]).parent
    return Path(path).parent if path.startswith("/") else grounds.root


class CommandRules:
    """The rules of one effect about shell commands."""

    def __init__(self, rules: Iterable[Rule], effect: Effect) -> None:
        self._is_wide = effect != "allow"
        self._by_program: dict[str, list[tuple[re.Pattern[str], Rule]]] = {}
        self._others: list[tuple[re.Pattern[str], Rule]] = []
        self.is_empty = True
        for rule in rules:
            is_about = rule.effect == effect and rule.tool == SHELL
            if is_about and rule.spec is not None and parameter_of(rule) is None:
                self._add(rule, rule.spec)

    def find(self, text: str, *, exact_only: bool = False) -> Rule | None:
        """The rule that takes one command's text."""
        if self.is_empty:
            return None
        form = text.lower() if self._is_wide else text
        program = form.split(maxsplit=1)[0] if form.strip() else ""
        for regex, rule in (*self._by_program.get(program, ()), *self._others):
            if exact_only and "*" in (rule.spec or ""):
                continue
            if regex.fullmatch(form):
                return rule
        return None

    def _add(self, rule: Rule, spec: str) -> None:
        self.is_empty = False
        form = spec.lower() if self._is_wide else spec
        entry = (re.compile(command_regex(form), re.DOTALL), rule)
        first = next(iter(form.removesuffix(":*").split()), "")
        is_whole = first and "*" not in first and "\\" not in first
        if is_whole:
            self._by_program.setdefault(first, []).append(entry)
        else:
            self._others.append(entry)


def command_regex(spec: str) -> str:
    """A regular expression for a command.

    `*` is any text; ` *` and `:*` at the end are nothing, or a space and any text.
    """
    body = spec
    for ending in (":*", " *"):
        if spec.endswith(ending):
            body = spec.removesuffix(ending)
            break
    is_prefix = body != spec
    escaped = body.replace("\\*", "\0")
    pieces = [re.escape(piece.replace("\0", "*")) for piece in escaped.split("*")]
    return join_stars(pieces) + (r"(?:\s.*)?" if is_prefix else "")


class ToolRules:
    """The rules of one effect about a tool as such, its host or its other inputs."""

    def __init__(self, rules: Iterable[Rule], effect: Effect) -> None:
        self._effect = effect
        chosen = [rule for rule in rules if rule.effect == effect and why_dead(rule) is None]
        self._bare = [rule for rule in chosen if rule.spec is None]
        self._hosted = [
            rule
            for rule in chosen
            if rule.tool == FETCH and rule.spec is not None and parameter_of(rule) is None
        ]
        self._hosts = HostMatcher(
            (number, domain_of(rule.spec or "")) for number, rule in enumerate(self._hosted)
        )
        self._others = [rule for rule in chosen if self._is_other(rule)]
        self._by_tool: dict[str, Rule | None] = {}

    def find_tool(self, tool: str) -> Rule | None:
        """The rule that takes every use of a tool."""
        if tool not in self._by_tool:
            if len(self._by_tool) > 500:
                self._by_tool.clear()
            self._by_tool[tool] = next((r for r in self._bare if self._is_about(r, tool)), None)
        return self._by_tool[tool]

    def find_host(self, host: str) -> Rule | None:
        """The rule that takes a normalised host."""
        number = self._hosts.find(host)
        return None if number is None else self._hosted[number]

    @property
    def has_hosts(self) -> bool:
        """Whether any rule names hosts."""
        return bool(self._hosted)

    def find_input(self, tool: str, inputs: Mapping[str, Json]) -> Rule | None:
        """The rule whose brackets take one of a tool's inputs."""
        for rule in self._others:
            if tool_matches(rule.tool, tool) and self._takes(rule, tool, inputs):
                return rule
        return None

    def _is_about(self, rule: Rule, tool: str) -> bool:
        if tool_matches(rule.tool, tool):
            return True
        if self._effect == "allow":
            return rule.tool == "Edit" and tool in {"Write", "NotebookEdit"}
        names = present_names(rule.tool)
        return ("Read" in names and tool in READ_TOOLS) or ("Edit" in names and tool in EDIT_TOOLS)

    @staticmethod
    def _is_other(rule: Rule) -> bool:
        if rule.spec is None or (accesses_of(rule) and not is_glob(rule.tool)):
            return False
        return parameter_of(rule) is not None or rule.tool not in {SHELL, FETCH}

    def _takes(self, rule: Rule, tool: str, inputs: Mapping[str, Json]) -> bool:
        spec = rule.spec or ""
        parameter = parameter_of(rule)
        if parameter is not None:
            name, value = parameter
            if name in inputs and _fits(value, scalar_text(inputs[name])):
                return True
        if tool in PRIMARY_INPUTS:
            words = [scalar_text(inputs.get(name)) for name in PRIMARY_INPUTS[tool]]
            return _fits(
                spec, " ".join(word for word in words if word), is_exact=self._effect == "allow"
            )
        if self._effect == "allow" or parameter is not None:
            return False
        return any(_fits(spec, scalar_text(value)) for value in inputs.values())


def scalar_text(value: Json) -> str:
    """A scalar as it stands in JSON, without quotes; empty for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | str):
        return str(value)
    return ""


def _fits(spec: str, text: str, *, is_exact: bool = False) -> bool:
    if not text:
        return False
    if is_exact:
        return re.fullmatch(command_regex(spec), text, re.DOTALL) is not None
    folded = fold_name(text)
    return re.fullmatch(command_regex(fold_name(spec)), folded, re.DOTALL) is not None
