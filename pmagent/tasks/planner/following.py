"""Cards that wait for each other: what follows something that is not done is not planned either."""

from __future__ import annotations

from collections.abc import Mapping

from pmagent.tasks.planner.keeping import planned_minutes
from pmagent.tasks.planner.wording import listed, quoted
from pmagent.types.tasks import Card, Unplaced


def left_out(card: Card, reason: str, minutes: int | None = None) -> Unplaced:
    """A card that is not planned, and why; all of it is missing where `minutes` are not given."""
    missing = planned_minutes(card) if minutes is None else minutes
    return Unplaced(card=card.id, title=card.title, reason=reason, minutes_missing=missing)


def refuse_circles(
    left: Mapping[str, int], by_id: Mapping[str, Card], refused: dict[str, Unplaced]
) -> None:
    """Refuse the cards that wait for themselves by way of others."""
    for first in left:
        path = _way_back(first, by_id)
        if path:
            names = [quoted(by_id[card].title, 30) for card in path]
            reason = f"it waits for itself: {' waits for '.join([*names, names[0]])}"
            refused[first] = left_out(by_id[first], reason)


def _way_back(first: str, by_id: Mapping[str, Card]) -> list[str]:
    """The shortest way from a card over what it waits for back to itself; empty without one."""
    came_from: dict[str, str] = {}
    queue = [first]
    for card in queue:
        for before in by_id[card].after:
            if before == first:
                path = [card]
                while path[-1] != first:
                    path.append(came_from[path[-1]])
                return path[::-1]
            if before in by_id and not by_id[before].is_done and before not in came_from:
                came_from[before] = card
                queue.append(before)
    return []


def refuse_followers(
    left: Mapping[str, int],
    rest: Mapping[str, int],
    by_id: Mapping[str, Card],
    refused: dict[str, Unplaced],
) -> None:
    """Refuse what waits for a card that is not finished in these days."""
    has_grown = True
    while has_grown:
        has_grown = False
        for card in left:
            if card in refused:
                continue
            # A card whose time is over may well be done, only not ticked off: no reason to wait.
            stuck = [
                one
                for one in by_id[card].after
                if one in rest or (one in refused and refused[one].minutes_missing)
            ]
            if stuck:
                names = listed([quoted(by_id[one].title) for one in stuck])
                reason = f"it waits for {names}, which is not finished in these days"
                refused[card] = left_out(by_id[card], reason)
                has_grown = True
