"""Cards from elsewhere: mined from documents, read from other programs' exports, and given back."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from pmagent.discourse.lines import read_talk
from pmagent.errors import ReadError, UsageError
from pmagent.jobs.archive import GardenArchive
from pmagent.tasks.board.importing import Imported, text_of
from pmagent.tasks.board.mining import mine_cards
from pmagent.tasks.board.taskwarrior import export_taskwarrior, import_taskwarrior
from pmagent.tasks.board.todo_txt import export_todo_txt, import_todo_txt
from pmagent.tasks.board.trello_export import import_trello
from pmagent.types.tasks import Board, Card, ProposedCard
from pmagent.types.week import EXPORT_FORMS, Proposal

_OTHER = re.compile(r"\s*(?:BEGIN:V|WEBVTT|<|%PDF|#!|---\s*\n|1\r?\n\d\d:\d\d:)")
"""How calendars, subtitles, pages, scripts and notes with front matter begin."""
NEWEST = 3
"""Transcripts that are read where none is named."""
_SPOKEN = (".vtt", ".srt")
_FOLDERS = {"transcripts", "episodes", "meetings", "interviews"}


def propose_cards(
    archive: GardenArchive,
    names: Sequence[str],
    board: Board,
    text_of_file: Callable[[str], str | None],
) -> Proposal:
    """What some documents ask to be done; the newest transcripts where none is named."""
    paths = [archive.resolve(name) for name in names] or _newest(archive)
    if not paths:
        raise UsageError("there is no transcript to read", "name a file")
    found: list[ProposedCard] = []
    notes: list[str] = []
    for path in dict.fromkeys(paths):
        talk = read_talk(archive, path)
        try:
            text = text_of_file(path) or ""
        except ReadError:
            text = ""  # a format of bytes has no boxes to look at
        cards = mine_cards(talk.document, talk, board=board, text=text)
        found += cards
        if not cards:
            notes.append(f'nothing to do in "{path}"')
    return Proposal(cards=tuple(found), notes=tuple(notes))


def _newest(archive: GardenArchive) -> list[str]:
    spoken = [
        path
        for path in archive.paths()
        if path.lower().endswith(_SPOKEN) or _FOLDERS & set(path.lower().split("/")[:-1])
    ]
    dated = sorted(((archive.document(path).date, path) for path in spoken), reverse=True)
    return [path for _, path in dated[:NEWEST]]


def read_export(name: str, data: bytes, *, zone: str, board: Board) -> Proposal:
    """The cards of an export, by what is in it.

    Raises:
        ReadError: it is of no program that is known here.
    """
    read = _reader_of(name, data, zone, board)
    return Proposal(cards=read.cards, notes=read.notes)


def _reader_of(name: str, data: bytes, zone: str, board: Board) -> Imported:
    head = text_of(name, data).lstrip("\ufeff \t\r\n")[:1]
    if head == "[":
        return import_taskwarrior(name, data, zone=zone, board=board)
    if head == "{":
        try:
            return import_trello(name, data, zone=zone, board=board)
        except ReadError as exc:
            try:  # one task a line, as older ones write it
                return import_taskwarrior(name, data, zone=zone, board=board)
            except ReadError:
                raise exc from None
    if name.lower().endswith(".json"):
        raise ReadError(f'"{name}" is no JSON', "export it again")
    if not _may_be_todo_txt(name, text_of(name, data)):
        raise ReadError(
            f'"{name}" is no export of Trello, Taskwarrior or todo.txt',
            'a list of todo.txt ends in ".txt"; calendars lie in "calendar/" and need no import',
        )
    return import_todo_txt(name, data, board=board)


def _may_be_todo_txt(name: str, text: str) -> bool:
    """Any lines could be tasks, so the name has to say it, and no other format may begin so."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in {"", ".txt", ".todo"} and _OTHER.match(text) is None and "\0" not in text


def write_export(cards: Sequence[Card], form: str, *, zone: str) -> str:
    """The cards in another program's format.

    Raises:
        UsageError: there is no such format.
    """
    match form:
        case "todo.txt":
            return export_todo_txt(cards)
        case "taskwarrior":
            return export_taskwarrior(cards, zone=zone)
        case "json":
            values = [dataclasses.asdict(card) for card in cards]
            return json.dumps(values, ensure_ascii=False, indent=1, default=str) + "\n"
        case _:
            listed = ", ".join(EXPORT_FORMS)
            raise UsageError(f'"{form}" is no format of tasks', f"one of {listed}")
