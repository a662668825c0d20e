"""Refuses a call that would carry a key or a password out of this computer (PreToolUse).

A shell command is looked at only where it reaches for the network; inside the sandbox there is
none, so this is a second lock. What it found is named by its kind, never shown.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import cast
from urllib.parse import unquote

from pmagent.secrets import find_secrets

_NETWORK = re.compile(
    r"\b(?:curl|wget|ncat?|netcat|socat|ssh|scp|sftp|rsync|ftp|telnet|gh|mail|sendmail|s_client|"
    r"git\s.*?\b(?:push|clone|fetch|pull|remote)|(?:npm|twine|cargo)\s+(?:publish|upload)|"
    r"urllib|requests|httpx|fetch|socket)\b|\w+://|/dev/tcp/",
    re.DOTALL,
)


def answer(call: Mapping[str, object]) -> Mapping[str, object]:
    """What to say of a call: a refusal that names the kinds and fields, or nothing."""
    tool, given = str(call.get("tool_name", "")), call.get("tool_input")
    if tool == "Bash" and not _NETWORK.search(_command_of(given)):
        return {}
    kinds: Counter[str] = Counter()
    fields: dict[str, None] = {}
    for field, text in _texts(given, "input"):
        plain = unquote(text)
        found = {one.kind for form in (text, plain) for one in find_secrets(form)}
        kinds.update(found)
        if found:
            fields[field] = None
    if not kinds:
        return {}
    what, where = ", ".join(sorted(kinds)), ", ".join(f'"{field}"' for field in fields)
    return {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": f"{where} of {tool} would carry a secret out ({what}): "
            "take it out and try again",
        }
    }


def _command_of(given: object) -> str:
    command = (
        cast("Mapping[str, object]", given).get("command") if isinstance(given, Mapping) else ""
    )
    return command if isinstance(command, str) else ""


def _texts(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Every text in a value, keys among them, with the name of the field it stands in."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, object]", value).items():
            yield name, key
            yield from _texts(inner, key[:60])
    elif isinstance(value, Sequence):
        for inner in cast("Sequence[object]", value):
            yield from _texts(inner, name)


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
