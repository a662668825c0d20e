"""The decision about one call, from rules and values alone: the same inputs, the same decision.

In this order: deny rules of every layer, the garden's edge, ask rules, what is never covered by an
allow, what a hook says, the mode, the level of trust, allow rules and grants, and else: reading in
the garden runs, everything else is asked. While a rule cannot be understood, nothing runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from pmagent.permissions.book import RuleBook
from pmagent.permissions.compiled import FileRules, ToolRules
from pmagent.permissions.dead import find_dead
from pmagent.permissions.hosts import normalise_host
from pmagent.permissions.names import Grounds
from pmagent.permissions.protected import is_protected
from pmagent.permissions.rules import (
    CD,
    FETCH,
    FILE_TOOLS,
    FOR_GOOD,
    PERSON_TOOLS,
    READ_TOOLS,
    SHELL,
    RuleAccess,
    present_names,
)
from pmagent.permissions.shell_policy import DRAFTS, Finding, ShellLine, ShellRules, freedom_of
from pmagent.types.actions import (
    Access,
    Decision,
    Effect,
    Mode,
    Request,
    Rule,
    Target,
    TrustLevel,
)

HookVerdict = Literal["allow", "ask"]
_LOOKS = READ_TOOLS | {CD}
_WITHIN = frozenset({"Skill", "Agent"})
"""They do nothing of their own: whatever they lead to is decided by itself."""
_EFFECTS: tuple[Effect, ...] = ("deny", "ask", "allow")


class _Touch(NamedTuple):
    """One target, with its names tidied."""

    access: Access
    names: tuple[str, ...]
    target: Target


class _Case(NamedTuple):
    """One request, read once."""

    request: Request
    tool: str
    touches: tuple[_Touch, ...]
    is_refused: bool
    """Whether a deny or ask rule takes a target."""
    line: ShellLine | None
    host: str | None
    has_odd_host: bool


class Policy:
    """The rules of one garden for one session."""

    def __init__(
        self,
        book: RuleBook,
        *,
        root: Path,
        home: Path,
        mode: Mode = "default",
        level: TrustLevel = TrustLevel.LOOK,
        grants: Sequence[Rule] = (),
    ) -> None:
        """Compile the rules. `root` and `home` are real paths, without links in them."""
        self._book = book
        self._mode: Mode = "default" if mode == "bypassPermissions" and book.is_bypass_off else mode
        self._level = level
        self._grounds = Grounds(root=root, home=home, others=book.additional_directories)
        self._rules = (*book.rules, *grants)
        self._files: dict[Effect, FileRules] = {
            e: FileRules(self._rules, (e,), self._grounds) for e in _EFFECTS
        }
        # Most files fall under no rule: one look says so for both kinds that refuse.
        self._refusing = FileRules(self._rules, ("deny", "ask"), self._grounds)
        self._tools: dict[Effect, ToolRules] = {e: ToolRules(self._rules, e) for e in _EFFECTS}
        self._shell = ShellRules(self._rules, self._files, self._grounds)
        self._freedom = freedom_of(level, accepts_edits=self._mode == "acceptEdits")
        self._closed: Decision | None = None
        if book.faults:
            self._closed = Decision(
                effect="deny",
                reason=f"the garden is closed: {book.faults[0].message}",
                can_be_remembered=False,
            )

    @property
    def mode(self) -> Mode:
        """The mode that counts: never the one that asks nothing where a layer forbids it."""
        return self._mode

    def decide(self, request: Request, *, hook: HookVerdict | None = None) -> Decision:
        """What the rules say about a call whose targets are resolved.

        `hook` is what the hooks before the call said; it counts after every rule that refuses.
        """
        if self._closed is not None:
            return self._closed
        case = self._read(request)
        decision = (
            self._denied(case)
            or self._asked(case)
            or self._guarded(case)
            or _by_hook(hook)
            or self._by_mode(case)
            or self._by_level(case)
            or self._by_allow(case)
            or self._by_default(case)
        )
        if request.is_outward and decision.effect == "ask":
            decision = replace(decision, can_be_remembered=False)
        if self._mode == "dontAsk" and decision.effect == "ask":
            reason = f"{decision.reason}, and this session asks nothing"
            return replace(decision, effect="deny", reason=reason, can_be_remembered=False)
        return decision

    def explain(self, request: Request, *, hook: HookVerdict | None = None) -> Decision:
        """The same decision in words for a person: which rule of which file and line decides."""
        decision = self.decide(request, hook=hook)
        verdict = {"allow": "runs", "ask": "asks", "deny": "is refused"}[decision.effect]
        if decision.rule is None:
            by = "no rule decides"
        else:
            where = str(decision.rule.source) or decision.rule.layer
            by = f"{decision.rule.effect} {decision.rule} at {where} decides"
        reason = f"{request.tool} {verdict}: {decision.reason} ({by})"
        return replace(decision, reason=reason)

    def denial(self, access: Access, path: str) -> Decision | None:
        """The refusal of one file or folder by a deny rule, or None. Cheap: for every file."""
        if self._closed is not None:
            return self._closed
        rule = self._files["deny"].find(access, self._grounds.tidy(path))
        return None if rule is None else _decision("deny", _under(path, rule), rule)

    def is_removed(self, tool: str) -> bool:
        """Whether a bare deny rule takes the tool away altogether."""
        return any(self._tools["deny"].find_tool(name) for name in present_names(tool))

    def dead_rules(self) -> Sequence[tuple[Rule, str]]:
        """The rules that can never match or never win, and why."""
        return find_dead(self._rules, self._grounds)

    def _read(self, request: Request) -> _Case:
        tool = present_names(request.tool)[0]
        touches = tuple(
            _Touch(target.access, self._names(target), target) for target in request.targets
        )
        command = request.command
        if tool == SHELL and command is None:
            given = request.input.get("command")
            command = given if isinstance(given, str) else None
        line = None if command is None else self._shell.read(command)
        host, has_odd_host = None, tool == FETCH and request.host is None
        if request.host is not None:
            try:
                host = normalise_host(request.host)
            except ValueError:
                has_odd_host = True
        return _Case(
            request=request,
            tool=tool,
            touches=touches,
            is_refused=any(
                _find(self._refusing, access, name, touch)
                for touch in touches
                for access, name in self._questions(tool, touch)
            ),
            line=line,
            host=host,
            has_odd_host=has_odd_host,
        )

    def _names(self, target: Target) -> tuple[str, ...]:
        asked = self._grounds.tidy(target.asked)
        if target.resolved == target.asked:
            return (asked,)
        return tuple(dict.fromkeys((asked, self._grounds.tidy(target.resolved))))

    def _denied(self, case: _Case) -> Decision | None:
        found = self._by_refusing_rule(case, "deny")
        if found is not None:
            return found
        if case.has_odd_host:
            return _decision("deny", f'"{case.request.host or ""}" is not the name of a host')
        for touch in case.touches:
            for name in touch.names:
                if not self._grounds.is_inside(name):
                    return _decision("deny", f'"{name}" lies outside the garden')
        if case.line and (outside := case.line.outside()):
            return _found("deny", outside)
        return None

    def _asked(self, case: _Case) -> Decision | None:
        found = self._by_refusing_rule(case, "ask")
        if found is None and case.line and (hidden := case.line.hidden()):
            found = _found("ask", hidden)
        return None if found is None else replace(found, can_be_remembered=False)

    def _by_refusing_rule(self, case: _Case, effect: Effect) -> Decision | None:
        tools = self._tools[effect]
        for name in present_names(case.request.tool):
            rule = tools.find_tool(name)
            if rule is None:
                continue
            verb = "is denied to" if effect == "deny" else "is to be asked about with"
            return _decision(effect, f"every use {verb} {case.tool}", rule)
        rule = tools.find_input(case.tool, case.request.input)
        if rule is not None:
            return _decision(effect, f'the call falls under "{rule}"', rule)
        if case.host is not None and (rule := tools.find_host(case.host)):
            return _decision(effect, _under(case.host, rule), rule)
        files = self._files[effect]
        for touch in case.touches if case.is_refused else ():
            for access, name in self._questions(case.tool, touch):
                if rule := _find(files, access, name, touch):
                    return _decision(effect, _under(name, rule), rule)
        if case.line and (finding := case.line.refused(effect)):
            return _found(effect, finding)
        return None

    @staticmethod
    def _questions(tool: str, touch: _Touch) -> Sequence[tuple[RuleAccess, str]]:
        accesses: tuple[RuleAccess, ...] = (touch.access, "cd") if tool == CD else (touch.access,)
        return [(access, name) for access in accesses for name in touch.names]

    def _guarded(self, case: _Case) -> Decision | None:
        """What an allow never covers: protected names, hard links, removals of everything."""
        finding: Finding | None = None
        if case.line:
            finding = case.line.critical() or case.line.protected()
        if case.tool in PERSON_TOOLS:
            finding = Finding(reason="it asks a person")
        if case.tool in FOR_GOOD:
            finding = Finding(reason="nothing takes it back, so it is asked about each time")
        for touch in case.touches:
            if touch.access == "edit":
                reasons = (is_protected(name) for name in touch.names)
                reason = next((reason for reason in reasons if reason), None)
                finding = finding or (Finding(reason=reason) if reason else None)
            if touch.target.links > 1 and not touch.target.is_folder:
                said = f'"{touch.names[0]}" is one of {touch.target.links} hard links to a file'
                finding = finding or Finding(reason=f"{said} that may lie outside the garden")
        return _found("ask", finding, can_be_remembered=False) if finding else None

    def _by_mode(self, case: _Case) -> Decision | None:
        if self._mode == "bypassPermissions":
            return _decision("allow", "this session asks nothing")
        if self._mode == "plan":
            return self._by_plan(case)
        is_edit = self._mode == "acceptEdits" and self._is_file_call(case)
        if is_edit and any(touch.access == "edit" for touch in case.touches):
            return _decision("allow", "this session accepts edits")
        return None

    @staticmethod
    def _by_plan(case: _Case) -> Decision | None:
        waits = "edits wait until the plan is approved"
        if any(touch.access == "edit" for touch in case.touches):
            return _decision("deny", waits)
        if case.line is None:
            return None
        if case.line.writes():
            return _decision("deny", waits)
        if case.line.is_reading():
            return None
        return _decision("ask", "commands that do more than read wait until the plan is approved")

    def _by_level(self, case: _Case) -> Decision | None:
        if not self._is_file_call(case) or not any(t.access == "edit" for t in case.touches):
            return None
        edited = [name for t in case.touches if t.access == "edit" for name in t.names]
        if self._level >= TrustLevel.EDIT and all(map(self._grounds.is_in_garden, edited)):
            return _decision("allow", "the garden is trusted to be edited")
        is_draft = all(name.startswith(f"{DRAFTS}/") for name in edited)
        if self._level >= TrustLevel.DRAFT and is_draft:
            return _decision("allow", f'drafts may be written below "{DRAFTS}/"')
        return None

    def _by_allow(self, case: _Case) -> Decision | None:
        bare = self._tools["allow"].find_tool(case.tool)
        if case.line is not None:
            found = case.line.allowed(self._freedom, bare)
            return _found("allow", found) if found and self._may_touch(case) else None
        if bare is not None:
            return _decision("allow", f"every use of {case.tool} is allowed", bare)
        rule = self._tools["allow"].find_input(case.tool, case.request.input)
        if rule is not None:
            return _decision("allow", f'the call falls under "{rule}"', rule)
        if case.host is not None and case.tool == FETCH:
            rule = self._tools["allow"].find_host(case.host)
            return _decision("allow", _under(case.host, rule), rule) if rule else None
        return self._by_allowed_files(case)

    def _may_touch(self, case: _Case) -> bool:
        """Whether a command may change the files that it is known to touch."""
        return all(
            self._files["allow"].find("edit", name) or self._shell.is_free(name, self._freedom)
            for touch in case.touches
            if touch.access == "edit"
            for name in touch.names
        )

    def _by_allowed_files(self, case: _Case) -> Decision | None:
        edits = [touch for touch in case.touches if touch.access == "edit"]
        if not edits or not self._is_file_call(case):
            return None
        used: Rule | None = None
        for touch in edits:
            for name in touch.names:
                used = self._files["allow"].find("edit", name)
                if used is None:
                    return None
        return _decision("allow", _under(edits[0].names[0], used), used) if used else None

    def _by_default(self, case: _Case) -> Decision:
        if case.line is not None:
            doubt = f": {case.line.doubt}" if case.line.doubt else ""
            return _decision(
                "ask", f"a command runs when it is asked for{doubt}", can_be_remembered=not doubt
            )
        is_reading = case.tool in _LOOKS and not case.request.is_outward
        if is_reading and all(touch.access == "read" for touch in case.touches):
            return _decision("allow", "reading in the garden is allowed")
        if case.tool in _WITHIN and not case.request.is_outward:
            return _decision("allow", "what it leads to is decided call by call")
        if case.request.is_outward or case.host is not None:
            return _decision("ask", "what leaves this computer is asked about")
        if case.tool in FILE_TOOLS:
            return _decision("ask", "a change is asked about")
        return _decision("ask", f'"{case.request.tool}" is asked about')

    @staticmethod
    def _is_file_call(case: _Case) -> bool:
        return (
            case.tool in FILE_TOOLS
            and bool(case.touches)
            and case.line is None
            and not case.request.is_outward
            and case.request.host is None
        )


def _find(files: FileRules, access: RuleAccess, name: str, touch: _Touch) -> Rule | None:
    rule = files.find(access, name)
    if rule is None and touch.target.is_folder:
        return files.find_below(access, name)
    return rule


def _by_hook(hook: HookVerdict | None) -> Decision | None:
    if hook is None:
        return None
    return _decision(hook, "a hook lets it run" if hook == "allow" else "a hook wants it asked")


def _under(what: str, rule: Rule | None) -> str:
    return f'"{what}" falls under "{rule}"'


def _found(effect: Effect, finding: Finding, *, can_be_remembered: bool = True) -> Decision:
    return _decision(effect, finding.reason, finding.rule, can_be_remembered=can_be_remembered)


def _decision(
    effect: Effect, reason: str, rule: Rule | None = None, *, can_be_remembered: bool = True
) -> Decision:
    return Decision(effect=effect, reason=reason, rule=rule, can_be_remembered=can_be_remembered)
