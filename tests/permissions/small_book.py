"""Policies over a few rules written as `deny Read(private/**)`, and requests as short as a line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pmagent.permissions.book import Fault, RuleBook
from pmagent.permissions.policy import Policy
from pmagent.permissions.rules import parse_rule
from pmagent.types.actions import (
    Access,
    Effect,
    Json,
    Layer,
    Mode,
    Request,
    Rule,
    Source,
    Target,
    TrustLevel,
)

ROOT = Path("/home/ana/garden")
HOME = Path("/home/ana")
EFFECTS: dict[str, Effect] = {"deny": "deny", "ask": "ask", "allow": "allow"}
FILES: dict[Layer, str] = {
    "user": "~/.claude/settings.json",
    "project": ".claude/settings.json",
    "local": ".claude/settings.local.json",
    "managed": "/etc/pmagent/managed-settings.json",
}


def rule(text: str, *, layer: Layer = "project", line: int = 1) -> Rule:
    effect, _, written = text.partition(" ")
    source = Source(path=FILES.get(layer, ""), line=line)
    return parse_rule(written, effect=EFFECTS[effect], layer=layer, source=source)


def policy(
    *rules: str | Rule,
    layer: Layer = "project",
    mode: Mode = "default",
    level: TrustLevel = TrustLevel.LOOK,
    grants: tuple[Rule, ...] = (),
    book: RuleBook | None = None,
) -> Policy:
    parsed = tuple(
        rule(text, layer=layer, line=number) if isinstance(text, str) else text
        for number, text in enumerate(rules, 1)
    )
    book = book or RuleBook(rules=parsed)
    return Policy(book, root=ROOT, home=HOME, mode=mode, level=level, grants=grants)


def target(
    access: Access,
    asked: str,
    resolved: str | None = None,
    *,
    links: int = 1,
    is_folder: bool = False,
) -> Target:
    there = asked if resolved is None else resolved
    return Target(access=access, asked=asked, resolved=there, links=links, is_folder=is_folder)


def read(path: str, resolved: str | None = None, *, tool: str = "Read") -> Request:
    return Request(tool=tool, input={"path": path}, targets=(target("read", path, resolved),))


def edit(path: str, resolved: str | None = None, *, tool: str = "Write") -> Request:
    return Request(tool=tool, input={"path": path}, targets=(target("edit", path, resolved),))


def rename(source: str, to: str) -> Request:
    targets = (target("read", source), target("edit", source), target("edit", to))
    return Request(tool="Rename", input={"src": source, "dst": to}, targets=targets)


def bash(command: str) -> Request:
    return Request(tool="Bash", input={"command": command}, command=command)


def fetch(host: str) -> Request:
    url = f"https://{host}/"
    return Request(tool="WebFetch", input={"url": url}, host=host, is_outward=True)


def other(tool: str, inputs: Mapping[str, Json] | None = None) -> Request:
    return Request(tool=tool, input=inputs or {})


def closed_book(message: str = "it cannot be understood") -> RuleBook:
    source = Source(path="~/.claude/settings.json", line=7)
    return RuleBook(faults=(Fault(source=source, message=f'"{source}" {message}'),))
