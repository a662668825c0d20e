"""Rules that say nothing: they can never match, or another always wins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pmagent.permissions.compiled import settings_folder
from pmagent.permissions.names import Grounds
from pmagent.permissions.patterns import Glob, Places, parse_pattern
from pmagent.permissions.protected import is_protected
from pmagent.permissions.rules import (
    SHELL,
    accesses_of,
    is_glob,
    present_names,
    tool_matches,
    why_dead,
)
from pmagent.types.actions import Rule


def find_dead(rules: Sequence[Rule], grounds: Grounds) -> tuple[tuple[Rule, str], ...]:
    """The rules that can never match or never win, each with the reason, in their order."""
    found: list[tuple[Rule, str]] = []
    for rule in rules:
        reason = _why(rule, rules, grounds)
        if reason is not None:
            found.append((rule, reason))
    return tuple(found)


def _why(rule: Rule, rules: Sequence[Rule], grounds: Grounds) -> str | None:
    if rule.effect == "deny":
        return None
    if reason := why_dead(rule):
        return reason
    for other in rules:
        if _beats(other, rule):
            return f'"{other.effect} {other}" at "{other.source}" always wins'
    if rule.effect != "allow" or rule.spec is None:
        return None
    if rule.tool == SHELL:
        return _why_command(rule.spec)
    return _why_path(rule, grounds) if accesses_of(rule) else None


def _beats(other: Rule, rule: Rule) -> bool:
    order = ("allow", "ask", "deny")
    if order.index(other.effect) <= order.index(rule.effect):
        return False
    if other.spec is not None:
        return other.spec == rule.spec and other.tool == rule.tool
    if is_glob(rule.tool):
        return other.tool in {rule.tool, "*"}
    return any(tool_matches(other.tool, name) for name in present_names(rule.tool))


def _why_command(spec: str) -> str | None:
    if re.search(r"&&|\|\||;|\||(?<!&)&(?!&)|\n", spec):
        return "a command is matched part by part: write one rule for each part"
    first = spec.split(maxsplit=1)[0].removesuffix(":*")
    if "*" in spec and first in {"watch", "setsid", "flock"}:
        return f'"{first}" runs what stands behind it: no wildcard covers that'
    return None


def _why_path(rule: Rule, grounds: Grounds) -> str | None:
    places = Places(garden=grounds.root, home=grounds.home, settings=settings_folder(rule, grounds))
    for pattern in parse_pattern(rule.spec or "", is_wide=False, places=places):
        names: list[str] = []
        for segment in pattern.segments:
            if not isinstance(segment, str):
                break
            names.append(segment)
        fixed = grounds.tidy("/" + "/".join(names))
        is_above = any(
            f"{folder.as_posix()}/".startswith(f"{fixed.rstrip('/')}/")
            for folder in (grounds.root, *grounds.others)
        )
        is_open = any(isinstance(s, Glob) for s in pattern.segments) or pattern.covers
        if not grounds.is_inside(fixed) and not (is_above and is_open):
            return "it lies outside the garden and every other granted folder"
        if "edit" in accesses_of(rule) and (reason := is_protected(fixed)):
            return f"no allow covers it: {reason}"
    return None
