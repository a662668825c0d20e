"""What can break, as one tree. Expected outcomes are values (`Abstention`), not exceptions.

PmagentError
├── UsageError          a wrong flag, query or reference                     exit 2
├── GardenError         no garden here, or it cannot be opened               exit 3
│   └── SettingsError   a settings file says something that has no meaning   exit 3
│       └── RuleFaultError   a permission rule that cannot be understood: the garden is closed
├── ReadError           one file cannot be read; the others can
│   └── SkipError       one file is not read on purpose
├── AccessError         outside the garden, or refused by its walls          exit 5
├── IndexFaultError     the index is missing, locked or damaged              exit 7
│   ├── LockedError     another process is writing it
│   ├── StaleError      it has changed since it was loaded
│   └── StorageError    the disk is full or refuses
├── ChildError          a process of ours died or gave no answer in time
├── SandboxError        no sandbox can be made here, so nothing is run
├── FetchError          an address is refused, or the network fails          exit 6
├── ModelError          a language model did not answer whole                exit 6, 4 without a key
├── JournalError        an undo point cannot be written or read
├── TrailError          the audit trail cannot be written or is not whole    exit 5
└── EmbedderError       the model's weights are missing or fail their self-test; words still work
"""

from __future__ import annotations

from typing import Literal

ModelFault = Literal[
    "no_key",
    "authentication_failed",
    "billing_error",
    "model_not_found",
    "invalid_request",
    "rate_limit",
    "overloaded",
    "server_error",
    "connection",
    "malformed",
    "unknown",
]
"""In the names that hooks match on, with three of ours: no_key, connection, malformed."""


class PmagentError(Exception):
    """Something a person can understand: `message` says what happened, `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PmagentError):
    """The call itself is wrong."""


class GardenError(PmagentError):
    """There is no garden, or it cannot be opened."""


class SettingsError(GardenError):
    """A settings file has an unknown key or a value of the wrong kind."""


class RuleFaultError(SettingsError):
    """A permission rule cannot be understood, so nothing is allowed until it is mended."""


class ReadError(PmagentError):
    """One file cannot be read: damaged, encrypted, unreadable, of no known format."""


class SkipError(ReadError):
    """One file is left out on purpose: too large, binary, private, a link."""


class AccessError(PmagentError):
    """A path outside the garden was asked for, or one that its walls refuse."""


class IndexFaultError(PmagentError):
    """The index is missing, locked or damaged."""


class LockedError(IndexFaultError):
    """Another process is writing this index."""


class StaleError(IndexFaultError):
    """The index has changed since it was loaded: load it again and ask again."""


class StorageError(IndexFaultError):
    """The disk is full, or refuses to be written."""


class EmbedderError(PmagentError):
    """The embedder's weights are missing or wrong. Search by words still works."""


class ChildError(PmagentError):
    """A process we started died, or gave no answer in time."""


class SandboxError(PmagentError):
    """No sandbox can be made on this computer, so nothing is run in one."""


class FetchError(PmagentError):
    """An address is refused, or what lies there cannot be fetched."""


class ModelError(PmagentError):
    """A language model did not answer, or not whole. `kind` is the provider's word for why."""

    def __init__(self, message: str, hint: str = "", *, kind: ModelFault = "unknown") -> None:
        super().__init__(message, hint)
        self.kind = kind


class JournalError(PmagentError):
    """An undo point cannot be written or read."""


class TrailError(PmagentError):
    """The audit trail cannot be written, or is not whole: nothing is done without one."""
