"""The session that is gone on with, in the store that keeps them all."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from pmagent.agency.defang import defang
from pmagent.agent.moment import utc_now
from pmagent.agent.session_log import KILLED
from pmagent.agent.session_open import OpenSession
from pmagent.agent.session_store import LAST, SessionStore
from pmagent.errors import LockedError, UsageError
from pmagent.secrets import Redactor
from pmagent.types.conversing import Opening
from pmagent.types.sessions import Ended, Record


class Keeping:
    """Opens sessions one after the other, and writes to the one that is open."""

    def __init__(self, data_dir: Path, opening: Opening, redactor: Redactor) -> None:
        self._away = None if opening.is_kept else tempfile.TemporaryDirectory(prefix="pmagent-")
        folder = Path(self._away.name) if self._away is not None else data_dir
        self.store = SessionStore(folder, now=utc_now, redact=redactor.redact)
        self.session = self._first(opening)
        self.spells_addresses = False
        """Whether what is shown of a turn may hold addresses that a stranger put there."""
        self._said: dict[str, str] = {}

    def close(self) -> None:
        """Let another process go on with it."""
        self.session.close()
        self.store.close()
        if self._away is not None:
            self._away.cleanup()

    def open(self, name: str, *, fork: bool) -> None:
        """Go on with another one.

        Raises:
            UsageError: none, or more than one, is meant.
            LockedError: it is open somewhere else.
        """
        found = self.store.find(name)
        if found.id == self.session.id and not fork:
            return
        opened = self.store.fork(found.id) if fork else self.store.open(found.id)
        self.session.close()
        self.session = opened

    def begin(self) -> None:
        """Go on with an empty one; this one is kept."""
        opened = self.store.create()
        self.session.close()
        self.session = opened

    def record(self, record: Record) -> None:
        """Write one thing down."""
        if isinstance(record, Ended):
            self._said.pop(record.turn, None)
            if self.spells_addresses:
                record = replace(record, shown=defang(record.shown))
        self.session.append(record)

    def partial(self, turn: str, text: str) -> None:
        """Keep words of an answer that is still being said."""
        if turn and text:
            self._said[turn] = said = self._said.get(turn, "") + text
            self.session.keep_partial(turn, said)

    def _cut_off(self) -> str:
        """The latest session, where its last turn was killed or something was not sent."""
        latest = next(iter(self.store.rows()), None)
        unsent = self.store.latest_draft()
        if latest is None or (unsent is not None and unsent.id == latest.id):
            return unsent.id if unsent is not None else ""
        turns = self.store.turns(latest.id)
        return latest.id if turns and turns[-1].reason == KILLED else ""

    def _first(self, opening: Opening) -> OpenSession:
        name = opening.session
        if not name and opening.is_continued:
            name = LAST
        if not name and opening.is_recovering:
            name = self._cut_off()
        if not name:
            return self.store.create()
        try:
            return self.store.fork(name) if opening.is_forked else self.store.open(name)
        except UsageError:
            # The first conversation of a garden has none to go on with.
            if opening.session or self.store.rows():
                raise
            return self.store.create()
        except LockedError:
            if opening.session:
                raise
            return self.store.create()
