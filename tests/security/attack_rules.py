"""A case's rules and hooks in the settings files that a person would write them into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Case = Mapping[str, Any]
READS = {"Read", "Glob", "Grep", "Index", "Search", "Where"}
EDITS = {"Write", "Edit", "Rename", "Delete", "Import"}


def settings_of(case: Case) -> dict[str, dict[str, Any]]:
    """The content of each layer's settings file, by layer; the person's own is always there."""
    layers: dict[str, dict[str, Any]] = {"user": {"pmagent": _own(case)}}
    for rule in case.get("rules", ()):
        settings = layers.setdefault(rule.get("layer", "user"), {})
        permissions = settings.setdefault("permissions", {})
        permissions.setdefault(rule["effect"], []).extend(translated(rule))
    for number, hook in enumerate(case.get("hooks", ())):
        settings = layers.setdefault(hook.get("layer", "user"), {})
        script = _script(case, hook, number)
        event = settings.setdefault("hooks", {}).setdefault(hook["event"], [])
        event.append({"matcher": hook.get("matcher", ""), "hooks": [_handler(hook, script)]})
    return layers


def translated(rule: Case) -> Iterator[str]:
    """The product's rules for one of the harness's: a path rule is Read or Edit, as documented."""
    tool, pattern = rule["tool"], rule.get("pattern", "*")
    everything = pattern in {"*", "**"}
    if tool == "*":
        yield from _of_every_tool(rule["effect"], pattern, everything=everything)
    elif tool in READS:
        yield f"Read({pattern})"
    elif tool in EDITS:
        yield f"Edit({pattern})"
    elif everything:
        yield tool
    else:
        yield f"WebFetch(domain:{pattern})" if tool == "WebFetch" else f"{tool}({pattern})"


def _of_every_tool(effect: str, pattern: str, *, everything: bool) -> Iterator[str]:
    """Deny and ask take a wildcard for the tool; allow names each."""
    if effect != "allow":
        yield "*" if everything else f"*({pattern})"
        return
    yield f"Read({pattern})"
    yield f"Edit({pattern})"
    if everything:
        yield from ("Bash", "WebFetch", "Publish", "Trello")


def _own(case: Case) -> dict[str, Any]:
    """The person's own pmagent settings: the fixture's port, and where their hooks may write."""
    port = int(case["fixture"]["http"].split(":")[1])
    own: dict[str, Any] = {"ports": [port]}
    if any(hook.get("layer", "user") == "user" for hook in case.get("hooks", ())):
        own["hook-folders"] = [case["dirs"]["out"]]
    return own


def _script(case: Case, hook: Case, number: int) -> Path:
    """The hook's script: the person's in their home, a project's in the project."""
    is_own = hook.get("layer", "user") in {"user", "managed"}
    folder = Path(case["dirs"]["home" if is_own else "ws"]) / ("my-hooks" if is_own else "tools")
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"hook-{number}.sh"
    place.write_text(hook["script"], encoding="utf-8")
    place.chmod(0o755)
    return place


def _handler(hook: Case, script: Path) -> dict[str, Any]:
    handler: dict[str, Any] = {"type": "command", "command": str(script)}
    handler["timeout"] = hook.get("timeout", 20)
    return handler
