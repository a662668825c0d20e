"""Exit codes, and which one each kind of trouble ends with. The one place that knows them."""

from __future__ import annotations

from pmagent.errors import (
    AccessError,
    EmbedderError,
    FetchError,
    GardenError,
    IndexFaultError,
    JournalError,
    PmagentError,
    ReadError,
    SandboxError,
    TrailError,
    UsageError,
)

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
)


def code_of(error: PmagentError) -> int:
    """The exit code of an error that ends a command."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), BUG)
