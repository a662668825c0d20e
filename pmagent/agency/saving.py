"""A draft on its way into the garden: always through the gate, which shows it as a diff and asks.

A draft never takes the place of another: where its name is taken, it gets the next one. Only what
was made from the whole of a file, such as `AGENTS.md`, is proposed in that file's place.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from pmagent.types.actions import Denied, Done, Failed, Json, Outcome, Unanswered
from pmagent.types.insights import Draft
from pmagent.types.turns import Noted, ToolBegan, ToolEnded, TurnEvent

Perform = Callable[[str, Mapping[str, Json], str], Outcome]
"""(tool, input, why) → what came of it."""
IN_PLACE = frozenset({"AGENTS.md"})
SAVE_FLAG = "--save"


def save(
    draft: Draft, command: str, perform: Perform, *, is_taken: Callable[[str], bool]
) -> Iterator[TurnEvent]:
    """Write a draft where it belongs, and say what came of it."""
    path = draft.path if draft.path in IN_PLACE else free_path(draft.path, is_taken)
    given: dict[str, Json] = {"file_path": path, "content": draft.markdown}
    call = f"save-{command}"
    why = f'the draft that "/{command}" made'
    yield ToolBegan(call_id=call, tool="Write", subject=path, why=why, input=given)
    began = time.monotonic()
    outcome = perform("Write", given, why)
    elapsed_s = time.monotonic() - began
    yield ToolEnded(call_id=call, tool="Write", outcome=outcome, elapsed_s=elapsed_s)
    yield _told(path, outcome)


def free_path(path: str, is_taken: Callable[[str], bool]) -> str:
    """`path`, or the first of `name-2`, `name-3` … that is free."""
    whole = PurePosixPath(path)
    free, number = whole, 1
    while is_taken(str(free)):
        number += 1
        free = whole.with_name(f"{whole.stem}-{number}{whole.suffix}")
    return str(free)


def _told(path: str, outcome: Outcome) -> Noted:
    match outcome:
        case Done(checkpoint=checkpoint):
            hint = f'take it back with "/undo {checkpoint}"' if checkpoint else ""
            return Noted(text=f'saved as "{path}"', hint=hint)
        case Denied(decision=decision, note=note):
            why = note or decision.reason
            return Noted(text=f'not saved as "{path}": {why}', kind="warning")
        case Unanswered():
            hint = "run it where you can answer, or copy the draft above"
            return Noted(text=f'"{path}" waits for your yes: not saved', kind="warning", hint=hint)
        case Failed(message=message, hint=hint):
            return Noted(text=f'not saved as "{path}": {message}', kind="error", hint=hint)
