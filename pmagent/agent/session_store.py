"""The sessions of a garden: begun, found again, copied, searched, kept until a person forgets one.

Nothing here is ever swept. What goes, goes by `forget`, into a file that says all that it was.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal

from pmagent.agent.session_export import Whole, write_json, write_markdown
from pmagent.agent.session_log import SessionLog
from pmagent.agent.session_open import OpenSession
from pmagent.agent.session_search import find_spoken, forget_spoken
from pmagent.agent.session_tables import Tables
from pmagent.errors import LockedError, UsageError
from pmagent.paths import make_private_dir, write_atomically
from pmagent.store import WriterLock
from pmagent.types.sessions import SessionRow, TurnRow

LAST = "last"
_LOCKS = "sessions"
_SHORTEST_ID = 4
_SHOWN = 5


def _as_it_is(text: str) -> str:
    return text


def _random_id() -> str:
    return secrets.token_hex(6)


class SessionStore:
    """`state.db` in the garden's data folder. Several threads and processes may use it at once."""

    def __init__(
        self,
        data_dir: Path,
        *,
        now: Callable[[], datetime],
        redact: Callable[[str], str] = _as_it_is,
        new_id: Callable[[], str] = _random_id,
    ) -> None:
        """`redact` hides secrets in all that is kept and told, drafts aside.

        Raises:
            IndexFaultError: the file is damaged, or of a newer version.
            StorageError: the disk is full or refuses.
        """
        self._tables = Tables(data_dir, now=now, redact=redact)
        self._locks = make_private_dir(data_dir / _LOCKS)
        self._new_id = new_id

    def __enter__(self) -> SessionStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Sessions that are open are closed first, by whoever opened them."""
        self._tables.close()

    def create(self) -> OpenSession:
        """A new session, of which nothing is kept until something is said or typed in it."""
        return self._opened(self._new_id())

    def open(self, name: str = LAST) -> OpenSession:
        """Go on with a session: an id or its beginning, a name or a part of one, or `last`.

        Raises:
            UsageError: none, or more than one, is meant.
            LockedError: it is open somewhere else.
        """
        return self._opened(self.find(name).id)

    def fork(self, name: str, *, through: str = "") -> OpenSession:
        """A new session that begins with the complete turns of another, up to that one.

        Raises:
            UsageError: no such session, or it has no complete turn `through`.
        """
        source = self.find(name)
        log = self._tables.read_log(source.id)
        is_there = through in log.turn_ids() and log.is_ended(through)
        if through and not is_there:
            raise UsageError(
                f'the session "{source.name}" has no complete turn "{through}"',
                f'"pmagent sessions show {source.id}" lists them',
            )
        session = self._new_id()
        with self._tables.written() as database:
            self._tables.begin(database, session, source.id)
            self._tables.copy(database, session, log, through=through)
        return self._opened(session)

    def rows(self, words: str = "") -> Sequence[SessionRow]:
        """The sessions, latest first; with `words`, those that speak of them.

        Those with all of the words, where there is any such; else those with some. Which were
        found, and where, stands in `found` and `excerpt`.
        """
        rows = self._tables.session_rows()
        if not words.strip():
            return rows
        with self._tables.held() as database:
            spoken = find_spoken(database, words)
        return [
            replace(row, found=tuple(spoken[row.id].words), excerpt=spoken[row.id].excerpt)
            for row in rows
            if row.id in spoken
        ]

    def find(self, name: str) -> SessionRow:
        """The one session that is meant by an id, a name, a part of either, or `last`.

        Raises:
            UsageError: none, or more than one, is meant.
        """
        rows = self._tables.session_rows()
        wanted = " ".join(name.split()).casefold()
        if wanted == LAST and rows:
            return rows[0]
        for fits in (_is_id, _is_name, _begins_id, _begins_name, _is_in_name):
            near = [row for row in rows if wanted and fits(row, wanted)]
            if len(near) == 1:
                return near[0]
            if near:
                listed = ", ".join(f'"{row.name}" ({row.id})' for row in near[:_SHOWN])
                raise UsageError(f'"{name}" fits {len(near)} sessions', f"name one by id: {listed}")
        if not rows:
            raise UsageError("this garden has no session yet", 'begin one with "pmagent"')
        raise UsageError(f'there is no session "{name}"', '"pmagent sessions" lists them')

    def turns(self, session: str) -> Sequence[TurnRow]:
        """The turns of a session by id, without opening it; `running` where another has it open."""
        return self._turns(session, self._tables.read_log(session))

    def export(self, session: str, form: Literal["markdown", "json"]) -> str:
        """A session by id as one text, without opening it."""
        write = write_markdown if form == "markdown" else write_json
        return write(self._whole(session), self._tables.redact)

    def give_name(self, session: str, name: str) -> None:
        """Give a session by id a name, whoever has it open.

        Raises:
            UsageError: another session has it, or it is none.
        """
        self._tables.give_name(session, name)

    def latest_draft(self) -> SessionRow | None:
        """The session in which something was typed last and not sent, unless it is open."""
        rows = self._tables.session_rows(" AND text IS NOT NULL", order="at")
        return next((row for row in rows if not self._lock(row.id).is_held()), None)

    def forget(self, session: str, trash: Path) -> Path:
        """Take a session by id away, after all of it was written to a file in the folder `trash`.

        Gives the file. Only for a person who asked for this.

        Raises:
            LockedError: it is open.
            StorageError: the disk is full or refuses; nothing is gone.
        """
        with self._opened(session):
            whole = write_json(self._whole(session), _as_it_is)
            stamp = self._tables.now().strftime("%Y%m%dT%H%M%S")
            kept = make_private_dir(trash) / f"session-{session}-{stamp}.json"
            write_atomically(kept, whole.encode())
            with self._tables.written() as database:
                forget_spoken(database, session)
                database.execute("DELETE FROM sessions WHERE id = ?", (session,))
        return kept

    def _whole(self, session: str) -> Whole:
        [row] = self._tables.session_rows(" AND id = ?", (session,))
        log = self._tables.read_log(session)
        turns = self._turns(session, log)
        return Whole(row=row, turns=turns, log=log, scratch=self._tables.scratch(session))

    def _turns(self, session: str, log: SessionLog) -> Sequence[TurnRow]:
        ids = log.turn_ids()
        has_open = bool(ids) and not log.is_ended(ids[-1])
        live = ids[-1:] if has_open and self._lock(session).is_held() else ()
        return log.turns(self._tables.partials(session), live)

    def _lock(self, session: str) -> WriterLock:
        return WriterLock(self._locks / f"{session}.lock")

    def _opened(self, session: str) -> OpenSession:
        lock = self._lock(session)
        try:
            lock.take()
        except LockedError as exc:
            raise LockedError(
                f'the session "{session}" is open in another window',
                "go on there, or go on with a copy of it",
            ) from exc
        return OpenSession(session, tables=self._tables, lock=lock)


def _is_id(row: SessionRow, wanted: str) -> bool:
    return row.id == wanted


def _is_name(row: SessionRow, wanted: str) -> bool:
    return row.name.casefold() == wanted


def _begins_id(row: SessionRow, wanted: str) -> bool:
    return len(wanted) >= _SHORTEST_ID and row.id.startswith(wanted)


def _begins_name(row: SessionRow, wanted: str) -> bool:
    return row.name.casefold().startswith(wanted)


def _is_in_name(row: SessionRow, wanted: str) -> bool:
    return wanted in row.name.casefold()
