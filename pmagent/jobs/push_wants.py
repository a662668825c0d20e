"""Whether what waits in the outbox is still what this board says. Pure.

A push is approved as the board says it then. What could not be sent at once, and was taken back or
changed here meanwhile, is not sent later: the next push compares anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from pmagent.jobs.push_records import ABOUT, CARD, LABEL, MOVE
from pmagent.tasks.board.comparing import home_of, labels_of, text_of
from pmagent.tasks.board.writing import one_line
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect
from pmagent.types.tasks import Board, Card, Lane

_NOTHING: Mapping[str, Json] = {}


def is_of_a_push(effect: Effect) -> bool:
    """Whether a push has wished it, as it stands there: no run, and no person's own edit."""
    is_one = effect.kind in {CARD, MOVE, LABEL} and effect.business_key.startswith(ABOUT)
    return is_one and not effect.run and not effect.wished


def why_unwanted(effect: Effect, board: Board, day_of: Callable[[datetime], date]) -> str:
    """What has become of it here since it was approved; empty where it is still to be sent."""
    ident = effect.business_key.removeprefix(ABOUT).partition(" ")[0]
    place = next(
        ((lane, card) for lane in board.lanes for card in lane.cards if card.id == ident), None
    )
    if place is None:
        return "the card is gone here since it was approved"
    lane, card = place
    is_wanted = _is_said(effect, board, lane, card, day_of)
    return "" if is_wanted else "the card was changed here since it was approved"


def _is_said(
    effect: Effect, board: Board, lane: Lane, card: Card, day_of: Callable[[datetime], date]
) -> bool:
    payload = effect.payload
    match effect.kind:
        case "trello.move":
            to = payload.get("to")
            return not isinstance(to, str) or _folded(to) == _folded(home_of(board, card, lane))
        case "trello.label":
            return _folded(payload.get("name")) in {name.casefold() for name in labels_of(card)}
        case _:
            pass
    before = payload.get("before")
    had = before if isinstance(before, Mapping) else None
    if had is None and card.is_done:
        return False
    says: dict[str, Json] = {
        "name": one_line(card.title), "text": text_of(card).strip(), "due": str(card.due or ""),
    }  # fmt: skip
    sends, replaces = _words_of(payload, day_of), _words_of(had or _NOTHING, day_of)
    names = [name for name in says if had is None or sends[name] != replaces[name]]
    return all(sends[name] == says[name] for name in names)


def _words_of(
    payload: Mapping[str, Json], day_of: Callable[[datetime], date]
) -> Mapping[str, Json]:
    due = payload.get("due")
    day = str(day_of(datetime.fromisoformat(due))) if isinstance(due, str) else ""
    return {"name": one_line(str(payload.get("name") or "")),
            "text": str(payload.get("text") or "").strip(), "due": day}  # fmt: skip


def _folded(name: Json) -> str:
    return str(name).strip().casefold()
