"""The session that is gone on with, in the store that keeps them all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pmagent.agency.defang import defang
from pmagent.agent.moment import utc_now
from pmagent.agent.session import Session
from pmagent.agent.session_log import KILLED
from pmagent.agent.session_open import OpenSession
from pmagent.agent.session_store import LAST, SessionStore
from pmagent.errors import LockedError, UsageError
from pmagent.secrets import Redactor
from pmagent.types.actions import Json, Label
from pmagent.types.conversing import Opening
from pmagent.types.sessions import Asked, Ended, Record, Stepped
from pmagent.types.talk import Message, Text, ToolAnswer

LABELS = "labels"
KNOWN: tuple[Label, ...] = ("private", "untrusted")


class Keeping:
    """Opens sessions one after the other, and writes to the one that is open."""

    def __init__(
        self, data_dir: Path, opening: Opening, redactor: Redactor, reader: Session
    ) -> None:
        """`reader` is the state of the session that the gate decides by."""
        self._reader = reader
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

    def recall(self) -> Sequence[Message]:
        """What was said in the session; what it had read counts as read again."""
        messages = self.session.messages()
        kept = self.session.facts.get(LABELS)
        labels: frozenset[Label] = frozenset(
            known for known in KNOWN if isinstance(kept, list) and known in kept
        )
        for row in self.session.turns():
            self._reader.said(row.typed)
        heard = "\n".join(_read_in(messages)) if "private" in labels else ""
        self._reader.note(labels, heard)
        self._reader.id = self.session.id
        return messages

    def record(self, record: Record) -> None:
        """Write one thing down, after what it makes of the session."""
        self._mark_labels(is_begun=not isinstance(record, Asked))
        self._record(record)
        self._mark_labels(is_begun=True)

    def _mark_labels(self, *, is_begun: bool) -> None:
        """Keep what the session has read, so that going on with it knows."""
        labels: list[Json] = [known for known in KNOWN if known in self._reader.labels]
        if is_begun and labels != self.session.facts.get(LABELS, []):
            self.session.mark(**{LABELS: labels})

    def _record(self, record: Record) -> None:
        if isinstance(record, Ended):
            self._said.pop(record.turn, None)
            if self.spells_addresses:
                record = replace(record, shown=defang(record.shown))
        elif isinstance(record, Stepped):
            # Its words stand in the session now: only those of the next step are partial.
            self._said.pop(record.turn, None)
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


def _read_in(messages: Sequence[Message]) -> Iterator[str]:
    """All words that a model was given or made of what it was given."""
    for message in messages:
        for part in message.parts:
            if isinstance(part, Text | ToolAnswer):
                yield part.text
