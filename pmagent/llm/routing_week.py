"""What is typed behind a command of the week, of a plain request: days, or a card. Pure."""

from __future__ import annotations

import re

WEEKLY = frozenset({
    "plan", "today", "week", "tasks", "add", "done", "triage", "standup", "look-back",
})  # fmt: skip
_POLITE = re.compile(
    r"(?i)^(?:(?:please|pls|ok(?:ay)?|hey|can you|could you|would you|will you)\b[\s,]*)+"
)
_TAIL = re.compile(r"(?i)[\s,]*(?:please|pls|for me|thanks)?[\s.!?]*$")
_WEEK = re.compile(r"(?i)\b(?P<which>next|last) week\b")
_DAY = re.compile(
    r"(?i)\b(?:tomorrow|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{4}-\d\d-\d\d"
    r"|\d{4}-W\d\d)\b"
)
_CARD = r"(?:a |an |another |one |the )?(?:new )?(?:card|task|to-?do|reminder)"
_ADD = re.compile(
    rf"(?i)^(?:remind me to|(?:add|put|create|make|write|note|jot|new|open|stick|drop)\b"
    rf"(?: me)?(?: down)?(?: {_CARD}s?\b)?(?: (?:to|for|on) (?:my|the|our) (?:board|list)\b)?"
    r"(?:\s*[:,–—-]\s*|\s+(?:to|for|that says|saying|called)\b)?)\s*"
)
_ONTO = re.compile(
    r"(?i)\s+(?:to|on|onto|in|into) (?:my|the|our) "
    r"(?:board|to-?do list|to-?dos?|task list|tasks|backlog|inbox|list)$"
)
_DONE = re.compile(
    r"(?i)^(?:(?:i|we)(?:['’]ve| have|['’]m| am|['’]re| are)? )?(?:just |finally |already )?"
    r"(?:finished|finish|completed|complete|close|ticked off|wrapped up|got through|done|through"
    r"|mark|tick|check|set|cross)(?: off)?(?: with)?\s+"
)
_IS_DONE = re.compile(
    r"(?i)\s+(?:(?:is|are) (?:now |finally |all )?|as )?(?:done|finished|completed?|off)$"
)
_THE = re.compile(r"(?i)^(?:the|my|our) (?:(?:card|task|to-?do) )?(?!$)")
_QUOTES = "\"'“”‘’"


def week_arguments(name: str, text: str) -> str:
    """The days that a request names, or the words of the card it speaks of; empty for neither."""
    line = _TAIL.sub("", _POLITE.sub("", " ".join(text.split())))
    match name:
        case "add":
            return _ONTO.sub("", _ADD.sub("", line)).strip(f" {_QUOTES}")
        case "done":
            bare = _IS_DONE.sub("", _DONE.sub("", line))
            return _THE.sub("", bare).strip(f" {_QUOTES}")
        case "tasks" | "triage" | "standup":
            return ""  # the stand-up of today tells what was done yesterday
        case _:
            return _days(line, has_weeks=name in {"plan", "week", "look-back"})


def _days(line: str, *, has_weeks: bool) -> str:
    week = _WEEK.search(line)
    if week is not None:
        return week["which"].lower() if has_weeks else ""
    found = _DAY.search(line)
    return (
        found[0].lower()
        if found is not None and "-" not in found[0]
        else (found[0].upper() if found is not None else "")
    )
