"""What a person types about rules: one to add, a use to test, a filter of the trail."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pmagent.errors import UsageError

_TOOLS = {
    "read": "Read", "see": "Read", "open": "Read", "search": "Read", "list": "Read",
    "edit": "Edit", "write": "Edit", "change": "Edit", "delete": "Edit", "rename": "Edit",
    "bash": "Bash", "run": "Bash", "execute": "Bash",
    "webfetch": "WebFetch", "fetch": "WebFetch", "reach": "WebFetch", "visit": "WebFetch",
}  # fmt: skip
_ASKED = re.compile(r"(?:can|may)\s+\w+\s+(\w+)\s+(.+)", re.IGNORECASE)
_NAMED = re.compile(r"(\w+)(?:\s+(.+)|\((.+)\))")
_DAYS = re.compile(r"(.+?)\s+for\s+(\d{1,4})\s+days?", re.IGNORECASE)
_KEYS = {"agent": "agent", "by": "agent", "path": "path", "tool": "tool", "verdict": "verdict"}


@dataclass(frozen=True, kw_only=True)
class TrailFilter:
    """Which entries of the trail are shown; an empty part keeps all."""

    words: tuple[str, ...] = ()
    """All of them stand in the subject, the reason or the rule."""
    agent: str = ""
    path: str = ""
    tool: str = ""
    verdict: str = ""


def parse_grant(text: str) -> tuple[str, int | None]:
    """(rule, days) of `Edit(/notes/**) for 7 days`; no days where it holds until revoked.

    Raises:
        UsageError: there is no rule.
    """
    text = text.strip()
    match = _DAYS.fullmatch(text)
    rule, days = (match.group(1).strip(), int(match.group(2))) if match else (text, None)
    if not rule or days == 0:
        raise UsageError("the rule is empty", "write one, such as Edit(/notes/**) for 7 days")
    return rule, days


def parse_test(text: str) -> tuple[str, str]:
    """(tool, subject) of `can I read /etc?`, `Bash git push`, `Edit(notes/a.md)` or a path alone.

    Raises:
        UsageError: nothing is named.
    """
    text = text.strip()
    if asked := _ASKED.fullmatch(text.removesuffix("?")):
        verb, subject = asked.group(1).lower(), asked.group(2).strip()
        if verb in _TOOLS:
            return _TOOLS[verb], subject
    if named := _NAMED.fullmatch(text):
        verb, subject = named.group(1).lower(), (named.group(2) or named.group(3)).strip()
        if verb in _TOOLS and subject:
            return _TOOLS[verb], subject
    if not text:
        raise UsageError("nothing is named", "write a path, or a tool and what for: Bash git push")
    return ("WebFetch" if "://" in text else "Read"), text


def parse_filter(text: str) -> TrailFilter:
    """The filter of `pricing agent:publisher verdict:denied`."""
    words: list[str] = []
    parts: dict[str, str] = {}
    for word in text.split():
        name, colon, value = word.partition(":")
        if colon and value and name.lower() in _KEYS:
            parts[_KEYS[name.lower()]] = value
        else:
            words.append(word.casefold())
    return TrailFilter(
        words=tuple(words),
        agent=parts.get("agent", ""),
        path=parts.get("path", ""),
        tool=parts.get("tool", ""),
        verdict=parts.get("verdict", ""),
    )


def filter_text(wanted: TrailFilter) -> str:
    """The filter as it could be typed again."""
    parts = [
        f"{name}:{value}"
        for name, value in (
            ("agent", wanted.agent), ("path", wanted.path), ("tool", wanted.tool),
            ("verdict", wanted.verdict),
        )
        if value
    ]  # fmt: skip
    return " ".join((*wanted.words, *parts))
