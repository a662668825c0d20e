"""What a server can do, found out once and kept for as long as this process runs.

Compatible servers leave things out: lists of models, token counts, caching, structured output.
What is not known to be missing is tried; what a server refuses is left out from then on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

Feature = Literal["caching", "structure", "effort", "opaque", "count"]
"""`opaque`: parts of earlier answers that only their provider understands."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A model that a server names, with what it says of it; None where it says nothing."""

    id: str
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    has_effort: bool | None = None
    has_structure: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Features:
    """What is known of one model at one server."""

    context_tokens: int | None = None
    max_output_tokens: int | None = None
    missing: frozenset[Feature] = frozenset()
    models: tuple[str, ...] = ()
    """What the server names; empty where it names none."""


@dataclass
class Probes:
    """Features by server and model. One for the whole process; used from any thread."""

    _known: dict[tuple[str, str], Features] = field(default_factory=dict[tuple[str, str], Features])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self, address: str, model: str) -> Features:
        """What was found out so far."""
        with self._lock:
            return self._known.get((address, model), Features())

    def find(
        self, address: str, model: str, ask: Callable[[], Sequence[Listed] | None]
    ) -> Features:
        """The features of a model; the server is asked the first time.

        `ask` gives the server's list of models, or None where it could not be had; then nothing is
        kept but that it was tried.
        """
        with self._lock:
            if (found := self._known.get((address, model))) is not None:
                return found
        features = features_of(model, ask() or ())
        with self._lock:
            return self._known.setdefault((address, model), features)

    def lacks(self, address: str, model: str, features: frozenset[Feature]) -> None:
        """Keep that a server refused these."""
        with self._lock:
            found = self._known.get((address, model), Features())
            self._known[address, model] = replace(found, missing=found.missing | features)


def features_of(model: str, listed: Sequence[Listed]) -> Features:
    """What a server's list of models says of one of them."""
    names = tuple(item.id for item in listed)
    # A list has dated names, such as `claude-haiku-4-5-20251001`, where a person writes none.
    found = next((item for item in listed if item.id == model), None) or next(
        (item for item in listed if item.id.startswith(f"{model}-20")), None
    )
    if found is None:
        return Features(models=names)
    missing: set[Feature] = set()
    if found.has_effort is False:
        missing.add("effort")
    if found.has_structure is False:
        missing.add("structure")
    return Features(
        context_tokens=found.context_tokens,
        max_output_tokens=found.max_output_tokens,
        missing=frozenset(missing),
        models=names,
    )


def refused_features(said: str, sent: frozenset[Feature]) -> frozenset[Feature]:
    """Which of the optional things that were `sent` a server's words of refusal are about.

    Empty where they are about something else. All of them where a server says only that it does not
    know some field.
    """
    words = said.lower()
    named: set[Feature] = {f for f in sent if any(mark in words for mark in _MARKS[f])}
    if "effort" in named and "format" not in words:
        named.discard("structure")  # both stand in "output_config"
    if named:
        return frozenset(named)
    return sent if any(mark in words for mark in _UNKNOWN_FIELD) else frozenset()


_MARKS: dict[Feature, tuple[str, ...]] = {
    "caching": ("cache_control", "cache control", "caching"),
    "structure": ("output_config", "output_format", "json_schema", "structured output"),
    "effort": ("effort",),
    "opaque": ("thinking", "signature"),
    "count": (),
}
_UNKNOWN_FIELD = (
    "extra inputs", "extra field", "unknown field", "unexpected field", "unrecognized",
    "unknown key", "additional propert", "unsupported parameter", "unknown parameter",
)  # fmt: skip
