"""Says which handlers a moment is for: by exact names, by a regular expression, by `if`.

A matcher of letters, digits, `_`, `-`, blanks, commas and `|` is a set of exact names; any other is
a regular expression, searched for anywhere in the name. Expressions are bounded: short, free of
repeats that multiply, and run against short names only.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache

from pmagent.errors import RuleFaultError
from pmagent.hooks.events import Event
from pmagent.types.actions import Json

MatchesRule = Callable[[str, str, Mapping[str, Json]], bool]
"""Whether a call (tool, input) falls under the rule text. It says True where a shell command cannot
be understood, and raises RuleFaultError where the rule cannot."""

MAX_PATTERN = 300
MAX_NAME = 64
"""The longest name that any expression is run against."""
MAX_LONG_NAME = 512
"""The longest that an expression with one repeat is run against: a file's name may be long."""
MAX_STARS = 3
MAX_WEIGHT = 8
"""Each repeat weighs 2, each choice 1. The worst that fits takes a fifth of a second."""
OLD_NAMES: Mapping[str, tuple[str, ...]] = {
    "Agent": ("Task",),
    "Edit": ("MultiEdit",),
    "Glob": ("LS",),
    "Read": ("NotebookRead",),
    "Skill": ("SlashCommand",),
    "TaskCreate": ("TodoWrite",),
    "TaskOutput": ("BashOutput",),
    "TaskStop": ("KillShell",),
    "TaskUpdate": ("TodoWrite",),
}
"""Names that hooks in use still carry, by the tool of today."""

_EXACT = re.compile(r"[A-Za-z0-9_\- ,|]*")
_NARROW = re.compile(r"[A-Za-z0-9_|]*")
_NARROW_EVENTS = {"FileChanged", "StopFailure"}
_NAMED_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")
_COUNTED = re.compile(r"\{\d*,?\d*\}")


def matches(event: Event, matcher: str, value: str) -> bool:
    """Whether a handler with this matcher is for `value`: a tool's name, a reason, a file's name.

    An expression that cannot be used, or a name too long to look at, counts as matched where the
    handler is a guard: a mistake in it must not switch it off.
    """
    if matcher in {"", "*"} or not event.matches_on:
        return True
    names = _names(event, value)
    if is_exact(event, matcher):
        return any(part.strip() in names for part in re.split(r"[|,]", matcher))
    pattern = _compiled(matcher)
    if isinstance(pattern, str) or len(value) > _longest(matcher):
        return event.is_guard
    if "(?!" in matcher or "(?<!" in matcher:
        # What such an expression leaves out must not come back by an older name.
        names = names[:1]
    return any(pattern.search(name) is not None for name in names)


def is_exact(event: Event, matcher: str) -> bool:
    """Whether a matcher is a set of exact names rather than an expression."""
    allowed = _NARROW if event.name in _NARROW_EVENTS else _EXACT
    return allowed.fullmatch(matcher) is not None


def matches_if(
    event: Event, rule: str, payload: Mapping[str, Json], matches_rule: MatchesRule
) -> bool:
    """Whether the handler's `if` lets it run. Without a tool to look at, it never does.

    A rule that cannot be understood lets it run: `if` spares work, it is no wall.
    """
    if not rule:
        return True
    tool, given = payload.get("tool_name"), payload.get("tool_input")
    if not event.has_tool or not isinstance(tool, str):
        return False
    try:
        return matches_rule(rule, tool, given if isinstance(given, Mapping) else {})
    except RuleFaultError:
        return True


def watched_names(matcher: str) -> tuple[str, ...]:
    """The file names in the current folder that a FileChanged matcher asks to be watched."""
    return tuple(part for part in matcher.split("|") if part)


