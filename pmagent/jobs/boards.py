"""Changes of the board in one garden: each is one write through the gate, on the text it read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pmagent.errors import UsageError
from pmagent.jobs.grounds import JobGrounds
from pmagent.jobs.week_files import WeekFiles
from pmagent.tasks.board.changing import change_card, finish_card
from pmagent.tasks.board.mining import LANE
from pmagent.tasks.board.placing import Edited, add_card, move_card
from pmagent.tasks.board.reading import cards_of, faults_of, has_title, read_board, read_card
from pmagent.tasks.board.spoken_days import find_day, with_days
from pmagent.types.actions import Done, Json
from pmagent.types.tasks import Board, Card, ProposedCard
from pmagent.types.week import CardChange

_SHOWN = 5
_LIMIT = re.compile(r"(?i)(?:by|before|until|till|no later than|on|today|tonight|tomorrow)\b")
"""How the words of a day begin that set a limit: a bare "Friday" may be the name of a thing."""


class BoardDesk:
    """Puts cards on the board and changes them."""

    def __init__(self, grounds: JobGrounds, files: WeekFiles, today: Callable[[], date]) -> None:
        self._grounds = grounds
        self._files = files
        self._today = today

    def add(self, words: str, lane: str) -> CardChange:
        """A card of typed words at the end of a list."""
        words = with_days(words, self._today())
        if not has_title(words):
            raise UsageError("the card has no words", "such as: Ring Ruth due:2026-02-06 est:1h")
        board = self._files.board()
        card = read_card(words)
        notes = [f"not understood: {one}" for one in faults_of(words)]
        said = find_day(card.title, self._today()) if card.due is None else None
        if said is not None and _LIMIT.match(said.words):
            notes.append(f"“{said.words}” is taken as due on {said.day}")
            card = replace(card, due=said.day)
        card = replace(card, created=card.created or self._today())
        known = {one.id for one in cards_of(board, with_archive=True)}
        notes += [
            f'it comes after "{one}", and no card of the board is known by that id: name it as'
            ' "pmagent tasks list --json" does'
            for one in card.after
            if one not in known
        ]
        edited = add_card(board.text, card, lane=lane or _first_lane(board))
        if edited.text == board.text:
            notes.append("the board has this card already")
        return self._written(board, edited, f'add "{card.title}"', notes)

    def done(self, name: str, spent: int | None) -> CardChange:
        """Finish a card."""
        board = self._files.board()
        card = card_of(board, name)
        edited = finish_card(board.text, card.id, day=self._today(), spent=spent)
        return self._written(board, edited, f'"{card.title}" is done')

    def move(self, name: str, lane: str, before: str) -> CardChange:
        """Put a card elsewhere."""
        board = self._files.board()
        card = card_of(board, name)
        edited = move_card(board.text, card.id, lane=lane, before=before)
        return self._written(board, edited, f'"{card.title}" to "{lane}"')

    def change(self, card: Card) -> CardChange:
        """Bring a card to other values; and to its list."""
        board = self._files.board()
        old = next((one for one in cards_of(board) if one.id == card.id), None)
        edited = change_card(board.text, card)
        if old is not None and card.lane and old.lane.casefold() != card.lane.casefold():
            edited = move_card(edited.text, edited.id, lane=card.lane)
        return self._written(board, edited, f'change "{card.title}"')

    def take(self, proposed: Sequence[ProposedCard], lane: str) -> CardChange:
        """Put cards on the board that a person has looked at."""
        board = self._files.board()
        text, ids, notes = board.text, list[str](), list[str]()
        for one in proposed:
            if one.duplicate_of:
                notes.append(f'left out, the board has it: "{one.card.title}"')
                continue
            # What another program exports says itself when it was made, and a card may be older.
            card = replace(one.card, created=one.card.created or self._today())
            edited = add_card(text, card, lane=lane or one.card.lane or LANE)
            text = edited.text
            ids.append(edited.id)
        if text == board.text:
            nothing = Done(text="the board has all of them")
            return CardChange(path=board.path, outcome=nothing, notes=tuple(notes))
        edited = Edited(text=text, id=ids[-1], line=0)
        made = self._written(board, edited, f"add {len(ids)} proposed", notes)
        after = {card.id: card for card in cards_of(read_board(board.path, text))}
        is_done = isinstance(made.outcome, Done)
        return CardChange(
            path=board.path,
            outcome=made.outcome,
            card=made.card if len(ids) == 1 else None,
            cards=tuple(after[one] for one in ids if one in after) if is_done else (),
            notes=made.notes,
        )

    def _written(
        self, board: Board, edited: Edited, why: str, notes: Sequence[str] = ()
    ) -> CardChange:
        given: Mapping[str, Json]
        if edited.text == board.text:
            outcome = Done(text="nothing to change")
        elif board.text:
            # The whole text is what is replaced: who has changed the file since is not overwritten.
            given = {
                "file_path": board.path, "old_string": board.text, "new_string": edited.text
            }  # fmt: skip
            outcome = self._grounds.garden.perform("Edit", given, by="command", why=why)
        else:
            given = {"file_path": board.path, "content": edited.text}
            outcome = self._grounds.garden.perform("Write", given, by="command", why=why)
        cards = cards_of(read_board(board.path, edited.text), with_archive=True)
        card = next((one for one in cards if one.id == edited.id), None)
        if not isinstance(outcome, Done) or card is None:
            return CardChange(path=board.path, outcome=outcome, notes=tuple(notes))
        return CardChange(
            path=board.path, outcome=outcome, card=card, cards=(card,), notes=tuple(notes)
        )


def card_of(board: Board, name: str) -> Card:
    """The one card meant by an id, a title or words of one; an open one before one that is done.

    Raises:
        UsageError: none or several fit.
    """
    wanted = " ".join(name.split()).casefold().removeprefix("^")
    cards = cards_of(board, with_archive=True)
    if not wanted:
        raise UsageError("no card is named", "name one by words of its title")
    for pool in ([one for one in cards if not one.is_done], cards):
        for fits in (_by_id, _by_title, _by_words):
            found = [one for one in pool if fits(one, wanted)]
            if len(found) == 1:
                return found[0]
            if found:
                listed = ", ".join(f'"{one.title}"' for one in found[:_SHOWN])
                raise UsageError(f'"{name}" fits {len(found)} cards', f"name one: {listed}")
    raise UsageError(
        f'there is no card "{name}" on "{board.path}"', '"pmagent tasks list" shows them'
    )


def _by_id(card: Card, wanted: str) -> bool:
    return card.id.casefold() == wanted


def _by_title(card: Card, wanted: str) -> bool:
    return card.title.casefold() == wanted


def _by_words(card: Card, wanted: str) -> bool:
    title = card.title.casefold()
    return all(word in title for word in wanted.split())


def _first_lane(board: Board) -> str:
    """An inbox where there is one, else the first list that is not of finished cards."""
    open_ = [lane.title for lane in board.lanes if not lane.is_done and lane.title]
    return next((one for one in open_ if one.casefold() == LANE.casefold()), (*open_, LANE)[0])
