"""What is allowed in one garden now: its rules, its trust level and what a person pressed.

`refresh` reads the settings files and the trust file again, so that a rule that is added holds for
the next call. Only a person's key press widens anything, through `remember`, `allow`, `set_level`
and `trust`; nothing that a tool can reach calls them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pmagent.errors import RuleFaultError, SettingsError
from pmagent.paths import Homes
from pmagent.permissions.book import RuleBook
from pmagent.permissions.grants import (
    TRUST_FILE,
    Trust,
    expire,
    read_trust,
    with_digest,
    with_grant,
    with_level,
    without_grant,
    write_trust,
)
from pmagent.permissions.layers import MANAGED, read_rules
from pmagent.permissions.rules import accesses_of, parse_rule
from pmagent.types.actions import (
    Access,
    Json,
    Mode,
    Request,
    Rule,
    Scope,
    Source,
    TrustLevel,
)

if TYPE_CHECKING:
    from pmagent.agent.session import Session
    from pmagent.permissions.policy import Policy


@dataclass(frozen=True, kw_only=True)
class _Key:
    """What a compiled policy depends on."""

    mode: Mode
    level: TrustLevel
    grants: tuple[Rule, ...]


class Rights:
    """The rules in force, compiled once for each state they are in."""

    def __init__(
        self,
        *,
        root: Path,
        homes: Homes,
        data_dir: Path,
        now: Callable[[], datetime],
        managed: Sequence[Path] = MANAGED,
    ) -> None:
        self._root = root
        self._homes = homes
        self._trust_path = data_dir / TRUST_FILE
        self._user_home = Path.home()
        self._now = now
        self._managed = managed
        self._policies: dict[_Key, Policy] = {}
        self._turn = threading.RLock()
        self.session: Session | None = None
        """The session whose own refusals count too wherever a file is looked at."""
        self._refuses = False
        """Whether any file may be closed to anybody, so that each must be looked at."""
        self._hiding: tuple[RuleBook, tuple[Rule, ...]] | None = None
        self.trust_state: Trust = Trust()
        self.book: RuleBook = RuleBook()
        self.refresh()

    def refresh(self) -> None:
        """Read what may have changed on disk."""
        with self._turn:
            self._refresh()

    def _refresh(self) -> None:
        self.trust_state = expire(read_trust(self._trust_path), now=self._now())
        book = read_rules(
            self._root,
            self._homes,
            user_home=self._user_home,
            is_trusted=self.trust_state.is_trusted,
            managed=self._managed,
        )
        if book != self.book:
            self.book = book
            self._policies.clear()
        self._refuses = bool(book.faults) or any(rule.effect == "deny" for rule in book.rules)

    def policy(self, session: Session | None = None) -> Policy:
        """The rules as they hold in a session, or outside of any."""
        # In one piece: rules compiled from before a change must not be kept after it.
        with self._turn:
            return self._compiled(session)

    def _compiled(self, session: Session | None) -> Policy:
        granted = self.trust_state.rules(now=self._now(), session=session.id if session else "")
        key = _Key(
            mode=self.mode(session) if session else self.book.mode,
            level=self.trust_state.level,
            grants=(*granted, *(session.grants if session else ())),
        )
        if key not in self._policies:
            # Late: a garden without rules answers questions without compiling any.
            from pmagent.permissions.policy import Policy  # noqa: PLC0415

            self._policies[key] = Policy(
                self.book,
                root=self._root.resolve(),
                home=self._user_home,
                mode=key.mode,
                level=key.level,
                grants=key.grants,
            )
        return self._policies[key]

    def mode(self, session: Session) -> Mode:
        """The session's mode, else the settings'."""
        return session.mode or self.book.mode

    def denial(self, access: Access, path: str) -> str | None:
        """Why a path may not be touched at all; None where no rule forbids it."""
        refused = self._refused_in_session()
        if not self._refuses and not refused:
            return None
        decision = self.policy(self.session if refused else None).denial(access, path)
        return None if decision is None else decision.reason

    @property
    def hides_files(self) -> bool:
        """Whether any rule keeps a file from being read, so that each must be looked at."""
        refused = (*self.book.rules, *self._refused_in_session())
        return bool(self.book.faults) or any(
            rule.effect == "deny" and "read" in accesses_of(rule) for rule in refused
        )

    @property
    def hiding(self) -> object:
        """What files are hidden by: the same object as long as it is the same rules."""
        refused = self._refused_in_session()
        with self._turn:
            known = self._hiding
            if known is None or known[0] is not self.book or known[1] != refused:
                self._hiding = (self.book, refused)
            return self._hiding

    def _refused_in_session(self) -> tuple[Rule, ...]:
        """The session's own refusals of files. A bare name only takes the tool away."""
        grants = self.session.grants if self.session is not None else ()
        return tuple(rule for rule in grants if rule.effect == "deny" and rule.spec is not None)

    def is_digest_trusted(self, digest: str) -> bool:
        """Whether a person has trusted exactly these bytes."""
        return self.trust_state.is_trusted(digest)

    def check_open(self) -> None:
        """Raise where the garden is closed.

        Raises:
            RuleFaultError: a rule or settings file cannot be understood.
        """
        if self.book.faults:
            raise RuleFaultError(
                f"the garden is closed: {self.book.faults[0].message}", "mend it, or take it out"
            )

    def matches_rule(self, text: str, tool: str, given: Mapping[str, Json]) -> bool:
        """Whether a hook's `if` rule fits a call.

        Raises:
            RuleFaultError: the rule cannot be understood.
        """
        rule = parse_rule(text, effect="allow", layer="session", source=Source(path=""))
        book = replace(RuleBook(), rules=(replace(rule, effect="ask"),))
        from pmagent.permissions.policy import Policy  # noqa: PLC0415 - as in `policy`

        policy = Policy(book, root=self._root.resolve(), home=self._user_home)
        command = given.get("command")
        request = Request(
            tool=tool, input=given, command=command if isinstance(command, str) else None
        )
        return policy.decide(request).rule is not None

    # -- what only a person's key press does -------------------------------------------------------

    def remember(self, rule: str, scope: Scope, session: Session) -> None:
        """A lasting yes: for the session, or for a week where it was for the folder."""
        if scope == "session":
            made = parse_rule(rule, effect="allow", layer="session", source=Source(path=""))
            session.whole.grants += (made,)
        elif scope == "folder":
            self._store(with_grant(self._stored(), rule, now=self._now(), lasting="week"))

    def allow(self, rule: str, *, days: int | None) -> None:
        """Grant a rule for so many days, or until it is revoked.

        Raises:
            RuleFaultError: the rule has no meaning.
        """
        trust = with_grant(self._stored(), rule, now=self._now(), lasting="always")
        if days is not None:
            last = replace(trust.grants[-1], expires_at=self._now() + timedelta(days=days))
            trust = replace(trust, grants=(*trust.grants[:-1], last))
        self._store(trust)

    def revoke(self, rule: str) -> None:
        """Take a grant back.

        Raises:
            SettingsError: it stands in a settings file, or was never granted.
        """
        stored = self._stored()
        if any(grant.rule == rule for grant in stored.grants):
            self._store(without_grant(stored, rule))
            return
        for written in self.book.rules:
            if str(written) == rule:
                raise SettingsError(
                    f'"{rule}" stands in a settings file', f'take it out of "{written.source}"'
                )
        raise SettingsError(f'"{rule}" was not granted', '"pmagent garden show" lists what is')

    def set_level(self, level: TrustLevel) -> None:
        """Let agents go this far unasked."""
        self._store(with_level(self._stored(), level))

    def trust(self, what: str, digest: str) -> None:
        """Let something that came with the folder count, as it is now."""
        self._store(with_digest(self._stored(), what, digest, now=self._now()))

    def _stored(self) -> Trust:
        return read_trust(self._trust_path)

    def _store(self, trust: Trust) -> None:
        write_trust(self._trust_path, trust)
        self.refresh()
