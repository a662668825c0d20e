"""The walled garden's values: what is called, what it touches, what is decided, what came of it.

Pure data, passed between the rules, the gate, the journal, the audit trail and what a person sees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal, TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a tool's input is made of."""

Effect = Literal["allow", "ask", "deny"]
Access = Literal["read", "edit"]
"""`edit` is every change: write, rename, delete, make a folder."""
Layer = Literal["managed", "user", "local", "project", "plugin", "grant", "session", "shipped"]
"""Where a rule stands. `grant` and `session` are the person's own key presses."""
Mode = Literal["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"]
Label = Literal["private", "untrusted"]
"""What a session has read: the person's own words, or the words of others."""
Scope = Literal["once", "session", "folder"]
"""How far a yes reaches."""


class TrustLevel(IntEnum):
    """How far the garden lets an agent go unasked; each level includes the ones before."""

    LOOK = 0
    """Read."""
    DRAFT = 1
    """Write below `drafts/`."""
    EDIT = 2
    """Write in the garden."""
    ACT = 3
    """Run commands in the sandbox."""
    SEND = 4
    """Reach the hosts that were granted one by one."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a rule is written."""

    path: str
    """The file as a person would name it; empty for what ships or was pressed."""
    line: int = 0
    """From 1; 0 where the file has no such line."""

    def __str__(self) -> str:
        """`~/.claude/settings.json:14`."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One permission rule, parsed: `deny Read(private/**)`."""

    effect: Effect
    tool: str
    """A tool's name, or a glob of names."""
    spec: str | None
    """What stands in the brackets; None for every use of the tool."""
    layer: Layer
    source: Source

    def __str__(self) -> str:
        """`Read(private/**)`, as it is written in a settings file."""
        return self.tool if self.spec is None else f"{self.tool}({self.spec})"


@dataclass(frozen=True, kw_only=True)
class Target:
    """One file or folder that a call touches, as asked for and as the kernel resolved it.

    Paths are relative to the garden with forward slashes, or absolute where they lie in another
    granted root.
    """

    access: Access
    asked: str
    resolved: str
    exists: bool = True
    is_folder: bool = False
    links: int = 1
    """Hard links of the file; more than one may lead outside."""
    identity: tuple[int, int] | None = None
    """(device, inode) of what was there when it was looked at."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the rules decide about: one call, with what it touches already resolved."""

    tool: str
    input: Mapping[str, Json]
    targets: tuple[Target, ...] = ()
    command: str | None = None
    """The shell text, for Bash."""
    host: str | None = None
    """The host in lower case without a port, for what goes to the network."""
    is_outward: bool = False
    """Whether bytes leave this computer."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the rules say, and which of them said it."""

    effect: Effect
    reason: str
    """One plain sentence."""
    rule: Rule | None = None
    """The rule that decides; None where a default or a protection does."""
    can_be_remembered: bool = True
    """False where a yes holds for this call alone: protected names, outward bytes, hard links."""


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """One use of a tool, by whomever."""

    id: str
    """Short and unique in the garden, such as `a41f9c`."""
    tool: str
    input: Mapping[str, Json]
    by: str = "person"
    """`person`, `agent`, `agent/<sub-agent>`, `hook/<name>`, `procedure/<name>`."""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Done:
    """The call ran."""

    text: str
    """What it gave, for a person or a model to read."""
    data: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """The same in the shape that hooks expect of the tool."""
    checkpoint: str = ""
    """The undo point, where it changed anything."""
    labels: frozenset[Label] = frozenset()
    ends_turn: str = ""
    """Why a hook wants the turn to end with it; empty where none does."""


@dataclass(frozen=True, kw_only=True)
class Denied:
    """It did not run: a rule, a hook or a person said no."""

    decision: Decision
    by: Literal["rule", "person", "hook", "wall"]
    note: str = ""
    """What the person or the hook added."""
    ends_turn: str = ""
    """Why a hook wants the turn to end with it; empty where none does."""


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """It did not run: it had to be asked and nobody answered. Not a no."""

    decision: Decision
    ask_id: str = ""
    grant: str = ""
    """The narrowest rule that would let it run; empty where none can."""


@dataclass(frozen=True, kw_only=True)
class Failed:
    """It was let through and did not work, or its input has no meaning."""

    message: str
    hint: str = ""
    can_retry: bool = True
    """Whether another input could work."""
    checkpoint: str = ""


Outcome: TypeAlias = Done | Denied | Unanswered | Failed


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """What becomes of one file. `before` and `after` are None where there is no file."""

    path: str
    before: bytes | None
    after: bytes | None
    moved_from: str = ""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question to a person: one call, shown whole."""

    id: str
    call: ToolCall
    decision: Decision
    at: datetime
    title: str
    """`WRITE notes/pricing.md`: the verb in capitals and the object, escaped, never cut."""
    body: str
    """The full canonical argument or the exact bytes that would leave; safe to show, never cut."""
    risk: str
    """What could go wrong and whether it can be undone, in a few words."""
    changes: tuple[FileChange, ...] = ()
    scopes: tuple[Scope, ...] = ("once",)
    """The answers offered; `session` and `folder` only where they may be remembered."""
    grant: str = ""
    """The narrowest rule that a remembered yes would make, such as `Edit(/notes/**)`."""


@dataclass(frozen=True, kw_only=True)
class Yes:
    """The person lets it run."""

    scope: Scope = "once"


@dataclass(frozen=True, kw_only=True)
class No:
    """The person does not."""

    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NoAnswer:
    """Nobody is there, or the time is up."""


AskReply: TypeAlias = Yes | No | NoAnswer


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One line of the trail: a decision, or what came of it."""

    seq: int
    at: datetime
    kind: Literal["decision", "outcome", "grant", "undo", "trust"]
    call_id: str
    by: str
    tool: str
    verdict: str
    """`allowed`, `denied`, `asked` (and not granted), `done`, `failed`."""
    subject: str
    """What it touched: a path, a command, an address. One line, redacted."""
    reason: str
    rule: str = ""
    """`deny Read(private/**) at .pmagent/settings.json:4`; empty for a default."""
    session: str = ""
    checkpoint: str = ""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """One undo point: what one call changed."""

    id: str
    at: datetime
    call_id: str
    by: str
    tool: str
    summary: str
    """`Write notes/pricing.md`, `Bash sed -i … (3 files)`."""
    paths: tuple[str, ...]
    undone_by: str = ""
    """The checkpoint that took it back; empty while it stands."""
