"""The files of a week in one garden: calendars that were exported, the board, the outcome tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from pmagent.errors import AccessError, ReadError
from pmagent.ingest.scan import matches_any
from pmagent.permissions.walls import Walls
from pmagent.tasks.board.reading import read_board
from pmagent.tasks.calendar.limits import MOST_BYTES
from pmagent.types.tasks import Board

CALENDARS = ("calendar/**", "calendars/**")
BOARD = "board.md"
OUTCOMES = "outcomes.md"
"""Where no setting names another."""
_SUFFIXES = (".ics", ".ical", ".icalendar")
_MOST_CALENDARS = 200
_MOST_LOOKED = 2_000
"""Notes that are looked at for a board's mark."""
_MARK = b"kanban-plugin:"
_HEAD = 4_000
_OWN_KEYS = {"calendars", "board", "outcomes", "me", "learn-estimates"}


@dataclass(frozen=True, kw_only=True)
class WeekSettings:
    """Where the files are; `habits` is for the planner to check."""

    habits: Mapping[str, object]
    calendars: tuple[str, ...] = CALENDARS
    board: str = ""
    outcomes: str = ""
    me: tuple[str, ...] = ()
    """The person's own addresses: what these declined takes no time."""
    learns: bool = True
    """Whether plans use how long finished cards took."""


def week_settings(given: Mapping[str, object]) -> WeekSettings:
    """The settings of the week; `config` has looked at the kinds of its paths."""
    return WeekSettings(
        habits={key: value for key, value in given.items() if key not in _OWN_KEYS},
        calendars=tuple(cast("Sequence[str]", given.get("calendars", CALENDARS))),
        board=str(given.get("board", "")),
        outcomes=str(given.get("outcomes", "")),
        me=tuple(cast("Sequence[str]", given.get("me", ()))),
        learns=given.get("learn-estimates", True) is True,
    )


@dataclass(frozen=True, kw_only=True)
class CalendarFiles:
    """The bytes of each, by path, and when it was written."""

    files: Mapping[str, bytes]
    written: Mapping[str, datetime]
    notes: tuple[str, ...] = ()
    """What could not be read."""


class WeekFiles:
    """Reads them. What is hidden by a rule is not there."""

    def __init__(self, walls: Walls, settings: WeekSettings) -> None:
        self._walls = walls
        self._settings = settings
        self._found_board = ""

    def calendars(self) -> CalendarFiles:
        """Every exported calendar."""
        files: dict[str, bytes] = {}
        written: dict[str, datetime] = {}
        notes: list[str] = []
        for path in self._paths(_SUFFIXES):
            if not matches_any(path, self._settings.calendars):
                continue
            if len(files) == _MOST_CALENDARS:
                notes.append(f"only the first {_MOST_CALENDARS} calendar files are read")
                break
            try:
                files[path], entry = self._walls.read(path, limit=MOST_BYTES)
            except (AccessError, ReadError) as exc:
                notes.append(exc.message)
            else:
                written[path] = datetime.fromtimestamp(entry.mtime_ns // 1_000_000_000, UTC)
        return CalendarFiles(files=files, written=written, notes=tuple(notes))

    def board(self) -> Board:
        """The board; an empty one where there is no file.

        Raises:
            ReadError: it cannot be read.
        """
        path = self.board_path()
        return read_board(path, self.text(path) or "")

    def board_path(self) -> str:
        """The file that is named, else the first note with the mark of a board, else `board.md`."""
        if self._settings.board:
            return self._settings.board
        if not self._found_board or not self._is_marked(self._found_board):
            notes = self._paths((".md",))
            looked = (path for _, path in zip(range(_MOST_LOOKED), notes, strict=False))
            self._found_board = next((one for one in looked if self._is_marked(one)), "")
        return self._found_board or BOARD

    def outcomes(self) -> str:
        """The outcome tree's text; empty where none is kept."""
        return self.text(self._settings.outcomes or OUTCOMES) or ""

    def text(self, path: str) -> str | None:
        """A file's text; None where there is none.

        Raises:
            ReadError: it is there, and cannot be read.
        """
        if self._walls.entry(path) is None:
            return None
        data, _ = self._walls.read(path, limit=MOST_BYTES)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as exc:
            raise ReadError(f'cannot read "{path}": it is not UTF-8', "save it as UTF-8") from exc

    def _is_marked(self, path: str) -> bool:
        try:
            data, _ = self._walls.read(path, limit=MOST_BYTES)
        except (AccessError, ReadError):
            return False
        return data.startswith(b"---") and _MARK in data[:_HEAD].split(b"\n---", 1)[0]

    def _paths(self, suffixes: tuple[str, ...]) -> Iterator[str]:
        """Files that are not hidden, those nearest to the top first."""
        found = [
            entry.path
            for entry in self._walls.walk("")
            if entry.kind == "file"
            and entry.path.lower().endswith(suffixes)
            and not any(part.startswith(".") for part in entry.path.split("/"))
        ]
        yield from sorted(found, key=lambda path: (path.count("/"), path))
