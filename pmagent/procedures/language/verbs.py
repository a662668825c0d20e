"""The bold verbs: how each is written, and which operands it takes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pmagent.procedures.language.blocks import Item
from pmagent.procedures.language.spans import MAIN

_BOLD = re.compile(r"(?:\*\*|__)(?P<verb>[^*_]+?)(?:\*\*|__)\s*(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The beginning of an exact step."""

    verb: str
    """As in `VERBS`; as written where it is none."""
    rest: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One verb: its form, as a person is told, and the roles it takes."""

    name: str
    form: str
    roles: frozenset[str]


_FORMS = """
Read: `path or name` [if it exists] [if `condition`] as `name`
Find: `query` in `globs` as `name`
Ask: "question" as `name` like `type`
Call: `family.function` with `k=v` as `name`
Run: `/command` with `k=v` as `name`
Code: as `name`, and a fenced snippet below
Set: `name = expression`
Check: `condition` else "message"
If: `condition`, and steps below
Else if: `condition`, and steps below
Else: steps below
For each: `x` in `list` up to `number`, and steps below
Approve: "question" showing `a, b`
Hand off: "message" showing `a` [if `condition`]
Note: "message" [if `condition`]
Switch to: `/command` with `k=v` [if `condition`]
Wait: until `moment`
Stop: "why"
Return: `expression`
"""
_ROLES: Mapping[str, tuple[str, ...]] = {
    "Read": (MAIN, "if", "as"),
    "Find": (MAIN, "in", "as"),
    "Ask": (MAIN, "as", "like"),
    "Call": (MAIN, "with", "as"),
    "Run": (MAIN, "with", "as"),
    "Code": ("as",),
    "Set": (MAIN,),
    "Check": (MAIN, "else"),
    "If": (MAIN,),
    "Else if": (MAIN,),
    "Else": (),
    "For each": (MAIN, "in", "up to"),
    "Approve": (MAIN, "showing"),
    "Hand off": (MAIN, "showing", "if", "to"),
    "Note": (MAIN, "if"),
    "Switch to": (MAIN, "with", "if"),
    "Wait": ("until",),
    "Stop": (MAIN,),
    "Return": (MAIN,),
}
VERBS: Mapping[str, Verb] = {
    name: Verb(name=name, form=f"**{name}** {form}", roles=frozenset(_ROLES[name]))
    for name, form in (line.split(": ", 1) for line in _FORMS.strip().splitlines())
}
"""Every verb by name."""
_SPOKEN: Mapping[str, str] = {
    "switch": "Switch to", "wait until": "Wait", "handoff": "Hand off", "hand-off": "Hand off",
    "hand off to": "Hand off", "elif": "Else if", "elseif": "Else if", "foreach": "For each",
    "for": "For each",
}  # fmt: skip
"""Other ways to write a verb."""


def head_of(item: Item) -> Head | None:
    """The bold beginning of an item; None where it is for the model."""
    found = _BOLD.match(item.text)
    if found is None:
        return None
    said = " ".join(found["verb"].split()).strip(" :.,")
    lower = said.lower()
    known = {name.lower(): name for name in VERBS} | dict(_SPOKEN)
    rest = found["rest"].lstrip(" :")
    if lower in ("switch", "wait until", "hand off to"):
        rest = {"switch": rest.removeprefix("to "), "wait until": f"until {rest}"}.get(lower, rest)
    line = item.line + item.text.count("\n", 0, found.start("rest"))
    return Head(verb=known.get(lower, said), rest=rest, line=line)


def nearest_verb(said: str) -> str:
    """The verb that somebody may have meant; empty where none is near."""
    known = {name.lower(): name for name in VERBS}
    near = difflib.get_close_matches(said.lower(), known, 1, cutoff=0.5)
    return known[near[0]] if near else ""
