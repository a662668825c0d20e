"""The walls of the small garden: rules, a trail, undo points and questions, all in memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pmagent.errors import JournalError, RuleFaultError, SettingsError
from pmagent.types.actions import (
    Ask,
    AskReply,
    AuditEntry,
    Checkpoint,
    Decision,
    Denied,
    Done,
    FileChange,
    Json,
    No,
    NoAnswer,
    Outcome,
    Rule,
    Source,
    ToolCall,
    TrustLevel,
    Unanswered,
    Yes,
)
from pmagent.types.rights import GardenRights, RightRow, Untrusted

AT = datetime(2026, 11, 23, 11, 2, 10, tzinfo=UTC)
RULE = Rule(
    effect="ask", tool="Bash", spec="git *", layer="project",
    source=Source(path=".claude/settings.json", line=9),
)  # fmt: skip
ASKED = Decision(effect="ask", reason="commands are asked about at this level", rule=RULE)
DENIED = Decision(
    effect="deny",
    reason="private notes stay private",
    rule=Rule(effect="deny", tool="Read", spec="private/**", layer="user",
              source=Source(path="~/.claude/settings.json", line=14)),
)  # fmt: skip
BEFORE = b"# Pricing\n\nA seat costs nine dollars.\nA seat is what we count.\n"
AFTER = b"# Pricing\n\nAn outcome costs ninety dollars.\nA seat is what we count.\n"

ROWS = (
    RightRow(effect="deny", rule_text="Read(private/**)", layer="user",
             source_text="~/.claude/settings.json:14", uses=12, last_used=AT),
    RightRow(effect="ask", rule_text="Bash(git *)", layer="project",
             source_text=".claude/settings.json:9", uses=3, last_used=AT - timedelta(days=2)),
    RightRow(effect="allow", rule_text="Edit(/notes/**)", layer="grant", uses=4,
             last_used=AT, expires=AT + timedelta(days=7)),
    RightRow(effect="allow", rule_text="Read(private/diary.md)", layer="project",
             source_text=".claude/settings.json:6",
             is_dead_because="deny Read(private/**) at ~/.claude/settings.json:14 covers it"),
)  # fmt: skip
WAITING = Untrusted(
    path=".pmagent/settings.json",
    digest="sha256:9f2b7c1d4e5a6b7c8d9e0f",
    says="3 allow rules, 2 hooks",
)


def change(path: str = "notes/pricing.md") -> FileChange:
    return FileChange(path=path, before=BEFORE, after=AFTER)


class SmallWalls:
    """Asks about every command that has no outcome set; keeps what was answered."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.asks: dict[str, Ask] = {}
        """What is asked about a command, where it is more than the default."""
        self.replies: list[AskReply] = []
        self.came: list[Outcome] = []
        self.rights = GardenRights(
            level=TrustLevel.EDIT, rows=ROWS, untrusted=(WAITING,),
            sandbox_says="bubblewrap, Landlock and seccomp: commands see this folder alone",
        )  # fmt: skip
        self.decisions: dict[tuple[str, str], Decision] = {("Read", "private/a.md"): DENIED}
        self.trusted: list[str] = []
        self.trail: tuple[AuditEntry, ...] = ()
        self.state = ("ok", "each entry seals the one before")
        self.now: dict[str, bytes] = {}
        """The files that undo points speak of, as they are now."""
        self.points: list[Checkpoint] = []
        self.states: dict[str, tuple[FileChange, ...]] = {}
        self._asker: Callable[[Ask], AskReply] = lambda _: NoAnswer()
        self._numbers = itertools.count(0xA41F)

    def set_asker(self, asker: Callable[[Ask], AskReply]) -> None:
        self._asker = asker

    def perform(
        self, call_tool: str, tool_input: Mapping[str, Json], *, by: str = "person", why: str = ""
    ) -> Outcome:
        call = ToolCall(
            id=f"{next(self._numbers):x}", tool=call_tool, input=tool_input, by=by, why=why
        )
        outcome = self._perform(call, str(tool_input.get("command", "")))
        self.came.append(outcome)
        return outcome

    def _perform(self, call: ToolCall, command: str) -> Outcome:
        if command in self.outcomes:
            return self.outcomes[command]
        ask = self.asks.get(command) or ask_about(command, call)
        ask = replace(ask, call=replace(call, by=ask.call.by, why=ask.call.why))
        reply = self._asker(ask)
        self.replies.append(reply)
        match reply:
            case Yes():
                return Done(text=f"ran {command}")
            case No(note=note):
                return Denied(decision=ask.decision, by="person", note=note)
            case NoAnswer():
                return Unanswered(decision=ask.decision, ask_id=ask.id)

    def audit(
        self,
        *,
        limit: int = 1000,
        verdict: str | None = None,
        path: str | None = None,
        agent: str | None = None,
    ) -> Sequence[AuditEntry]:
        kept = [
            entry
            for entry in self.trail
            if verdict in {None, entry.verdict}
            and (path is None or path in entry.subject)
            and (agent is None or agent in entry.by)
        ]
        return kept[-limit:]

    def audit_state(self) -> tuple[str, str]:
        return self.state

    def checkpoints(self, *, limit: int = 100) -> Sequence[Checkpoint]:
        return tuple(reversed(self.points))[:limit]

    def change(self, path: str, after: bytes, *, tool: str = "Write") -> Checkpoint:
        """Change a file of this garden and keep an undo point."""
        point = self._keep(
            (FileChange(path=path, before=self.now.get(path), after=after),), f"{tool} {path}"
        )
        self.now[path] = after
        return point

    def preview_undo(
        self, checkpoint_id: str, *, rewind: bool = False
    ) -> tuple[Sequence[FileChange], Sequence[str]]:
        first = self._place(checkpoint_id)
        taken = self.points[first:] if rewind else [self.points[first]]
        before: dict[str, bytes | None] = {}
        last: dict[str, bytes | None] = {}
        for point in taken:
            for each in self.states[point.id]:
                before.setdefault(each.path, each.before)
                last[each.path] = each.after
        changes = tuple(
            FileChange(path=path, before=self.now.get(path), after=state)
            for path, state in before.items()
            if self.now.get(path) != state
        )
        return changes, [path for path in before if self.now.get(path) != last[path]]

    def undo(
        self, checkpoint_id: str, *, rewind: bool = False, overwrite: bool = False
    ) -> Checkpoint:
        changes, conflicts = self.preview_undo(checkpoint_id, rewind=rewind)
        if conflicts and not overwrite:
            raise JournalError(f'"{conflicts[0]}" has changed since', "look at it first")
        for each in changes:
            if each.after is None:
                del self.now[each.path]
            else:
                self.now[each.path] = each.after
        point = self._keep(changes, f"Undo {checkpoint_id}")
        first = self._place(checkpoint_id)
        for place in range(first, len(self.points) - 1 if rewind else first + 1):
            self.points[place] = replace(self.points[place], undone_by=point.id)
        return point

    def grants(self) -> GardenRights:
        return self.rights

    def test_rule(self, tool: str, subject: str) -> Decision:
        default = Decision(effect="allow", reason="it is in the garden")
        return self.decisions.get((tool, subject), default)

    def allow(self, rule_text: str, *, days: int | None) -> None:
        if "(" in rule_text and not rule_text.endswith(")"):
            raise RuleFaultError(f'"{rule_text}" is no rule', "close the bracket")
        expires = None if days is None else AT + timedelta(days=days)
        row = RightRow(effect="allow", rule_text=rule_text, layer="grant", expires=expires)
        self.rights = replace(self.rights, rows=(*self.rights.rows, row))

    def revoke(self, rule_text: str) -> None:
        rows = tuple(row for row in self.rights.rows if row.rule_text != rule_text)
        if rows == self.rights.rows:
            raise SettingsError(f'"{rule_text}" is not there')
        self.rights = replace(self.rights, rows=rows)

    def set_level(self, level: TrustLevel) -> None:
        self.rights = replace(self.rights, level=level)

    def trust(self, digest: str) -> None:
        self.trusted.append(digest)
        self.rights = replace(self.rights, untrusted=())

    def _keep(self, changes: tuple[FileChange, ...], summary: str) -> Checkpoint:
        number = len(self.points) + 1
        point = Checkpoint(
            id=f"c{number:03}", at=AT + timedelta(minutes=number), call_id=f"a{number:03}",
            by="agent", tool=summary.split()[0], summary=summary,
            paths=tuple(each.path for each in changes),
        )  # fmt: skip
        self.points.append(point)
        self.states[point.id] = changes
        return point

    def _place(self, checkpoint_id: str) -> int:
        ids = [point.id for point in self.points]
        if checkpoint_id not in ids:
            raise JournalError(f'there is no undo point "{checkpoint_id}"')
        return ids.index(checkpoint_id)


def ask_about(command: str, call: ToolCall) -> Ask:
    return Ask(
        id=call.id,
        call=call,
        decision=ASKED,
        at=AT,
        title=f"RUN {command}",
        body=command,
        risk="runs in the sandbox; what it changes here can be undone",
        scopes=("once", "session", "folder"),
        grant=f"Bash({command.split()[0]} *)",
    )


def entries(number: int) -> tuple[AuditEntry, ...]:
    """So many entries, oldest first; every third is denied, every fifth has an undo point."""
    return tuple(
        AuditEntry(
            seq=seq, at=AT + timedelta(seconds=seq), kind="decision", call_id=f"a{seq:05}",
            by="agent/publisher" if seq % 2 else "person", tool="Write" if seq % 5 == 0 else "Read",
            verdict="denied" if seq % 3 == 0 else "done",
            subject=f"notes/entry-{seq:06}.md",
            reason="private notes stay private" if seq % 3 == 0 else "it is in the garden",
            rule="deny Read(private/**) at ~/.claude/settings.json:14" if seq % 3 == 0 else "",
            checkpoint=f"c{seq:03}" if seq % 5 == 0 else "",
        )
        for seq in range(1, number + 1)
    )  # fmt: skip
