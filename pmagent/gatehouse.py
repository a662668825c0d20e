"""The gate of one garden with everything it stands on, wired once and late.

Nothing here is loaded to answer a question: the first use of a tool brings it in. The journal, the
trail and the trust file lie in the garden's data folder, which no tool can reach.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pmagent.agent.audit import Trail, trail_anchor, trail_key
from pmagent.agent.enclosure import Enclosure
from pmagent.agent.errands import Errands
from pmagent.agent.fetching import Fetcher
from pmagent.agent.gate import OWN_ERRAND, Asker, Gate, Parts, new_call_id, nobody, silent
from pmagent.agent.grounds import Grounds, Wiring, no_skill
from pmagent.agent.handlers import HookBook
from pmagent.agent.labels import by_globs, labels_of_read
from pmagent.agent.moment import utc_now
from pmagent.agent.one_at_a_time import one_at_a_time
from pmagent.agent.rights import Rights
from pmagent.agent.rights_view import view_rights
from pmagent.agent.session import Session
from pmagent.agent.tool import AnyTool, Errand, OutboxPort, Plan, Reach, Result
from pmagent.agent.tool_specs import specs_of
from pmagent.agent.undoing import Undoing
from pmagent.agent.way_out import LateOutbox, no_outbox
from pmagent.commands.plugin_hooks import hooks_of_plugin
from pmagent.errors import PmagentError, UsageError
from pmagent.hooks.command import Place
from pmagent.hooks.listing import HookRow, listing, try_hook
from pmagent.hooks.read import HookSet
from pmagent.hooks.run import Hooks, Verdict
from pmagent.journal.journal import Journal
from pmagent.journal.trash import Trash
from pmagent.journal.walled import WalledFiles
from pmagent.net.addresses import WEB_PORTS
from pmagent.paths import make_private_dir
from pmagent.permissions.walls import Walls
from pmagent.registry import collect
from pmagent.sandbox.tiers import TierReport, find_tier
from pmagent.secrets import Redactor, secret_values
from pmagent.types import Check
from pmagent.types.actions import (
    Ask,
    Checkpoint,
    Decision,
    FileChange,
    Json,
    Label,
    Outcome,
    Request,
    ToolCall,
)
from pmagent.types.rights import GardenRights
from pmagent.types.talk import ToolSpec

if TYPE_CHECKING:
    from pmagent.commands.book import CommandBook

JOURNAL = "journal.git"
TRASH = "trash"
STATUS_LINE_S = 2.0
COUNTED = 20_000
"""Entries of the trail in which the uses of rules are counted."""


class Gatehouse:
    """Performs calls, and knows what was done and how to take it back."""

    def __init__(self, grounds: Grounds, wiring: Wiring) -> None:
        self.asker: Asker = nobody
        """Who is asked. Nobody, until a front end says otherwise."""
        self.skill: Callable[[str, str], Result] = no_skill
        """What a slash command makes of its arguments; set by whoever knows the commands."""
        self.outbox: Callable[[], OutboxPort] = no_outbox
        self.ring: Callable[[Sequence[str]], None] = silent
        """Shows what hooks want the terminal to do, from any thread."""
        self.session = Session(id=new_call_id(), cwd=str(grounds.root))
        self.rights = grounds.rights
        self.rights.session = self.session
        self._errands = Errands()
        self._grounds = grounds
        self._wiring = wiring
        make_private_dir(grounds.data_dir)
        # Every file, denied or not: what a command changes must be kept, and what is hidden found.
        self._all_files = Walls(grounds.root, exact=True)
        self.trail = Trail(
            grounds.data_dir,
            key=trail_key(grounds.homes.config),
            now=utc_now,
            redact=Redactor(secret_values(os.environ)).redact,
            anchor=trail_anchor(grounds.homes.config, grounds.data_dir),
        )
        self.journal = Journal(
            grounds.data_dir / JOURNAL, WalledFiles(self._all_files), now=utc_now
        )
        self._all_files.sweep(utc_now().timestamp())
        self.journal.recover()

    def close(self) -> None:
        """Release what is held."""
        if "_gate" in self.__dict__:
            self._gate.close()
        self.journal.close()
        self._all_files.close()

    @cached_property
    def tools(self) -> Mapping[str, AnyTool]:
        """Every tool, by name."""
        found = cast("tuple[AnyTool, ...]", collect("pmagent.tools", "tool"))
        return {tool.name: tool for tool in found}

    @cached_property
    def commands(self) -> CommandBook:
        """The commands, skills and sub-agents that files bring."""
        # Late: a single use of a tool needs none.
        from pmagent.commands.book import CommandBook, Sources  # noqa: PLC0415
        from pmagent.commands.folders import WalledFolder  # noqa: PLC0415

        sources = Sources(
            homes=self._grounds.homes,
            user_home=Path.home(),
            garden=WalledFolder(self._grounds.walls),
            environment=os.environ,
        )
        return CommandBook(sources, is_trusted=self.rights.is_digest_trusted)

    @cached_property
    def tier(self) -> TierReport:
        """What the sandbox can hold on this computer."""
        return find_tier(self._grounds.homes.cache)

    # -- calls -------------------------------------------------------------------------------------

    def begin(self, source: str = "startup") -> Verdict:
        """Tell the hooks that a session begins; what they say of it."""
        payload = {**self.session.for_hooks(), "source": source}
        return self._fresh_hooks().fire("SessionStart", payload, matches=source)

    def perform(
        self,
        tool: str,
        given: Mapping[str, Json],
        *,
        by: str = "person",
        why: str = "",
        asker: Asker | None = None,
    ) -> Outcome:
        """What came of one use of a tool. `asker` is asked in place of the usual one."""
        call = ToolCall(id=new_call_id(), tool=tool, input=dict(given), by=by, why=why)
        return self.run_errand(call, OWN_ERRAND, asker)

    def run_errand(self, call: ToolCall, errand: Errand, asker: Asker | None = None) -> Outcome:
        """What came of a call that is made on an errand, from any thread."""
        with self._gate.turn:
            self.rights.refresh()
            self._fresh_hooks()
        with self._errands.under(call, errand) as (made, whose):
            return self._gate.perform(made, self.session, asker or self.asker, whose)

    def only_reads(self, tool: str, given: Mapping[str, Json]) -> bool:
        """Whether a call would change and send nothing, so that it may run beside others."""
        return self._gate.only_reads(tool, given)

    def plan(self, tool: str, given: Mapping[str, Json]) -> Plan:
        """What a call would do, undecided and unrecorded.

        Raises:
            PmagentError: it cannot be planned.
        """
        return self._gate.planner.preview(tool, given)

    def fire(self, event: str, told: Mapping[str, Json]) -> Verdict:
        """What the hooks say at a moment of a turn; what they change can be undone."""
        with self._gate.turn:
            self._fresh_hooks()
            return self._gate.fire(event, told, self.session)

    def tool_specs(self) -> Sequence[ToolSpec]:
        """The tools as a model is told of them, without those that a rule takes away."""
        self.rights.refresh()
        policy = self.rights.policy(self.session)
        return specs_of(self.tools.values(), is_removed=policy.is_removed)

    @property
    def asking(self) -> Ask | None:
        """The question that a person is asked now."""
        return self._gate.asking

    # -- taking back -------------------------------------------------------------------------------

    def preview_undo(
        self, checkpoint: str, *, rewind: bool
    ) -> tuple[Sequence[FileChange], Sequence[str]]:
        """What taking it back would change, and the files somebody has edited since."""
        return self._undoing.preview(checkpoint, rewind=rewind)

    def undo(self, checkpoint: str, *, rewind: bool, overwrite: bool) -> Checkpoint:
        """Take it back, as an undo point of its own, written to the trail."""
        return self._undoing.undo(checkpoint, rewind=rewind, overwrite=overwrite)

    @cached_property
    def _undoing(self) -> Undoing:
        session = self.session
        return Undoing(
            journal=self.journal, trail=self.trail, session=lambda: session.id, new_id=new_call_id
        )

    # -- hooks -------------------------------------------------------------------------------------

    def hook_rows(self) -> Sequence[HookRow]:
        """Every hook, and whether it runs."""
        return listing(self._fresh_hooks().handlers, trusted=self._hook_book.is_trusted)

    def try_hook(self, event: str, tool: str, given: Mapping[str, Json]) -> Verdict:
        """What the hooks of an event would say to an input. The tool is not run."""
        return try_hook(self._fresh_hooks(), event, tool=tool, given=given)

    def print_status(self, command: str, facts: Mapping[str, Json]) -> str | None:
        """What a status line's command prints, in the sandbox; None where it did not work in time.

        It can change nothing, so that it needs no undo point and no entry in the trail.
        """
        try:
            done = self._enclosure.run_printer(
                command, stdin=json.dumps(facts).encode(), timeout_s=STATUS_LINE_S
            )
        except PmagentError:
            return None
        return done.stdout if done.status == 0 else None

    # -- what holds here ---------------------------------------------------------------------------

    def grants(self) -> GardenRights:
        """The rules, the level and what waits for trust."""
        self.rights.refresh()
        self.commands.refresh()
        trail = self.trail.entries(limit=COUNTED)
        found = view_rights(self.rights, self._hook_book, trail, self.tier.says)
        return replace(found, untrusted=(*found.untrusted, *self.commands.waiting()))

    def checks(self) -> Iterator[Check]:
        """What `doctor` says of the walls."""
        # Late: only `doctor` tries to break out.
        from pmagent.agent.checkup import check_rules, check_sandbox, check_trail  # noqa: PLC0415

        yield from check_sandbox(self.tier, self._grounds.homes.data)
        yield check_trail(self.trail)
        yield from check_rules(self.grants())

    def test_rule(self, tool: str, subject: str) -> Decision:
        """What would be decided about reading or editing a path, a command or an address."""
        self.rights.refresh()
        key = {"Bash": "command", "WebFetch": "url"}.get(tool, "file_path")
        given: dict[str, Json] = {key: subject}
        try:
            request = self._request(tool, subject, given)
        except PmagentError as exc:
            return Decision(effect="deny", reason=exc.message, can_be_remembered=False)
        return self.rights.policy(self.session).decide(request)

    def widen(self, what: str, subject: str, change: Callable[[Rights], None]) -> None:
        """Change the rights as a person's key press asks, and write it to the trail first."""
        self.trail.append(
            kind="grant", call_id="", by="person", tool=what, verdict="done", subject=subject,
            reason="pressed by a person", session=self.session.id,
        )  # fmt: skip
        change(self.rights)

    def trust(self, digest: str) -> None:
        """Let what waits under this digest count, with all that its file names.

        Raises:
            UsageError: nothing waits under it.
        """
        for waiting in self.grants().untrusted:
            if waiting.digest == digest:
                # Of a whole file the bytes trusted before no longer are; a file has many hooks.
                whole = {*self.rights.book.digests.values()}
                whole |= {found.digest for found in self.commands.waiting()}
                is_whole = digest in whole
                what = waiting.path if is_whole else f"{waiting.path} {waiting.says}"
                self.rights.trust(what, digest)
                self.trail.append(
                    kind="trust", call_id="", by="person", tool="Trust", verdict="done",
                    subject=waiting.path, reason=waiting.says, session=self.session.id,
                )  # fmt: skip
                return
        raise UsageError(
            "nothing waits under that digest", '"pmagent garden trust" lists what does'
        )

    def _request(self, tool: str, subject: str, given: Mapping[str, Json]) -> Request:
        if tool == "Bash":
            return Request(tool=tool, input=given, command=subject)
        if tool == "WebFetch":
            # Late: the tools are found by a scan when one is first used.
            from pmagent.tools.web_fetch import fetchable  # noqa: PLC0415

            host = fetchable(subject, self._ports).host
            return Request(tool=tool, input=given, host=host, is_outward=True)
        access = "read" if tool == "Read" else "edit"
        target = self._all_files.locate(subject, access)
        return Request(tool=tool, input=given, targets=(target,))

    # -- wiring ------------------------------------------------------------------------------------

    @cached_property
    def _gate(self) -> Gate:
        grounds = self._grounds
        fetch = Fetcher(
            policy=lambda: grounds.rights.policy(self.session), ports=self._ports,
            resolve=self._wiring.resolve, dial=self._wiring.dial,
            trusts_documentation_addresses=self._wiring.trusts_documentation_addresses,
        )  # fmt: skip
        parts = Parts(
            tools=self.tools,
            reach=Reach(
                walls=grounds.walls,
                run=self._enclosure.run_shell,
                fetch=fetch,
                ports=self._ports,
                # One index and one parser, and several calls that read at once.
                search=one_at_a_time(grounds.search, index := threading.Lock()),
                where=one_at_a_time(grounds.where, index),
                parse=one_at_a_time(grounds.parse, threading.Lock()),
                labels=self.labels_of,
                trash=Trash(grounds.data_dir / TRASH, now=utc_now),
                skill=lambda name, args: self.skill(name, args),
                outbox=LateOutbox(find=lambda: self.outbox()),
            ),
            rights=grounds.rights,
            journal=self.journal,
            hooks=self._hooks,
            trail=self.trail,
            now=utc_now,
            root=str(grounds.root),
            ring=lambda sequences: self.ring(sequences),
        )
        return Gate(parts)

    @cached_property
    def _ports(self) -> frozenset[int]:
        return WEB_PORTS | frozenset(self._grounds.settings.ports)

    @cached_property
    def _enclosure(self) -> Enclosure:
        return Enclosure(
            files=self._all_files,
            others=self._grounds.rights.book.additional_directories,
            policy=lambda: self._grounds.rights.policy(self.session),
            tier=lambda: self.tier,
            hook_folders=[Path(p).expanduser() for p in self._grounds.settings.hook_folders],
        )

    @cached_property
    def _hook_book(self) -> HookBook:
        settings = self._grounds.settings
        switched = dict.fromkeys(settings.hooks_on, True) | dict.fromkeys(settings.hooks_off, False)
        return HookBook(self._grounds.rights, self._all_files, switched, self._plugin_hooks)

    def _plugin_hooks(self) -> Sequence[HookSet]:
        return [found for one in self.commands.plugins() for found in hooks_of_plugin(one)]

    @cached_property
    def _hooks(self) -> Hooks:
        return Hooks(
            (),
            runner=self._enclosure.run_hook,
            place=Place(
                root=str(self._grounds.root),
                variables=dict(os.environ),
                python=sys.executable,
                package=str(Path(__file__).parents[1]),
                published=self._grounds.settings.published,
            ),
            trusted=self._hook_book.is_trusted,
            matches_rule=self._grounds.rights.matches_rule,
        )

    def _fresh_hooks(self) -> Hooks:
        """The hooks as the settings say now."""
        self._hooks.use(self._hook_book.handlers())
        return self._hooks

    def labels_of(self, path: str) -> frozenset[Label]:
        """What reading a path makes of a session."""
        settings = self._grounds.settings
        return labels_of_read(
            path, is_own=by_globs(settings.own), is_public=by_globs(settings.public)
        )
