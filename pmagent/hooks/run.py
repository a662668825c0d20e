"""Fires hooks: every handler that is for a moment, at once, each in the sandbox.

The only edge of this package. It starts nothing itself: a runner is given. Handlers that came with
a folder run only once trusted. A guard that is missing, killed, late or cannot be started is broken
rather than silent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from time import monotonic
from typing import ParamSpec, Protocol

from pmagent.errors import PmagentError, UsageError
from pmagent.hooks.command import Place, argv_of, environment_of, needed_files
from pmagent.hooks.events import (
    END_TIMEOUT_S,
    EVENTS,
    MAX_END_TIMEOUT_S,
    Event,
    event_of,
)
from pmagent.hooks.match import MatchesRule, matches, matches_if
from pmagent.hooks.output import BLOCK_STATUS, Answer, Completed, read_answer
from pmagent.hooks.payload import stdin_of
from pmagent.hooks.read import Handler
from pmagent.hooks.trust import needs_trust
from pmagent.hooks.verdict import HookFailure, HookRun, Keep, Verdict, merge_answers, shorten
from pmagent.paths import reason_of
from pmagent.types.actions import Json

__all__ = ["HookFailure", "HookRun", "Hooks", "Runner", "Verdict"]

P = ParamSpec("P")

MOST_AT_ONCE = 32
MOST_UNWAITED = 8
GRACE_S = 2.0
"""How long after its limit a runner may take to end a handler."""


class Runner(Protocol):
    """Runs one program in the sandbox."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes,
        environment: Mapping[str, str],
        timeout_s: float,
    ) -> Completed:
        """What came of it; a PmagentError where it cannot be started."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Told:
    event: Event
    stdin: bytes
    effort: str


class Hooks:
    """The hooks of one garden. `fire` may be called from several threads."""

    def __init__(
        self,
        handlers: Sequence[Handler],
        *,
        runner: Runner,
        place: Place,
        trusted: Callable[[Handler], bool],
        matches_rule: MatchesRule,
        keep: Keep | None = None,
    ) -> None:
        self.handlers = tuple(handlers)
        self._run = runner
        self._place = place
        self._trusted = trusted
        self._matches_rule = matches_rule
        self._keep = keep
        self._lock = Lock()
        self._spent: set[Handler] = set()
        self._late: list[str] = []
        self._unwaited = BoundedSemaphore(MOST_UNWAITED)

    def fire(self, event: str, payload: Mapping[str, Json], *, matches: str = "") -> Verdict:
        """What the hooks say at this moment; handlers that nobody waits for say nothing.

        `matches` is what matchers look at; empty, it is taken from the payload.

        Raises:
            UsageError: there is no such event.
        """
        moment = event_of(event)
        chosen = self._chosen(moment, payload, matches)
        if not chosen:
            return Verdict()
        try:
            stdin = stdin_of(moment, payload, self._place.root)
        except UsageError as exc:
            broken = [Answer(handler=h, failure=exc.message, is_broken=True) for h in chosen]
            return merge_answers(moment, broken)
        told = _Told(event=moment, stdin=stdin, effort=_effort(payload))
        unwaited = [handler for handler in chosen if handler.is_async]
        left_out = self._start_unwaited(unwaited, told)
        awaited = [handler for handler in chosen if not handler.is_async]
        limits = limits_of(moment, awaited)
        pairs = self._ask_all(awaited, told, limits)
        verdict = merge_answers(
            moment, [*(answer for answer, _ in pairs), *left_out], keep=self._keep
        )
        return replace(verdict, runs=tuple(run for _, run in pairs))

    def use(self, handlers: Sequence[Handler]) -> None:
        """Fire these from now on, because the settings have changed."""
        self.handlers = tuple(handlers)

    def take_late(self) -> Sequence[str]:
        """What unwaited handlers want the model to know since the last call."""
        with self._lock:
            late, self._late = self._late, []
        return late

    def _chosen(
        self, event: Event, payload: Mapping[str, Json], looked_at: str
    ) -> Sequence[Handler]:
        """The handlers for this moment, identical ones once, the strongest layer's kept."""
        value = looked_at or str(payload.get(event.matches_on) or "")
        found: dict[object, Handler] = {}
        for handler in self.handlers:
            if handler.event != event.name or why_inert(handler) or handler in self._spent:
                continue
            if needs_trust(handler) and not self._trusted(handler):
                continue
            if not matches(event, handler.matcher, value):
                continue
            if not matches_if(event, handler.if_rule, payload, self._matches_rule):
                continue
            plugin = handler.plugin.root if handler.plugin else ""
            found.setdefault((handler.command, handler.args, handler.shell, plugin), handler)
        chosen = tuple(found.values())
        self._spent.update(handler for handler in chosen if handler.once)
        return chosen

    def _ask_all(
        self, handlers: Sequence[Handler], told: _Told, limits: Sequence[float]
    ) -> Sequence[tuple[Answer, HookRun]]:
        """Each handler's answer, in order. A runner that overruns its limit is not waited for."""
        if not handlers:
            return ()
        slots = BoundedSemaphore(MOST_AT_ONCE)
        found: dict[int, tuple[Answer, HookRun]] = {}

        def ask(place: int) -> None:
            with slots:
                found[place] = self._ask(handlers[place], told, limits[place])

        threads = [_start(ask, place) for place in range(len(handlers))]
        rounds = -(-len(handlers) // MOST_AT_ONCE)
        deadline = monotonic() + rounds * max(limits) + GRACE_S
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))
        return [
            found.get(place) or _unanswered(handler, limits[place])
            for place, handler in enumerate(handlers)
        ]

    def _ask(self, handler: Handler, told: _Told, limit_s: float) -> tuple[Answer, HookRun]:
        environment = environment_of(handler, told.event, self._place, told.effort)
        argv = argv_of(handler, environment)
        run = HookRun(handler=handler, argv=argv, completed=None)
        for path in needed_files(handler, environment, self._place.root):
            if not Path(path).exists():
                return _broken(handler, f'there is no file "{path}"'), run
        try:
            done = self._run(argv, stdin=told.stdin, environment=environment, timeout_s=limit_s)
        except PmagentError as exc:
            return _broken(handler, f"it could not be started: {exc.message}"), run
        except OSError as exc:
            return _broken(handler, f"it could not be started: {reason_of(exc)}"), run
        answer = read_answer(handler, told.event, done, limit_s=limit_s)
        return answer, replace(run, completed=done)

    def _start_unwaited(self, handlers: Sequence[Handler], told: _Told) -> Sequence[Answer]:
        """Start those that nobody waits for; an answer only for each that was left out."""
        full = f"{MOST_UNWAITED} others still run unwaited, so it was left out"
        left_out: list[Answer] = []
        for handler in handlers:
            if self._unwaited.acquire(blocking=False):
                _start(self._run_unwaited, handler, told)
            else:
                left_out.append(Answer(handler=handler, failure=full))
        return left_out

    def _run_unwaited(self, handler: Handler, told: _Told) -> None:
        try:
            _, run = self._ask(handler, told, limits_of(told.event, [handler])[0])
        finally:
            self._unwaited.release()
        done = run.completed
        if handler.wakes and done is not None and done.status == BLOCK_STATUS:
            words = shorten(done.stderr.strip() or done.stdout.strip(), self._keep)
            with self._lock:
                self._late.append(words)


