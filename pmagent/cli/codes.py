"""Exit codes, and which one each kind of trouble ends with. The one place that knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmagent import errors
from pmagent.errors import (
    AccessError,
    EmbedderError,
    FetchError,
    GardenError,
    IndexFaultError,
    JournalError,
    ModelError,
    PmagentError,
    ReadError,
    SandboxError,
    TrailError,
    UsageError,
)

if TYPE_CHECKING:
    from pmagent.types.turns import EndReason

OK = 0
NONE = 1
"""It ran, and the answer is "none"."""
USAGE = 2
NO_GARDEN = 3
NEEDS_KEY = 4
DENIED = 5
PROVIDER = 6
INDEX = 7
PARTIAL = 8
"""Some inputs failed, the others are done."""
BUDGET = 9
WAITING = 10
"""A run waits for a person, for a moment or for the outbox."""
BUG = 70
"""Our own fault; the trace is in the log."""
INTERRUPTED = 130

_CODES: tuple[tuple[type[PmagentError], int], ...] = (
    (UsageError, USAGE),
    (GardenError, NO_GARDEN),
    (AccessError, DENIED),
    (IndexFaultError, INDEX),
    (EmbedderError, INDEX),
    (ReadError, PARTIAL),
    (TrailError, DENIED),
    (SandboxError, DENIED),
    (FetchError, PROVIDER),
    (JournalError, NONE),
    (ModelError, PROVIDER),
)
_NEED_A_KEY = frozenset({"no_key", "authentication_failed"})
_MISNAMED = "model_not_found"
_REASONS: dict[EndReason, int] = {
    "done": OK,
    "stopped": INTERRUPTED,
    "steps": BUDGET,
    "tokens": BUDGET,
    "cost": BUDGET,
    "time": BUDGET,
    "loop": NONE,
    "hook": DENIED,
    "refused": NONE,
    "cut": PROVIDER,
    "unknown": USAGE,
    "waiting": WAITING,
    "blocked": NONE,
}


def code_of(error: PmagentError) -> int:
    """The exit code of an error that ends a command."""
    if isinstance(error, ModelError) and error.kind in _NEED_A_KEY:
        return NEEDS_KEY
    if isinstance(error, ModelError) and error.kind == _MISNAMED:
        return USAGE
    return _code_of_kind(type(error))


def code_of_turn(reason: EndReason, fault: str = "") -> int:
    """The exit code of a turn that ended so; `fault` is what broke, as `TurnEnded` names it."""
    if reason != "failed":
        return _REASONS[reason]
    if not fault:
        return NONE
    if fault in _NEED_A_KEY:
        return NEEDS_KEY
    if fault == _MISNAMED:
        return USAGE
    kind = vars(errors).get(fault)
    if isinstance(kind, type) and issubclass(kind, PmagentError):
        return _code_of_kind(kind)
    return PROVIDER


def _code_of_kind(kind: type[PmagentError]) -> int:
    return next((code for known, code in _CODES if issubclass(kind, known)), BUG)
