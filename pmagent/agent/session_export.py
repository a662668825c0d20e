"""A session as one text: Markdown to read, JSON for a program. Pure.

Secrets are hidden and nothing in it can steer a terminal. What was gone back on stands in the JSON
alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from pmagent.agent.session_log import KILLED, RUNNING, Row, SessionLog
from pmagent.agent.session_rows import map_json, read_record
from pmagent.safe_text import safe_text
from pmagent.types.actions import Json
from pmagent.types.sessions import Asked, Fact, SessionRow, Stepped, TurnRow
from pmagent.types.talk import ToolUse

SCHEMA = "pmagent.session/1"
_CITED = re.compile(r"\[([^\[\]\n]{1,300}?(?::\d+(?:-\d+)?|[ #]\d{1,3}:\d\d(?::\d\d)?))\](?!\()")
_SUBJECTS = ("path", "file_path", "query", "question", "command", "pattern", "url")
_WIDEST = 80


@dataclass(frozen=True, kw_only=True)
class Whole:
    """All that is kept of one session."""

    row: SessionRow
    turns: Sequence[TurnRow]
    log: SessionLog
    scratch: Sequence[Fact] = ()


def write_markdown(whole: Whole, redact: Callable[[str], str]) -> str:
    """The conversation as a person reads it: who said what, what was used, what it rests on.

    The person's words are quoted, so that their lines are never taken for the answer's.
    """
    row = whole.row
    parts = [f"# {_one_line(row.name) or 'Session'}", "\n".join(_head(whole))]
    cited: dict[str, None] = {}
    for number, turn in enumerate(whole.turns, start=1):
        parts += _turn_parts(number, turn, whole.log.rows(turn.turn))
        cited.update(dict.fromkeys(_CITED.findall(turn.shown)))
    if cited:
        parts += ["## Sources", "\n".join(f"- {name}" for name in cited)]
    if whole.scratch:
        notes = [f"- {_one_line(fact.text)} ({_one_line(fact.source)})" for fact in whole.scratch]
        parts += ["## Notes of this session", "\n".join(notes)]
    return safe_text(redact("\n\n".join(parts)), newlines=True) + "\n"


def write_json(whole: Whole, redact: Callable[[str], str]) -> str:
    """All of it as one JSON object: the turns as shown, and every record in order."""
    row = whole.row
    value: Json = {
        "schema": SCHEMA,
        "id": row.id,
        "name": row.name,
        "began": row.began.isoformat(),
        "last": row.last.isoformat(),
        "forked_from": row.forked_from,
        "draft": row.draft,
        "turns": [turn_fields(turn) for turn in whole.turns],
        "scratch": [{"text": fact.text, "source": fact.source} for fact in whole.scratch],
        "records": [_record_fields(record) for record in whole.log.all],
    }
    # Escaped, so that no control character reaches a terminal.
    return json.dumps(map_json(value, redact), indent=1) + "\n"


def turn_fields(turn: TurnRow) -> dict[str, Json]:
    """One turn as JSON."""
    return {
        "turn": turn.turn,
        "at": turn.at.isoformat(),
        "typed": turn.typed,
        "shown": turn.shown,
        "reason": turn.reason,
        "checkpoints": list(turn.checkpoints),
    }


def _head(whole: Whole) -> Iterator[str]:
    row = whole.row
    count = len(whole.turns)
    yield f"- {count} turn{'' if count == 1 else 's'}, {_time(row.began)} to {_time(row.last)}"
    yield f"- Session {row.id}" + (f", a copy of {row.forked_from}" if row.forked_from else "")
    if row.draft:
        yield f"- Typed and not sent: {_one_line(row.draft)}"
    if whole.log.damaged:
        yield f"- {len(whole.log.damaged)} damaged records are left out"


def _turn_parts(number: int, turn: TurnRow, rows: Sequence[Row]) -> Iterator[str]:
    yield f"## {number}. {_one_line(turn.typed, 60) or 'A turn'}"
    yield f"**You**, {_time(turn.at)}:"
    yield "\n".join(f"> {line}".rstrip() for line in (turn.typed or " ").splitlines())
    model, used = _work(rows)
    yield f"**pmagent**{f' ({model})' if model else ''}:"
    yield turn.shown.strip() or "*No answer.*"
    if turn.reason == KILLED:
        yield "*Cut off: the program was ended here.*"
    elif turn.reason == RUNNING:
        yield "*This turn still runs.*"
    elif turn.reason != "done":
        yield f"*The turn ended early: {turn.reason}.*"
    foot = [f"Used: {', '.join(used)}"] if used else []
    if turn.checkpoints:
        points = ", ".join(f"`{point}`" for point in turn.checkpoints)
        foot.append(f"Undo points: {points}")
    if foot:
        yield "\n".join(f"- {line}" for line in foot)


def _work(rows: Sequence[Row]) -> tuple[str, Sequence[str]]:
    """The model of a turn, and the tools it used, each once."""
    model = ""
    used: dict[str, None] = {}
    for row in rows:
        try:
            record = read_record(row.body)
        except ValueError:
            continue
        if isinstance(record, Asked | Stepped):
            model = record.model or model
            used.update(dict.fromkeys(_use_line(use) for use in record.message.uses))
    return _one_line(model), tuple(used)


def _use_line(use: ToolUse) -> str:
    about = (use.input[name] for name in _SUBJECTS if use.input.get(name))
    subject = next((value for value in about if isinstance(value, str)), "")
    return f"{use.tool} {_one_line(subject, _WIDEST)}".strip()


def _record_fields(row: Row) -> Json:
    try:
        read_record(row.body)
    except ValueError:
        return {"at": row.at, "damaged": row.body}
    return {"at": row.at, **cast("dict[str, Json]", json.loads(row.body))}


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _one_line(text: str, width: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"
