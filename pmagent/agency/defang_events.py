"""The events of a turn with every address in them spelled, so that nothing follows it.

Words reach a person in more than the answer: in what a tool gave, in the title and the why of its
use, in a sub-agent's last words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pmagent.agency.defang import Defanger, defang
from pmagent.types.actions import Done
from pmagent.types.turns import (
    AgentBegan,
    AgentEnded,
    AgentMoved,
    Noted,
    Paused,
    Said,
    ToolBegan,
    ToolEnded,
    TurnEvent,
)


def spelled(event: TurnEvent) -> TurnEvent:
    """One event. The words of an answer come in pieces, and are not for this."""
    match event:
        case Noted(text=text, hint=hint):
            return replace(event, text=defang(text), hint=defang(hint))
        case ToolBegan(subject=subject, why=why):
            return replace(event, subject=defang(subject), why=defang(why))
        case ToolEnded(outcome=Done() as outcome):
            return replace(event, outcome=replace(outcome, text=defang(outcome.text)))
        case AgentBegan(task=task):
            return replace(event, task=defang(task))
        case AgentMoved(doing=doing):
            return replace(event, doing=defang(doing))
        case AgentEnded(text=text):
            return replace(event, text=defang(text))
        case Paused(reason=reason):
            return replace(event, reason=defang(reason))
        case _:
            return event


def spelled_all(events: Sequence[TurnEvent]) -> Sequence[TurnEvent]:
    """All of them, with the pieces of an answer too."""
    shown: list[TurnEvent] = []
    held = Defanger()
    for event in events:
        if isinstance(event, Said):
            shown.append(replace(event, text=held.take(event.text)))
            continue
        if rest := held.rest():
            shown.append(Said(text=rest))
        shown.append(spelled(event))
    if rest := held.rest():
        shown.append(Said(text=rest))
    return shown