def why_inert(handler: Handler) -> str:
    """Why this version never runs the handler, whoever trusts it; empty where it does."""
    event = EVENTS[handler.event]
    if not event.fires:
        return "never fires here"
    if handler.kind != "command" or handler.shell == "powershell":
        return "not run in this version"
    if handler.if_rule and not event.has_tool:
        return 'never runs: its event has no tool for "if"'
    return ""


def limits_of(event: Event, handlers: Sequence[Handler]) -> Sequence[float]:
    """Each handler's time limit in seconds. At the end of a session they share one."""
    if event.name == "SessionEnd":
        longest = max((h.timeout_s or 0.0 for h in handlers), default=0.0)
        shared = min(max(longest, END_TIMEOUT_S), MAX_END_TIMEOUT_S)
        return [shared] * len(handlers)
    return [handler.timeout_s or event.timeout_s for handler in handlers]


def _start(work: Callable[P, None], *given: P.args, **named: P.kwargs) -> Thread:
    """A thread that does not keep us from ending: what it waits for ends with us."""
    thread = Thread(target=work, args=given, kwargs=named, daemon=True, name="hook")
    thread.start()
    return thread


def _unanswered(handler: Handler, limit_s: float) -> tuple[Answer, HookRun]:
    what = f"it gave no answer within {limit_s:g} seconds"
    return _broken(handler, what), HookRun(handler=handler, argv=(), completed=None)


def _broken(handler: Handler, what: str) -> Answer:
    return Answer(handler=handler, failure=what, is_broken=True)


def _effort(payload: Mapping[str, Json]) -> str:
    effort = payload.get("effort")
    level = effort.get("level") if isinstance(effort, Mapping) else effort
    return level if isinstance(level, str) else ""
