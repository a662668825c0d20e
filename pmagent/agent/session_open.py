"""One session that is gone on with: the only one who adds to it while it is open.

A turn is written as it happens, so that whatever ends the process, the session opens again at its
last complete turn, with what the cut one had said and what was typed and not sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Literal

from pmagent.agent.session_export import Whole, write_json, write_markdown
from pmagent.agent.session_log import KILLED, SessionLog
from pmagent.agent.session_tables import Tables, plain
from pmagent.errors import UsageError
from pmagent.store import WriterLock
from pmagent.types.actions import Json
from pmagent.types.sessions import (
    Asked,
    Ended,
    Fact,
    Marked,
    Record,
    Renamed,
    Rewound,
    SessionRow,
    Stepped,
    TurnRow,
)
from pmagent.types.talk import Message, Usage
from pmagent.types.turns import Span

PARTIAL_EVERY = timedelta(seconds=0.5)


class OpenSession:
    """A session with its lock held. Nothing is on the disk of a new one until something is said.

    Made by `SessionStore`. May be used from several threads.
    """

    def __init__(self, session: str, *, tables: Tables, lock: WriterLock) -> None:
        self.id = session
        self._tables = tables
        self._lock = lock
        self._log: SessionLog = tables.read_log(session)
        self._partials: dict[str, str] = tables.partials(session)
        self._partial_at: datetime | None = None
        self._live: set[str] = set()

    def __enter__(self) -> OpenSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let another process go on with it."""
        self._lock.free(remove=True)

    @property
    def row(self) -> SessionRow:
        """The session as a list tells of it."""
        found = self._tables.session_rows(" AND id = ?", (self.id,))
        if found:
            return found[0]
        now = self._tables.now()
        return SessionRow(id=self.id, name="", began=now, last=now, turns=0)

    @property
    def damaged(self) -> int:
        """How many records could not be read so far."""
        return len(self._log.damaged)

    @property
    def facts(self) -> Mapping[str, Json]:
        """The latest of each fact that was marked: model, mode, budget."""
        return self._log.facts

    @property
    def usage(self) -> Usage:
        """The tokens of all its steps. Reads every one of them."""
        return self._log.usage()

    @property
    def draft(self) -> str:
        """What was typed here and not sent."""
        return self.row.draft

    def append(self, record: Record) -> None:
        """Add a record, which is on the disk when this returns.

        What was asked is no longer a draft. Secrets in it are hidden first.

        Raises:
            UsageError: a name that another session has.
            StorageError: the disk is full or refuses; nothing was added.
        """
        with self._tables.held():
            self._append(record)

    def messages(self) -> Sequence[Message]:
        """What a model is told of it now, valid for every provider."""
        with self._tables.held():
            return self._log.messages(self._live)

    def turns(self) -> Sequence[TurnRow]:
        """The turns that were not gone back on, oldest first; `running` and `killed` ones too."""
        with self._tables.held():
            return self._log.turns(self._partials, self._live)

    @property
    def killed(self) -> TurnRow | None:
        """The last turn, where it was cut off with its process."""
        turns = self.turns()
        return turns[-1] if turns and turns[-1].reason == KILLED else None

    def rewind(self, turn: str) -> str:
        """Go on from before a turn; gives what was typed then.

        Raises:
            UsageError: there is no such turn.
        """
        found = next((row for row in self.turns() if row.turn == turn), None)
        if found is None:
            raise UsageError(f'this session has no turn "{turn}"', "name one that it shows")
        self.append(Rewound(to_turn=turn))
        return found.typed

    def rename(self, name: str) -> None:
        """Give it a name.

        Raises:
            UsageError: another session has it, or it is none.
        """
        self.append(Renamed(name=name))

    def mark(self, **facts: Json) -> None:
        """Remember facts of the session itself."""
        self.append(Marked(facts=facts))

    def keep_draft(self, text: str) -> None:
        """Keep what is typed and not sent; nothing of it where `text` is empty."""
        with self._tables.written_lightly() as database:
            if not text:
                database.execute("DELETE FROM drafts WHERE session = ?", (self.id,))
                return
            self._tables.begin(database, self.id)
            database.execute(
                "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)",
                (self.id, plain(text), self._tables.stamp()),
            )

    def keep_partial(self, turn: str, text: str) -> None:
        """Keep what a turn that runs has said so far: its last step's words, or all of them.

        Written at most twice a second, however often it is called.
        """
        now = self._tables.now()
        is_due = self._partial_at is None or now - self._partial_at >= PARTIAL_EVERY
        if not text or not is_due or turn not in self._live:
            return
        self._partial_at = now
        hidden = plain(self._tables.redact(text))
        with self._tables.written_lightly() as database:
            database.execute(
                "INSERT OR REPLACE INTO partials VALUES (?, ?, ?)", (self.id, turn, hidden)
            )
            self._partials[turn] = hidden

    def add_span(self, span: Span) -> None:
        """Keep a span, in place of what was kept of it while it ran."""
        self._tables.add_span(self.id, span)

    def spans(self) -> Sequence[Span]:
        """Its spans, in the order they began."""
        return self._tables.spans(self.id)

    def jot(self, text: str, *, source: str) -> None:
        """Add a note to the scratchpad of this session."""
        hidden = plain(self._tables.redact(text))
        with self._tables.written() as database:
            self._tables.begin(database, self.id)
            database.execute(
                "INSERT INTO scratch (session, text, source) VALUES (?, ?, ?)",
                (self.id, hidden, plain(source)),
            )

    def scratch(self) -> Sequence[Fact]:
        """The notes of this session, oldest first."""
        return self._tables.scratch(self.id)

    def clear_scratch(self) -> None:
        """Empty the scratchpad."""
        with self._tables.written() as database:
            database.execute("DELETE FROM scratch WHERE session = ?", (self.id,))

    def export(self, form: Literal["markdown", "json"]) -> str:
        """This session as one text."""
        whole = Whole(row=self.row, turns=self.turns(), log=self._log, scratch=self.scratch())
        write = write_markdown if form == "markdown" else write_json
        return write(whole, self._tables.redact)

    def _append(self, record: Record) -> None:
        turns = len(self._log.turn_ids())
        match record:
            case Asked():
                turns += 1
            case Rewound() if record.to_turn in self._log.turn_ids():
                turns = self._log.turn_ids().index(record.to_turn)
            case _:
                pass
        with self._tables.written() as database:
            self._tables.begin(database, self.id)
            match record:
                case Asked():
                    self._tables.set_first(database, self.id, record.typed)
                    database.execute(
                        "DELETE FROM drafts WHERE session = ? AND trim(text) = ?",
                        (self.id, plain(record.typed).strip()),
                    )
                case Stepped() | Ended():
                    database.execute(
                        "DELETE FROM partials WHERE session = ? AND turn = ?",
                        (self.id, record.turn),
                    )
                case Renamed():
                    self._tables.set_name(database, self.id, record.name)
                case _:
                    pass
            row = self._tables.add(database, self.id, record, turns=turns)
        self._log.add(row)
        self._follow(record)

    def _follow(self, record: Record) -> None:
        match record:
            case Asked():
                self._live.add(record.turn)
            case Stepped():
                self._partials.pop(record.turn, None)
            case Ended():
                self._partials.pop(record.turn, None)
                self._live.discard(record.turn)
            case _:
                pass
