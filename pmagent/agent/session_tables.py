"""`state.db`: the tables of sessions, and what is written into them in one piece.

Records are only added. What a crash may cost is little and known: a record is on the disk before
the call that wrote it returns; drafts, half answers and spans may lose their last second to a loss
of power, and nothing to a killed process.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from pmagent.agent.session_log import Row, SessionLog
from pmagent.agent.session_rows import (
    kind_of,
    map_json,
    map_texts,
    read_record,
    turn_of,
    write_record,
)
from pmagent.errors import UsageError
from pmagent.paths import make_private_dir
from pmagent.store import faults, open_database, transaction
from pmagent.types.actions import Json
from pmagent.types.sessions import PIPED, Asked, Fact, Marked, Record, Renamed, SessionRow
from pmagent.types.turns import Span

STATE = "state.db"
MIGRATIONS = (
    """
    CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL DEFAULT '',
        began TEXT NOT NULL,
        last TEXT NOT NULL,
        turns INTEGER NOT NULL DEFAULT 0,
        forked_from TEXT NOT NULL DEFAULT '',
        first TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE TABLE records (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        turn TEXT NOT NULL,
        at TEXT NOT NULL,
        body TEXT NOT NULL
    );
    CREATE INDEX records_in_order ON records(session, seq);
    CREATE TABLE partials (
        session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
        turn TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (session, turn)
    ) WITHOUT ROWID;
    CREATE TABLE drafts (
        session TEXT PRIMARY KEY REFERENCES sessions(id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        at TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE spans (
        session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        parent TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        began TEXT NOT NULL,
        ended TEXT,
        facts TEXT NOT NULL,
        PRIMARY KEY (session, id)
    ) WITHOUT ROWID;
    CREATE TABLE scratch (
        seq INTEGER PRIMARY KEY,
        session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        source TEXT NOT NULL
    );
    CREATE INDEX scratch_of_session ON scratch(session, seq);
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
    """,
)
_FIRST = 200
SpanKind = Literal["turn", "step", "model", "tool", "agent", "command", "hook"]
_ROW = """
SELECT id, name, began, last, turns, forked_from, first, coalesce(text, '')
FROM sessions LEFT JOIN drafts ON session = id
"""


class Tables:
    """One garden's `state.db`. Safe to use from several threads and processes at once."""

    def __init__(
        self, data_dir: Path, *, now: Callable[[], datetime], redact: Callable[[str], str]
    ) -> None:
        self.path = make_private_dir(data_dir) / STATE
        self.now = now
        self.redact = redact
        self._turn = threading.RLock()
        self._mend = f'nothing of it is erased: move "{self.path}" to another folder to begin anew'
        self.database = open_database(self.path, MIGRATIONS, is_durable=True, mend=self._mend)

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self.database.close()

    @contextmanager
    def held(self) -> Generator[sqlite3.Connection]:
        """The connection, for this thread alone, with its faults in our words."""
        with self._turn, faults(self.path, mend=self._mend):
            yield self.database

    @contextmanager
    def written(self) -> Generator[sqlite3.Connection]:
        """The same in one transaction, which is on the disk when the block has ended."""
        with self.held() as database, transaction(database):
            yield database

    @contextmanager
    def written_lightly(self) -> Generator[sqlite3.Connection]:
        """The same for what is written many times a second, without waiting for the disk."""
        with self.held() as database:
            database.execute("PRAGMA synchronous=NORMAL")
            try:
                with transaction(database):
                    yield database
            finally:
                database.execute("PRAGMA synchronous=FULL")

    def stamp(self) -> str:
        """The time now, as it is kept."""
        return self.now().astimezone(UTC).isoformat(timespec="microseconds")

    def session_rows(
        self, condition: str = "", values: Sequence[object] = (), *, order: str = "last"
    ) -> list[SessionRow]:
        """The sessions that fit, the latest first by the column `order`.

        What never held anything is left out.
        """
        with self.held() as database:
            found = database.execute(
                f"{_ROW} WHERE (turns > 0 OR first <> '' OR name <> '' OR text IS NOT NULL)"
                f"{condition} ORDER BY {order} DESC, id",
                values,
            ).fetchall()
        return [_session_row(cast("tuple[str, ...]", row)) for row in found]

    def read_log(self, session: str) -> SessionLog:
        """The records of one session. Those of ten thousand messages take about 30 ms."""
        log = SessionLog()
        with self.held() as database:
            rows = database.execute(
                "SELECT seq, kind, turn, at, body FROM records WHERE session = ? ORDER BY seq",
                (session,),
            ).fetchall()
        for row in rows:
            log.add(Row._make(row))
        return log

    def partials(self, session: str) -> dict[str, str]:
        """What the turns without an end had said of the step they were in, by turn."""
        with self.held() as database:
            query = "SELECT turn, text FROM partials WHERE session = ?"
            return {str(turn): str(text) for turn, text in database.execute(query, (session,))}

    def begin(self, database: sqlite3.Connection, session: str, forked_from: str = "") -> None:
        """Make sure that the session is there. Inside `written`."""
        at = self.stamp()
        database.execute(
            "INSERT OR IGNORE INTO sessions (id, began, last, forked_from) VALUES (?, ?, ?, ?)",
            (session, at, at, forked_from),
        )

    def add(self, database: sqlite3.Connection, session: str, record: Record, *, turns: int) -> Row:
        """Write one record of a session that will then have `turns` turns. Inside `written`."""
        kept = map_texts(record, self.redact)
        kind, turn, at, body = kind_of(kept), turn_of(kept), self.stamp(), write_record(kept)
        cursor = database.execute(
            "INSERT INTO records (session, kind, turn, at, body) VALUES (?, ?, ?, ?, ?)",
            (session, kind, turn, at, body),
        )
        database.execute(
            "UPDATE sessions SET last = ?, turns = ? WHERE id = ?", (at, turns, session)
        )
        return Row(seq=cursor.lastrowid or 0, kind=kind, turn=turn, at=at, body=body)

    def set_first(self, database: sqlite3.Connection, session: str, typed: str) -> None:
        """Remember the first words that were typed. Inside `written`."""
        # What was piped in beside the words says nothing of what the session is about.
        said = typed.partition(PIPED)[0]
        words = " ".join(self.redact(said).split())[:_FIRST]
        database.execute(
            "UPDATE sessions SET first = ? WHERE id = ? AND first = ''", (plain(words), session)
        )

    def set_name(self, database: sqlite3.Connection, session: str, name: str) -> None:
        """Name a session, in lists. Inside `written`.

        Raises:
            UsageError: another session has the name, or it is none.
        """
        wanted = " ".join(plain(self.redact(name)).split())
        if not wanted or wanted.casefold() == "last":
            raise UsageError(f'"{name}" is not a name for a session', "write a word or a few")
        names = database.execute("SELECT id, name FROM sessions WHERE name <> ''").fetchall()
        taken = next((one for one, given in names if given.casefold() == wanted.casefold()), None)
        if taken not in {None, session}:
            raise UsageError(f'the session "{taken}" is called "{wanted}" already')
        database.execute("UPDATE sessions SET name = ? WHERE id = ?", (wanted, session))

    def give_name(self, session: str, name: str) -> None:
        """Name a session that somebody else may have open.

        Raises:
            UsageError: another session has the name, or it is none.
        """
        with self.written() as database:
            query = "SELECT turns FROM sessions WHERE id = ?"
            [(turns,)] = database.execute(query, (session,)).fetchall()
            self.set_name(database, session, name)
            self.add(database, session, Renamed(name=name), turns=int(turns))

    def copy(
        self, database: sqlite3.Connection, session: str, log: SessionLog, *, through: str
    ) -> None:
        """Begin a session with the complete turns of another. Inside `written`."""
        rows = log.copied(through)
        if log.facts:
            self.add(database, session, Marked(facts=dict(log.facts)), turns=0)
        database.executemany(
            "INSERT INTO records (session, kind, turn, at, body) VALUES (?, ?, ?, ?, ?)",
            [(session, row.kind, row.turn, row.at, row.body) for row in rows],
        )
        asked = [row for row in rows if row.kind == "asked"]
        database.execute("UPDATE sessions SET turns = ? WHERE id = ?", (len(asked), session))
        first = read_record(asked[0].body) if asked else None
        if isinstance(first, Asked):
            self.set_first(database, session, first.typed)

    def add_span(self, session: str, span: Span) -> None:
        """Keep a span, in place of what was kept of it while it ran."""
        facts = map_json(span.facts, self.redact)
        with self.written_lightly() as database:
            self.begin(database, session)
            database.execute(
                "INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    session,
                    span.id,
                    span.parent,
                    span.kind,
                    plain(self.redact(span.name)),
                    span.began.isoformat(),
                    span.ended.isoformat() if span.ended else None,
                    json.dumps(facts),
                ),
            )

    def spans(self, session: str) -> list[Span]:
        """The spans of one session, in the order they began."""
        with self.held() as database:
            rows = database.execute(
                "SELECT id, parent, kind, name, began, ended, facts FROM spans "
                "WHERE session = ? ORDER BY began, id",
                (session,),
            ).fetchall()
        return [_span(cast("tuple[str, ...]", row)) for row in rows]

    def scratch(self, session: str) -> list[Fact]:
        """The notes of one session, oldest first."""
        with self.held() as database:
            query = "SELECT text, source FROM scratch WHERE session = ? ORDER BY seq"
            rows = database.execute(query, (session,)).fetchall()
        return [Fact(text=str(text), source=str(source), kind="scratch") for text, source in rows]


def plain(text: str) -> str:
    """`text` as SQLite can hold it: half a character becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _session_row(row: tuple[str, ...]) -> SessionRow:
    identifier, name, began, last, turns, forked_from, first, draft = row
    return SessionRow(
        id=identifier,
        name=name or _title(first or draft),
        began=datetime.fromisoformat(began),
        last=datetime.fromisoformat(last),
        turns=int(turns),
        forked_from=forked_from,
        draft=draft,
        first=first,
    )


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59].rpartition(' ')[0] or line[:59]}…"


def _span(row: tuple[str, ...]) -> Span:
    identifier, parent, kind, name, began, ended, facts = row
    return Span(
        id=identifier,
        parent=parent,
        kind=cast("SpanKind", kind),
        name=name,
        began=datetime.fromisoformat(began),
        ended=datetime.fromisoformat(ended) if ended else None,
        facts=cast("dict[str, Json]", json.loads(facts)),
    )