def fault_of(event: Event, matcher: str) -> str:
    """What is wrong with a matcher, in one sentence; empty where nothing is."""
    if matcher in {"", "*"} or not event.matches_on:
        return ""
    if is_exact(event, matcher):
        if not event.has_tool:
            return ""
        for part in re.split(r"[|,]", matcher):
            if re.fullmatch(r"mcp__[A-Za-z0-9-]+(_[A-Za-z0-9-]+)*", name := part.strip()):
                return f'the matcher "{name}" names no tool; all of a server are "{name}__.*"'
        return ""
    pattern = _compiled(matcher)
    if not isinstance(pattern, str):
        return ""
    effect = "it matches everything" if event.is_guard else "it matches nothing"
    return f'the matcher "{matcher[:60]}" {pattern}: {effect}'


def _names(event: Event, value: str) -> tuple[str, ...]:
    if event.name == "FileChanged":
        return (value.rsplit("/", 1)[-1],)
    return (value, *OLD_NAMES.get(value, ())) if event.has_tool else (value,)


@lru_cache(maxsize=512)
def _compiled(matcher: str) -> re.Pattern[str] | str:
    """The expression, or why it is not used."""
    if len(matcher) > MAX_PATTERN:
        return f"is longer than {MAX_PATTERN} characters"
    if _weight(matcher) is None:
        return "could take very long to compare"
    try:
        with warnings.catch_warnings():
            # What may mean something else in a later Python is not the person's to know.
            warnings.simplefilter("ignore", FutureWarning)
            # `(?<name>` is how it is written where hooks come from.
            return re.compile(_NAMED_GROUP.sub("(?P<", matcher))
    except (re.error, OverflowError, RecursionError) as exc:
        return f"is not a regular expression ({exc})"


def _longest(matcher: str) -> int:
    """The longest name that the expression is run against."""
    weight = _weight(matcher)
    return MAX_LONG_NAME if weight is not None and weight <= 2 else MAX_NAME


@lru_cache(maxsize=512)
def _weight(pattern: str) -> int | None:
    """How much an expression repeats and chooses; None where it has no bound to speak of.

    That is a repeated group that itself repeats or chooses, or more than a few of either in all.
    Reads the text once; it need not be a valid expression.
    """
    stars = choices = index = 0
    repeats, bars = [False], [0]
    while index < len(pattern):
        character = pattern[index]
        is_complex = False
        if character == "\\":
            index += 1
        elif character == "[":
            index = _class_end(pattern, index)
        elif character == "(":
            repeats.append(False)
            bars.append(0)
        elif character == ")" and len(bars) > 1:
            alternatives = bars.pop()
            is_complex = repeats.pop() or alternatives > 0
            choices += alternatives.bit_length()  # as many as halving them takes
            repeats[-1] |= is_complex
        elif character == "|":
            bars[-1] += 1
        index += 1
        if repeat := _repeat_at(pattern, index) if character not in "(|^" else "":
            if is_complex and repeat[0] != "?":
                return None
            stars += repeat[0] != "?"
            choices += repeat[0] == "?"
            repeats[-1] = True
            index += len(repeat)
    weight = 2 * stars + choices
    return weight if stars <= MAX_STARS and weight <= MAX_WEIGHT else None


def _repeat_at(pattern: str, index: int) -> str:
    """The repeat that begins at `index`, with the sign behind it that makes it lazy."""
    rest = pattern[index:]
    if rest[:1] in {"*", "+", "?"}:
        repeat = rest[0]
    elif counted := _COUNTED.match(rest):
        repeat = counted.group()
    else:
        return ""
    return (
        repeat + rest[len(repeat)] if rest[len(repeat) : len(repeat) + 1] in {"?", "+"} else repeat
    )


def _class_end(pattern: str, index: int) -> int:
    """The index of the bracket that ends the class which begins at `index`."""
    index += 1
    if pattern[index : index + 1] == "^":
        index += 1
    first = index
    while index < len(pattern) and (pattern[index] != "]" or index == first):
        index += 2 if pattern[index] == "\\" else 1
    return min(index, len(pattern) - 1)
