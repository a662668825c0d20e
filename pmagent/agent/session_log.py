"""What a session's records come to: its turns as a person sees them, its messages for a model.

Grows record by record and opens only what it is asked for. A turn without an end was killed, unless
it runs now: a person sees it, the model is not told of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from pmagent.agent.session_messages import (
    closing_message,
    join_turns,
    summary_message,
    valid_messages,
)
from pmagent.agent.session_rows import read_record, write_record
from pmagent.types.actions import Json
from pmagent.types.sessions import Asked, Compacted, Ended, Marked, Stepped, TurnRow
from pmagent.types.talk import Message, Usage

KILLED = "killed"
RUNNING = "running"


class Row(NamedTuple):
    """One record as it is kept. A named tuple: a session has ten thousand."""

    seq: int
    kind: str
    turn: str
    at: str
    body: str


@dataclass(kw_only=True)
class _Turn:
    id: str
    asked: Row
    steps: list[Row] = field(default_factory=list[Row])
    ended: Row | None = None
    messages: list[Message] | None = None
    """As they were read last; None once there is more to read."""


@dataclass(frozen=True, kw_only=True)
class _Short:
    """From here on, what came before is told in short."""

    row: Row
    summary: str
    kept: frozenset[str]


class SessionLog:
    """The records of one session, in order."""

    def __init__(self) -> None:
        self.damaged: set[int] = set()
        """Records that could not be read, by number; the others are whole."""
        self.facts: dict[str, Json] = {}
        """The latest of each fact of the session."""
        self.all: list[Row] = []
        """Every record, in order."""
        self._turns: dict[str, _Turn] = {}
        self._line: list[_Turn | _Short] = []
        self._places: dict[str, int] = {}

    def add(self, row: Row) -> None:
        """The next record."""
        self.all.append(row)
        match row.kind:
            case "asked":
                turn = _Turn(id=row.turn, asked=row)
                self._turns[row.turn] = turn
                self._places[row.turn] = len(self._line)
                self._line.append(turn)
            case "stepped" if row.turn in self._turns:
                self._turns[row.turn].steps.append(row)
                self._turns[row.turn].messages = None
            case "ended" if row.turn in self._turns:
                self._turns[row.turn].ended = row
                self._turns[row.turn].messages = None
            case "rewound":
                self._go_back(row.turn)
            case "compacted":
                self._shorten(row)
            case "marked":
                self._note(row)
            case _:
                pass

    def rows(self, turn: str) -> Sequence[Row]:
        """The records of one turn, in order."""
        found = self._turns[turn]
        return (found.asked, *found.steps, *([found.ended] if found.ended else []))

    def copied(self, through: str = "") -> Sequence[Row]:
        """The records that a copy begins with: of the complete turns, to the end of `through`.

        Without what was gone back on; what was told in short stays so.
        """
        rows: list[Row] = []
        for item in self._line:
            if isinstance(item, _Short):
                kept = tuple(sorted(item.kept))
                compacted = Compacted(summary=item.summary, kept_turns=kept)
                rows.append(item.row._replace(body=write_record(compacted)))
            elif item.ended is not None:
                rows += self.rows(item.id)
            if isinstance(item, _Turn) and item.id == through:
                break
        return rows

    def turn_ids(self) -> Sequence[str]:
        """The turns that were not gone back on, oldest first."""
        return [item.id for item in self._line if isinstance(item, _Turn)]

    def is_ended(self, turn: str) -> bool:
        """Whether the turn is complete."""
        return self._turns[turn].ended is not None

    def turns(self, partials: Mapping[str, str], live: Collection[str] = ()) -> Sequence[TurnRow]:
        """The turns that were not gone back on, oldest first.

        `partials` holds what the turns without an end had said, and `live` those that run now.
        """
        shown = (self._turn_row(item, partials, live) for item in self._line)
        return [row for row in shown if row is not None]

    def messages(self, live: Collection[str] = ()) -> list[Message]:
        """What a model is told, valid for every provider; of the turns without an end the `live`.

        Takes about a millisecond for a thousand messages that were read before.
        """
        return join_turns(
            [summary_message(item.summary)] if isinstance(item, _Short) else self._messages_of(item)
            for item in self._told()
            if isinstance(item, _Short) or item.ended is not None or item.id in live
        )

    def usage(self) -> Usage:
        """The tokens of all steps, also of turns that were gone back on."""
        total = Usage()
        for turn in self._turns.values():
            for row in turn.steps:
                step = self._read(row)
                if isinstance(step, Stepped):
                    total += step.usage
        return total

    def _go_back(self, turn: str) -> None:
        place = self._places.get(turn, len(self._line))
        # The turn itself may have been gone back on already, and another stand in its place.
        if place < len(self._line) and self._line[place] is self._turns[turn]:
            del self._line[place:]

    def _shorten(self, row: Row) -> None:
        compacted = self._read(row)
        if isinstance(compacted, Compacted):
            # A turn that runs goes on: its beginning is not what is told in short.
            last = self._line[-1] if self._line else None
            running = {last.id} if isinstance(last, _Turn) and last.ended is None else set[str]()
            kept = frozenset(compacted.kept_turns) | running
            self._line.append(_Short(row=row, summary=compacted.summary, kept=kept))

    def _note(self, row: Row) -> None:
        marked = self._read(row)
        if isinstance(marked, Marked):
            self.facts.update(marked.facts)

    def _told(self) -> Sequence[_Turn | _Short]:
        short = next(
            (place for place in reversed(range(len(self._line)))
             if isinstance(self._line[place], _Short)),
            None,
        )  # fmt: skip
        if short is None:
            return self._line
        summary = self._line[short]
        before = [
            item
            for item in self._line[:short]
            if isinstance(item, _Turn) and isinstance(summary, _Short) and item.id in summary.kept
        ]
        return [summary, *before, *self._line[short + 1 :]]

    def _messages_of(self, turn: _Turn) -> Sequence[Message]:
        if turn.messages is None:
            turn.messages = self._read_messages(turn)
        return turn.messages

    def _read_messages(self, turn: _Turn) -> list[Message]:
        asked = self._read(turn.asked)
        if not isinstance(asked, Asked):
            return []
        steps = [step for row in turn.steps if isinstance(step := self._read(row), Stepped)]
        messages = valid_messages([asked.message, *(step.message for step in steps)])
        ended = self._read(turn.ended) if turn.ended else None
        if isinstance(ended, Ended) and messages and messages[-1].role == "user":
            messages.append(closing_message(ended.reason))
        return messages

    def _turn_row(
        self, item: _Turn | _Short, partials: Mapping[str, str], live: Collection[str]
    ) -> TurnRow | None:
        if isinstance(item, _Short):
            return None
        asked = self._read(item.asked)
        ended = self._read(item.ended) if item.ended else None
        said = ended.shown if isinstance(ended, Ended) else ""
        if isinstance(ended, Ended):
            reason = ended.reason
        else:
            reason = RUNNING if item.id in live else KILLED
        return TurnRow(
            turn=item.id,
            at=datetime.fromisoformat(item.asked.at),
            typed=asked.typed if isinstance(asked, Asked) else "",
            shown=said or self._said(item, partials.get(item.id, "")),
            reason=reason,
            checkpoints=ended.checkpoints if isinstance(ended, Ended) else (),
        )

    def _said(self, turn: _Turn, partial: str) -> str:
        """The words of a turn that has none as its answer: what the model said until its end."""
        steps = [step for row in turn.steps if isinstance(step := self._read(row), Stepped)]
        said = [step.message.text for step in steps if step.message.role == "assistant"]
        # What was kept of a turn that broke off may be its last step's words, or all of them.
        before = [text for text in said if text not in partial]
        return "\n\n".join(text for text in (*before, partial) if text.strip())

    def _read(self, row: Row) -> object:
        try:
            return read_record(row.body)
        except ValueError:
            self.damaged.add(row.seq)
            return None
